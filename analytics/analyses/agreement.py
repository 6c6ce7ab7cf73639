"""How far do two clusterings agree? The adjusted Rand index."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ShapeError

__all__ = ["adjusted_rand_index"]


def adjusted_rand_index(first: ArrayLike, second: ArrayLike) -> float:
    """Share of pairs on which two clusterings agree, 0 on average by chance and 1 when they are the same.

    Parameters
    ----------
    first, second : array-like of int, shape (n,)
        Label of each thing; the labels' names do not matter.

    Raises
    ------
    ShapeError
        If the two are not one label for each of the same things.

    References
    ----------
    L. Hubert, P. Arabie: Comparing partitions. Journal of Classification 2, 1985, equation 5.
    doi:10.1007/BF01908075

    Examples
    --------
    >>> adjusted_rand_index([0, 0, 1, 1], [5, 5, 3, 3])
    1.0
    >>> round(adjusted_rand_index([0, 0, 1, 1], [0, 1, 0, 1]), 9)
    -0.5
    """
    one, other = np.asarray(first), np.asarray(second)
    if one.ndim != 1 or one.shape != other.shape:
        raise ShapeError(
            f"Two clusterings need labels of the same things. Got {one.shape} and {other.shape}."
        )
    _, rows = np.unique(one, return_inverse=True)
    _, columns = np.unique(other, return_inverse=True)
    if not len(one):
        return 1.0
    width = int(columns.max()) + 1
    together = _pairs(np.bincount(rows * width + columns))
    in_first, in_second = _pairs(np.bincount(rows)), _pairs(np.bincount(columns))
    by_chance = in_first * in_second / max(len(one) * (len(one) - 1) / 2, 1)
    most = (in_first + in_second) / 2
    # Both put everything together, or everything apart: nothing to disagree about.
    return 1.0 if most == by_chance else float((together - by_chance) / (most - by_chance))


def _pairs(sizes: NDArray[np.int64]) -> float:
    """Pairs inside groups of these sizes."""
    return float((sizes * (sizes - 1) // 2).sum())
