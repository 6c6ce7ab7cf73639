"""In which order are clusters shown? One that depends on the clusters alone, not on a run's numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.cluster_edges import cluster_edges

__all__ = ["in_display_order"]

Labels = tuple[NDArray[np.int64], NDArray[np.int64]]


def in_display_order(
    values: NDArray[np.float64], labels: Labels, *, n_clusters: int, is_paired: bool
) -> Labels:
    """Number clusters anew: most words first, most units first among equals, then the first word or unit.

    Without pairs that holds for the word clusters; unit clusters then follow the word clusters they are tied
    to: by their mean number, weighted by the absolute edges, and among equals as above. Empty ones come last.

    Examples
    --------
    >>> words, units = np.array([1, 0, 0]), np.array([0, 1])
    >>> ordered = in_display_order(np.ones((3, 2)), (words, units), n_clusters=2, is_paired=True)
    >>> [labels.tolist() for labels in ordered]
    [[1, 0, 0], [0, 1]]
    """
    words, units = labels
    if is_paired:
        # The last key counts first.
        keys = [
            *(_first(found, n_clusters) for found in (units, words)),
            *(-_size(found, n_clusters) for found in (units, words)),
        ]
        order = np.lexsort(keys)
        return _renumbered(words, order), _renumbered(units, order)
    words = _renumbered(words, np.lexsort((_first(words, n_clusters), -_size(words, n_clusters))))
    strength = np.abs(cluster_edges(values, words, units, n_clusters=n_clusters)[0])
    tied = np.nan_to_num(strength)
    place = np.arange(n_clusters) @ tied / np.maximum(tied.sum(axis=0), np.finfo(float).tiny)
    place[_size(units, n_clusters) == 0] = n_clusters
    return words, _renumbered(
        units, np.lexsort((_first(units, n_clusters), -_size(units, n_clusters), place))
    )


def _size(labels: NDArray[np.int64], n_clusters: int) -> NDArray[np.int64]:
    return np.bincount(labels, minlength=n_clusters)


def _first(labels: NDArray[np.int64], n_clusters: int) -> NDArray[np.int64]:
    first = np.full(n_clusters, len(labels))
    np.minimum.at(first, labels, np.arange(len(labels)))
    return first


def _renumbered(labels: NDArray[np.int64], order: NDArray[np.intp]) -> NDArray[np.int64]:
    return np.argsort(order)[labels]
