"""How do the units of one state vary, alone and with each other? What every comparison of it needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.blocks import on_threads
from analytics.analyses.comparison.reading import add_moments, block_edges, read_positions, standardise
from analytics.arrays import StateReader, as_states
from analytics.errors import ParameterError, ShapeError

__all__ = ["UnitMoments", "UnitSpread", "as_positions", "unit_moments", "unit_spread"]


@dataclass(frozen=True, slots=True)
class UnitMoments:
    """Mean and deviation of each unit of a state at some positions."""

    mean: NDArray[np.float64]
    """Shape (n_units,)."""
    deviation: NDArray[np.float64]
    """Standard deviation (divided by n), shape (n_units,); 0 exactly for a unit with one value only."""
    n: int
    """Positions."""

    @property
    def n_units(self) -> int:
        """Units of the state."""
        return len(self.mean)

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Which units have the same value everywhere: a correlation with them is not defined."""
        return self.deviation == 0

    @property
    def scale(self) -> NDArray[np.float64]:
        """What makes standard scores of deviations from the mean; 0 for constant units."""
        return np.divide(1.0, self.deviation, out=np.zeros(self.n_units), where=self.deviation > 0)


@dataclass(frozen=True, slots=True)
class UnitSpread:
    """Moments of the units, and the size of their covariances."""

    moments: UnitMoments
    total: float
    """Sum of all variances: the trace of the covariance matrix."""
    norm: float
    """Frobenius norm of the covariance matrix."""


def unit_moments(states: ArrayLike | StateReader, *, positions: ArrayLike | None = None) -> UnitMoments:
    """Mean and standard deviation of each unit over some positions; all of them by default.

    Examples
    --------
    >>> moments = unit_moments([[0.0, 1.0], [2.0, 1.0]])
    >>> moments.mean.tolist(), moments.deviation.tolist()
    ([1.0, 1.0], [1.0, 0.0])
    """
    reader = as_states(states)
    at = as_positions(positions, n_positions=reader.shape[0])
    n_units = reader.shape[1]
    shift = read_positions(reader, at[:1])[0].astype(np.float64)
    total, squares = np.zeros(n_units), np.zeros(n_units)
    low, high = np.full(n_units, np.inf), np.full(n_units, -np.inf)
    for start, stop in block_edges(len(at), n_units=n_units):
        add_moments(read_positions(reader, at[start:stop]), (shift, total, squares, low, high))
    offset = total / len(at)
    variance = np.maximum(squares / len(at) - offset**2, 0.0)
    deviation = np.where(low == high, 0.0, np.sqrt(variance))
    return UnitMoments(_frozen(shift + offset), _frozen(deviation), len(at))


def unit_spread(
    states: ArrayLike | StateReader,
    *,
    positions: ArrayLike | None = None,
    moments: UnitMoments | None = None,
) -> UnitSpread:
    """Mean and deviation of each unit, and the norm of the covariance matrix, over some positions.

    The states are read twice, in blocks: for the means, then for the covariances, which are summed over
    standard scores: products in single precision, sums of blocks in double.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    positions : array-like of int, shape (n,), optional
        Rising. Default: all.
    moments : UnitMoments, optional
        Of the same positions, if known.

    Raises
    ------
    ShapeError, ParameterError
        If states hold NaN, or a position is not there.

    Examples
    --------
    >>> spread = unit_spread([[0.0, 1.0], [2.0, 1.0]])
    >>> spread.moments.deviation.tolist(), spread.total, spread.norm
    ([1.0, 0.0], 1.0, 1.0)
    """
    reader = as_states(states)
    at = as_positions(positions, n_positions=reader.shape[0])
    moments = moments or unit_moments(reader, positions=at)
    middle = reader.shape[1] // 2
    # The matrix is symmetric: its upper right quarter counts twice, and each half alone is as much work.
    tiles = [(slice(middle), slice(middle, None)), (slice(middle), slice(middle)), (slice(middle, None),) * 2]
    covariance = np.zeros((reader.shape[1],) * 2)

    def add(tile: tuple[slice, slice]) -> None:
        covariance[tile] += scores[:, tile[0]].T @ scores[:, tile[1]]

    for start, stop in block_edges(len(at), n_units=reader.shape[1]):
        scores = standardise(read_positions(reader, at[start:stop]), moments.mean, moments.scale)
        on_threads(add, tiles)
    covariance *= np.outer(moments.deviation, moments.deviation) / len(at)
    squares = [float((covariance[tile] ** 2).sum()) for tile in tiles]
    norm = math.sqrt(squares[0] + sum(squares))
    return UnitSpread(moments, float((moments.deviation**2).sum()), norm)


def as_positions(positions: ArrayLike | None, *, n_positions: int) -> NDArray[np.int64]:
    """Check rising positions of a state.

    Examples
    --------
    >>> as_positions(None, n_positions=3).tolist()
    [0, 1, 2]
    """
    if positions is None:
        return np.arange(n_positions)
    given = np.asarray(positions)
    if given.ndim != 1 or (given.size and not np.issubdtype(given.dtype, np.integer)):
        raise ShapeError(
            f"positions must be a list of whole numbers. Got shape {given.shape} of {given.dtype}."
        )
    if not given.size:
        raise ParameterError("Nothing can be compared without a position in common. Got none.")
    if given[0] < 0 or given[-1] >= n_positions or (np.diff(given) <= 0).any():
        raise ParameterError(
            f"positions must rise and be from 0 to {n_positions - 1}. "
            f"Got {np.array2string(given, threshold=6)}."
        )
    return given.astype(np.int64, copy=False)


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
