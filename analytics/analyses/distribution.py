"""How are the values of a state distributed, and what share of them does a threshold keep?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.threshold import TRANSFORMS, on_rule
from analytics.arrays import StateReader, as_states
from analytics.errors import ParameterError, nearest

__all__ = ["ValueDistribution", "transformed", "value_distribution"]

MAX_VALUES = 1 << 25
"""Values looked at before a sample is taken: 33.5 million are counted in a fraction of a second."""
BLOCK_POSITIONS = 64
"""Positions next to each other in a sample: few enough to scatter it, enough to read it fast."""
READ_VALUES = 1 << 22
MAX_DISTINCT = 1 << 16
"""Every number of half precision. States of single precision are counted in as many steps."""


@dataclass(frozen=True, slots=True)
class ValueDistribution:
    """The values of one state over all units, as distinct stored numbers and their counts."""

    values: NDArray
    """Distinct stored numbers, rising, shape (n_distinct,). Infinity is one of them."""
    counts: NDArray[np.int64]
    """How often each was met, shape (n_distinct,)."""
    n_values: int
    """How many values were counted."""
    n_total: int
    """How many the state has: ``n_positions * n_units``."""
    n_units: int
    seed: int
    """Of the sample, when one was taken."""

    @property
    def is_sample(self) -> bool:
        """Whether not every value was counted."""
        return self.n_values < self.n_total

    def share_on(self, threshold: float, *, transform: str = "raw") -> float:
        """Share of the counted values that are on: ``transform(x) >= threshold``, in [0, 1]."""
        on = on_rule(threshold, transform=transform, dtype=self.values.dtype).is_on(self.values)
        return int(self.counts[on].sum()) / self.n_values

    def threshold_for(self, share: float, *, transform: str = "raw") -> float:
        """Return the smallest counted value that, as a threshold, leaves at most this share of values on.

        Raises
        ------
        ParameterError
            If `share` is not in (0, 1).
        """
        if not 0 < share < 1:
            raise ParameterError(f"share must be in (0, 1). Got {share}.")
        shown = transformed(self.values, transform)
        order = np.argsort(shown, kind="stable")
        on = np.cumsum(self.counts[order][::-1])[::-1]
        # Values that the transform makes equal are on or off together.
        first = np.searchsorted(shown[order], shown[order], side="left")
        enough = np.flatnonzero(on[first] <= share * self.n_values)
        return float(shown[order][enough[0]]) if len(enough) else float(shown.max())

    def histogram(
        self, low: float, high: float, *, n_bins: int = 60, transform: str = "raw"
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Counts of transformed values in equal bins of ``[low, high]``, and the ``n_bins + 1`` edges.

        Raises
        ------
        ParameterError
            If the limits are not finite and rising, or there is no bin.
        """
        if not (np.isfinite(low) and np.isfinite(high) and low < high and n_bins >= 1):
            raise ParameterError(
                "A histogram needs finite limits that rise and at least one bin. "
                f"Got {low} to {high} and {n_bins} bins."
            )
        counts, edges = np.histogram(
            transformed(self.values, transform), bins=n_bins, range=(low, high), weights=self.counts
        )
        return counts.astype(np.int64), edges

    def limits(self, *, transform: str = "raw") -> tuple[float, float]:
        """Smallest and largest finite transformed value that was counted."""
        shown = transformed(self.values, transform)
        shown = shown[np.isfinite(shown)]
        return (float(shown.min()), float(shown.max())) if len(shown) else (0.0, 0.0)


def value_distribution(
    states: ArrayLike | StateReader, *, max_values: int = MAX_VALUES, seed: int = 0
) -> ValueDistribution:
    """Count the values of a state over all positions and units.

    A state of at most `max_values` values is counted whole. Of a larger one a sample is taken: blocks of 64
    positions, all units, drawn without replacement.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
        Half precision is counted exactly; single and double precision are rounded to half precision first.
    max_values : int, default=33_554_432
    seed : int, default=0

    Returns
    -------
    ValueDistribution

    Raises
    ------
    ParameterError
        If `max_values` is less than 1.
    ShapeError
        If states hold NaN.

    Examples
    --------
    >>> found = value_distribution(np.array([[0.0, 0.5], [0.5, 1.0]]))
    >>> found.values.tolist(), found.counts.tolist()
    ([0.0, 0.5, 1.0], [1, 2, 1])
    >>> found.share_on(0.5)
    0.75
    """
    reader = as_states(states)
    if max_values < 1:
        raise ParameterError(f"max_values must be at least 1. Got {max_values}.")
    n_positions, n_units = reader.shape
    starts, stops = _blocks(n_positions, n_units, max_values=max_values, seed=seed)
    counts = np.zeros(MAX_DISTINCT, dtype=np.int64)
    step = max(1, READ_VALUES // (n_units * BLOCK_POSITIONS))
    for first in range(0, len(starts), step):
        values = _read(reader, starts[first : first + step], stops[first : first + step])
        with np.errstate(over="ignore"):
            # Adding zero makes one zero of the two.
            codes = (values.astype(np.float16, copy=False) + np.float16(0)).view(np.uint16)
        counts += np.bincount(codes.ravel(), minlength=MAX_DISTINCT)
    return _record(counts, n_total=n_positions * n_units, n_units=n_units, seed=seed)


def transformed(values: NDArray, transform: str) -> NDArray[np.float64]:
    """Return `transform` of stored values, in double precision; same shape.

    Examples
    --------
    >>> transformed(np.array([-2.0, 0.5]), "abs").tolist()
    [2.0, 0.5]
    """
    if transform not in TRANSFORMS:
        raise ParameterError(f"transform {transform!r} is unknown.{nearest(str(transform), TRANSFORMS)}")
    shown = np.asarray(values, dtype=np.float64)
    if transform.endswith("tanh"):
        shown = np.tanh(shown)
    return np.abs(shown) if transform.startswith("abs") else shown


def _blocks(n_positions: int, n_units: int, *, max_values: int, seed: int) -> tuple[NDArray, NDArray]:
    starts = np.arange(0, n_positions, BLOCK_POSITIONS)
    if n_positions * n_units > max_values:
        n_blocks = max(1, max_values // (BLOCK_POSITIONS * n_units))
        chosen = np.random.default_rng(seed).choice(
            len(starts), size=min(n_blocks, len(starts)), replace=False
        )
        starts = starts[np.sort(chosen)]
    return starts, np.minimum(starts + BLOCK_POSITIONS, n_positions)


def _read(reader: StateReader, starts: NDArray, stops: NDArray) -> NDArray:
    if stops[-1] - starts[0] == (stops - starts).sum():
        return reader.read(int(starts[0]), int(stops[-1]))
    return reader.read_ranges(starts, stops)


def _record(counts: NDArray[np.int64], *, n_total: int, n_units: int, seed: int) -> ValueDistribution:
    codes = np.flatnonzero(counts)
    values = codes.astype(np.uint16).view(np.float16)
    order = np.argsort(values, kind="stable")
    values, counts = values[order], counts[codes][order]
    values.setflags(write=False)
    counts.setflags(write=False)
    return ValueDistribution(
        values=values, counts=counts, n_values=int(counts.sum()), n_total=n_total, n_units=n_units, seed=seed
    )
