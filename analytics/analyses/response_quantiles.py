"""How do the changes at a word spread around their mean? (RNNVis, section 5.1 and figure 5)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.blocks import on_threads
from analytics.analyses.changes import as_unit, as_word, as_words, changes_at, changes_of_unit
from analytics.analyses.response_scan import by_word
from analytics.arrays import StateReader, as_states
from analytics.errors import ParameterError

__all__ = ["QUANTILES", "UnitResponses", "response_quantiles", "unit_responses"]

QUANTILES = (0.09, 0.25, 0.5, 0.75, 0.91)
"""The bands of the paper's figure 5, and the median."""
PASS_BYTES = 1 << 28
"""Changes held at once; a word with more is read in several passes, some units in each."""
N_BINS = 60


def response_quantiles(
    states: ArrayLike | StateReader,
    words: ArrayLike,
    word: int | Sequence[int] | NDArray,
    *,
    quantiles: Sequence[float] = QUANTILES,
    sequence_starts: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Quantiles of every unit's changes at one word, or at each of several.

    All occurrences count; between two of them the quantile is interpolated linearly: that at ``q`` is the
    value at ``q * (n - 1)`` of the n changes in order. Only the rows at the word and in front of it are read.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    words : array-like of int, shape (n_positions,)
        Id of the word at each position.
    word : int, or sequence of int
    quantiles : sequence of float, default=(0.09, 0.25, 0.5, 0.75, 0.91)
        Each in [0, 1].
    sequence_starts : array-like of shape (n_sequences,), optional
        First position of each sequence. Default: a reader's own; one sequence for an array.

    Returns
    -------
    ndarray of shape (n_quantiles, n_units), or (n_chosen, n_quantiles, n_units) for several words
        NaN for a word that never occurs.

    Raises
    ------
    ShapeError, ParameterError
        If states hold NaN, `words` is not one id for each position, or a quantile is outside [0, 1].

    References
    ----------
    Y. Ming et al.: Understanding Hidden Memories of Recurrent Neural Networks. IEEE VAST, 2017, section 5.1.
    arXiv:1710.10777. Quantiles: R. J. Hyndman, Y. Fan, The American Statistician 50(4), 1996, definition 7.

    Examples
    --------
    >>> states = np.array([[1.0], [4.0], [6.0], [7.0]])
    >>> response_quantiles(states, [0, 1, 1, 1], 1, quantiles=[0.0, 0.25, 0.5]).ravel().tolist()
    [1.0, 1.5, 2.0]
    """
    reader = as_states(states, sequence_starts=sequence_starts)
    ids = as_words(words, n_positions=reader.shape[0])
    levels = _as_levels(quantiles)
    if np.ndim(word) == 0:
        return _quantiles_of_word(reader, np.flatnonzero(ids == as_word(word)), levels)
    found = [_quantiles_of_word(reader, np.flatnonzero(ids == as_word(one)), levels) for one in word]
    return np.stack(found) if found else np.empty((0, len(levels), reader.shape[1]))


@dataclass(frozen=True, slots=True)
class UnitResponses:
    """The changes of one unit: at each of some words, and at every position."""

    unit: int
    words: NDArray[np.int64]
    """The words asked for, shape (n_chosen,)."""
    count: NDArray[np.int64]
    """Occurrences of each, shape (n_chosen,)."""
    mean: NDArray[np.float64]
    """Expected response to each, shape (n_chosen,); NaN for one that never occurs, as below."""
    levels: NDArray[np.float64]
    """The quantiles' levels, shape (n_quantiles,)."""
    quantiles: NDArray[np.float64]
    """Of the changes at each word, shape (n_chosen, n_quantiles)."""
    extremes: NDArray[np.float64]
    """Smallest and largest change at each word, shape (n_chosen, 2)."""
    all_quantiles: NDArray[np.float64]
    """Of the changes at every position, shape (n_quantiles,)."""
    histogram: NDArray[np.int64]
    """Changes at every position by bin, shape (n_bins,)."""
    edges: NDArray[np.float64]
    """Borders of the bins, of equal width, shape (n_bins + 1,)."""
    n_positions: int


def unit_responses(
    states: ArrayLike | StateReader,
    words: ArrayLike,
    unit: int,
    *,
    chosen: Sequence[int] | NDArray = (),
    quantiles: Sequence[float] = QUANTILES,
    sequence_starts: ArrayLike | None = None,
) -> UnitResponses:
    """Distribution of one unit's changes, at each of some words and over the corpus, in one read of the unit.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    words : array-like of int, shape (n_positions,)
    unit : int
    chosen : sequence of int, default=()
        Words to look at, in the order of the answer.
    quantiles : sequence of float, default=(0.09, 0.25, 0.5, 0.75, 0.91)
        As in `response_quantiles`.
    sequence_starts : array-like of shape (n_sequences,), optional

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    ShapeError, ParameterError
        As in `response_quantiles`.

    Examples
    --------
    >>> found = unit_responses(np.array([[1.0], [4.0], [6.0]]), [0, 1, 1], 0, chosen=[1], quantiles=[0.5])
    >>> found.quantiles.tolist(), found.all_quantiles.tolist(), found.extremes.tolist()
    ([[2.5]], [2.0], [[2.0, 3.0]])
    """
    reader = as_states(states, sequence_starts=sequence_starts)
    ids = as_words(words, n_positions=reader.shape[0])
    unit = as_unit(unit, n_units=reader.shape[1])
    levels, asked = _as_levels(quantiles), np.array([as_word(word) for word in chosen], dtype=np.int64)
    changes = changes_of_unit(reader, unit)
    order, bounds = by_word(ids, int(max(ids.max(), *asked, 0)) + 1)
    at_words = [np.sort(changes[order[bounds[word] : bounds[word + 1]]]) for word in asked]
    histogram, edges = _histogram(changes[np.isfinite(changes)])
    return UnitResponses(
        unit=unit,
        words=_frozen(asked),
        count=_frozen(np.array([len(found) for found in at_words], dtype=np.int64)),
        mean=_frozen(np.array([found.mean() if len(found) else np.nan for found in at_words])),
        levels=_frozen(levels),
        quantiles=_frozen(_stacked([_between(found, levels) for found in at_words], len(levels))),
        extremes=_frozen(_stacked([_between(found, np.array([0.0, 1.0])) for found in at_words], 2)),
        all_quantiles=_frozen(_between(np.sort(changes), levels)),
        histogram=_frozen(histogram.astype(np.int64)),
        edges=_frozen(edges),
        n_positions=reader.shape[0],
    )


def _quantiles_of_word(
    reader: StateReader, positions: NDArray[np.int64], levels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Quantiles of the changes at some positions: shape (n_quantiles, n_units)."""
    n_units = reader.shape[1]
    found = np.full((len(levels), n_units), np.nan)
    if not len(positions):
        return found
    step = max(1, PASS_BYTES // (8 * len(positions)))
    for first in range(0, n_units, step):
        changes = changes_at(reader, positions, slice(first, min(first + step, n_units)))

        def fill(unit: int, first=first, changes=changes) -> None:
            found[:, first + unit] = _between(np.sort(changes[:, unit]), levels)

        on_threads(fill, range(changes.shape[1]))
    return found


def _between(ordered: NDArray[np.float64], levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of numbers in order, interpolated linearly; NaN of none."""
    if not len(ordered):
        return np.full(len(levels), np.nan)
    place = levels * (len(ordered) - 1)
    below = np.floor(place).astype(np.intp)
    low, high = ordered[below], ordered[np.minimum(below + 1, len(ordered) - 1)]
    return np.where(low == high, low, low + (high - low) * (place - below))


def _as_levels(quantiles: Sequence[float]) -> NDArray[np.float64]:
    levels = np.array(quantiles, dtype=np.float64)
    if levels.ndim != 1 or not len(levels) or not ((levels >= 0) & (levels <= 1)).all():
        raise ParameterError(f"quantiles must be a list of numbers in [0, 1]. Got {quantiles!r}.")
    return levels


def _stacked(rows: list[NDArray[np.float64]], width: int) -> NDArray[np.float64]:
    return np.stack(rows) if rows else np.empty((0, width))


def _histogram(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Counts in bins of one width, and their edges; values too near each other to be parted get wider bins.

    Examples
    --------
    >>> counts, edges = _histogram(np.array([2e29, 2e29]))
    >>> int(counts.sum()), float(edges[0]) < 2e29 < float(edges[-1])
    (2, True)
    """
    limits = None
    if len(values):
        low, high = values.min(), values.max()
        if high - low < N_BINS * np.spacing(max(abs(low), abs(high))):
            room = max(0.5, abs(low) / 2, abs(high) / 2)
            limits = (low - room, high + room)
    return np.histogram(values, bins=N_BINS, range=limits)


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
