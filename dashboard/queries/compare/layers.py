"""How alike the layers of two networks are, on the tokens that both have read."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.comparison.chance import mean_known
from analytics.analyses.comparison.spread import UnitMoments, UnitSpread, unit_moments, unit_spread
from analytics.analyses.comparison.states import StateComparison, compare_states
from analytics.analyses.comparison.tokens import CommonTokens
from analytics.errors import ParameterError
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.compare.chosen import Chosen, ChosenQueries, layers_of
from dashboard.queries.compare.common import CommonQueries, told
from dashboard.queries.compare.question import CompareQuestion

__all__ = ["SECONDS_AT_ONCE", "CompareLayerQueries", "nothing_common"]

SECONDS_AT_ONCE = 2.0
"""After which what is not known yet is left to the next question."""


class CompareLayerQueries:
    """Similarities of states, layer by layer."""

    def __init__(self, chosen: ChosenQueries, common: CommonQueries, cache: AnswerCache) -> None:
        self._chosen, self._common, self._cache = chosen, common, cache

    def layers(self, asked: CompareQuestion) -> dict[str, Any]:
        """Return a cell for each layer of A and each layer of B: the states of the kind that is compared."""
        first, second = self._chosen.pair(asked)
        common = self._common.between(first.recording, second.recording)
        answer = {
            "first": _side(first),
            "second": _side(second),
            "common": told(common),
            "seed": asked.seed,
            "cells": [],
            "pending": 0,
        }
        if not common.n:
            return {**answer, "why": nothing_common(first, second)}
        until = time.monotonic() + SECONDS_AT_ONCE
        cells = [
            {"a": a, "b": b, "pending": True}
            if time.monotonic() > until
            else self.cell(first, second, states=(a, b), seed=asked.seed)
            for a in layers_of(first.recording, first.state)
            for b in layers_of(second.recording, second.state)
        ]
        return {**answer, "cells": cells, "pending": sum("pending" in cell for cell in cells)}

    def cell(self, first: Chosen, second: Chosen, *, states: tuple[str, str], seed: int) -> dict[str, Any]:
        """Return how alike two states are.

        Raises
        ------
        ParameterError
            If they have no tokens in common.
        """
        common = self._common.between(first.recording, second.recording)
        if not common.n:
            raise ParameterError(nothing_common(first, second))
        found = self._cache.answer(
            "layer similarity",
            first.fingerprint,
            {"second": second.fingerprint, "states": states, "seed": seed},
            lambda: _summary(
                self.compare(first.recording, second.recording, states, common=common, seed=seed)
            ),
        )
        return {"a": states[0], "b": states[1], **found}

    def compare(
        self,
        first: Recording,
        second: Recording,
        states: tuple[str, str],
        *,
        common: CommonTokens,
        seed: int,
        all_by_chance: bool = False,
    ) -> StateComparison:
        """Compare two states over common tokens."""
        key = "" if common.is_all else f"{first.fingerprint} {second.fingerprint}"
        spreads = (
            self._spread(first, states[0], common.first, key),
            self._spread(second, states[1], np.sort(common.second), key),
        )
        return compare_states(
            first.states(states[0]),
            second.states(states[1]),
            common=common,
            seed=seed,
            all_by_chance=all_by_chance,
            spreads=spreads,
        )

    def moments(
        self, recording: Recording, state: str, *, positions: NDArray[np.int64] | None = None, key: str = ""
    ) -> UnitMoments:
        """Return mean and deviation of each unit over all positions, or over those that have the key."""
        return self._cache.answer(
            "unit moments",
            recording.fingerprint,
            {"state": state, "common": key},
            lambda: unit_moments(recording.states(state), positions=positions),
        )

    def _spread(self, recording: Recording, state: str, positions: NDArray[np.int64], key: str) -> UnitSpread:
        moments = self.moments(recording, state, positions=positions, key=key)
        return self._cache.answer(
            "unit spread",
            recording.fingerprint,
            {"state": state, "common": key},
            lambda: unit_spread(recording.states(state), positions=positions, moments=moments),
        )


def nothing_common(first: Chosen, second: Chosen) -> str:
    """Return why nothing is compared token by token."""
    return (
        f"{first.recording.name} and {second.recording.name} have no tokens in common, "
        "so neither layers nor units can be compared."
    )


def _side(each: Chosen) -> dict[str, Any]:
    layers = layers_of(each.recording, each.state)
    units = {name: each.recording.states(name).shape[1] for name in layers}
    return {**each.head(), "layers": layers, "units": units}


def _summary(found: StateComparison) -> dict[str, Any]:
    bests = (found.first_best, found.second_best)
    answer = {
        "n": found.n,
        "cka": plain(found.cka),
        "ckaChance": plain(found.cka_by_chance),
        "bestFirst": plain(mean_known(bests[0])),
        "bestSecond": plain(mean_known(bests[1])),
        "bestFirstChance": plain(found.first_best_by_chance),
        "bestSecondChance": plain(found.second_best_by_chance),
        "ckaShuffled": plain(found.cka_by_shuffle),
        "chanceUnits": list(found.n_chance_units),
        "shifts": list(found.shifts),
    }
    if answer["cka"] is None:
        answer["why"] = "All units of one of the states are constant over the common tokens."
    return answer
