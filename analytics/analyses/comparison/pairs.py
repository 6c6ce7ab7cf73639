"""Which unit of one state corresponds to which of another, one to one?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.arrays import as_array
from analytics.errors import ParameterError, ShapeError

__all__ = ["UnitPairs", "match_units"]


@dataclass(frozen=True, slots=True)
class UnitPairs:
    """Pairs of units, the most correlated first. Each array has shape (n_pairs,)."""

    first: NDArray[np.int64]
    """Unit of the first state."""
    second: NDArray[np.int64]
    """Unit of the second state that goes with it."""
    correlation: NDArray[np.float64]
    """With its sign, in [-1, 1]."""
    first_left: NDArray[np.int64]
    """Units of the first state without a partner: the other state has too few, or they are constant."""
    second_left: NDArray[np.int64]

    @property
    def mean(self) -> float:
        """Mean |correlation| of the pairs; NaN without any."""
        return float(np.abs(self.correlation).mean()) if len(self.correlation) else float("nan")


def match_units(correlation: ArrayLike) -> UnitPairs:
    """Pair units one to one so that the sum of their |correlation| is as large as it can be.

    The assignment is exact (Hungarian method). Units without a correlation, because they are constant, have
    no partner; of the larger state some units remain, too.

    Parameters
    ----------
    correlation : array-like of shape (n_first_units, n_second_units)
        In [-1, 1], NaN where it is not defined; as `compare_states` returns it.

    Returns
    -------
    UnitPairs

    Raises
    ------
    ShapeError, ParameterError
        If it is no such matrix.

    References
    ----------
    Y. Li, J. Yosinski, J. Clune, H. Lipson, J. Hopcroft: Convergent Learning: Do different neural networks
    learn the same representations? ICLR, 2016. arXiv:1511.07543. There the signed correlation of
    convolutional channels is matched; here its magnitude, since the sign of a recurrent unit is arbitrary.

    Examples
    --------
    >>> pairs = match_units([[0.9, -0.8], [0.85, 0.0]])
    >>> list(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.correlation.tolist()))
    [(1, 0, 0.85), (0, 1, -0.8)]
    """
    from scipy.optimize import linear_sum_assignment

    values = as_array(correlation, what="correlation")
    if values.ndim != 2 or not np.issubdtype(values.dtype, np.floating):
        raise ShapeError(
            "correlation must have shape (n_first_units, n_second_units). "
            f"Got shape {values.shape} of {values.dtype}."
        )
    values = values.astype(np.float64)
    if (np.abs(values) > 1).any():
        raise ParameterError(f"correlations lie from -1 to 1. Got {np.nanmax(np.abs(values)):g}.")
    known = ~np.isnan(values)
    rows, columns = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
    strength = np.nan_to_num(np.abs(values[np.ix_(rows, columns)]))
    one, other = linear_sum_assignment(strength, maximize=True)
    first, second = rows[one], columns[other]
    found = values[first, second]
    order = np.lexsort((first, -np.abs(found)))
    return UnitPairs(
        first=_frozen(first[order]),
        second=_frozen(second[order]),
        correlation=_frozen(found[order]),
        first_left=_frozen(np.setdiff1d(np.arange(values.shape[0]), first)),
        second_left=_frozen(np.setdiff1d(np.arange(values.shape[1]), second)),
    )


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
