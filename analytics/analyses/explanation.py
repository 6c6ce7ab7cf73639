"""Which words explain a unit, and which units a word: those with the largest expected response, sign kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.changes import as_unit, as_word
from analytics.analyses.response import Response
from analytics.analyses.selection import as_whole
from analytics.errors import ShapeError, UnknownNameError

__all__ = ["FrequentWords", "StrongResponses", "frequent_words", "units_of_word", "words_of_unit"]


@dataclass(frozen=True, slots=True)
class StrongResponses:
    """Pairs of a word and a unit, from the largest ``|mean|`` down. Arrays have shape (n_found,)."""

    words: NDArray[np.int64]
    """Id of the word of each pair."""
    units: NDArray[np.int64]
    mean: NDArray[np.float64]
    """Expected response, with its sign."""
    standard_error: NDArray[np.float64]
    count: NDArray[np.int64]
    """Occurrences of the word."""


@dataclass(frozen=True, slots=True)
class FrequentWords:
    """The words an overview is about, and how many it leaves out."""

    words: NDArray[np.int64]
    """Named words first, then the most frequent, shape (n_chosen,)."""
    n_rarer: int
    """Words left out because they occur fewer than `min_count` times, but occur."""
    n_beyond: int
    """Words left out because there are more frequent ones enough."""
    named_missing: tuple[int, ...]
    """Named words that never occur; left out."""
    min_count: int
    share: float
    """Share of the corpus's positions that carry one of `words`, in [0, 1]."""


def words_of_unit(response: Response, unit: int, *, n_words: int = 20, min_count: int = 1) -> StrongResponses:
    """Return the `n_words` words with the largest ``|s(w)_c|`` of a unit, sign kept.

    Parameters
    ----------
    response : Response
    unit : int
    n_words : int, default=20
        As many as there are, if fewer.
    min_count : int, default=1
        Words that occur less often are left out.

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    ParameterError
        If a number is out of bounds.

    Examples
    --------
    >>> from analytics.analyses.response import expected_response
    >>> response = expected_response(np.array([[1.0], [-4.0], [6.0]]), [0, 1, 2], n_words=4)
    >>> found = words_of_unit(response, 0, n_words=2)
    >>> found.words.tolist(), found.mean.tolist()
    ([2, 1], [10.0, -5.0])
    """
    unit = as_unit(unit, n_units=response.n_units)
    limit = as_whole("n_words", n_words, minimum=1)
    rows = np.flatnonzero(response.count >= as_whole("min_count", min_count, minimum=1))
    rows = rows[np.argsort(-np.abs(response.mean[rows, unit]), kind="stable")[:limit]]
    return _pairs(response, rows, np.full(len(rows), unit))


def units_of_word(response: Response, word: int, *, n_units: int = 20) -> StrongResponses:
    """Return the `n_units` units with the largest ``|s(w)_c|`` at a word, sign kept.

    Nothing for a word that never occurs.

    Raises
    ------
    UnknownNameError
        If the response holds no such word.
    ParameterError
        If `n_units` is less than 1.

    Examples
    --------
    >>> from analytics.analyses.response import expected_response
    >>> response = expected_response(np.array([[1.0, -2.0]]), [0], n_words=1)
    >>> found = units_of_word(response, 0)
    >>> found.units.tolist(), found.mean.tolist()
    ([1, 0], [-2.0, 1.0])
    """
    row = int(response.rows_of([word])[0])
    limit = as_whole("n_units", n_units, minimum=1)
    found = response.mean[row]
    units = np.argsort(-np.abs(found), kind="stable")[: limit if response.count[row] else 0]
    return _pairs(response, np.full(len(units), row), units)


def frequent_words(
    count: ArrayLike, *, n_words: int, min_count: int = 1, named: Sequence[int] = ()
) -> FrequentWords:
    """Choose the most frequent words, and any named ones.

    Parameters
    ----------
    count : array-like of int, shape (n_vocabulary,)
        Occurrences of each word of the vocabulary.
    n_words : int
        How many words at most, beside the named ones.
    min_count : int, default=1
        Fewest occurrences; named words need only one.
    named : sequence of int, default=()

    Raises
    ------
    ShapeError, ParameterError
        If `count` is not one whole number for each word, a named word is none, or a number is below 1.

    Examples
    --------
    >>> chosen = frequent_words([5, 1, 9, 0, 2], n_words=2, min_count=2, named=[1, 3])
    >>> chosen.words.tolist(), chosen.n_rarer, chosen.n_beyond, chosen.named_missing
    ([1, 2, 0], 0, 1, (3,))
    """
    counts = np.asarray(count)
    if counts.ndim != 1 or not np.issubdtype(counts.dtype, np.integer) or (counts < 0).any():
        raise ShapeError(
            "count must be the occurrences of each word, whole numbers from 0. "
            f"Got shape {counts.shape} of {counts.dtype}."
        )
    n_words, min_count = as_whole("n_words", n_words, minimum=1), as_whole("min_count", min_count, minimum=1)
    asked = list(dict.fromkeys(_as_known(word, len(counts)) for word in named))
    first = np.array([word for word in asked if counts[word]], dtype=np.int64)
    others = np.setdiff1d(np.flatnonzero(counts), first)
    enough = others[counts[others] >= min_count]
    enough = enough[np.argsort(-counts[enough], kind="stable")]
    words = np.concatenate([first, enough[:n_words]]).astype(np.int64)
    words.setflags(write=False)
    return FrequentWords(
        words=words,
        n_rarer=len(others) - len(enough),
        n_beyond=max(0, len(enough) - n_words),
        named_missing=tuple(word for word in asked if not counts[word]),
        min_count=min_count,
        share=float(counts[words].sum() / max(counts.sum(), 1)),
    )


def _pairs(response: Response, rows: NDArray[np.intp], units: NDArray[np.intp]) -> StrongResponses:
    found = (
        response.words[rows],
        units.astype(np.int64),
        response.mean[rows, units],
        response.standard_error[rows, units],
        response.count[rows],
    )
    for values in found:
        values.setflags(write=False)
    return StrongResponses(*found)


def _as_known(word: int, n_words: int) -> int:
    known = as_word(word)
    if known >= n_words:
        raise UnknownNameError(f"There is no word {known}: the vocabulary has words 0 to {n_words - 1}.")
    return known
