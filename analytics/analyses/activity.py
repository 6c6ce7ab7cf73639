"""How much of the time is each unit on, and how much of it near its limits?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.blocks import on_threads
from analytics.analyses.comparison.reading import block_edges, parts_of, read_positions
from analytics.analyses.response_scan import as_numbers, number
from analytics.analyses.threshold import on_rule
from analytics.arrays import StateReader, as_states
from analytics.drawing import Drawn
from analytics.errors import ParameterError

__all__ = ["UnitActivity", "unit_activity"]


@dataclass(frozen=True, slots=True)
class UnitActivity(Drawn):
    """What each unit of a state does over all positions. Each array has shape (n_units,)."""

    on: NDArray[np.float64]
    """Share of positions at which the unit is on."""
    left: NDArray[np.float64]
    """Share of positions below the lower limit."""
    right: NDArray[np.float64]
    """Share of positions above the upper limit."""
    mean: NDArray[np.float64]
    n: int
    """Positions."""
    threshold: float
    transform: str
    limits: tuple[float, float]

    @property
    def saturated(self) -> NDArray[np.float64]:
        """Share of positions beyond one of the limits."""
        return self.left + self.right


def unit_activity(
    states: ArrayLike | StateReader,
    *,
    threshold: float = 0.3,
    transform: str = "raw",
    limits: tuple[float, float] = (-0.9, 0.9),
) -> UnitActivity:
    r"""Shares of positions at which each unit is on, and at which it is near its limits.

    :math:`\frac{1}{n} \sum_t [f(x_{tc}) \ge l]`, :math:`\frac{1}{n} \sum_t [x_{tc} < a]` and
    :math:`\frac{1}{n} \sum_t [x_{tc} > b]` with `threshold` l, `transform` f and `limits` a, b.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    threshold : float
    transform : {"raw", "tanh", "abs", "abs_tanh"}, default="raw"
    limits : pair of float, default=(-0.9, 0.9)
        Rising. The default suits a tanh; gates are left- and right-saturated at (0.1, 0.9).

    Raises
    ------
    ShapeError, ParameterError
        If states hold NaN, or an argument is out of bounds.

    References
    ----------
    A. Karpathy, J. Johnson, L. Fei-Fei: Visualizing and Understanding Recurrent Networks. ICLR workshop,
    2016. arXiv:1506.02078

    Examples
    --------
    >>> found = unit_activity([[0.95, 0.0], [-0.95, 0.5]], threshold=0.5)
    >>> found.on.tolist(), found.left.tolist(), found.right.tolist()
    ([0.5, 0.5], [0.5, 0.0], [0.5, 0.0])
    """
    reader = as_states(states)
    low, high = (float(limit) for limit in limits)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ParameterError(f"limits must be two finite numbers that rise. Got {limits}.")
    rule = on_rule(threshold, transform=transform, dtype=reader.dtype)
    counts, total = np.zeros((3, reader.shape[1]), dtype=np.int64), np.zeros(reader.shape[1])
    positions = np.arange(reader.shape[0])
    for start, stop in block_edges(len(positions), n_units=reader.shape[1]):
        rows = read_positions(reader, positions[start:stop])
        _add_rows(rows, rule, (low, high), (counts, total))
    shares = counts / len(positions)
    mean = total / len(positions)
    for values in (shares, mean):
        values.setflags(write=False)
    return UnitActivity(*shares, mean, len(positions), float(threshold), transform, (low, high))


def _add_rows(rows: NDArray, rule, limits: tuple[float, float], sums: tuple[NDArray, NDArray]) -> None:
    values, codes, (counts, total) = as_numbers(rows), rule.codes(rows), sums
    ring = tuple(map(np.uint64, (rule.mask, rule.first, rule.span, np.iinfo(codes.dtype).max)))
    on_threads(
        lambda part: _count(values[:, part], codes[:, part], *ring, *limits, counts[:, part], total[part]),
        parts_of(rows.shape[1]),
    )


@numba.njit(cache=True, nogil=True)
def _count(values, codes, mask, first, span, ring, low, high, counts, total):
    on, left, right = counts
    for t in range(values.shape[0]):
        for unit in range(values.shape[1]):
            value = number(values[t, unit])
            total[unit] += value
            left[unit] += value < low
            right[unit] += value > high
            # Differences of bit patterns run around on their ring; see `threshold`.
            on[unit] += (((np.uint64(codes[t, unit]) & mask) - first) & ring) <= span
