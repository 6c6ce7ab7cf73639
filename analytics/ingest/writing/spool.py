"""Rows of numbers kept aside, raw, until a recording is whole.

A Parquet file is worth nothing before its footer is written. Raw rows of fixed width can be cut back to any
number of them: what was appended after the last mark of a killed writer falls off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

from analytics.errors import RecordingWriteError

__all__ = ["Spool", "open_cut"]

_BUFFER_BYTES = 1 << 17


class Spool:
    """A file of rows, written at its end and read from its start.

    Parameters
    ----------
    path : Path
    dtypes : sequence of dtype
        One for each column.
    n_rows : int, default=0
        Rows to keep of a file that is there; 0 begins a new one.

    Examples
    --------
    >>> import tempfile
    >>> spool = Spool(Path(tempfile.mkdtemp()) / "rows", ["int32", "float32"])
    >>> spool.append([[1, 2, 3], [0.5, 0.25, 0.0]])
    >>> [rows["column_0"].tolist() for rows in spool.blocks(2)]
    [[1, 2], [3]]
    >>> spool.close()
    """

    def __init__(self, path: Path, dtypes: Sequence[DTypeLike], *, n_rows: int = 0) -> None:
        self._path, self.n_rows = path, n_rows
        self.dtype = np.dtype([(f"column_{number}", dtype) for number, dtype in enumerate(dtypes)])
        self._stream = open_cut(path, n_rows * self.dtype.itemsize, buffering=_BUFFER_BYTES)

    @property
    def n_bytes(self) -> int:
        """Size of all rows."""
        return self.n_rows * self.dtype.itemsize

    def append(self, columns: Sequence[NDArray]) -> None:
        """Append rows: one array for each column, all of one length."""
        rows = np.empty(len(columns[0]), dtype=self.dtype)
        for name, column in zip(self.dtype.names, columns, strict=True):
            rows[name] = column
        self._stream.write(rows.data)
        self.n_rows += len(rows)

    def flush(self) -> None:
        """Hand everything to the system, so that it outlives this process."""
        self._stream.flush()

    def blocks(self, n_rows: int) -> Iterator[NDArray]:
        """All rows from the first on, `n_rows` at a time, with the columns ``column_0`` ..."""
        self.flush()
        with self._path.open("rb") as stream:
            for start in range(0, self.n_rows, n_rows):
                yield np.fromfile(stream, dtype=self.dtype, count=min(n_rows, self.n_rows - start))

    def close(self) -> None:
        """Close the file; what a full disk does not take is not missed."""
        with suppress(OSError):
            self._stream.close()


def open_cut(path: Path, n_bytes: int, *, buffering: int = -1) -> BinaryIO:
    """Open a file for writing behind its first `n_bytes`, which are kept; 0 begins a new file."""
    if n_bytes == 0:
        return path.open("wb", buffering=buffering)
    stream = path.open("r+b", buffering=buffering)
    if stream.seek(0, os.SEEK_END) < n_bytes:
        stream.close()
        raise RecordingWriteError(
            f"{path} was cut short after the mark that its writer made, perhaps by a power cut. Start the "
            "recording anew: without resume=True."
        )
    stream.truncate(n_bytes)
    stream.seek(n_bytes)
    return stream
