"""For how long each network remembers, where that was computed and stored."""

from __future__ import annotations

from typing import Any

from analytics.errors import AnalyticsError
from dashboard.queries.clusters.overview import plain
from dashboard.queries.compare.chosen import Chosen, ChosenQueries
from dashboard.queries.compare.question import CompareQuestion
from dashboard.queries.memory.curves import Decay, decay_of, half_life_text, numbers
from dashboard.queries.memory.network import why_no_network
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults, n_delays
from dashboard.queries.memory.told import nothing_stored

__all__ = ["CompareMemoryQueries"]

ALL_DELAYS = 200


class CompareMemoryQueries:
    """Half-lives of stored memories; nothing is computed here."""

    def __init__(self, chosen: ChosenQueries, results: MemoryResults) -> None:
        self._chosen, self._results = chosen, results

    def memory(self, asked: CompareQuestion) -> dict[str, Any]:
        """Return the half-life of each recording's state, or why there is none."""
        return {"rows": [self.row(each) for each in self._chosen.all(asked)]}

    def half_life(self, each: Chosen) -> tuple[float | None, int | None]:
        """Return the half-life of the best-remembered direction and its n; None where it is not known."""
        found = self._decay(each)
        if not found:
            return None, None
        decay, _ = found
        return decay.largest.half_life[0], int(decay.n[0])

    def _decay(self, each: Chosen) -> tuple[Decay, Any] | None:
        question = MemoryQuestion(each.key, each.state, delays=ALL_DELAYS)
        stored = self._results.best(each.recording, question)
        return stored and (decay_of(self._results.load(each.recording, stored), ALL_DELAYS), stored)

    def row(self, each: Chosen) -> dict[str, Any]:
        """Return what is stored of one recording, or why nothing is."""
        if each.recording is None:
            return each.head()
        try:
            found = self._decay(each)
        except AnalyticsError as error:
            return {**each.head(), "ready": False, "why": str(error)}
        if not found:
            why = f"{nothing_stored(each.recording, each.state)} {why_no_network(each.recording)}".strip()
            others = sorted({other.parameters.state for other in self._results.stored(each.recording)})
            return {**each.head(), "ready": False, "why": why, "stored": others}
        decay, stored = found
        return {
            **each.head(),
            "ready": True,
            "delays": n_delays(stored),
            "n": int(decay.n[0]),
            "largest": _told(decay.largest),
            "sum": _told(decay.total),
        }


def _told(curve: Any) -> dict[str, Any]:
    half, low, high = curve.half_life
    return {
        "halfLife": plain(half),
        "halfLifeLow": plain(low),
        "halfLifeHigh": plain(high),
        "text": half_life_text(half, curve.value),
        "curve": numbers(curve.value),
    }
