"""Sums of products of standard scores, block by block: as they are, and after shuffling positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.comparison.reading import add_products
from analytics.analyses.comparison.spread import UnitMoments

__all__ = ["ProductSums"]


class ProductSums:
    """Products of the units of two states.

    Shuffled, each block goes with the one before it, the first with the last, and the positions within are
    permuted: every position is there once, or left out where two blocks differ in length by one.

    Parameters
    ----------
    moments : pair of UnitMoments
    chosen : pair of arrays of unit numbers
        Units of the first state that are shuffled against all of the second, and the other way round; with
        none of the second, all of the first are shuffled.
    seed : int
        Of the permutations.
    """

    def __init__(
        self, moments: tuple[UnitMoments, UnitMoments], chosen: tuple[NDArray, NDArray], *, seed: int
    ) -> None:
        self._moments, self._chosen = moments, chosen
        self._rng = np.random.default_rng(seed)
        self._products = np.zeros((moments[0].n_units, moments[1].n_units))
        self._shuffled = (
            np.zeros((len(chosen[0]), moments[1].n_units)),
            np.zeros((len(chosen[1]), moments[0].n_units)),
        )
        self.n = self._n_shuffled = 0
        self._start: tuple[NDArray, NDArray] | None = None
        self._before: tuple[NDArray, NDArray] | None = None

    def add(self, first: NDArray[np.float32], second: NDArray[np.float32]) -> None:
        """Add a block of standard scores, each of shape (n, n_units)."""
        add_products(first, second, self._products)
        self.n += len(first)
        if self._before is None:
            self._start = (first, second)
        else:
            self._shuffle((first, second), self._before)
        self._before = (first[:, self._chosen[0]], second[:, self._chosen[1]])

    def correlation(self) -> NDArray[np.float64]:
        """Every correlation, NaN where a unit is constant."""
        constant = (self._moments[0].constant, self._moments[1].constant)
        return _correlation(self._products, self.n, constant)

    def by_chance(self) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Shuffled correlations: of some first units with all second, of some second with all first."""
        self._shuffle(self._start, self._before)
        one, other = (moments.constant for moments in self._moments)
        first = _correlation(self._shuffled[0], self._n_shuffled, (one[self._chosen[0]], other))
        if len(self._chosen[0]) == len(one) and not len(self._chosen[1]):
            return first, None
        return first, _correlation(self._shuffled[1], self._n_shuffled, (other[self._chosen[1]], one))

    def _shuffle(self, block: tuple[NDArray, NDArray], before: tuple[NDArray, NDArray]) -> None:
        # Blocks differ in length by one at most; with one block only, it goes with itself.
        n = min(len(block[0]), len(before[0]))
        order = self._rng.permutation(len(block[0]))[:n]
        add_products(before[0][:n], block[1][order], self._shuffled[0])
        if len(self._chosen[1]):
            add_products(before[1][:n], block[0][order], self._shuffled[1])
        self._n_shuffled += n


def _correlation(products: NDArray, n: int, constant: tuple[NDArray, NDArray]) -> NDArray[np.float64]:
    found = np.clip(products / max(1, n), -1.0, 1.0)
    found[constant[0]] = np.nan
    found[:, constant[1]] = np.nan
    return found
