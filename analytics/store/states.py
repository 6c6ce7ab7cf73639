"""Readers of one state: few units over many positions, all units over few, scattered short ranges."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import DamagedRecordingError, RangeError, ShapeError, UnknownNameError
from analytics.store.files import OpenFile
from analytics.store.layout import TileLayout
from analytics.store.tables import Sequences

__all__ = ["RecordedStates", "TileStates"]

READ_OVERHEAD_BYTES = 8_192
"""What one positional read costs beside its bytes, as bytes copied in the same time (about 1.5 us)."""


class RecordedStates:
    """One state of a recording, read from disk in parts. Safe to share between threads.

    Attributes
    ----------
    shape : tuple of int
        (n_positions, n_units).
    unit_shape : tuple of int
        (n_units,), or the axes of a state that is a matrix at each position, flattened in C order.
    dtype : numpy.dtype
        float16 or float32.
    name : str
        For example ``layer1.cell``.
    nbytes : int
        Size of all values.
    """

    def __init__(
        self,
        *,
        name: str,
        shape: tuple[int, int],
        unit_shape: tuple[int, ...],
        dtype: np.dtype,
        rows: OpenFile | None,
        rows_offset: int,
        sequences: Sequences,
    ) -> None:
        self.name, self.shape, self.unit_shape, self.dtype = name, shape, unit_shape, dtype
        self._rows, self._rows_offset = rows, rows_offset
        self._row_bytes = shape[1] * dtype.itemsize
        self._sequences = sequences

    @property
    def nbytes(self) -> int:
        """Size of all values in bytes."""
        return self.shape[0] * self._row_bytes

    @property
    def has_row_cache(self) -> bool:
        """Whether the row-major copy is there: without it scattered ranges are read slowly."""
        return self._rows is not None

    @property
    def sequence_starts(self) -> NDArray[np.int64]:
        """First position of each sequence, shape (n_sequences,)."""
        return self._sequences.starts

    def read(self, start: int, stop: int, units: ArrayLike | None = None) -> NDArray:
        """Values of the positions [start, stop), of all units or of those given, in the order given.

        Returns
        -------
        ndarray of shape (stop - start, n_units or len(units))
            A new array; with `units`, and without the row cache, each unit's values are contiguous.

        Raises
        ------
        RangeError
            If the range leaves the recording.
        UnknownNameError
            If there is no such unit.
        """
        start, stop = self._check_range(start, stop)
        chosen = None if units is None else self._check_units(units)
        n_chosen = self.shape[1] if chosen is None else len(chosen)
        if (rows := self._rows) is not None and self._rows_are_cheaper(start, stop, n_chosen):
            try:
                block = self._read_rows(rows, start, stop)
            except DamagedRecordingError:
                self._rows = None  # derived from the recording, which holds the same values
            else:
                return block if chosen is None else block[:, chosen]
        return self._read_units(start, stop, np.arange(self.shape[1]) if chosen is None else chosen)

    def read_ranges(self, starts: ArrayLike, stops: ArrayLike) -> NDArray:
        """All units of many ranges [start, stop), one after the other in the order given.

        Returns
        -------
        ndarray of shape (sum(stops - starts), n_units)
            C-ordered.

        Raises
        ------
        RangeError
            If a range leaves the recording.
        """
        first, after = self._check_ranges(starts, stops)
        if (rows := self._rows) is not None:
            try:
                return self._read_row_ranges(rows, first, after)
            except DamagedRecordingError:
                self._rows = None
        return self._gather_ranges(first, after)

    def _read_units(self, start: int, stop: int, units: NDArray[np.intp]) -> NDArray:
        raise NotImplementedError

    def _groups(self, start: int, stop: int) -> list[tuple[int, int]]:
        """The parts [start, stop) of a range that lie in one row group each."""
        raise NotImplementedError

    def _rows_are_cheaper(self, start: int, stop: int, n_chosen: int) -> bool:
        n_groups = len(self._groups(start, stop))
        by_unit = n_chosen * (n_groups * READ_OVERHEAD_BYTES + (stop - start) * self.dtype.itemsize)
        return (stop - start) * self._row_bytes <= by_unit

    def _read_rows(self, rows: OpenFile, start: int, stop: int) -> NDArray:
        block = np.empty((stop - start, self.shape[1]), dtype=self.dtype)
        if block.size:
            rows.read_into(block.view(np.uint8), self._rows_offset + start * self._row_bytes)
        return block

    def _read_row_ranges(self, rows: OpenFile, first: NDArray, after: NDArray) -> NDArray:
        values = np.empty((int((after - first).sum()), self.shape[1]), dtype=self.dtype)
        if not values.size:
            return values
        # Ranges that follow each other without a gap are one read: their rows are neighbours in both places.
        joins = np.flatnonzero(first[1:] != after[:-1]) + 1
        first, after = first[np.r_[0, joins]], after[np.r_[joins - 1, len(after) - 1]]
        sizes = (after - first) * self._row_bytes
        offsets, places = self._rows_offset + first * self._row_bytes, np.cumsum(sizes) - sizes
        rows.read_many(offsets, sizes, values.reshape(-1).view(np.uint8), places)
        return values

    def _gather_ranges(self, first: NDArray, after: NDArray) -> NDArray:
        values = np.empty((int((after - first).sum()), self.shape[1]), dtype=self.dtype)
        if not values.size:
            return values
        lengths = after - first
        targets = np.arange(len(values))
        positions = np.repeat(first - np.r_[0, np.cumsum(lengths)[:-1]], lengths) + targets
        order = np.argsort(positions, kind="stable")
        positions, targets = positions[order], targets[order]
        every_unit = np.arange(self.shape[1])
        for start, stop in self._groups(int(positions[0]), int(positions[-1]) + 1):
            low, high = np.searchsorted(positions, [start, stop])
            if low < high:
                begin, end = int(positions[low]), int(positions[high - 1]) + 1
                block = self._read_units(begin, end, every_unit)
                values[targets[low:high]] = block[positions[low:high] - begin]
        return values

    def _check_range(self, start: int, stop: int) -> tuple[int, int]:
        start, stop = int(start), int(stop)
        if not 0 <= start <= stop <= self.shape[0]:
            raise RangeError(
                f"A range of '{self.name}' lies within [0, {self.shape[0]}) and does not end before it "
                f"starts. Got [{start}, {stop})."
            )
        return start, stop

    def _check_units(self, units: ArrayLike) -> NDArray[np.intp]:
        chosen = np.atleast_1d(np.asarray(units))
        if chosen.size == 0:
            return np.empty(0, dtype=np.intp)
        if chosen.ndim != 1 or not np.issubdtype(chosen.dtype, np.integer):
            raise ShapeError(
                f"units are a list of whole numbers. Got shape {chosen.shape} of {chosen.dtype}."
            )
        if chosen.min() < 0 or chosen.max() >= self.shape[1]:
            wrong = int(chosen[(chosen < 0) | (chosen >= self.shape[1])][0])
            raise UnknownNameError(
                f"'{self.name}' has no unit {wrong}: its units are 0 to {self.shape[1] - 1}."
            )
        return chosen.astype(np.intp, copy=False)

    def _check_ranges(self, starts: ArrayLike, stops: ArrayLike) -> tuple[NDArray, NDArray]:
        first = np.asarray(starts, dtype=np.int64).reshape(-1)
        after = np.asarray(stops, dtype=np.int64).reshape(-1)
        if len(first) != len(after):
            raise ShapeError(f"Each range has a start and a stop. Got {len(first)} and {len(after)}.")
        wrong = np.flatnonzero((first < 0) | (first > after) | (after > self.shape[0]))
        if len(wrong):
            self._check_range(first[wrong[0]], after[wrong[0]])
        return first, after


class TileStates(RecordedStates):
    """A state whose file has the regular layout: one positional read for each unit and row group."""

    def __init__(self, file: OpenFile, layout: TileLayout, **facts) -> None:
        super().__init__(**facts)
        self._file, self._layout = file, layout

    def _groups(self, start: int, stop: int) -> list[tuple[int, int]]:
        step = self._layout.rows_per_group
        borders = range(start // step, -(-stop // step))
        return [(max(start, group * step), min(stop, (group + 1) * step)) for group in borders]

    def _read_units(self, start: int, stop: int, units: NDArray[np.intp]) -> NDArray:
        values = np.empty((len(units), stop - start), dtype=self.dtype)
        if values.size:
            parts = np.array(
                [self._part(begin, end) for begin, end in self._groups(start, stop)], dtype=np.int64
            )
            origins, between, sizes = parts.T[:, :, np.newaxis]
            # One read for each group and unit, in the order of the file.
            offsets = origins + between * units
            places = (
                np.cumsum(sizes, axis=0) - sizes + np.arange(len(units)) * (stop - start) * values.itemsize
            )
            sizes = np.broadcast_to(sizes, offsets.shape)
            out = values.reshape(-1).view(np.uint8)
            self._file.read_many(offsets.reshape(-1), sizes.reshape(-1), out, places.reshape(-1))
        return values.T

    def _part(self, begin: int, end: int) -> tuple[int, int, int]:
        """Positions within one group: where unit 0's values begin, from unit to unit, and bytes of each."""
        layout = self._layout
        group, row = divmod(begin, layout.rows_per_group)
        origin = layout.values_offset(group, 0) + row * layout.itemsize
        return origin, layout.chunk_bytes(group), (end - begin) * layout.itemsize
