"""Which words move the state alike? Neighbours of a word by the direction of its expected response."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.response import Response
from analytics.analyses.selection import as_whole
from analytics.errors import ParameterError

__all__ = ["SimilarWords", "similar_words"]


@dataclass(frozen=True, slots=True)
class SimilarWords:
    """The words whose responses point most nearly the same way, nearest first. Arrays: shape (n_found,)."""

    word: int
    words: NDArray[np.int64]
    cosine: NDArray[np.float64]
    """Of the angle between the two responses, both measured from the mean word's, in [-1, 1]."""
    count: NDArray[np.int64]
    """Occurrences of each."""
    n_compared: int
    """Words that were compared."""


def similar_words(response: Response, word: int, *, n_words: int = 10, min_count: int = 1) -> SimilarWords:
    r"""Return the words whose expected responses are most like a word's.

    The cosine of the angle between :math:`s(w) - \bar s` and :math:`s(v) - \bar s`, where :math:`\bar s` is
    the mean response over the compared words: what all words do to the state says nothing about two of them.

    Parameters
    ----------
    response : Response
    word : int
        Compared even if it occurs less often than `min_count`.
    n_words : int, default=10
    min_count : int, default=1
        Words that occur less often are not compared; the response to a rare word is mostly chance.

    Raises
    ------
    UnknownNameError
        If the response holds no such word.
    ParameterError
        If the word never occurs, or a number is below 1.

    Examples
    --------
    >>> from analytics.analyses.response import expected_response
    >>> states = np.array([[1.0, 0.0], [2.0, 0.1], [0.0, 3.0]])
    >>> response = expected_response(states, [0, 1, 2], n_words=3, sequence_starts=[0, 1, 2])
    >>> similar_words(response, 0).words.tolist()
    [1, 2]
    """
    row = int(response.rows_of([word])[0])
    limit = as_whole("n_words", n_words, minimum=1)
    if not response.count[row]:
        raise ParameterError(f"Word {word} never occurs, so it has no response. Choose another.")
    compared = response.count >= as_whole("min_count", min_count, minimum=1)
    compared[row] = True
    rows = np.flatnonzero(compared)
    values = response.mean[rows] - response.mean[rows].mean(axis=0)
    lengths = np.linalg.norm(values, axis=1)
    own = values[rows == row][0]
    cosine = values @ own / np.maximum(lengths * np.linalg.norm(own), np.finfo(float).tiny)
    cosine = np.clip(cosine, -1, 1)
    order = np.argsort(-cosine, kind="stable")
    order = order[rows[order] != row][:limit]
    found = (response.words[rows[order]], cosine[order], response.count[rows[order]])
    for values in found:
        values.setflags(write=False)
    return SimilarWords(int(word), *found, n_compared=len(rows))
