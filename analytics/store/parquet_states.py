"""Reader of a state whose file other software wrote."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.errors import DamagedRecordingError
from analytics.store.files import OpenFolder
from analytics.store.schema import unit_column
from analytics.store.states import RecordedStates

__all__ = ["ParquetStates"]


class ParquetStates(RecordedStates):
    """A state in any Parquet file, be it compressed or nullable: read through pyarrow, slower."""

    def __init__(self, folder: OpenFolder, file: str, **facts) -> None:
        super().__init__(**facts)
        self._folder, self._name = folder, file
        self._borders = self._check_columns()

    def _groups(self, start: int, stop: int) -> list[tuple[int, int]]:
        inside = self._borders[(self._borders > start) & (self._borders < stop)].tolist()
        edges = [start, *inside, stop] if start < stop else []
        return list(pairwise(edges))

    def _read_units(self, start: int, stop: int, units: NDArray[np.intp]) -> NDArray:
        values = np.empty((len(units), stop - start), dtype=self.dtype)
        if not values.size:
            return values.T
        wanted = [unit_column(unit) for unit in dict.fromkeys(units.tolist())]
        with self._folder.parquet(self._name) as file:
            for begin, end in self._groups(start, stop):
                group = int(np.searchsorted(self._borders, begin, side="right")) - 1
                table = file.read_row_group(group, columns=wanted, use_threads=False)
                table = table.slice(begin - int(self._borders[group]), end - begin)
                for row, unit in enumerate(units.tolist()):
                    values[row, begin - start : end - start] = table.column(unit_column(unit)).to_numpy()
        self._refuse_nan(values, start, units)
        return values.T

    def _refuse_nan(self, values: NDArray, start: int, units: NDArray) -> None:
        if np.isnan(values).any():
            row, position = np.argwhere(np.isnan(values))[0]
            raise DamagedRecordingError(
                f"{self._folder.path / self._name} holds no number at position {start + position} of unit "
                f"{units[row]} (NaN or null). Mend the file: a state has a value everywhere."
            )

    def _check_columns(self) -> NDArray[np.int64]:
        """First position of each row group, and the number of positions after the last."""
        with self._folder.parquet(self._name) as file:
            metadata, names = file.metadata, set(file.schema_arrow.names)
        columns = [unit_column(unit) for unit in range(self.shape[1])]
        if not names.issuperset(columns) or metadata.num_rows != self.shape[0]:
            raise self._folder.failure(
                self._name,
                f"does not hold {self.shape[0]:,} rows of the columns unit_0 to unit_{self.shape[1] - 1} "
                f"(it has {metadata.num_rows:,} rows and {metadata.num_columns} columns)",
            )
        rows = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        return np.concatenate([[0], np.cumsum(rows, dtype=np.int64)])
