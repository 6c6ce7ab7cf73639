"""Sums of Jacobians by delay and group over one block of text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.groups import Groups
from analytics.analyses.memory.kernels import add_jacobians

__all__ = ["BlockSums", "add_step"]


@dataclass(frozen=True, slots=True)
class BlockSums:
    """Sums over one block; row 0 is of all counted positions, row g + 1 of group g."""

    jacobian: NDArray[np.floating]
    """(n_groups + 1, n_units, n_delays, n_embedding), in the precision of the computation."""
    norm: NDArray[np.float64]
    """Of the single Jacobians' Frobenius norms, (n_groups + 1, n_delays)."""
    count: NDArray[np.int64]
    """(n_groups + 1, n_delays)"""

    @classmethod
    def zeros(cls, n_rows: int, n_units: int, n_delays: int, n_embedding: int, dtype: np.dtype) -> BlockSums:
        """Sums over nothing yet."""
        return cls(
            np.zeros((n_rows, n_units, n_delays, n_embedding), dtype),
            np.zeros((n_rows, n_delays)),
            np.zeros((n_rows, n_delays), np.int64),
        )


def add_step(
    sums: BlockSums,
    groups: Groups,
    jacobians: NDArray,
    *,
    positions: NDArray[np.int64],
    ages: NDArray[np.int64],
    places: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Add the Jacobians of one step; return their norms, (n_lanes, n_carried).

    Parameters
    ----------
    jacobians : ndarray of shape (n_lanes, n_units, at least n_carried * n_embedding)
    positions, ages : ndarray of shape (n_lanes,)
        Position -1 where a lane does not count.
    places : ndarray of shape (n_carried,)
        Place of each carried delay among those asked for, -1 where it was not asked for.
    """
    pairs = _pairs(groups, positions, ages, places)
    norms = np.empty((len(positions), len(places)))
    bounds = np.searchsorted(pairs[:, 0], np.arange(len(positions) + 1))
    add_jacobians(jacobians, norms, pairs, bounds, sums.jacobian)
    np.add.at(sums.norm, (pairs[:, 3], pairs[:, 2]), norms[pairs[:, 0], pairs[:, 1]])
    np.add.at(sums.count, (pairs[:, 3], pairs[:, 2]), 1)
    return norms


def _pairs(
    groups: Groups, positions: NDArray[np.int64], ages: NDArray[np.int64], places: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Rows of lane, carried delay, place and row of the sums, by lane and delay."""
    delays = np.arange(len(places))
    is_there = (positions[:, None] >= 0) & (delays <= ages[:, None]) & (places >= 0)
    lanes, found = np.nonzero(is_there)
    rows = np.zeros((len(groups.codes) + 1, len(lanes)), np.int64)
    rows[1:] = groups.codes[:, positions[lanes] - found] + 1
    inside = rows > 0
    inside[0] = True
    which, row = np.nonzero(inside.T)
    return np.column_stack([lanes[which], found[which], places[found[which]], rows.T[which, row]])
