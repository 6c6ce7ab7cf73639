"""Which units carry the selected range, how many of them are on around it, and what a threshold keeps."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.distribution import ValueDistribution, value_distribution
from analytics.analyses.selection import count_on, select_units
from dashboard.queries.cache import AnswerCache
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.window import neighbourhood_of

__all__ = ["SelectionQueries"]

MARKED_SHARES = (0.01, 0.05, 0.2, 0.5)
"""Shares of values whose thresholds are marked in the distribution, to choose one from."""
N_BARS = 160
"""Bars of the value distribution: about two pixels each."""


class SelectionQueries:
    """Everything that follows from a range, a threshold and the units taken out or kept by hand."""

    def __init__(self, recordings: RecordingQueries, cache: AnswerCache) -> None:
        self._recordings, self._cache = recordings, cache

    def units(
        self,
        recording: str,
        state: str,
        *,
        start: int,
        stop: int,
        threshold: float,
        off_before: int = 0,
        off_after: int = 0,
        transform: str = "raw",
        dropped: Sequence[int] = (),
        pinned: Sequence[int] = (),
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the units that count as selected, and those the range alone gives.

        Nothing is selected without a range (``start < 0``), except what is pinned.
        """
        states = self._recordings.open(recording).states(state)
        by_range = np.zeros(0, dtype=np.int64)
        if start >= 0:
            by_range = select_units(
                states,
                start,
                stop,
                threshold=threshold,
                off_before=off_before,
                off_after=off_after,
                transform=transform,
            )
        kept = np.setdiff1d(by_range, np.asarray(dropped, dtype=np.int64))
        added = [unit for unit in pinned if 0 <= unit < states.shape[1]]
        return np.union1d(kept, np.asarray(added, dtype=np.int64)), by_range

    def selected(
        self, recording: str, state: str, *, at: int, threshold: float, transform: str, **range_and_units: Any
    ) -> dict[str, Any]:
        """Return the selected units and how many of them are on at each position of the wide strip."""
        units, by_range = self.units(
            recording, state, threshold=threshold, transform=transform, **range_and_units
        )
        states = self._recordings.open(recording).states(state)
        start, stop = neighbourhood_of(at, n_positions=states.shape[0])
        counts = count_on(states, units, start, stop, threshold=threshold, transform=transform)
        return {
            "units": units.tolist(),
            "by_range": by_range.tolist(),
            "n_units": states.shape[1],
            "first": start,
            "counts": base64.b64encode(counts.astype("<u2")).decode(),
            "why_empty": "" if len(units) else _why_empty(range_and_units, n_by_range=len(by_range)),
        }

    def distribution(self, recording: str, state: str) -> ValueDistribution:
        """Return how the values of a state are distributed."""
        opened = self._recordings.open(recording)
        return self._cache.answer(
            "distribution",
            opened.fingerprint,
            {"state": state},
            lambda: value_distribution(opened.states(state)),
        )

    def bars(self, recording: str, state: str, *, transform: str) -> dict[str, Any]:
        """Return the distribution as bars for the browser: their limits, and how many values each holds."""
        found = self.distribution(recording, state)
        low, high = found.limits(transform=transform)
        if low == high:
            low, high = low - 0.5, high + 0.5
        counts, _ = found.histogram(low, high, n_bins=N_BARS, transform=transform)
        return {
            "low": low,
            "high": high,
            "counts": counts.tolist(),
            "marks": [[share, found.threshold_for(share, transform=transform)] for share in MARKED_SHARES],
            "n_values": found.n_values,
            "n_total": found.n_total,
            "is_sample": found.is_sample,
            "seed": found.seed,
        }

    def share_on(self, recording: str, state: str, *, threshold: float, transform: str) -> float:
        """Return the share of all values that a threshold calls on."""
        return self.distribution(recording, state).share_on(threshold, transform=transform)


def _why_empty(asked: dict[str, Any], *, n_by_range: int) -> str:
    if asked["start"] < 0:
        return "Nothing is selected: drag over the tokens, or move the selection there with the arrow keys."
    if n_by_range:
        return "Every unit of this range was dropped: restore one below."
    if asked.get("off_before") or asked.get("off_after"):
        return (
            "No unit is on over the whole range and off beside it: "
            "lower the threshold, shorten the range or narrow the off-windows."
        )
    return "No unit is on over the whole range: lower the threshold or shorten the range."
