"""How alike are two states by chance? What is found after one of them is shifted against the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.comparison.spread import UnitSpread

__all__ = ["ChanceLikeness", "best", "mean_known", "shifts_by_chance"]

NEAREST = 4
"""No shift is shorter than this part of the longest: nearer positions of a text depend on each other."""


@dataclass(frozen=True, slots=True)
class ChanceLikeness:
    """Correlations of units after shifts."""

    first: NDArray[np.float64]
    """Of the chosen first units with all second ones, shape (n_shifts, n_chosen, n_second_units)."""
    second: NDArray[np.float64] | None
    """Of the chosen second units with all first ones; None: all first units are chosen."""
    chosen: tuple[NDArray[np.intp], NDArray[np.intp]] | None
    """The chosen units; None: all."""

    def bests(self) -> tuple[float, float]:
        """Mean over shifts and units of the largest |correlation|, of first units and of second ones."""
        other = self.first.transpose(0, 2, 1) if self.second is None else self.second
        return tuple(mean_known(best(each.reshape(-1, each.shape[-1]))) for each in (self.first, other))

    def cka(self, spreads: tuple[UnitSpread, UnitSpread]) -> float:
        """Mean over shifts of linear CKA.

        The squared covariances of the chosen units stand for those of all, in proportion to their share of
        the variance: exact where all are chosen.
        """
        norms = spreads[0].norm * spreads[1].norm
        if norms == 0 or not len(self.first):
            return float("nan")
        sides = [(self.first, *spreads)] + ([] if self.second is None else [(self.second, *spreads[::-1])])
        found = []
        for place, (correlation, own, other) in enumerate(sides):
            units = slice(None) if self.chosen is None else self.chosen[place]
            deviation = own.moments.deviation[units]
            covariance = correlation * np.multiply.outer(deviation, other.moments.deviation)
            share = (deviation**2).sum() / own.total
            found.append(np.nansum(covariance**2) / len(correlation) / share / norms)
        return min(1.0, float(np.mean(found)))


def shifts_by_chance(edges: Sequence[tuple[int, int]], *, count: int, seed: int) -> list[int]:
    """Return up to `count` different shifts that fit blocks with these edges, far from 0 on either side.

    Examples
    --------
    >>> shifts_by_chance([(0, 1)], count=4, seed=0), shifts_by_chance([(0, 3)], count=4, seed=0)
    ([], [1])
    """
    longest = min(min(stop - start for start, stop in edges), edges[-1][1] // 2)
    possible = np.arange(max(1, longest // NEAREST), longest + 1)
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(possible, size=min(count, len(possible)), replace=False)).tolist()


def best(correlation: NDArray) -> NDArray[np.float64]:
    """Largest magnitude in each row; NaN where a row has no number.

    Examples
    --------
    >>> best(np.array([[0.5, -0.75], [np.nan, np.nan]])).tolist()
    [0.75, nan]
    """
    magnitude = np.abs(correlation.astype(np.float64))
    found = np.where(np.isnan(magnitude), -1.0, magnitude).max(axis=1)
    return np.where(found < 0, np.nan, found)


def mean_known(values: NDArray) -> float:
    """Mean of the numbers that there are; NaN without any."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
