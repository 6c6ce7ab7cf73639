"""The words that lie along the best-remembered directions: what a direction of the embedding means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.selection import as_whole
from analytics.arrays import as_array
from analytics.errors import ParameterError, ShapeError

__all__ = ["RememberedDirection", "remembered_directions"]


@dataclass(frozen=True, slots=True)
class RememberedDirection:
    """One right singular vector of a mean Jacobian, and the words at both of its ends."""

    value: float
    """Its singular value: a step along it moves the state by as much."""
    vector: NDArray[np.float64]
    """Of length 1, shape (n_embedding,). Its sign is arbitrary: both ends are equally well remembered."""
    positive: NDArray[np.int64]
    """Ids of the words at its end, the farthest out first, shape (n_words,)."""
    positive_cosine: NDArray[np.float64]
    """Of the angle between the vector and each word's embedding as seen from the mean word."""
    negative: NDArray[np.int64]
    """The same at its other end."""
    negative_cosine: NDArray[np.float64]


def remembered_directions(
    gradient: ArrayLike,
    embedding: ArrayLike,
    *,
    counts: ArrayLike | None = None,
    n_directions: int = 8,
    n_words: int = 10,
    min_count: int = 1,
) -> tuple[RememberedDirection, ...]:
    r"""Return the directions of the embedding that a state remembers best, the best first, and their words.

    With :math:`G = U S V^T`, a word's place along the i-th is the cosine between :math:`v_i` and
    :math:`e_w - \bar e`, where :math:`\bar e` is the mean embedding of the compared words.

    Parameters
    ----------
    gradient : array-like of shape (n_units, n_embedding)
        `mean` of one delay.
    embedding : array-like of shape (n_vocabulary, n_embedding)
    counts : array-like of shape (n_vocabulary,), optional
        Occurrences of each word.
    n_directions : int, default=8
        Fewer are returned where there are fewer.
    n_words : int, default=10
        At each end.
    min_count : int, default=1
        Words with fewer occurrences are not compared: their embeddings are mostly as they began. Without
        effect unless `counts` are given.

    Raises
    ------
    ShapeError, ParameterError
        If shapes do not fit, the gradient holds NaN, or fewer than two words are compared.

    Examples
    --------
    >>> found, _ = remembered_directions([[2.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [-1.0, 0.0], [0.0, 0.5]])
    >>> sorted([int(found.positive[0]), int(found.negative[0])]), found.value
    ([0, 1], 2.0)
    """
    matrix = as_array(gradient, what="gradient").astype(np.float64)
    vectors = as_array(embedding, what="embedding").astype(np.float64)
    if matrix.ndim != 2 or vectors.ndim != 2 or matrix.shape[1] != vectors.shape[1]:
        raise ShapeError(
            "gradient must have shape (n_units, n_embedding), and embedding (n_vocabulary, n_embedding). "
            f"Got {matrix.shape} and {vectors.shape}."
        )
    if not np.isfinite(matrix).all():
        raise ShapeError("The gradient holds NaN: no position has this delay. Choose a shorter one.")
    words = _compared(vectors, counts, as_whole("min_count", min_count, minimum=1))
    seen = vectors[words] - vectors[words].mean(axis=0)
    lengths = np.maximum(np.linalg.norm(seen, axis=1), np.finfo(float).tiny)
    _, values, right = np.linalg.svd(matrix, full_matrices=False)
    n_ends = min(as_whole("n_words", n_words, minimum=1), len(words))
    found = []
    for value, vector in list(zip(values, right, strict=True))[: as_whole("n_directions", n_directions)]:
        cosine = np.clip(seen @ vector / lengths, -1, 1)
        order = np.argsort(-cosine, kind="stable")
        ends = order[:n_ends], order[::-1][:n_ends]
        parts = [part for end in ends for part in (words[end], cosine[end])]
        found.append(RememberedDirection(float(value), vector.copy(), *parts))
    return tuple(found)


def _compared(vectors: NDArray, counts: ArrayLike | None, min_count: int) -> NDArray[np.int64]:
    if counts is None:
        words = np.arange(len(vectors))
    else:
        occurrences = np.asarray(counts)
        if occurrences.shape != (len(vectors),):
            raise ShapeError(f"counts must have shape ({len(vectors)},). Got {occurrences.shape}.")
        words = np.flatnonzero(occurrences >= min_count)
    if len(words) < 2:
        raise ParameterError(f"{len(words)} words are frequent enough to be compared. Lower min_count.")
    return words
