"""Where are two units, one of each state, strongest together?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.changes import as_unit
from analytics.analyses.comparison.tokens import CommonTokens
from analytics.arrays import StateReader, as_states
from analytics.errors import ParameterError

__all__ = ["strongest_together"]


def strongest_together(
    first: ArrayLike | StateReader,
    second: ArrayLike | StateReader,
    pairs: ArrayLike,
    *,
    common: CommonTokens,
) -> NDArray[np.int64]:
    """Place, among the common positions, at which the units of each pair speak most for their correlation.

    Where the product of their standard scores has the sign of their correlation and is largest; the first of
    several. A unit far from its mean alone does not suffice: both have to be.

    Parameters
    ----------
    first, second : array-like of shape (n_positions, n_units), or readers
    pairs : array-like of int, shape (n_pairs, 2)
        Unit of the first and of the second state.
    common : CommonTokens

    Returns
    -------
    ndarray of shape (n_pairs,)
        Index into ``common.first`` and ``common.second``.

    Examples
    --------
    >>> from analytics.analyses.comparison.tokens import same_positions
    >>> first, second = [[0.0], [1.0], [5.0], [0.0]], [[9.0], [8.0], [1.0], [9.0]]
    >>> strongest_together(first, second, [(0, 0)], common=same_positions(4)).tolist()
    [2]
    """
    one, other = as_states(first), as_states(second)
    if not common.n:
        raise ParameterError("Nothing can be compared without a position in common. Got none.")
    found = [
        _strongest(
            _unit(one, as_unit(unit, n_units=one.shape[1]), common.first),
            _unit(other, as_unit(other_unit, n_units=other.shape[1]), common.second),
        )
        for unit, other_unit in np.asarray(pairs).tolist()
    ]
    return np.array(found, dtype=np.int64)


def _unit(reader: StateReader, unit: int, positions: NDArray[np.int64]) -> NDArray[np.float64]:
    """Deviations of one unit from its mean at some positions."""
    low, high = int(positions.min()), int(positions.max()) + 1
    values = reader.read(low, high, [unit])[:, 0].astype(np.float64)[positions - low]
    return values - values.mean()


def _strongest(one: NDArray[np.float64], other: NDArray[np.float64]) -> int:
    product = one * other
    return int(product.argmax() if product.sum() >= 0 else product.argmin())
