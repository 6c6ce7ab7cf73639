"""Which unit of one network corresponds to which of the other, one to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.analyses.comparison.pairs import UnitPairs, match_units
from analytics.analyses.comparison.places import strongest_together
from analytics.analyses.comparison.tokens import CommonTokens
from analytics.errors import UnknownNameError, nearest
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.compare.chosen import Chosen, ChosenQueries
from dashboard.queries.compare.common import CommonQueries, told
from dashboard.queries.compare.layers import CompareLayerQueries, nothing_common
from dashboard.queries.compare.question import CompareQuestion

__all__ = ["PAGE_ROWS", "CompareUnitQueries"]

PAGE_ROWS = 20
CONSTANT = "No unit of one of the states ever varies over the common tokens, so none has a correlation."


@dataclass(frozen=True, slots=True)
class _Matched:
    """Units of two states in pairs, and what the same gives after a shift."""

    pairs: UnitPairs
    chance: float
    shifts: tuple[int, ...]
    n: int


class CompareUnitQueries:
    """Pairs of units of two states."""

    def __init__(
        self, chosen: ChosenQueries, common: CommonQueries, layers: CompareLayerQueries, cache: AnswerCache
    ) -> None:
        self._chosen, self._common, self._layers, self._cache = chosen, common, layers, cache

    def units(self, asked: CompareQuestion) -> dict[str, Any]:
        """Return the pairs of units of one state of each, and the rows of one page with their places."""
        first, second = self._chosen.pair(asked)
        states = (
            _state(first, asked.first_state or first.state),
            _state(second, asked.second_state or second.state),
        )
        common = self._common.between(first.recording, second.recording)
        answer = {
            "first": {**first.head(), "state": states[0]},
            "second": {**second.head(), "state": states[1]},
            "common": told(common),
            "seed": asked.seed,
            "pageRows": PAGE_ROWS,
        }
        if not common.n:
            return {**answer, "why": nothing_common(first, second)}
        found = self._matched(first, second, states=states, common=common, seed=asked.seed)
        if not len(found.pairs.first):
            return {**answer, "why": CONSTANT, **_left(found.pairs)}
        page = min(asked.page, (len(found.pairs.first) - 1) // PAGE_ROWS)
        return {
            **answer,
            **_left(found.pairs),
            "n": found.n,
            "mean": plain(found.pairs.mean),
            "meanChance": plain(found.chance),
            "shifts": list(found.shifts),
            "nPairs": len(found.pairs.first),
            "pairs": {
                "first": found.pairs.first.tolist(),
                "second": found.pairs.second.tolist(),
                "r": [plain(value) for value in found.pairs.correlation],
            },
            "page": page,
            "rows": self._rows((first, second), states, common=common, pairs=found.pairs, page=page),
        }

    def _matched(
        self, first: Chosen, second: Chosen, *, states: tuple[str, str], common: CommonTokens, seed: int
    ) -> _Matched:
        def compute() -> _Matched:
            found = self._layers.compare(
                first.recording, second.recording, states, common=common, seed=seed, all_by_chance=True
            )
            chance = match_units(found.by_chance).mean
            return _Matched(match_units(found.correlation), chance, found.shifts, found.n)

        parameters = {"second": second.fingerprint, "states": states, "seed": seed}
        return self._cache.answer("matched units", first.fingerprint, parameters, compute)

    def _rows(
        self,
        sides: tuple[Chosen, Chosen],
        states: tuple[str, str],
        *,
        common: CommonTokens,
        pairs: UnitPairs,
        page: int,
    ) -> list[dict[str, Any]]:
        shown = slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)
        units = np.column_stack((pairs.first[shown], pairs.second[shown]))
        readers = [side.recording.states(state) for side, state in zip(sides, states, strict=True)]
        places = self._cache.answer(
            "places of matched units",
            sides[0].fingerprint,
            {"second": sides[1].fingerprint, "states": states, "units": units},
            lambda: strongest_together(*readers, units, common=common),
        )
        return [
            {
                "rank": page * PAGE_ROWS + row + 1,
                "first": int(units[row, 0]),
                "second": int(units[row, 1]),
                "r": plain(pairs.correlation[shown][row]),
                "at": int(common.first[place]),
                "atSecond": int(common.second[place]),
                "token": sides[0].recording.token_texts(
                    int(common.first[place]), int(common.first[place]) + 1
                )[0],
            }
            for row, place in enumerate(places.tolist())
        ]


def _state(side: Chosen, state: str) -> str:
    known = side.recording.state_names
    if state not in known:
        raise UnknownNameError(
            f"Recording '{side.recording.name}' has no state '{state[:60]}'.{nearest(state, known)}"
        )
    return state


def _left(pairs: UnitPairs) -> dict[str, Any]:
    return {"leftFirst": pairs.first_left.tolist(), "leftSecond": pairs.second_left.tolist()}
