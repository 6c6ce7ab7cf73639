"""How what a state holds of its input falls with the delay: one curve for each state that is compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.errors import AnalyticsError
from analytics.store.recording import Recording
from dashboard.facts import MemoryCurve, MemoryNorms, MemorySpectrum
from dashboard.queries.clusters.overview import plain
from dashboard.queries.memory.curves import CURVE_COLORS, Curve, Decay, half_life_text, numbers
from dashboard.queries.memory.difference import NAME, curve_difference, half_life_difference
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.told import measure_title, measure_unit, nothing_stored, whitened_note
from dashboard.queries.recordings import RecordingQueries

__all__ = ["MemoryQueries"]


@dataclass(frozen=True, slots=True)
class _Shown:
    """One curve of the page: whose it is, and its numbers if they are stored."""

    name: str
    color: str
    asked: MemoryQuestion
    decay: Decay | None
    why: str


class MemoryQueries:
    """Questions about the whole memory of states."""

    def __init__(self, recordings: RecordingQueries, results: MemoryResults) -> None:
        self._recordings, self._results = recordings, results

    def decay(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return every number of every curve, for tables and files."""
        shown = self._shown(asked)
        rows = [_row(each) for each in shown]
        return {
            "delays": list(range(max((len(row["n"]) for row in rows), default=0))),
            "unit": measure_unit(asked.measure, whitened=asked.whitened),
            "curves": rows,
            "notes": whitened_note(asked.whitened),
            **_differences(shown, asked),
        }

    def difference(self, asked: MemoryQuestion) -> MemoryCurve | None:
        """Return B - A of the chosen measure; None where one of the two is not known."""
        pair = _pair(self._shown(asked))
        if pair is None:
            return None
        found = curve_difference(*(each.measured(asked.measure, asked.n) for each in pair))
        n = np.minimum(*(each.n[: len(found.value)] for each in pair))
        return found.shown(NAME, "text", n, has_half_life=False)

    def spectrum(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return all singular values at the chosen delay."""
        return {
            "delay": asked.delay,
            "curves": [
                {
                    "name": each.name,
                    "delay": each.delay,
                    "color": each.color,
                    "n": each.n,
                    "values": list(each.values),
                    "cumulative": list(each.shares),
                }
                for each in self.spectra(asked)
            ],
        }

    def curves(self, asked: MemoryQuestion) -> tuple[list[MemoryCurve], str, str]:
        """Return the curves of the chosen measure, the title of their axis and its scale."""
        is_share = asked.measure == "share"
        found = [
            shown.decay.measured(asked.measure, asked.n).shown(
                shown.name, shown.color, shown.decay.n, has_half_life=not is_share
            )
            for shown in self._ready(asked)
        ]
        title = measure_title(asked.measure, n=asked.n, whitened=asked.whitened)
        return found, title, "share" if is_share else asked.scale

    def norms(self, asked: MemoryQuestion) -> list[MemoryNorms]:
        """Return the mean norm of the gradients beside the norm of their mean; as they are, not whitened."""
        return [
            MemoryNorms(
                name=shown.name,
                color=shown.color,
                n=tuple(shown.decay.n.tolist()),
                mean_norm=tuple(numbers(shown.decay.mean_norm)),
                norm_of_mean=tuple(numbers(shown.decay.norm_of_mean)),
            )
            for shown in self._ready(replace(asked, whitened=False))
        ]

    def spectra(self, asked: MemoryQuestion) -> list[MemorySpectrum]:
        """Return the singular values at the chosen delay of every curve that reaches it."""
        found = []
        for shown in self._ready(asked):
            at = shown.asked.delay
            if at < len(shown.decay.n) and shown.decay.n[at]:
                values = shown.decay.values[at]
                shares = (
                    np.cumsum(values) / values.sum() if values.sum() > 0 else np.full(len(values), np.nan)
                )
                found.append(
                    MemorySpectrum(
                        name=shown.name,
                        color=shown.color,
                        delay=at,
                        n=int(shown.decay.n[at]),
                        values=tuple(numbers(values)),
                        shares=tuple(numbers(shares)),
                    )
                )
        return found

    def _ready(self, asked: MemoryQuestion) -> list[_Shown]:
        return [shown for shown in self._shown(asked) if shown.decay is not None]

    def _shown(self, asked: MemoryQuestion) -> list[_Shown]:
        questions = asked.curves
        several = len({each.recording for each in questions}) > 1
        return [
            self._one(each, color=color, several=several)
            for each, color in zip(questions, CURVE_COLORS, strict=False)
        ]

    def _one(self, asked: MemoryQuestion, *, color: str, several: bool) -> _Shown:
        name = f"{asked.recording} {asked.state}" if several else asked.state
        try:
            recording = self._recordings.open(asked.recording)
            decay = self._decay(recording, asked)
        except AnalyticsError as error:
            return _Shown(name, color, asked, None, str(error))
        why = "" if decay else nothing_stored(recording, asked.state)
        return _Shown(name, color, asked, decay, why)

    def _decay(self, recording: Recording, asked: MemoryQuestion) -> Decay | None:
        stored = self._results.best(recording, asked)
        return stored and self._results.decay(recording, stored, asked)


def _pair(shown: list[_Shown]) -> tuple[Decay, Decay] | None:
    """Return what is known of A and of B, where something is of both."""
    known = [each.decay for each in shown[:2] if each.decay is not None]
    return (known[0], known[1]) if len(known) == 2 else None


def _differences(shown: list[_Shown], asked: MemoryQuestion) -> dict[str, Any]:
    """Return B - A by delay and of the half-lives; nothing where there is no second."""
    pair = _pair(shown)
    if pair is None:
        return {}
    found: dict[str, Any] = {}
    for measure in ("largest", "sum", "share"):
        curves = (each.measured(measure, asked.n) for each in pair)
        found |= _banded(measure, curve_difference(*curves))
    return {"difference": found | half_life_difference(*(each.measured(asked.falling, 0) for each in pair))}


def _row(shown: _Shown) -> dict[str, Any]:
    asked = shown.asked
    row = {
        "name": shown.name,
        "recording": shown.asked.recording,
        "state": shown.asked.state,
        "color": shown.color,
        "delay": asked.delay,
        "ready": shown.decay is not None,
        "why": shown.why,
        "n": [],
    }
    if shown.decay is None:
        return row
    decay, at = shown.decay, min(asked.delay, len(shown.decay.n) - 1)
    share = decay.share(asked.n)
    falling = decay.measured(asked.falling, asked.n)
    half, low, high = falling.half_life
    return {
        **row,
        "n": decay.n.tolist(),
        **_banded("largest", decay.largest),
        **_banded("sum", decay.total),
        **_banded("share", share),
        "meanNorm": numbers(decay.mean_norm),
        "normOfMean": numbers(decay.norm_of_mean),
        "halfLife": plain(half),
        "halfLifeLow": plain(low),
        "halfLifeHigh": plain(high),
        "halfLifeText": half_life_text(half, falling.value),
        "atDelay": {
            "largest": plain(decay.largest.value[at]),
            "sum": plain(decay.total.value[at]),
            "share": plain(share.value[at]),
            "n": int(decay.n[at]),
        },
    }


def _banded(name: str, curve: Curve) -> dict[str, list[float | None]]:
    return {name: numbers(curve.value), f"{name}Low": numbers(curve.low), f"{name}High": numbers(curve.high)}
