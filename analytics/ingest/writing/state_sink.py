"""One state on its way to disk: checked, cast, collected into row groups, written in both orders."""

from __future__ import annotations

import math
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from analytics.arrays import as_array
from analytics.errors import ParameterError, ShapeError
from analytics.ingest.writing.spool import open_cut
from analytics.ingest.writing.state_file import StateFileWriter, state_file_bytes
from analytics.store.row_cache import HEADER_BYTES, RowFileWriter
from analytics.store.schema import STATE_DTYPES, rows_file, state_file

__all__ = ["StateSink", "stored_dtype"]

_EXPONENT_BITS = {2: (np.uint16, 0x7C00), 4: (np.uint32, 0x7F80_0000)}
"""A number whose exponent bits are all set is NaN or infinite."""


def stored_dtype(dtype: DTypeLike, *, state: str) -> np.dtype:
    """The dtype a state is stored in: float16 and float32 as they are, float64 as float32."""
    name = np.dtype(dtype).name
    stored = STATE_DTYPES.get("float32" if name == "float64" else name)
    if stored is None:
        raise ParameterError(
            f"State '{state}' is stored as float16 or float32. Got {name}: convert it, or pass dtype=."
        )
    return stored


class StateSink:
    """Receives blocks of one state of any length.

    Parameters
    ----------
    folder : Path
        The recording's folder; `states/` and, with `row_cache`, `rows/` are in it.
    name : str
    unit_shape : tuple of int
        Axes of the state at one position; what is stored is flat.
    dtype : str, optional
        Default: that of the first block.
    row_cache : bool
        Write the row-major copy too.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        unit_shape: tuple[int, ...],
        dtype: str | None,
        row_cache: bool,
        rows_per_group: int,
    ) -> None:
        self._folder, self._name = folder, name
        self._unit_shape, self._n_units = unit_shape, math.prod(unit_shape)
        self._dtype = None if dtype is None else stored_dtype(dtype, state=name)
        self._row_cache, self._rows_per_group = row_cache, rows_per_group
        self._streams: list[BinaryIO] = []
        self._n_waiting = self._n_positions = 0

    @property
    def dtype(self) -> np.dtype | None:
        """In which the state is stored; None before the first block of a state whose dtype is not given."""
        return self._dtype

    @property
    def waiting(self) -> NDArray:
        """The positions of the row group that is not full yet: a view of shape (n_waiting, n_units)."""
        return self._waiting[: self._n_waiting]

    def check(self, values: ArrayLike, *, n_positions: int) -> NDArray:
        """Return a block as it will be stored, or refuse it."""
        block = as_array(values, what=f"State '{self._name}'")
        if block.shape not in ((n_positions, self._n_units), (n_positions, *self._unit_shape)):
            axes = "units" if len(self._unit_shape) == 1 else "the shape of a unit"
            raise ShapeError(
                f"State '{self._name}' needs a block of shape {(n_positions, *self._unit_shape)}: positions "
                f"by {axes}. Got {block.shape}."
            )
        if self._dtype is None:
            dtype = stored_dtype(block.dtype, state=self._name)
        elif not np.issubdtype(block.dtype, np.number) or np.iscomplexobj(block):
            raise ShapeError(f"State '{self._name}' holds numbers. Got an array of {block.dtype}.")
        else:
            dtype = self._dtype
        block = block.reshape(n_positions, self._n_units)
        with np.errstate(over="ignore"):
            stored = np.ascontiguousarray(block, dtype=dtype)
        self._refuse_non_finite(stored, block)
        return stored

    def write(self, block: NDArray) -> None:
        """Append a checked block."""
        if not self._streams:
            self._dtype = block.dtype
            self._open(n_written=0)
        self._n_positions += len(block)
        while len(block):
            if self._n_waiting == 0 and len(block) >= self._rows_per_group:
                taken = self._rows_per_group
                self._write_group(block[:taken])
            else:
                taken = min(len(block), self._rows_per_group - self._n_waiting)
                self._waiting[self._n_waiting : self._n_waiting + taken] = block[:taken]
                self._n_waiting += taken
                if self._n_waiting == self._rows_per_group:
                    self._write_group(self.waiting)
                    self._n_waiting = 0
            block = block[taken:]

    def flush(self) -> None:
        """Hand all full row groups to the system, so that they outlive this process."""
        for stream in self._streams:
            stream.flush()

    def go_on(self, waiting: NDArray, *, n_positions: int) -> None:
        """Go on from a mark: the files are cut back to the row groups that were full at it."""
        self._dtype, self._n_positions = waiting.dtype, n_positions
        self._open(n_written=n_positions - len(waiting))
        self._waiting[: len(waiting)] = waiting
        self._n_waiting = len(waiting)

    def finish(self) -> tuple[dict[str, Any], str | None]:
        """Write the rest; return what the manifest says of this state, and its file's checksum if known."""
        if self._n_waiting:
            self._write_group(self.waiting)
        layout = self._columns.finish()
        if self._row_cache:
            self._rows.finish()
        for stream in self._streams:
            stream.close()
        shape = {"unit_shape": list(self._unit_shape)} if len(self._unit_shape) > 1 else {}
        facts = {
            "file": state_file(self._name),
            "n_units": self._n_units,
            **shape,
            "dtype": self._dtype.name,
            "layout": layout.to_json(),
        }
        return facts, self._columns.sha256

    def abandon(self) -> None:
        """Close the files: what a full disk does not take is not missed."""
        for stream in self._streams:
            with suppress(OSError):
                stream.close()

    def _open(self, *, n_written: int) -> None:
        shape = {"n_units": self._n_units, "dtype": self._dtype}
        n_bytes = 0
        if n_written:
            n_bytes = state_file_bytes(
                n_written,
                n_units=self._n_units,
                itemsize=self._dtype.itemsize,
                rows_per_group=self._rows_per_group,
            )
        self._waiting = np.empty((self._rows_per_group, self._n_units), dtype=self._dtype)
        self._streams.append(open_cut(self._folder / state_file(self._name), n_bytes))
        self._columns = StateFileWriter(
            self._streams[0], **shape, rows_per_group=self._rows_per_group, n_positions=n_written
        )
        if self._row_cache:
            n_bytes = n_written and HEADER_BYTES + n_written * self._n_units * self._dtype.itemsize
            self._streams.append(open_cut(self._folder / rows_file(self._name), n_bytes))
            self._rows = RowFileWriter(self._streams[1], **shape, n_positions=n_written)

    def _write_group(self, values: NDArray) -> None:
        self._columns.write_group(values)
        if self._row_cache:
            self._rows.write(values)

    def _refuse_non_finite(self, stored: NDArray, block: NDArray) -> None:
        kind, exponent = _EXPONENT_BITS[stored.itemsize]
        if not stored.size or (stored.view(kind) & exponent).max() != exponent:
            return
        row, unit = np.argwhere(~np.isfinite(stored))[0]
        place = f"position {self._n_positions + row}, unit {unit}"
        value = block[row, unit]
        if np.isfinite(value):
            raise ShapeError(
                f"State '{self._name}' has the value {value:g} at {place}, too large for "
                f"{stored.dtype.name}. "
                + ("Scale it down." if stored.itemsize == 4 else "Record it as float32: dtype='float32'.")
            )
        raise ShapeError(
            f"State '{self._name}' has {'NaN' if np.isnan(value) else 'an infinite value'} at {place}: "
            "mend the network or leave these positions out."
        )
