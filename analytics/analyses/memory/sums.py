"""Sums of Jacobians by delay and group over one block of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.device_sums import add_on_device
from analytics.analyses.memory.groups import Groups
from analytics.analyses.memory.kernels import add_jacobians

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["BlockSums", "StepSums"]


@dataclass(frozen=True, slots=True)
class BlockSums:
    """Sums over one block; row 0 is of all counted positions, row g + 1 of group g."""

    jacobian: NDArray[np.floating] | Tensor
    """(n_groups + 1, n_units, n_delays, n_embedding), in the computation's precision; a tensor on a GPU."""
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

    def on_host(self) -> BlockSums:
        """The same in main memory."""
        if isinstance(self.jacobian, np.ndarray):
            return self
        return BlockSums(self.jacobian.cpu().numpy(), self.norm, self.count)


class StepSums:
    """Adds the Jacobians of one step to the sums of a block.

    Parameters
    ----------
    sums : BlockSums
    groups : Groups
    positions, ages : ndarray of shape (n_lanes,)
        Position -1 where a lane does not count.
    places : ndarray of shape (n_carried,)
        Place of each carried delay among those asked for, -1 where it was not asked for.
    """

    def __init__(
        self,
        sums: BlockSums,
        groups: Groups,
        *,
        positions: NDArray[np.int64],
        ages: NDArray[np.int64],
        places: NDArray[np.int64],
    ) -> None:
        self._sums, self._n_lanes = sums, len(positions)
        # Where all delays are asked for, as they mostly are, the first row takes them in one go.
        self._is_on_device = not isinstance(sums.jacobian, np.ndarray)
        is_whole = not self._is_on_device and bool((places == np.arange(len(places))).all())
        there = np.where(positions >= 0, np.minimum(ages + 1, len(places)), 0)
        self._n_whole = there * is_whole
        self._pairs = _pairs(groups, positions, ages, places, with_all=not is_whole)
        self._order = self._pairs[:, 0] * (len(places) + 1) + self._pairs[:, 1]
        self._n_keys = len(places) + 1
        self._squares = np.zeros((len(positions), len(places)))

    def add(self, jacobians: Tensor, first: int, stop: int) -> None:
        """Add those of the delays from `first` to below `stop`; see
        `analytics.analyses.memory.engines.Seen`."""
        if self._is_on_device:
            add_on_device(jacobians, self._squares, self._pairs, self._sums.jacobian)
            return
        lanes = np.arange(self._n_lanes)[:, None] * self._n_keys
        bounds = np.searchsorted(self._order, lanes + np.array([first, stop]))
        given = (self._n_whole, self._pairs, bounds, self._sums.jacobian)
        add_jacobians(jacobians.numpy(), self._squares, (first, stop), *given)

    def finish(self) -> NDArray[np.float64]:
        """Add norms and counts; return the norms, (n_lanes, n_carried)."""
        norms, pairs = np.sqrt(self._squares), self._pairs
        for lane, n_delays in enumerate(self._n_whole.tolist()):
            self._sums.norm[0, :n_delays] += norms[lane, :n_delays]
            self._sums.count[0, :n_delays] += 1
        if len(pairs):
            np.add.at(self._sums.norm, (pairs[:, 3], pairs[:, 2]), norms[pairs[:, 0], pairs[:, 1]])
            np.add.at(self._sums.count, (pairs[:, 3], pairs[:, 2]), 1)
        return norms


def _pairs(
    groups: Groups,
    positions: NDArray[np.int64],
    ages: NDArray[np.int64],
    places: NDArray[np.int64],
    *,
    with_all: bool,
) -> NDArray[np.int64]:
    """Rows of lane, carried delay, place and row of the sums; the first row is among them only `with_all`."""
    if not with_all and not len(groups.codes):
        return np.empty((0, 4), np.int64)
    delays = np.arange(len(places))
    is_there = (positions[:, None] >= 0) & (delays <= ages[:, None]) & (places >= 0)
    lanes, found = np.nonzero(is_there)
    rows = groups.codes[:, positions[lanes] - found] + 1
    if with_all:
        rows = np.vstack([np.zeros((1, len(lanes)), np.int64), rows])
    inside = rows > 0
    inside[:1] |= with_all
    which, row = np.nonzero(inside.T)
    return np.column_stack([lanes[which], found[which], places[found[which]], rows.T[which, row]])
