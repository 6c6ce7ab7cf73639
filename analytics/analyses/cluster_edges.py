"""How strongly is a word cluster tied to a unit cluster, and how central is a word? (RNNVis, equation 8)"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["cluster_edges", "distances_to_centroid"]


def cluster_edges(
    values: NDArray[np.float64],
    word_labels: NDArray[np.int64],
    unit_labels: NDArray[np.int64],
    *,
    n_clusters: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean response over the pairs of each two clusters, and its positive and negative parts.

    Parameters
    ----------
    values : ndarray of shape (n_words, n_units)
    word_labels, unit_labels : ndarrays of shape (n_words,), (n_units,)
        -1: in no cluster.
    n_clusters : int

    Returns
    -------
    edges, positive, negative : ndarrays of shape (n_clusters, n_clusters)
        Row: word cluster, column: unit cluster; NaN where one is empty. ``edges = positive + negative``.

    Examples
    --------
    >>> values = np.array([[1.0, -3.0], [2.0, 1.0]])
    >>> clusters = cluster_edges(values, np.array([0, 0]), np.array([0, 0]), n_clusters=1)
    >>> [part.item() for part in clusters]
    [0.25, 1.0, -0.75]
    """
    in_words = _membership(word_labels, n_clusters)
    in_units = _membership(unit_labels, n_clusters)
    n_pairs = np.outer(in_words.sum(axis=1), in_units.sum(axis=1))
    known = np.nan_to_num(values, nan=0.0)
    parts = [in_words @ part @ in_units.T for part in (np.maximum(known, 0), np.minimum(known, 0))]
    empty = np.full(n_pairs.shape, np.nan)
    positive, negative = (np.divide(part, n_pairs, out=empty.copy(), where=n_pairs > 0) for part in parts)
    return positive + negative, positive, negative


def distances_to_centroid(values: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Euclidean distance of each row to the mean row of its cluster, shape (n_rows,); NaN without a cluster.

    Examples
    --------
    >>> distances_to_centroid(np.array([[0.0], [2.0], [9.0]]), np.array([0, 0, -1])).tolist()
    [1.0, 1.0, nan]
    """
    distances = np.full(len(values), np.nan)
    for cluster in np.unique(labels[labels >= 0]):
        rows = np.flatnonzero(labels == cluster)
        distances[rows] = np.linalg.norm(values[rows] - values[rows].mean(axis=0), axis=1)
    return distances


def _membership(labels: NDArray[np.int64], n_clusters: int) -> NDArray[np.float64]:
    return (labels == np.arange(n_clusters)[:, np.newaxis]).astype(np.float64)
