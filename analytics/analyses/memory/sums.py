"""Sums of Jacobians by delay and group over one block of text."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.groups import Groups

__all__ = ["BlockSums", "add_jacobians", "memberships"]


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


def memberships(
    groups: Groups, positions: NDArray[np.int64], ages: NDArray[np.int64], places: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return what each Jacobian of one step is added to, rows of (lane, delay, place of the delay, row).

    Parameters
    ----------
    groups : Groups
    positions, ages : ndarray of shape (n_lanes,)
        Of the lanes that count; position -1 elsewhere.
    places : ndarray of shape (n_carried,)
        Place of each carried delay among those asked for, -1 where it was not asked for.
    """
    delays = np.arange(len(places))
    is_there = (positions[:, None] >= 0) & (delays <= ages[:, None]) & (places >= 0)
    lanes, found = np.nonzero(is_there)
    pairs = [np.column_stack([lanes, found, places[found], np.zeros(len(found), np.int64)])]
    for codes in groups.codes:
        rows = codes[positions[lanes] - found]
        inside = rows >= 0
        pairs.append(np.column_stack([lanes[inside], found[inside], places[found[inside]], rows[inside] + 1]))
    return np.concatenate(pairs)


@numba.njit(cache=True, nogil=True)
def add_jacobians(
    jacobians: NDArray, norms: NDArray, pairs: NDArray, total: NDArray, norm: NDArray, count: NDArray
) -> None:
    """Add the Jacobians of one step, (n_lanes, n_units, n_carried, n_embedding), where `pairs` says.

    `norms` of shape (n_lanes, n_carried) is filled with their Frobenius norms.
    """
    _, n_units, _, n_embedding = jacobians.shape
    for lane in range(jacobians.shape[0]):
        for delay in range(jacobians.shape[2]):
            squares = 0.0
            for unit in range(n_units):
                for column in range(n_embedding):
                    squares += float(jacobians[lane, unit, delay, column]) ** 2
            norms[lane, delay] = np.sqrt(squares)
    for pair in range(pairs.shape[0]):
        lane, delay, place, row = pairs[pair, 0], pairs[pair, 1], pairs[pair, 2], pairs[pair, 3]
        norm[row, place] += norms[lane, delay]
        count[row, place] += 1
        for unit in range(n_units):
            for column in range(n_embedding):
                total[row, unit, place, column] += jacobians[lane, unit, delay, column]
