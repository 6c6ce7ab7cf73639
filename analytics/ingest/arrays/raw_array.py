"""An array that lies in a file as it would in memory: read by position, a block at a time."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from analytics.errors import SourceFileError

__all__ = ["RawArray"]


class RawArray:
    """An uncompressed array at a place in a file, last axis innermost.

    Parameters
    ----------
    file : binary file
    name : str
        For sentences.
    offset : int
        Of its first byte.
    shape : tuple of int
    dtype : numpy.dtype
    bfloat16 : bool, default=False
        The values are the upper halves of float32; `dtype` is uint16, and float32 is read.

    Raises
    ------
    SourceFileError
        If the file ends before the array does.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        name: str,
        offset: int,
        shape: tuple[int, ...],
        dtype: np.dtype,
        bfloat16: bool = False,
    ) -> None:
        self._file, self._offset, self._stored, self._bfloat16 = file, offset, dtype, bfloat16
        self.name, self.shape = name, shape
        self.dtype = np.dtype(np.float32) if bfloat16 else dtype
        self._row = int(np.prod(shape[1:], dtype=object))
        end = offset + self._row * dtype.itemsize * (shape[0] if shape else 1)
        if end > file.seek(0, 2):
            raise SourceFileError(f"{name} is cut short: it ends before its last value.")

    def read(self, start: int, stop: int) -> NDArray:
        """Values of the rows [start, stop)."""
        self._file.seek(self._offset + start * self._row * self._stored.itemsize)
        n_values = (stop - start) * self._row
        data = self._file.read(n_values * self._stored.itemsize)
        if len(data) != n_values * self._stored.itemsize:
            raise SourceFileError(f"{self.name} is cut short: it ends before its last value.")
        values = np.frombuffer(data, dtype=self._stored).reshape(stop - start, *self.shape[1:])
        # The upper half of a float32 is a bfloat16.
        return (values.astype(np.uint32) << 16).view(np.float32) if self._bfloat16 else values

    def flattened(self) -> RawArray:
        """The first two axes as one."""
        shape = (self.shape[0] * self.shape[1], *self.shape[2:])
        return RawArray(
            self._file,
            name=self.name,
            offset=self._offset,
            shape=shape,
            dtype=self._stored,
            bfloat16=self._bfloat16,
        )
