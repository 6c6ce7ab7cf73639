"""How much of the time the units of each network are on, and near their limits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.activity import UnitActivity, unit_activity
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.coding import single
from dashboard.queries.compare.chosen import Chosen, ChosenQueries, kind_of, layer_of
from dashboard.queries.compare.question import CompareQuestion

__all__ = ["CompareActivityQueries", "limits_of"]

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)
NEAR = 0.9
"""Share of the range of a tanh or a gate from which on a unit counts as saturated."""


class CompareActivityQueries:
    """On-shares and saturation of units."""

    def __init__(self, chosen: ChosenQueries, cache: AnswerCache) -> None:
        self._chosen, self._cache = chosen, cache

    def activity(self, asked: CompareQuestion) -> dict[str, Any]:
        """Return for each recording its units' on-shares, and the saturation of its state and gates."""
        return {
            "threshold": asked.threshold,
            "transform": asked.transform,
            "rows": [self._row(each, asked) for each in self._chosen.all(asked)],
        }

    def of_state(self, recording: Recording, state: str, asked: CompareQuestion) -> UnitActivity:
        """Return the activity of the units of one state."""
        limits, _ = limits_of(state)
        return self._cache.answer(
            "unit activity",
            recording.fingerprint,
            {"state": state, "threshold": asked.threshold, "transform": asked.transform, "limits": limits},
            lambda: unit_activity(
                recording.states(state), threshold=asked.threshold, transform=asked.transform, limits=limits
            ),
        )

    def _row(self, each: Chosen, asked: CompareQuestion) -> dict[str, Any]:
        if each.recording is None:
            return each.head()
        found = self.of_state(each.recording, each.state, asked)
        return {
            **each.head(),
            "n": found.n,
            "units": len(found.on),
            "on": _shares(found.on),
            "saturation": [
                self._saturation(each.recording, state, asked)
                for state in _saturating(each.recording, each.state)
            ],
        }

    def _saturation(self, recording: Recording, state: str, asked: CompareQuestion) -> dict[str, Any]:
        found, (_, sentence) = self.of_state(recording, state, asked), limits_of(state)
        return {
            "state": state,
            "kind": kind_of(state),
            "limits": sentence,
            "n": found.n,
            "left": _shares(found.left),
            "right": _shares(found.right),
            "both": _shares(found.saturated),
        }


def limits_of(state: str) -> tuple[tuple[float, float], str]:
    """Return the limits beyond which a state's units count as saturated, and how that is said.

    Examples
    --------
    >>> limits_of("layer0.forget_gate")
    ((0.1, 0.9), 'below 0.1 and above 0.9')
    """
    kind = kind_of(state)
    if kind.endswith("_gate") and kind != "candidate_gate":
        return (round(1 - NEAR, 6), NEAR), f"below {1 - NEAR:.1g} and above {NEAR:g}"
    if kind == "cell":
        # The cell itself has no limits; what is read of it is its tanh.
        return (-math.atanh(NEAR), math.atanh(NEAR)), f"tanh below -{NEAR:g} and above {NEAR:g}"
    return (-NEAR, NEAR), f"below -{NEAR:g} and above {NEAR:g}"


def _saturating(recording: Recording, state: str) -> list[str]:
    """The compared state first, then the gates of its layer."""
    gates = [
        name
        for name in recording.state_names
        if layer_of(name) == layer_of(state) and kind_of(name).endswith("_gate") and name != state
    ]
    return [state, *gates]


def _shares(values: NDArray[np.float64]) -> dict[str, Any]:
    return {
        "values": single(values),
        "mean": plain(values.mean()),
        "quantiles": [plain(value) for value in np.quantile(values, QUANTILES)],
    }
