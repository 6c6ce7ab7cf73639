"""Numbers by delay of one stored result: as it is, or with embeddings in their own standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.half_life import half_life
from analytics.analyses.memory.record import MeanGradients
from analytics.analyses.memory.subspace import singular_values
from analytics.analyses.whitening import Whitening
from dashboard.facts import MemoryCurve
from dashboard.queries.clusters.overview import plain

__all__ = ["CURVE_COLORS", "Curve", "Decay", "decay_of", "half_life_text", "numbers", "whitened_decay"]

CURVE_COLORS = ("first", "second", "category 1", "category 0", "category 5", "category 8")
"""Of the curves beside each other, the page's own first."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A value for each delay, with its band; NaN where there is none."""

    value: Numbers
    low: Numbers
    high: Numbers

    @property
    def half_life(self) -> tuple[float, float, float]:
        """Delay at which half of the value at delay 0 is left, and at which the band's ends are there."""
        found = (half_life(values, start=self.value[0]) for values in (self.value, self.low, self.high))
        return tuple(float(each) for each in found)

    def at(self, delay: int) -> tuple[float, float, float]:
        """Return the value at a delay with the limits of its band."""
        return float(self.value[delay]), float(self.low[delay]), float(self.high[delay])

    def shown(
        self, name: str, color: str, n: NDArray[np.int64], *, has_half_life: bool = True
    ) -> MemoryCurve:
        """Return what a figure needs."""
        banded = bool(np.isfinite(self.low).any())
        return MemoryCurve(
            name=name,
            color=color,
            n=tuple(n.tolist()),
            value=tuple(numbers(self.value)),
            low=tuple(numbers(self.low)) if banded else (),
            high=tuple(numbers(self.high)) if banded else (),
            half_life=plain(self.half_life[0]) if has_half_life else None,
        )


@dataclass(frozen=True, slots=True)
class Decay:
    """What is left of the input after each delay. Shapes (n_delays,), `values` (n_delays, n_values)."""

    n: NDArray[np.int64]
    largest: Curve
    total: Curve
    values: Numbers
    """Singular values, falling."""
    mean_norm: Numbers
    norm_of_mean: Numbers

    def share(self, n: int) -> Curve:
        """Share of the first n singular values in their sum; all of them where there are fewer."""
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = self.values[:, :n].sum(axis=1) / self.total.value
        unknown = np.full(len(shares), np.nan)
        return Curve(shares, unknown, unknown)

    def measured(self, measure: str, n: int) -> Curve:
        """Return the curve of a measure: `largest`, `sum` or `share`."""
        return {"largest": self.largest, "sum": self.total}[measure] if measure != "share" else self.share(n)


def decay_of(means: MeanGradients, n_delays: int) -> Decay:
    """Return the first `n_delays` of stored means as they are."""
    part = slice(0, n_delays)
    values = means.singular_values[part]
    return Decay(
        n=means.count[part],
        largest=Curve(means.largest[part], *means.largest_band[part].T),
        total=Curve(means.total[part], *means.sum_band[part].T),
        values=values,
        mean_norm=means.mean_norm[part],
        norm_of_mean=means.norm[part],
    )


def whitened_decay(means: MeanGradients, whitening: Whitening, n_delays: int) -> Decay:
    """Return the first `n_delays` of stored means by embeddings in their own standard deviations.

    Bands and the norms of single gradients are not known there.
    """
    part = slice(0, n_delays)
    values = singular_values(whitening.gradient(np.asarray(means.mean[part], dtype=np.float64)))
    unknown = np.full(len(values), np.nan)
    return Decay(
        n=means.count[part],
        largest=Curve(values[:, 0], unknown, unknown),
        total=Curve(values.sum(axis=1), unknown, unknown),
        values=values,
        mean_norm=unknown,
        norm_of_mean=np.sqrt((values**2).sum(axis=1)),
    )


def half_life_text(found: float, values: Numbers) -> str:
    """Return the half-life of values by delay for a reader; one beyond the last delay says so.

    Examples
    --------
    >>> half_life_text(np.nan, np.array([4.0, 3.0, 2.5])), half_life_text(1.25, np.array([4.0, 2.5, 1.0]))
    ('> 2', '1.2')
    """
    if np.isfinite(found):
        return f"{found:.1f}"
    known = np.flatnonzero(np.isfinite(values))
    return f"> {known[-1]}" if len(known) and values[0] > 0 else ""


def numbers(values: Numbers) -> list[float | None]:
    """Return plain numbers for JSON, None where there is none."""
    return [plain(value) for value in values.tolist()]
