"""How does a state change at a position? ``d[t] = x[t] - x[t-1]``, with 0 in front of each sequence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.selection import as_units, as_whole
from analytics.arrays import ArrayStates, StateReader
from analytics.errors import ParameterError, ShapeError

__all__ = [
    "as_unit",
    "as_word",
    "as_words",
    "blocks_of_rows",
    "changes_at",
    "changes_of_unit",
    "starts_in",
]

BLOCK_BYTES = 1 << 26
"""Rows read at once: long blocks hold a word many times, and its sums are then fetched once for them all."""


def as_words(words: ArrayLike, *, n_positions: int, n_words: int | None = None) -> NDArray[np.int64]:
    """Check the word at each position.

    Raises
    ------
    ShapeError
        If there is not one whole number for each position.
    ParameterError
        If one is negative, or at least `n_words`.

    Examples
    --------
    >>> as_words([2, 0, 2], n_positions=3, n_words=3).tolist()
    [2, 0, 2]
    """
    given = np.asarray(words)
    if given.shape != (n_positions,) or not np.issubdtype(given.dtype, np.integer):
        raise ShapeError(
            f"words must be one whole number for each of the {n_positions} positions. "
            f"Got shape {given.shape} of {given.dtype}."
        )
    low, high = (int(given.min()), int(given.max())) if given.size else (0, 0)
    if low < 0 or (n_words is not None and high >= n_words):
        bounds = "at least 0" if n_words is None else f"from 0 to n_words - 1 = {n_words - 1}"
        raise ParameterError(f"words must be {bounds}. Got {low} to {high}.")
    return given.astype(np.int64, copy=False)


def as_word(word: int) -> int:
    """Check the id of a word; one that never occurs is a word, too.

    Examples
    --------
    >>> as_word(2)
    2
    """
    return as_whole("A word", word)


def as_unit(unit: int, *, n_units: int) -> int:
    """Check the number of a unit.

    Examples
    --------
    >>> as_unit(2, n_units=3)
    2
    """
    return int(as_units([as_whole("A unit", unit, minimum=None)], n_units=n_units)[0])


def starts_in(reader: StateReader, start: int, stop: int) -> NDArray[np.bool_]:
    """Whether each position of ``[start, stop)`` is the first of its sequence: shape ``(stop - start,)``."""
    borders = reader.sequence_starts
    flags = np.zeros(stop - start, dtype=bool)
    low, high = np.searchsorted(borders, [start, stop])
    flags[borders[low:high] - start] = True
    return flags


def blocks_of_rows(reader: StateReader) -> list[tuple[int, int]]:
    """Ranges of positions that are read at once; an array in memory, row by row, is one block."""
    n_positions, n_units = reader.shape
    if isinstance(reader, ArrayStates) and reader.read(0, n_positions).flags.c_contiguous:
        return [(0, n_positions)]
    # A multiple of the positions that a recording keeps together.
    n_together = BLOCK_BYTES // (n_units * np.dtype(reader.dtype).itemsize) // 16_384
    step = 16_384 * max(1, n_together)
    return list(pairwise([*range(0, n_positions, step), n_positions]))


def changes_at(
    reader: StateReader, positions: NDArray[np.int64], units: slice = slice(None)
) -> NDArray[np.float64]:
    """Changes at scattered positions: shape ``(len(positions), n_units)`` or as many as `units` are."""
    n_units = len(range(*units.indices(reader.shape[1])))
    changes = np.empty((len(positions), n_units))
    step = max(1, BLOCK_BYTES // (2 * reader.shape[1] * np.dtype(reader.dtype).itemsize))
    for low in range(0, len(positions), step):
        at = positions[low : low + step]
        borders = reader.sequence_starts
        first = borders[np.searchsorted(borders, at, side="right") - 1] == at
        rows = reader.read_ranges(np.where(first, at, at - 1), at + 1)[:, units]
        last = np.cumsum(np.where(first, 1, 2)) - 1
        part = changes[low : low + step]
        part[:] = rows[last]
        part[~first] -= rows[last[~first] - 1]
    return changes


def changes_of_unit(reader: StateReader, unit: int) -> NDArray[np.float64]:
    """Changes of one unit at every position: shape ``(n_positions,)``."""
    n_positions = reader.shape[0]
    values = reader.read(0, n_positions, [unit])[:, 0].astype(np.float64)
    changes = np.diff(values, prepend=0.0)
    changes[reader.sequence_starts] = values[reader.sequence_starts]
    return changes
