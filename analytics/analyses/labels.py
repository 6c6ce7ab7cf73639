"""Which labels lie inside some ranges, against their share in the whole corpus.

The statistic is a plain share: positions with a label, divided by positions that carry any label. No
p-value is given: positions of one range depend on one another, and the ranges were picked by a rank.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ParameterError, RangeError, ShapeError

__all__ = ["LabelShares", "NumberShares", "label_shares", "number_shares"]

QUANTILES = (0.25, 0.5, 0.75)
MAX_SINGLE_VALUES = 12
"""An annotation with at most this many different numbers gets one bar for each of them."""
N_BINS = 10
"""Other numbers are cut at the deciles of the corpus, so that each bar stands for a tenth of it."""


@dataclass(frozen=True, slots=True)
class LabelShares:
    """Positions by label, inside the ranges and in the corpus. Arrays have shape (n_labels,)."""

    labels: tuple[str, ...]
    inside: NDArray[np.int64]
    """Positions inside the ranges that carry each label."""
    corpus: NDArray[np.int64]
    """Positions of the whole corpus that carry each label."""
    n_ranges: int
    unlabelled_inside: int
    """Positions inside the ranges without a label; in no share."""
    unlabelled_corpus: int

    @property
    def n_inside(self) -> int:
        """Labelled positions inside the ranges: what `inside_share` is a share of."""
        return int(self.inside.sum())

    @property
    def n_corpus(self) -> int:
        """Labelled positions of the corpus: what `corpus_share` is a share of."""
        return int(self.corpus.sum())

    @property
    def inside_share(self) -> NDArray[np.float64]:
        """`inside / n_inside`; 0 where nothing inside carries a label."""
        return self.inside / max(self.n_inside, 1)

    @property
    def corpus_share(self) -> NDArray[np.float64]:
        """`corpus / n_corpus`."""
        return self.corpus / max(self.n_corpus, 1)

    @property
    def distance(self) -> float:
        """Total variation distance, half the sum of ``|inside_share - corpus_share|``, in [0, 1].

        0: the ranges look like the corpus; 1: they share no label with it.
        """
        if not self.n_inside:
            return 0.0
        return float(np.abs(self.inside_share - self.corpus_share).sum() / 2)

    @property
    def distance_by_chance(self) -> float:
        """Mean distance of as many positions as there are ranges, drawn at random from the corpus.

        The number of ranges, not of positions, because the labels within one range depend on one
        another. The mean absolute deviation of a binomial number is de Moivre's
        ``2 v (1 - p) P(X = v)`` with ``v = floor(n p) + 1``.
        """
        if not self.n_inside or not self.n_ranges:
            return 0.0
        n = self.n_ranges
        deviation = 0.0
        for share in self.corpus_share[(self.corpus_share > 0) & (self.corpus_share < 1)].tolist():
            above = int(n * share) + 1
            deviation += 2 * above * (1 - share) * _binomial(above, n, share)
        return deviation / n / 2


@dataclass(frozen=True, slots=True)
class NumberShares:
    """A numeric annotation inside the ranges and in the corpus."""

    bins: LabelShares
    """Shares by value, or by tenth of the corpus; the labels name the bins."""
    edges: NDArray[np.float64]
    """Borders of the bins, shape (n_bins + 1,); empty when each bin is one value."""
    mean_inside: float
    mean_corpus: float
    quantiles_inside: NDArray[np.float64]
    """25, 50 and 75 % inside the ranges (linear interpolation), shape (3,); NaN without a number."""
    quantiles_corpus: NDArray[np.float64]

    @property
    def distance(self) -> float:
        """Total variation distance of the binned shares."""
        return self.bins.distance

    @property
    def distance_by_chance(self) -> float:
        """As for labels, over the bins."""
        return self.bins.distance_by_chance


def label_shares(codes: ArrayLike, labels: Sequence[str], starts: ArrayLike, stops: ArrayLike) -> LabelShares:
    """Count labels inside the ranges ``[start, stop)`` and in the corpus.

    Parameters
    ----------
    codes : array-like of int, shape (n_positions,)
        Index into `labels` for each position; -1 where there is none.
    labels : sequence of str, shape (n_labels,)
    starts, stops : array-like of int, shape (n_ranges,)
        Ranges that do not overlap; a position in two of them counts twice.

    Returns
    -------
    LabelShares
        Labels in the order given, those without a position included.

    Raises
    ------
    ShapeError, ParameterError, RangeError
        If the codes are not one row of whole numbers, name no label, or a range leaves the corpus.

    Examples
    --------
    >>> shares = label_shares([0, 1, 1, 0, -1], ["noun", "verb"], [1], [4])
    >>> shares.inside.tolist(), shares.corpus.tolist(), shares.unlabelled_corpus
    ([1, 2], [2, 2], 1)
    >>> round(shares.distance, 4)
    0.1667
    """
    checked = np.asarray(codes)
    if checked.ndim != 1 or not np.issubdtype(checked.dtype, np.integer):
        raise ShapeError(
            "codes must have shape (n_positions,) of whole numbers. "
            f"Got shape {checked.shape} of {checked.dtype}."
        )
    if len(checked) and not -1 <= checked.min() <= checked.max() < len(labels):
        raise ParameterError(
            f"codes must be from -1 to n_labels - 1 = {len(labels) - 1}. "
            f"Got {checked.min()} to {checked.max()}."
        )
    positions = _positions(starts, stops, n_positions=len(checked))
    corpus, inside = (_counts(part, len(labels)) for part in (checked, checked[positions]))
    return LabelShares(
        labels=tuple(map(str, labels)),
        inside=_read_only(inside[1:]),
        corpus=_read_only(corpus[1:]),
        n_ranges=len(np.atleast_1d(starts)),
        unlabelled_inside=int(inside[0]),
        unlabelled_corpus=int(corpus[0]),
    )


def number_shares(values: ArrayLike, starts: ArrayLike, stops: ArrayLike) -> NumberShares:
    """Compare the numbers inside the ranges ``[start, stop)`` with those of the corpus.

    Up to 12 different numbers get a bin each; more are cut at the deciles of the corpus. A bin holds
    its lower border and not its upper one, the last holds both.

    Parameters
    ----------
    values : array-like of shape (n_positions,)
        NaN where there is none; infinite values are refused.
    starts, stops : array-like of int, shape (n_ranges,)

    Raises
    ------
    ShapeError, RangeError
        If the values are not one row of finite numbers or NaN, or a range leaves the corpus.

    Examples
    --------
    >>> shares = number_shares([0.0, 1.0, 1.0, 3.0], [1], [3])
    >>> shares.bins.labels, shares.bins.inside.tolist(), shares.bins.corpus.tolist()
    (('0', '1', '3'), [0, 2, 0], [1, 2, 1])
    >>> shares.mean_inside, shares.mean_corpus
    (1.0, 1.25)
    """
    checked = np.asarray(values, dtype=np.float64)
    if checked.ndim != 1 or np.isinf(checked).any():
        raise ShapeError(
            "values must have shape (n_positions,), finite or NaN. "
            f"Got shape {checked.shape}{' with infinite values' if checked.ndim == 1 else ''}."
        )
    codes, labels, edges = _binned(checked)
    known = checked[~np.isnan(checked)]
    inside = checked[_positions(starts, stops, n_positions=len(checked))]
    inside = inside[~np.isnan(inside)]
    return NumberShares(
        bins=label_shares(codes, labels, starts, stops),
        edges=_read_only(edges),
        mean_inside=_mean(inside),
        mean_corpus=_mean(known),
        quantiles_inside=_read_only(_quantiles(inside)),
        quantiles_corpus=_read_only(_quantiles(known)),
    )


def _positions(starts: ArrayLike, stops: ArrayLike, *, n_positions: int) -> NDArray[np.int64]:
    """Every position of the ranges, range after range."""
    first, last = (np.atleast_1d(np.asarray(ends, dtype=np.int64)) for ends in (starts, stops))
    if first.shape != last.shape or first.ndim != 1:
        raise ShapeError(f"starts and stops must be equally long. Got shapes {first.shape} and {last.shape}.")
    wrong = np.flatnonzero((first < 0) | (last <= first) | (last > n_positions))
    if len(wrong):
        raise RangeError(
            f"Ranges must not be empty and lie within the {n_positions:,} positions. "
            f"Got {first[wrong[0]]} to {last[wrong[0]]}."
        )
    lengths = last - first
    before = np.cumsum(lengths) - lengths
    return np.arange(lengths.sum()) + np.repeat(first - before, lengths)


def _counts(codes: NDArray, n_labels: int) -> NDArray[np.int64]:
    """Positions without a label first, then one count for each label."""
    # A pandas Categorical keeps int8 codes, which would overflow at label 127.
    return np.bincount(codes.astype(np.int64) + 1, minlength=n_labels + 1)


def _binned(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], list[str], NDArray[np.float64]]:
    missing = np.isnan(values)
    distinct = np.unique(values[~missing])
    if len(distinct) <= MAX_SINGLE_VALUES:
        codes = np.searchsorted(distinct, values)
        labels, edges = [f"{value:.6g}" for value in distinct], np.empty(0)
    else:
        edges = np.unique(np.quantile(values[~missing], np.linspace(0, 1, N_BINS + 1)))
        codes = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
        labels = [f"{_short(low)} to {_short(high)}" for low, high in pairwise(edges)]
    return np.where(missing, -1, codes), labels, edges


def _short(value: float) -> str:
    """Four digits that mean something, and never an exponent for a rank or a count."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _quantiles(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.quantile(values, QUANTILES) if len(values) else np.full(len(QUANTILES), np.nan)


def _binomial(k: int, n: int, share: float) -> float:
    """Probability of `k` among `n`. Not scipy.stats: importing it takes as long as starting the dashboard."""
    log_ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log_ways + k * math.log(share) + (n - k) * math.log1p(-share))


def _read_only(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
