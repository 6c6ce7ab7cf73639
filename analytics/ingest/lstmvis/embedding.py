"""The word embedding of an LSTMVis project, as a state: the vector of the word at each position."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.errors import ShapeError
from analytics.ingest.arrays.hdf5_arrays import Hdf5Array
from analytics.ingest.importing.id_codes import as_ids
from analytics.ingest.importing.plan import Rows
from analytics.ingest.importing.report import Notes
from analytics.ingest.lstmvis.files import ProjectFiles
from analytics.ingest.lstmvis.words import SCAN_POSITIONS

__all__ = ["embedding_rows"]

MAX_BYTES = 1 << 28
"""Embeddings that are held in memory."""


class _ByWord:
    """Rows of a table by the word at each position; zeros where the table has no row."""

    def __init__(self, table: NDArray, words: Hdf5Array, *, first: int) -> None:
        self._table, self._words, self._first = table, words, first
        self.shape, self.dtype = (len(words), table.shape[1]), table.dtype

    def read(self, start: int, stop: int) -> NDArray:
        rows = as_ids(self._words.read(start, stop), what=self._words.name, start=start) - self._first
        inside = (rows >= 0) & (rows < len(self._table))
        return np.where(inside[:, None], self._table[np.where(inside, rows, 0)], 0)


def embedding_rows(files: ProjectFiles, words: Hdf5Array, *, n_positions: int, notes: Notes) -> Rows:
    """Return the embedding at each position.

    A table with a row for each position is taken as it is. One with a row for each word is looked up: row
    `id`, or, when it has exactly as many rows as the largest id and no word has the id 0, row `id - 1`, as
    Torch writes it.

    Raises
    ------
    ShapeError
        If it is no table, or has too few rows.
    """
    entry = files.project.embedding
    found = files.array(entry.file, entry.path)
    if len(found.shape) != 2 or 0 in found.shape or found.dtype.kind != "f":
        raise ShapeError(f"{found.name} is a table of numbers, a row for each word. Got shape {found.shape}.")
    if words.is_text:
        raise ShapeError("the words have no ids that would say which row is theirs.")
    lowest, highest = _range_of(words, n_positions)
    if len(found) == n_positions and len(found) not in (highest, highest + 1):
        notes.add(
            f"The word embedding has a row for each position ({len(found):,}) and is imported as it is."
        )
        return found
    if int(np.prod(found.shape)) * found.dtype.itemsize > MAX_BYTES:
        raise ShapeError(f"{found.name} takes more than {MAX_BYTES >> 20} MiB.")
    first = 1 if len(found) == highest and lowest >= 1 else 0
    if lowest < 0 or highest - first >= len(found):
        notes.add(f"The word embedding has {len(found):,} rows and no row for some words: zeros there.")
    notes.add(
        "The word embedding is imported as the state 'word_embedding', row "
        f"{'id - 1' if first else 'id'} at each "
        "word."
    )
    return _ByWord(found.read(0, len(found)), words, first=first)


def _range_of(words: Hdf5Array, n_positions: int) -> tuple[int, int]:
    lowest, highest = np.inf, -np.inf
    for start in range(0, n_positions, SCAN_POSITIONS):
        ids = as_ids(
            words.read(start, min(start + SCAN_POSITIONS, n_positions)), what=words.name, start=start
        )
        lowest, highest = min(lowest, ids.min()), max(highest, ids.max())
    return int(lowest), int(highest)
