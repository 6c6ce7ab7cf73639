"""How do words move between two clusterings of them, and do two states respond alike to the same words?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.agreement import adjusted_rand_index
from analytics.errors import ParameterError, ShapeError

__all__ = ["ClusterAgreement", "SimilarityAgreement", "cluster_agreement", "similarity_agreement"]

LEAST_WORDS = 3
"""With two words there is one pair, and one pair has no correlation."""


@dataclass(frozen=True, slots=True)
class ClusterAgreement:
    """Two clusterings of the same words."""

    rand: float
    """Adjusted Rand index over the words: 1 the same, 0 chance."""
    counts: NDArray[np.int64]
    """Words in cluster i of the first and j of the second, shape (n_first, n_second)."""
    partner: NDArray[np.int64]
    """Cluster of the second that is matched to each of the first, shape (n_first,); -1: none is left."""
    moved: NDArray[np.bool_]
    """Whether a word left the partner of its cluster, shape (n_words,)."""


@dataclass(frozen=True, slots=True)
class SimilarityAgreement:
    """How alike two states find the same words."""

    correlation: float
    """Pearson correlation over all pairs of words; NaN with fewer than three."""
    n_words: int
    """Words with a response that differs between units, in both."""
    n_pairs: int
    chance: float
    """Largest absolute correlation among `n_shuffles` with the words of the second shuffled."""
    n_shuffles: int
    seed: int


def cluster_agreement(
    first: ArrayLike, second: ArrayLike, *, n_first: int | None = None, n_second: int | None = None
) -> ClusterAgreement:
    """Compare two clusterings of the same words.

    Clusters have no common numbers: each of the first gets a partner among those of the second, one to one,
    so that as many words as possible stay with the partner of their cluster.

    Parameters
    ----------
    first, second : array-like of int, shape (n_words,)
        Cluster of each word, from 0 on.
    n_first, n_second : int, optional
        How many clusters there are; by default as many as the largest label says.

    Raises
    ------
    ShapeError
        If the two are not one cluster for each of the same words.

    References
    ----------
    H. W. Kuhn: The Hungarian method for the assignment problem. Naval Research Logistics Quarterly 2, 1955.
    doi:10.1002/nav.3800020109

    Examples
    --------
    >>> found = cluster_agreement([0, 0, 1, 1], [1, 1, 0, 1])
    >>> found.partner.tolist(), found.moved.tolist()
    ([1, 0], [False, False, False, True])
    >>> found.counts.tolist()
    [[0, 2], [1, 1]]
    """
    # SciPy is slow to load, and only this needs it.
    from scipy.optimize import linear_sum_assignment

    one, other = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    rand = adjusted_rand_index(one, other)
    if len(one) and min(one.min(), other.min()) < 0:
        raise ShapeError("Every word needs a cluster of at least 0. Got a negative one: leave that word out.")
    rows = max(n_first or 0, int(one.max(initial=-1)) + 1)
    columns = max(n_second or 0, int(other.max(initial=-1)) + 1)
    counts = np.zeros((rows, columns), dtype=np.int64)
    np.add.at(counts, (one, other), 1)
    partner = np.full(rows, -1, dtype=np.int64)
    matched, to = linear_sum_assignment(-counts)
    partner[matched] = to
    return ClusterAgreement(rand, counts, partner, partner[one] != other)


def similarity_agreement(
    first: ArrayLike, second: ArrayLike, *, n_shuffles: int = 20, seed: int = 0
) -> SimilarityAgreement:
    r"""Correlate how alike two states find the same words, whatever their units.

    In each state two words are as alike as their responses correlate over the units. The answer is the
    correlation of these likenesses between the states, over all pairs of words.

    Parameters
    ----------
    first : array-like of shape (n_words, n_units)
        Expected response to each word.
    second : array-like of shape (n_words, n_other_units)
        The same of the other state; the units need not be as many.
    n_shuffles : int, default=20
        How often the words of the second are shuffled to see what chance gives.
    seed : int, default=0
        Of the shuffles.

    Raises
    ------
    ShapeError
        If the two are not responses to the same words.
    ParameterError
        If there is no shuffle to make.

    References
    ----------
    N. Kriegeskorte, M. Mur, P. Bandettini: Representational similarity analysis. Frontiers in Systems
    Neuroscience 2:4, 2008. doi:10.3389/neuro.06.004.2008

    Examples
    --------
    >>> responses = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 3.0], [2.0, 1.0, 0.0]])
    >>> round(similarity_agreement(responses, 3 * responses[:, ::-1] + 1).correlation, 6)
    1.0
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.ndim != 2 or other.ndim != 2 or len(one) != len(other):
        raise ShapeError(f"Responses to the same words are needed. Got shapes {one.shape} and {other.shape}.")
    if n_shuffles < 1:
        raise ParameterError(f"n_shuffles must be at least 1. Got {n_shuffles}.")
    varied = (np.ptp(one, axis=1) > 0) & (np.ptp(other, axis=1) > 0)
    n_words = int(varied.sum())
    if n_words < LEAST_WORDS:
        return SimilarityAgreement(np.nan, n_words, n_words * (n_words - 1) // 2, np.nan, n_shuffles, seed)
    alike, also = _likeness(one[varied]), _likeness(other[varied])
    pairs = np.triu_indices(n_words, k=1)
    own = _standardised(alike[pairs])
    correlation = float(own @ _standardised(also[pairs]))
    draws = np.random.default_rng(seed)
    shuffled = [draws.permutation(n_words) for _ in range(n_shuffles)]
    chance = max(abs(float(own @ _standardised(also[np.ix_(order, order)][pairs]))) for order in shuffled)
    return SimilarityAgreement(correlation, n_words, len(own), chance, n_shuffles, seed)


def _likeness(responses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation of the responses to each pair of words, shape (n_words, n_words)."""
    rows = np.stack([_standardised(row) for row in responses])
    return rows @ rows.T


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Less their mean, at length 1; NaN where all are the same."""
    centred = values - values.mean()
    length = np.linalg.norm(centred)
    return centred / length if length > 0 else np.full_like(centred, np.nan)
