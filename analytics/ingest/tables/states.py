"""Columns of a table as states and annotations, read in blocks, one after the other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.errors import ShapeError
from analytics.ingest.importing.plan import Column
from analytics.ingest.importing.report import Notes
from analytics.ingest.tables.reading import FirstReading, as_texts
from analytics.ingest.tables.source import BlockReader, TableSource

__all__ = ["TableStates", "annotation_of", "list_width"]


class TableStates:
    """A state whose units are columns, or one column of lists."""

    def __init__(
        self,
        name: str,
        columns: tuple[str, ...],
        reader: BlockReader,
        *,
        shape: tuple[int, int],
        dtype: np.dtype,
    ) -> None:
        self.name, self._columns, self._reader = name, columns, reader
        self.shape, self.dtype = shape, dtype

    def read(self, start: int, stop: int) -> NDArray:
        """Values of the rows [start, stop), which go on from those read before."""
        block = self._reader.read(start, stop)
        if len(self._columns) == 1 and _is_list(block.schema.field(self._columns[0]).type):
            return self._lists(block.column(self._columns[0]), start)
        values = np.empty((stop - start, len(self._columns)), dtype=self.dtype)
        for unit, column in enumerate(self._columns):
            values[:, unit] = block.column(column).to_numpy()
        return values

    def _lists(self, column: pa.ChunkedArray, start: int) -> NDArray:
        lists = column.combine_chunks()
        lengths = lists.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
        if (lengths != self.shape[1]).any():
            row = int((lengths != self.shape[1]).argmax())
            raise ShapeError(
                f"State '{self.name}' has {self.shape[1]} units. Got {lengths[row]} in row {start + row}, "
                "counted from 0."
            )
        return lists.flatten().to_numpy(zero_copy_only=False).reshape(len(lists), -1)


def list_width(table: TableSource, column: str) -> int:
    """Length of the lists in a column, as the first has it."""
    kind = table.schema.field(column).type
    if pa.types.is_fixed_size_list(kind):
        return kind.list_size
    for batch in table.batches([column]):
        for value in batch.column(column):
            if value.is_valid:
                return len(value)
    return 0


def annotation_of(
    name: str, table: TableSource, first: FirstReading, reader: BlockReader, notes: Notes
) -> Column | None:
    """Return a column as an annotation; None, and a note, where it is of no kind that fits."""
    kind = first.kinds[name]
    if pa.types.is_boolean(kind):
        return Column(["no", "yes"], _objects(reader, name))
    if pa.types.is_int32(kind):
        return Column("integer", lambda start, stop: reader.read(start, stop).column(name).to_numpy())
    if pa.types.is_floating(kind):
        return Column("numeric", _numbers(reader, name, notes))
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        notes.add(f"The column '{name}' holds {kind}, which no annotation does, and is left out.")
        return None
    return Column("categorical", _labels(reader, name, empty_is_none=table.is_text))


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def _objects(reader: BlockReader, name: str) -> Callable[[int, int], NDArray]:
    def read(start: int, stop: int) -> NDArray:
        return np.array(reader.read(start, stop).column(name).to_pylist(), dtype=object)

    return read


def _labels(reader: BlockReader, name: str, *, empty_is_none: bool) -> Callable[[int, int], NDArray]:
    def read(start: int, stop: int) -> NDArray:
        texts = as_texts(reader.read(start, stop).column(name).combine_chunks())
        return np.array([None if empty_is_none and text == "" else text for text in texts], dtype=object)

    return read


def _numbers(reader: BlockReader, name: str, notes: Notes) -> Callable[[int, int], NDArray[np.float64]]:
    n_infinite = 0

    def sentence() -> str | None:
        return (
            f"The column '{name}' is infinite in {n_infinite:,} rows: no value there." if n_infinite else None
        )

    notes.add_last(sentence)

    def read(start: int, stop: int) -> NDArray[np.float64]:
        nonlocal n_infinite
        numbers = reader.read(start, stop).column(name).to_numpy().astype(np.float64)
        with np.errstate(over="ignore"):
            is_infinite = np.isinf(numbers.astype(np.float32))
        n_infinite += int(is_infinite.sum())
        return np.where(is_infinite, np.nan, numbers)

    return read
