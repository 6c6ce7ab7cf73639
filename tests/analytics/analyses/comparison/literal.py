"""The definitions, read literally: slow, in double precision, without blocks."""

from __future__ import annotations

from itertools import permutations

import numpy as np


def correlation(x, y):
    """Pearson's correlation of every pair of columns; NaN with a constant one."""
    found = np.full((x.shape[1], y.shape[1]), np.nan)
    for i in range(x.shape[1]):
        for j in range(y.shape[1]):
            if np.ptp(x[:, i]) > 0 and np.ptp(y[:, j]) > 0:
                a, b = x[:, i] - x[:, i].mean(), y[:, j] - y[:, j].mean()
                found[i, j] = (a @ b) / np.sqrt((a @ a) * (b @ b))
    return found


def cka(x, y):
    """Linear CKA by the centred Gram matrices of the positions (Kornblith et al.)."""
    n = len(x)
    centre = np.eye(n) - 1 / n
    k, m = centre @ (x @ x.T) @ centre, centre @ (y @ y.T) @ centre
    return float(np.trace(k @ m) / np.sqrt(np.trace(k @ k) * np.trace(m @ m)))


def mean_cka_over_orders(x, y):
    """Mean over all orders of the rows of y."""
    return float(np.mean([cka(x, y[list(order)]) for order in permutations(range(len(y)))]))


def best_matching(correlation):
    """Largest sum of |r| over all one-to-one pairings of a small square matrix."""
    size = np.abs(correlation)
    return max(
        sum(size[row, column] for row, column in enumerate(order)) for order in permutations(range(len(size)))
    )


def share_of_units(response):
    """Smallest share of units that hold 90 %, for one word."""
    size = sorted(np.abs(response), reverse=True)
    total = sum(size)
    for k in range(1, len(size) + 1):
        if sum(size[:k]) >= 0.9 * total - 1e-12 * total:
            return k / len(size)
    return None


def hoyer(response):
    """Hoyer's sparsity of one word's response."""
    n = len(response)
    ratio = np.abs(response).sum() / np.sqrt((response**2).sum())
    return (np.sqrt(n) - ratio) / (np.sqrt(n) - 1)
