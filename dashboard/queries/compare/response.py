"""How strongly, and with how many of its units, each network responds to the words that all know."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.comparison.spread import UnitMoments
from analytics.analyses.comparison.strength import ResponseStrength, response_strength
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.compare.chosen import Chosen, ChosenQueries
from dashboard.queries.compare.layers import CompareLayerQueries
from dashboard.queries.compare.question import CompareQuestion
from dashboard.queries.responses import ResponseQueries

__all__ = ["CompareResponseQueries"]

MIN_COUNT = 5
"""Occurrences below which a word's mean is too rough to count, as on the Clusters page."""
QUANTILES = (0.09, 0.25, 0.5, 0.75, 0.91)
NOTHING_RESPONDS = "No unit responds to any of these words."
NOTHING_VARIES = "No unit ever varies, so there is no standard deviation to divide by."
ONE_UNIT = "One unit alone is neither sparse nor dense."
NO_WORDS = "No word occurs at least {least} times in each of the recordings, so responses are not compared."
NONE_SHARED = "No word that occurs at least {least} times in {name} does so in each of the others."


class CompareResponseQueries:
    """Strength and sparsity of expected responses."""

    def __init__(
        self,
        chosen: ChosenQueries,
        layers: CompareLayerQueries,
        responses: ResponseQueries,
        cache: AnswerCache,
    ) -> None:
        self._chosen, self._layers, self._responses, self._cache = chosen, layers, responses, cache

    def response(self, asked: CompareQuestion) -> dict[str, Any]:
        """Return a row for each recording, over the words that are frequent enough in all that share some."""
        chosen = self._chosen.all(asked)
        sharing, words = chosen, self.words(chosen)
        if not words:
            sharing = _sharing(chosen)
            words = self.words(sharing)
        answer = {"nWords": len(words), "minCount": MIN_COUNT}
        if not words:
            return {
                **answer,
                "why": NO_WORDS.format(least=MIN_COUNT),
                "rows": [each.head() for each in chosen],
            }
        rows = [self._row(each, words) if each in sharing else _left_out(each) for each in chosen]
        return {**answer, "rows": rows}

    def of_state(self, each: Chosen, words: list[str]) -> ResponseStrength:
        """Return strength and sparsity of one recording's state over some words."""

        def compute() -> ResponseStrength:
            response = self._responses.response(each.recording, each.state)
            ids = _frequent(each.recording)
            deviation = self._moments(each).deviation
            return response_strength(response, deviation, words=[ids[word] for word in words])

        parameters = {"state": each.state, "words": words}
        return self._cache.answer("response strength", each.fingerprint, parameters, compute)

    def words(self, chosen: list[Chosen]) -> list[str]:
        """Return the words that are frequent enough in all recordings that open, in the first one's order."""
        known = [_frequent(each.recording) for each in chosen if each.recording]
        return [word for word in known[0] if all(word in other for other in known)] if known else []

    def _moments(self, each: Chosen) -> UnitMoments:
        return self._layers.moments(each.recording, each.state)

    def _row(self, each: Chosen, words: list[str]) -> dict[str, Any]:
        if each.recording is None:
            return each.head()
        found = self.of_state(each, words)
        n_units = each.recording.states(each.state).shape[1]
        return {
            **each.head(),
            "n": found.n_words,
            "units": n_units,
            "constant": found.n_constant,
            "strength": _over_words(found.strength, NOTHING_RESPONDS),
            "relative": _over_words(found.relative, NOTHING_VARIES),
            "shareOfUnits": _over_words(found.share_of_units, NOTHING_RESPONDS),
            "sparsity": _over_words(found.sparsity, ONE_UNIT if n_units == 1 else NOTHING_RESPONDS),
            "step": plain(found.step),
            "within": plain(found.within),
        }


def _sharing(chosen: list[Chosen]) -> list[Chosen]:
    """The most recordings that have frequent words in common, in their order; all where no two have any."""
    opened = [each for each in chosen if each.recording]
    known = [_frequent(each.recording).keys() for each in opened]
    groups = []
    for start, words in enumerate(known):
        group, common = [start], set(words)
        for place, others in enumerate(known):
            if place != start and common & others:
                group.append(place)
                common &= others
        groups.append(sorted(group))
    largest = max(groups, key=len, default=[])
    return [opened[place] for place in largest] if len(largest) > 1 else opened


def _left_out(each: Chosen) -> dict[str, Any]:
    """The row of a recording that does not open, or shares no words with the others."""
    if each.recording is None:
        return each.head()
    why = NONE_SHARED.format(least=MIN_COUNT, name=each.recording.name)
    return {**each.head(), "why": why, "apart": True}


def _frequent(recording: Recording) -> dict[str, int]:
    """Words that occur often enough, in the order of their ids; of two ids of a text the more frequent."""
    counts = np.bincount(recording.token_ids, minlength=len(recording.vocabulary))
    found: dict[str, int] = {}
    for word in np.flatnonzero(counts >= MIN_COUNT).tolist():
        text = str(recording.vocabulary[word])
        if text not in found or counts[word] > counts[found[text]]:
            found[text] = word
    return found


def _over_words(values: NDArray[np.float64], why: str) -> dict[str, Any]:
    """Mean and quantiles over the words for which there is a number, or why there is none."""
    known = values[~np.isnan(values)]
    if not len(known):
        return {"mean": None, "quantiles": None, "n": 0, "why": why}
    return {
        "mean": plain(known.mean()),
        "quantiles": [plain(value) for value in np.quantile(known, QUANTILES)],
        "n": len(known),
    }
