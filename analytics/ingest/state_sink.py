"""One state on its way to disk: checked, cast, collected into row groups, written in both orders."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from analytics.arrays import as_array
from analytics.errors import ParameterError, ShapeError
from analytics.ingest.state_file import StateFileWriter
from analytics.store.row_cache import RowFileWriter
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
    n_units : int
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
        n_units: int,
        dtype: str | None,
        row_cache: bool,
        rows_per_group: int,
    ) -> None:
        self._folder, self._name, self._n_units = folder, name, n_units
        self._dtype = None if dtype is None else stored_dtype(dtype, state=name)
        self._row_cache, self._rows_per_group = row_cache, rows_per_group
        self._streams: list[Any] = []
        self._n_waiting = self._n_positions = 0

    def check(self, values: ArrayLike, *, n_positions: int) -> NDArray:
        """Return a block as it will be stored, or refuse it."""
        block = as_array(values, what=f"State '{self._name}'")
        if block.shape != (n_positions, self._n_units):
            raise ShapeError(
                f"State '{self._name}' needs a block of shape ({n_positions}, {self._n_units}): positions by "
                f"units. Got {block.shape}."
            )
        if self._dtype is None:
            dtype = stored_dtype(block.dtype, state=self._name)
        elif not np.issubdtype(block.dtype, np.number) or np.iscomplexobj(block):
            raise ShapeError(f"State '{self._name}' holds numbers. Got an array of {block.dtype}.")
        else:
            dtype = self._dtype
        with np.errstate(over="ignore"):
            stored = np.ascontiguousarray(block, dtype=dtype)
        self._refuse_non_finite(stored, block)
        return stored

    def write(self, block: NDArray) -> None:
        """Append a checked block."""
        if not self._streams:
            self._dtype = block.dtype
            self._open()
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
                    self._flush()
            block = block[taken:]

    def finish(self) -> tuple[dict[str, Any], str]:
        """Write the rest; return what the manifest says of this state, and the checksum of its file."""
        if self._n_waiting:
            self._flush()
        layout = self._columns.finish()
        if self._row_cache:
            self._rows.finish()
        for stream in self._streams:
            stream.close()
        facts = {
            "file": state_file(self._name),
            "n_units": self._n_units,
            "dtype": self._dtype.name,
            "layout": layout.to_json(),
        }
        return facts, self._columns.sha256

    def abandon(self) -> None:
        """Close the files, which will be removed: what a full disk does not take is not missed."""
        for stream in self._streams:
            with suppress(OSError):
                stream.close()

    def _open(self) -> None:
        self._waiting = np.empty((self._rows_per_group, self._n_units), dtype=self._dtype)
        self._streams.append((self._folder / state_file(self._name)).open("wb"))
        self._columns = StateFileWriter(
            self._streams[0], n_units=self._n_units, dtype=self._dtype, rows_per_group=self._rows_per_group
        )
        if self._row_cache:
            self._streams.append((self._folder / rows_file(self._name)).open("wb"))
            self._rows = RowFileWriter(self._streams[1], n_units=self._n_units, dtype=self._dtype)

    def _flush(self) -> None:
        self._write_group(self._waiting[: self._n_waiting])
        self._n_waiting = 0

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
