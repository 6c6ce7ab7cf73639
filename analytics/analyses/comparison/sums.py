"""Sums of products of standard scores, block by block: as they are, and with one stream shifted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.comparison.reading import add_products
from analytics.analyses.comparison.spread import UnitMoments

__all__ = ["ProductSums"]


class ProductSums:
    """Products of the units of two states.

    Shifted by s, each position goes with the one s places before it, and the first s with the last: every
    position is there once, and neighbours stay neighbours.

    Parameters
    ----------
    moments : pair of UnitMoments
    chosen : pair of arrays of unit numbers, or None
        Units of the first state that are shifted against all of the second, and the other way round; None:
        all of the first are.
    shifts : sequence of int
        Each at least 1, and no longer than the shortest block.
    """

    def __init__(
        self,
        moments: tuple[UnitMoments, UnitMoments],
        chosen: tuple[NDArray, NDArray] | None,
        *,
        shifts: Sequence[int],
    ) -> None:
        n_first, n_second = (each.n_units for each in moments)
        self._all = chosen is None
        chosen = chosen or (np.arange(n_first), np.empty(0, dtype=np.intp))
        self._moments, self._chosen, self.shifts = moments, chosen, shifts
        self._products = np.zeros((n_first, n_second))
        self._shifted = (
            np.zeros((len(shifts), len(chosen[0]), n_second)),
            np.zeros((len(shifts), len(chosen[1]), n_first)),
        )
        self.n = 0
        self._start: tuple[NDArray, NDArray] | None = None
        self._before: tuple[NDArray, NDArray] | None = None

    def add(self, first: NDArray[np.float32], second: NDArray[np.float32]) -> None:
        """Add a block of standard scores, each of shape (n, n_units)."""
        add_products(first, second, self._products)
        self.n += len(first)
        now = (first if self._all else first[:, self._chosen[0]], second[:, self._chosen[1]])
        for place, shift in enumerate(self.shifts):
            self._add_shifted(place, (now[0][:-shift], now[1][:-shift]), (first[shift:], second[shift:]))
            if self._before is not None:
                self._add_shifted(place, self._ends(shift), (first[:shift], second[:shift]))
        if self._start is None:
            longest = max(self.shifts, default=0)
            self._start = (first[:longest].copy(), second[:longest].copy())
        self._before = now

    def correlation(self) -> NDArray[np.float64]:
        """Every correlation, NaN where a unit is constant."""
        constant = (self._moments[0].constant, self._moments[1].constant)
        return _correlation(self._products, self.n, constant)

    def by_chance(self) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Shifted correlations: of some first units with all second, of some second with all first.

        Each of shape (n_shifts, n_chosen, n_units); to be called once, after the last block.
        """
        for place, shift in enumerate(self.shifts):
            self._add_shifted(place, self._ends(shift), tuple(each[:shift] for each in self._start))
        one, other = (moments.constant for moments in self._moments)
        first = _correlation(self._shifted[0], self.n, (one[self._chosen[0]], other))
        if self._all:
            return first, None
        return first, _correlation(self._shifted[1], self.n, (other[self._chosen[1]], one))

    def _ends(self, shift: int) -> tuple[NDArray, NDArray]:
        return tuple(each[len(each) - shift :] for each in self._before)

    def _add_shifted(self, place: int, chosen: tuple[NDArray, NDArray], later: tuple[NDArray, ...]) -> None:
        """Chosen units of both at some positions, with all units of the other a shift later."""
        add_products(chosen[0], later[1], self._shifted[0][place])
        if not self._all:
            add_products(chosen[1], later[0], self._shifted[1][place])


def _correlation(products: NDArray, n: int, constant: tuple[NDArray, NDArray]) -> NDArray[np.float64]:
    found = np.clip(products / max(1, n), -1.0, 1.0)
    found[..., constant[0], :] = np.nan
    found[..., constant[1]] = np.nan
    return found
