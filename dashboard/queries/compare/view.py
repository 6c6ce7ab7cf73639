"""Does a view of the Compare page fit the recordings it names? What does not becomes the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.errors import nearest
from dashboard.facts import RecordingFacts
from dashboard.queries.compare.common import CommonQueries
from dashboard.queries.compare.facts import training_of
from dashboard.queries.compare.scalars import SCALARS
from dashboard.queries.recordings import RecordingQueries

__all__ = ["CompareViewQueries"]

MOST_AT_FIRST = 3
"""Recordings that a first visit compares, where as many share their tokens."""


class CompareViewQueries:
    """Which recordings to open with, and whether a given view can be shown."""

    def __init__(self, recordings: RecordingQueries, common: CommonQueries) -> None:
        self._recordings, self._common = recordings, common

    def checked(self, view: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the fields of a view that have to change, and a sentence for each that made no sense."""
        problems: list[str] = []
        changes: dict[str, Any] = {"recording": "", "beside": ""}
        known = {facts.key: facts for facts in self._recordings.all()}
        asked = list(view["recordings"]) or [key for key in (view["recording"], view["beside"]) if key]
        unknown = [key for key in asked if key not in known]
        if unknown:
            problems.append(f"There is no recording '{unknown[0][:60]}'.{nearest(unknown[0], known)}")
        kept = list(dict.fromkeys(key for key in asked if key in known))
        changes["recordings"] = kept if len(kept) > 1 or view["recordings"] else self._opening(kept)
        if unknown:
            changes.update(states=[], pair="0-1", first_state="", second_state="", page=0)
        self._check({**view, **changes}, known, changes, problems)
        return changes, problems

    def choices(self) -> dict[str, Any]:
        """Return every recording to choose from, those over the same tokens together."""
        groups = self._common.groups()
        return {
            "groups": [
                {
                    "same": len(group) > 1,
                    "positions": group[0].n_positions,
                    "rows": [self._choice(facts) for facts in group],
                }
                for group in groups
            ],
            "opening": self._opening([]),
        }

    def _choice(self, facts: RecordingFacts) -> dict[str, Any]:
        recording = self._recordings.find(facts.key)
        step, training = training_of(recording) if recording else (None, "")
        return {
            "key": facts.key,
            "name": facts.name,
            "model": str(facts.model.get("title", "")),
            "positions": facts.n_positions,
            "states": facts.states,
            "step": step,
            "training": training,
        }

    def _opening(self, chosen: list[str]) -> list[str]:
        """Recordings over the same tokens: one of each kind of network first."""
        for group in self._common.groups():
            keys = [facts.key for facts in group]
            if len(group) > 1 and (not chosen or chosen[0] in keys):
                return _varied(group, chosen)
        return chosen

    def _check(
        self, view: Mapping[str, Any], known: Mapping[str, RecordingFacts], changes: dict, problems: list[str]
    ) -> None:
        recordings = view["recordings"]
        places = [int(place) for place in view["pair"].split("-")]
        if max(places) >= max(2, len(recordings)):
            problems.append(f"There are {len(recordings)} recordings; A and B are compared layer by layer.")
            changes.update(pair="0-1", first_state="", second_state="")
            places = [0, 1]
        states = {name for key in recordings for name in known[key].states}
        if view["state"] and recordings and view["state"] not in states:
            problems.append(
                f"No recording here has a state '{view['state'][:40]}'."
                f"{nearest(view['state'], sorted(states))}"
            )
            changes["state"] = ""
        changes["states"] = [
            state
            if not state or (place < len(recordings) and state in known[recordings[place]].states)
            else ""
            for place, state in enumerate(view["states"][: len(recordings)])
        ]
        if any(given and not kept for given, kept in zip(view["states"], changes["states"], strict=False)):
            problems.append(
                "One of the recordings does not have the state asked for; its usual one is shown."
            )
        if view["scalar"] not in SCALARS:
            problems.append(
                f"There is no number '{view['scalar'][:40]}' to draw.{nearest(view['scalar'], SCALARS)}"
            )
            changes["scalar"] = next(iter(SCALARS))
        for field, place in zip(("first_state", "second_state"), places, strict=True):
            state = {**view, **changes}[field]
            if state and place < len(recordings) and state not in known[recordings[place]].states:
                problems.append(f"{known[recordings[place]].name} has no state '{state[:40]}'.")
                changes[field] = ""


def _varied(group: list[RecordingFacts], chosen: list[str]) -> list[str]:
    """Some recordings of a group: the chosen one, then one of each kind of network, then the others."""
    found = [facts for facts in group if facts.key in chosen]
    kinds = {_kind(facts) for facts in found}
    for facts in group:
        if facts not in found and _kind(facts) not in kinds:
            found.append(facts)
            kinds.add(_kind(facts))
    found += [facts for facts in group if facts not in found]
    n = max(2, min(MOST_AT_FIRST, len(kinds)))
    return [facts.key for facts in found[:n]]


def _kind(facts: RecordingFacts) -> str:
    network = facts.model.get("network")
    return str(network.get("kind", "")) if isinstance(network, Mapping) else ""
