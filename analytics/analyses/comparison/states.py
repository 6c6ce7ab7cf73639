"""How alike are two states over the same tokens? Correlations of units, and linear CKA."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.comparison.chance import ChanceLikeness, best, shifts_by_chance
from analytics.analyses.comparison.reading import block_edges, read_positions, standardise
from analytics.analyses.comparison.spread import UnitMoments, UnitSpread, unit_spread
from analytics.analyses.comparison.sums import ProductSums
from analytics.analyses.comparison.tokens import CommonTokens, same_positions
from analytics.analyses.selection import as_whole
from analytics.arrays import StateReader, as_states
from analytics.drawing import Drawn
from analytics.errors import ShapeError

__all__ = ["StateComparison", "compare_states", "linear_cka"]

CHANCE_UNITS, CHANCE_SHIFTS = 32, 2
"""Units of each side, and shifts, that correlations by chance are over where not all units are asked for."""


@dataclass(frozen=True, slots=True)
class StateComparison(Drawn):
    """Every correlation between the units of two states, how alike the states are, and both by chance."""

    correlation: NDArray[np.float32]
    """Shape (n_first_units, n_second_units), in [-1, 1]; NaN where a unit is constant."""
    cka: float
    """Linear CKA, in [0, 1]; NaN where all units of a state are constant."""
    cka_by_chance: float
    """Its mean over `shifts`, from the units that they are over; NaN with fewer than two positions."""
    cka_by_shuffle: float
    """Its mean over all orders of the second state's positions, exactly: what chance gives if neighbouring
    positions do not depend on each other."""
    first_best_by_chance: float
    """Mean over first units and `shifts` of the largest |correlation| with a second unit; NaN without a pair
    of units that vary. Over `n_chance_units` of the first."""
    second_best_by_chance: float
    """The same for second units."""
    by_chance: NDArray[np.float32] | None
    """Every correlation after one shift, where all units were asked for; shape as `correlation`."""
    n: int
    """Positions in common."""
    n_chance_units: tuple[int, int]
    """Units of the first and of the second state that the means by chance are over."""
    shifts: tuple[int, ...]
    """By how many positions the states were shifted against each other."""
    seed: int

    @property
    def first_best(self) -> NDArray[np.float64]:
        """Largest |correlation| of each first unit with a second one, (n_first_units,); NaN: none defined."""
        return best(self.correlation)

    @property
    def second_best(self) -> NDArray[np.float64]:
        """Largest |correlation| of each second unit with a first one, shape (n_second_units,)."""
        return best(self.correlation.T)


def compare_states(
    first: ArrayLike | StateReader,
    second: ArrayLike | StateReader,
    *,
    common: CommonTokens | None = None,
    seed: int = 0,
    all_by_chance: bool = False,
    spreads: tuple[UnitSpread, UnitSpread] | None = None,
) -> StateComparison:
    r"""Correlate every unit of a state with every unit of another, and tell how alike the states are.

    :math:`r_{ij} = \frac{1}{n} \sum_t z_{ti} w_{tj}` with the standard scores z and w of both states, and

    :math:`\mathrm{CKA} = \frac{\|X^T Y\|_F^2}{\|X^T X\|_F \|Y^T Y\|_F}`

    of the centred states X and Y.

    What chance gives comes of circular shifts: each position goes with the one s places away, the last with
    the first. That keeps what a permutation of single positions destroys, namely that neighbouring positions
    of a text depend on each other, so that even unrelated slow units correlate. States that drift through
    the whole text can correlate by more than that. The shifts are drawn from a quarter to all of the longest
    that is possible: half of the positions, at most a block of them. CKA after a shift is estimated from the
    covariances of the chosen units with all of the other state.

    The mean of CKA over all permutations of the positions of Y, which is lower, is
    :math:`\operatorname{tr}(X^T X) \operatorname{tr}(Y^T Y) / ((n - 1) \|X^T X\|_F \|Y^T Y\|_F)`, since
    :math:`\|X^T Y\|_F^2` is the sum of the products of both centred Gram matrices, whose rows add up to 0.

    Both states are read in blocks. Standard scores and products are in single precision, the sums of blocks
    in double: correlations are right to about 1e-6.

    Parameters
    ----------
    first, second : array-like of shape (n_positions, n_units), or readers
    common : CommonTokens, optional
        Which positions are compared. Default: each with that of the same number.
    seed : int
        Of the shifts, and of the units that are shifted.
    all_by_chance : bool, default=False
        Whether every unit is correlated after a shift, which takes as long again; else 32 of each state
        after 2 shifts, drawn with the seed.
    spreads : pair of UnitSpread, optional
        Of both states over the common positions, if known.

    Raises
    ------
    ShapeError
        If the numbers of positions differ and `common` is not given, or states hold NaN.
    ParameterError
        If no position is in common.

    References
    ----------
    S. Kornblith, M. Norouzi, H. Lee, G. Hinton: Similarity of Neural Network Representations Revisited.
    ICML, 2019. arXiv:1905.00414
    R. Andrzejak, A. Kraskov, H. Stögbauer, F. Mormann, T. Kreuz: Bivariate surrogate techniques: Necessity,
    strengths, and caveats. Physical Review E 68, 2003, 066202 (shifts in time as surrogates).
    K. Harris: Nonsense correlations in neuroscience. 2020. doi:10.1101/2020.11.29.402719 (their limits).

    Examples
    --------
    >>> found = compare_states([[0.0], [1.0], [3.0]], [[1.0, 5.0], [-1.0, 5.0], [-5.0, 5.0]])
    >>> found.correlation.tolist(), round(found.cka, 6), round(found.cka_by_shuffle, 6)
    ([[-1.0, nan]], 1.0, 0.5)
    """
    one, other = as_states(first), as_states(second)
    common = _common(one, other, common)
    seed = as_whole("seed", seed)
    spread, other_spread = spreads or (
        unit_spread(one, positions=common.first),
        unit_spread(other, positions=np.sort(common.second)),
    )
    edges = block_edges(common.n, n_units=max(one.shape[1], other.shape[1]))
    shifts = shifts_by_chance(edges, count=1 if all_by_chance else CHANCE_SHIFTS, seed=seed)
    chosen = None if all_by_chance else _chosen(spread.moments, other_spread.moments, seed=seed)
    sums = ProductSums((spread.moments, other_spread.moments), chosen, shifts=shifts)
    for start, stop in edges:
        sums.add(
            _scores(one, common.first[start:stop], spread.moments),
            _scores(other, common.second[start:stop], other_spread.moments),
        )
    return _finished(sums, (spread, other_spread), chosen, seed=seed)


def linear_cka(
    first: ArrayLike | StateReader,
    second: ArrayLike | StateReader,
    *,
    common: CommonTokens | None = None,
) -> float:
    """How alike two states are as a whole, from 0 to 1: linear CKA; see `compare_states`.

    It does not change when a state is rotated, scaled or moved, and is NaN where a state never changes.

    Examples
    --------
    >>> round(linear_cka([[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]], [[0.0, 2.0], [2.0, 0.0], [4.0, 0.0]]), 6)
    1.0
    """
    return compare_states(first, second, common=common).cka


def _common(one: StateReader, other: StateReader, common: CommonTokens | None) -> CommonTokens:
    n, n_other = one.shape[0], other.shape[0]
    if common is None:
        if n != n_other:
            raise ShapeError(
                f"The states have {n:,} and {n_other:,} positions. Say which of them belong together: "
                "common=common_tokens(first_recording, second_recording)."
            )
        return same_positions(n)
    if (common.n_first, common.n_second) != (n, n_other):
        raise ShapeError(
            f"The common tokens are of {common.n_first:,} and {common.n_second:,} positions, the states have "
            f"{n:,} and {n_other:,}."
        )
    return common


def _scores(reader: StateReader, positions: NDArray[np.int64], moments: UnitMoments) -> NDArray[np.float32]:
    return standardise(read_positions(reader, positions), moments.mean, moments.scale)


def _chosen(
    first: UnitMoments, second: UnitMoments, *, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Units of each side that are shifted."""
    rng = np.random.default_rng((seed, 1))
    varying = (np.flatnonzero(~moments.constant) for moments in (first, second))
    return tuple(
        np.sort(rng.choice(units, size=min(CHANCE_UNITS, len(units)), replace=False)) for units in varying
    )


def _finished(
    sums: ProductSums,
    spreads: tuple[UnitSpread, UnitSpread],
    chosen: tuple[NDArray, NDArray] | None,
    *,
    seed: int,
) -> StateComparison:
    by_chance = ChanceLikeness(*sums.by_chance(), chosen)
    correlation = sums.correlation()
    cka, cka_by_shuffle = _cka(correlation, spreads)
    first_best, second_best = by_chance.bests()
    shifted = by_chance.first[0] if sums.shifts else np.full_like(correlation, np.nan)
    n_units = tuple(each.moments.n_units for each in spreads) if chosen is None else tuple(map(len, chosen))
    return StateComparison(
        correlation=_frozen(correlation.astype(np.float32)),
        cka=cka,
        cka_by_chance=by_chance.cka(spreads),
        cka_by_shuffle=cka_by_shuffle,
        first_best_by_chance=first_best,
        second_best_by_chance=second_best,
        by_chance=_frozen(shifted.astype(np.float32)) if chosen is None else None,
        n=sums.n,
        n_chance_units=n_units,
        shifts=tuple(sums.shifts),
        seed=seed,
    )


def _cka(correlation: NDArray, spreads: tuple[UnitSpread, UnitSpread]) -> tuple[float, float]:
    """CKA, and its mean over all orders of the second state's positions."""
    first, second = spreads
    norms = first.norm * second.norm
    if norms == 0:
        return float("nan"), float("nan")
    covariance = correlation * np.outer(first.moments.deviation, second.moments.deviation)
    by_shuffle = first.total * second.total / (max(1, first.moments.n - 1) * norms)
    return min(1.0, float(np.nansum(covariance**2) / norms)), min(1.0, by_shuffle)


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
