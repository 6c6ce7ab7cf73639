"""The ways to cluster words and units by their responses: weights of a bipartite graph, labels from them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.kmeans import kmeans

__all__ = ["METHODS", "Method", "leading_vectors"]

SMALL = 200
"""Up to this many rows or columns the whole decomposition is as fast as the leading part."""
N_MORE_VECTORS = 10
N_ROUNDS = 12
"""On the planted benchmark singular values and vectors are then exact to 1e-14."""
NEGLIGIBLE = 1e-10
"""Weights and singular values below this share of the largest are rounding."""

Labels = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Cluster of each row and of each column."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to cluster."""

    weigh: Callable[[NDArray, int], NDArray]
    """Responses, `n_clusters` -> weights of the same shape, at least 0.

    A word or unit whose weights are all 0 is set aside.
    """
    prepare: Callable[[NDArray, int], Callable[[int], Labels]]
    """Responses, `n_clusters` -> labels for a seed. What does not depend on the seed is done once."""
    is_paired: bool
    """Whether a word cluster and a unit cluster of the same number belong together."""


def _distance_from_centre(values: NDArray, n_clusters: int) -> NDArray:
    """``abs(s - mean over words)``; 0 where a unit's responses differ by rounding only.

    Of two clusters of equal size, a unit's mean lies halfway between its responses to the two, and all its
    distances are the same; so for two clusters they are taken from 0.
    """
    weights = np.abs(values) if n_clusters == 2 else np.abs(values - values.mean(axis=0))
    weights[weights <= NEGLIGIBLE * np.abs(values).max(axis=0)] = 0
    return weights


def _signed(values: NDArray, n_clusters: int) -> Callable[[int], Labels]:
    """Scale by both degrees; k leading singular vectors without the first; rows of length 1; k-means."""
    weights = _distance_from_centre(values, n_clusters)
    of_rows, of_columns = 1 / np.sqrt(weights.sum(axis=1)), 1 / np.sqrt(weights.sum(axis=0))
    left, _, right = leading_vectors(weights * of_rows[:, np.newaxis] * of_columns, n_clusters)
    points = np.concatenate([left[:, 1:] * of_rows[:, np.newaxis], right[:, 1:] * of_columns[:, np.newaxis]])
    points = _of_length_one(points)
    return lambda seed: _cut(kmeans(points, n_clusters, seed=seed), len(values))


def _separate(values: NDArray, n_clusters: int) -> Callable[[int], Labels]:
    """Words and units each for themselves: rows of length 1, in the space of k leading singular vectors."""
    spaces = []
    for rows in (values, values.T):
        left, lengths, _ = leading_vectors(_of_length_one(rows), n_clusters)
        spaces.append(left * lengths)
    return lambda seed: tuple(kmeans(space, n_clusters, seed=seed) for space in spaces)


def _library(transform: Callable[[NDArray], NDArray]) -> Callable[[NDArray, int], Callable[[int], Labels]]:
    """Return scikit-learn's spectral co-clustering of transformed responses."""

    def prepare(values: NDArray, n_clusters: int) -> Callable[[int], Labels]:
        # Here, because importing it takes as long as starting the dashboard.
        from sklearn.cluster import SpectralCoclustering
        from sklearn.exceptions import ConvergenceWarning

        given = transform(values)

        def run(seed: int) -> Labels:
            with warnings.catch_warnings():
                # Fewer different points than clusters: the labels tell it.
                warnings.simplefilter("ignore", ConvergenceWarning)
                fitted = SpectralCoclustering(n_clusters, random_state=seed).fit(given)
            return fitted.row_labels_.astype(np.int64), fitted.column_labels_.astype(np.int64)

        return run

    return prepare


def _above_smallest(values: NDArray, n_clusters: int) -> NDArray:
    return values - min(values.min(), 0.0)


def _magnitude(values: NDArray, n_clusters: int) -> NDArray:
    return np.abs(values)


METHODS: dict[str, Method] = {
    "signed": Method(_distance_from_centre, _signed, is_paired=True),
    "spectral": Method(_above_smallest, _library(np.array), is_paired=True),
    "spectral-abs": Method(_magnitude, _library(np.abs), is_paired=True),
    "separate": Method(_magnitude, _separate, is_paired=False),
}
"""Name -> method."""


def leading_vectors(matrix: NDArray, n_vectors: int) -> tuple[NDArray, NDArray, NDArray]:
    """Return the leading left singular vectors, singular values and right singular vectors of a matrix.

    Singular values that are rounding are left out with their vectors, so there may be fewer than `n_vectors`.
    A large matrix is projected on a block Krylov space, drawn from a fixed seed: a few products with the
    matrix in place of its whole decomposition, and the same digits each time.

    Parameters
    ----------
    matrix : ndarray of shape (n_rows, n_columns)
    n_vectors : int

    Returns
    -------
    left, lengths, right : ndarrays of shape (n_rows, n_found), (n_found,), (n_columns, n_found)

    References
    ----------
    C. Musco, C. Musco: Randomized Block Krylov Methods for Stronger and Faster Approximate Singular Value
    Decomposition. NeurIPS, 2015, algorithm 2. arXiv:1504.05477

    Examples
    --------
    >>> leading_vectors(np.diag([3.0, 2.0, 0.0]), 3)[1].round(9).tolist()
    [3.0, 2.0]
    """
    n_in_space = (n_vectors + N_MORE_VECTORS) * N_ROUNDS
    if min(matrix.shape) <= max(SMALL, n_in_space):
        left, lengths, right = np.linalg.svd(matrix, full_matrices=False)
    else:
        space = _krylov_space(matrix, n_vectors + N_MORE_VECTORS)
        left, lengths, right = np.linalg.svd(space.T @ matrix, full_matrices=False)
        left = space @ left
    n_found = min(n_vectors, int((lengths > NEGLIGIBLE * lengths[0]).sum()))
    return left[:, :n_found], lengths[:n_found], right[:n_found].T


def _krylov_space(matrix: NDArray, width: int) -> NDArray:
    """Orthonormal columns that span what `N_ROUNDS` products make of a random block."""
    block = np.random.default_rng(0).standard_normal((matrix.shape[1], width))
    blocks = [np.linalg.qr(matrix @ block)[0]]
    for _ in range(N_ROUNDS - 1):
        blocks.append(np.linalg.qr(matrix @ (matrix.T @ blocks[-1]))[0])
    return np.linalg.qr(np.concatenate(blocks, axis=1))[0]


def _of_length_one(rows: NDArray) -> NDArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def _cut(labels: NDArray[np.int64], n_words: int) -> Labels:
    return labels[:n_words], labels[n_words:]
