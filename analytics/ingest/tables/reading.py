"""The first reading of a table: its tokens, its sequences, and what fits all values of each column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from analytics.errors import ShapeError
from analytics.ingest.importing.report import Notes
from analytics.ingest.importing.token_source import EncodedTokens, TokenEncoder
from analytics.ingest.tables.columns import TableRoles
from analytics.ingest.tables.source import MISSING, TableSource

__all__ = ["FirstReading", "as_texts", "read_first"]

_SMALLEST, _LARGEST = -(1 << 31), (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class FirstReading:
    """What is known of a table before it is read again."""

    tokens: EncodedTokens
    sequence_starts: NDArray[np.int64]
    kinds: dict[str, pa.DataType]
    """As what the columns of annotations are read: int32 where every value is such a number."""


def read_first(
    table: TableSource, roles: TableRoles, vocabulary: Sequence[str] | None, notes: Notes
) -> FirstReading:
    """Read tokens and sequences, and look at the annotations.

    Raises
    ------
    ShapeError
        If there is no row, or a token is missing.
    ParameterError
        If a token is not in the vocabulary.
    """
    is_id = pa.types.is_integer(table.schema.field(roles.token).type)
    if is_id and vocabulary is None:
        notes.add(f"'{roles.token}' has ids and there is no vocabulary: they are shown as numbers.")
    encoder = TokenEncoder(vocabulary, is_id=is_id and vocabulary is not None, what=f"'{roles.token}'")
    starts = _Changes()
    guesses = {name: _Guess(table.schema.field(name).type, table.is_text) for name in roles.annotations}
    columns = [roles.token, *([roles.sequence] if roles.sequence else []), *guesses]
    for batch in table.batches(columns, {name: pa.string() for name in columns}):
        encoder.add(_tokens(batch.column(roles.token), roles.token, encoder))
        if roles.sequence:
            starts.add(as_texts(batch.column(roles.sequence)))
        for name, guess in guesses.items():
            guess.look_at(batch.column(name))
    if not encoder.n_tokens:
        raise ShapeError("The table has no rows, and a recording has at least one position.")
    sequence_starts = np.array(starts.found if roles.sequence else [0], dtype=np.int64)
    return FirstReading(
        encoder.finish(), sequence_starts, {name: guess.kind for name, guess in guesses.items()}
    )


def as_texts(column: pa.Array) -> list[str | None]:
    """Values as texts, None where there is none."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return column.to_pylist()


def _tokens(column: pa.Array, name: str, encoder: TokenEncoder) -> list:
    if column.null_count:
        row = encoder.n_tokens + int(pc.index(column.is_null(), True).as_py())
        raise ShapeError(f"Each row has a token. The column '{name}' has none in row {row}, counted from 0.")
    if not encoder.is_id:
        return as_texts(column)
    # A text file's ids come as texts.
    return column.cast(pa.int64()).to_pylist()


class _Changes:
    """Rows at which the value is another than in the row before."""

    def __init__(self) -> None:
        self.found: list[int] = []
        self._last: object = object()
        self._n_before = 0

    def add(self, values: list[str | None]) -> None:
        for row, value in enumerate(values, start=self._n_before):
            if value != self._last:
                self.found.append(row)
                self._last = value
        self._n_before += len(values)


class _Guess:
    """What an annotation's column is read as: the narrowest that fits all its values."""

    def __init__(self, kind: pa.DataType, is_text: bool) -> None:
        self._given, self._is_text = kind, is_text
        self._is_whole = is_text or pa.types.is_integer(kind)
        self._is_number = self._is_whole or pa.types.is_floating(kind)
        self._n_values = 0

    def look_at(self, column: pa.Array) -> None:
        """Take the next values into account."""
        if self._is_text and self._is_number:
            is_missing = pc.is_in(column, value_set=pa.array(MISSING))
            self._is_whole &= not pc.any(is_missing).as_py()
            column = column.filter(pc.invert(is_missing))
        self._n_values += len(column) - column.null_count
        if self._is_whole:
            self._is_whole = not column.null_count and _are_whole(column)
        if self._is_text and self._is_number and not self._is_whole:
            self._is_number = _are_numbers(column)

    @property
    def kind(self) -> pa.DataType:
        """int32, float64, or the column's own; of text files' columns without any value, text."""
        if self._is_whole and self._n_values:
            return pa.int32()
        if self._is_number and (self._n_values or not self._is_text):
            return pa.float64()
        return pa.string() if self._is_text else self._given


def _are_whole(column: pa.Array) -> bool:
    try:
        numbers = column.cast(pa.int64())
    except pa.ArrowInvalid:
        return False
    if not len(numbers):
        return True
    ends = pc.min_max(numbers)
    return ends["min"].as_py() >= _SMALLEST and ends["max"].as_py() <= _LARGEST


def _are_numbers(column: pa.Array) -> bool:
    try:
        column.cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True
