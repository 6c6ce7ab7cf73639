"""k-means with k-means++ starts, compiled: a co-clustering runs it 110 times on a few thousand points."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["kmeans"]

N_STARTS = 10
N_CANDIDATES = 4
"""Points tried for each centre: with one alone, twenty clusters are seldom all found."""
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
    draws = np.random.default_rng(seed).random((N_STARTS, n_clusters, N_CANDIDATES))
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
    """Draw centres far from one another: of a few candidates, the one that brings the points nearest.

    The first is drawn evenly, candidates for the others in proportion to the squared distance to the nearest
    centre so far. `draws` ``(n_clusters, n_candidates)`` in [0, 1).
    """
    n_points = len(points)
    chosen = np.empty((len(draws), points.shape[1]))
    nearest, closer, best = np.empty(n_points), np.empty(n_points), np.empty(n_points)
    first = int(draws[0, 0] * n_points)
    for point in range(n_points):
        nearest[point] = _squared_distance(points[point], points[first])
    chosen[0] = points[first]
    alike = 1e-24 * nearest.max()
    for number in range(1, len(draws)):
        if nearest.max() <= alike:
            return chosen[:number]
        reached = np.cumsum(nearest)
        least = np.inf
        for draw in draws[number]:
            index = min(np.searchsorted(reached, draw * reached[-1], side="right"), n_points - 1)
            for point in range(n_points):
                closer[point] = min(nearest[point], _squared_distance(points[point], points[index]))
            if closer.sum() < least:
                least = closer.sum()
                best[:] = closer
                chosen[number] = points[index]
        nearest[:] = best
    return chosen


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
