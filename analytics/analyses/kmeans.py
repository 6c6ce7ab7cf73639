"""k-means with k-means++ starts, compiled: a co-clustering runs it 110 times on a few thousand points."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["kmeans"]

N_STARTS = 10
MAX_ROUNDS = 300


def kmeans(points: NDArray[np.float64], n_clusters: int, *, seed: int) -> NDArray[np.int64]:
    """Return the best of ten runs of Lloyd's rounds, each from centres drawn by k-means++.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_dimensions)
    n_clusters : int
    seed : int

    Returns
    -------
    ndarray of int64, shape (n_points,)
        Fewer than `n_clusters` different labels where fewer points differ.

    References
    ----------
    D. Arthur, S. Vassilvitskii: k-means++: The Advantages of Careful Seeding. SODA, 2007.

    Examples
    --------
    >>> labels = kmeans(np.array([[0.0], [9.0], [0.1], [9.1]]), 2, seed=0)
    >>> bool(labels[0] == labels[2] != labels[1] == labels[3])
    True
    """
    draws = np.random.default_rng(seed).random((N_STARTS, n_clusters))
    return _best_run(np.ascontiguousarray(points, dtype=np.float64), draws)


@numba.njit(cache=True, nogil=True)
def _best_run(points, draws):
    best, least = np.zeros(len(points), dtype=np.int64), np.inf
    for start in range(len(draws)):
        centres = _spread_centres(points, draws[start])
        labels, spread = _lloyd(points, centres)
        # Runs that differ by rounding only are the same answer: the first of them stays.
        if spread < least * (1.0 - 1e-12):
            best, least = labels, spread
    return best


@numba.njit(cache=True, nogil=True)
def _spread_centres(points, draws):
    """Draw the first centre evenly, each further one in proportion to the squared distance to the nearest."""
    chosen = np.empty((len(draws), points.shape[1]))
    nearest = np.ones(len(points))
    scale, n_chosen = 0.0, 0
    for draw in draws:
        total = nearest.sum()
        if n_chosen > 0 and total <= 1e-24 * max(scale, 1e-300) * len(points):
            break
        wanted, reached, index = draw * total, 0.0, 0
        for index in range(len(points)):
            reached += nearest[index]
            if reached > wanted:
                break
        chosen[n_chosen] = points[index]
        for point in range(len(points)):
            distance = _squared_distance(points[point], points[index])
            scale = max(scale, distance)
            if n_chosen == 0 or distance < nearest[point]:
                nearest[point] = distance
        n_chosen += 1
    return chosen[:n_chosen]


@numba.njit(cache=True, nogil=True)
def _lloyd(points, centres):
    """Assign and average until no point moves; return labels and the sum of squared distances."""
    labels = np.full(len(points), -1, dtype=np.int64)
    spread = 0.0
    for _ in range(MAX_ROUNDS):
        moved, spread = False, 0.0
        sums, counts = np.zeros_like(centres), np.zeros(len(centres), dtype=np.int64)
        for point in range(len(points)):
            label, least = 0, np.inf
            for centre in range(len(centres)):
                distance = _squared_distance(points[point], centres[centre])
                if distance < least:
                    label, least = centre, distance
            moved |= label != labels[point]
            labels[point] = label
            spread += least
            counts[label] += 1
            for dimension in range(points.shape[1]):
                sums[label, dimension] += points[point, dimension]
        if not moved:
            break
        for centre in range(len(centres)):
            if counts[centre] > 0:  # one that lost all its points waits where it is
                centres[centre] = sums[centre] / counts[centre]
    return labels, spread


@numba.njit(cache=True, nogil=True, inline="always")
def _squared_distance(first, second):
    total = 0.0
    for dimension in range(len(first)):
        difference = first[dimension] - second[dimension]
        total += difference * difference
    return total
