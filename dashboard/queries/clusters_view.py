"""Does a view of the Clusters page fit the recording it names? What does not becomes the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.errors import AnalyticsError, nearest
from analytics.store.recording import Recording
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import tag_annotations
from dashboard.queries.view import default_state, opening_of

__all__ = ["ClustersViewQueries"]

BLANK = {"color": "", "pick": "", "chosen": [], "unit": -1, "find": "", "named": []}
"""What is reset when another recording is shown than was asked for: there it would mean something else."""
ENOUGH_WORDS = 50
"""A first visit shows a recording with at least this vocabulary, if there is one."""


class ClustersViewQueries:
    """Which view to open, and whether a given one can be shown."""

    def __init__(self, recordings: RecordingQueries) -> None:
        self._recordings = recordings

    def opening(self) -> str:
        """Return the recording of a first visit: one with words enough to cluster; empty without any."""
        facts = self._recordings.all()
        rich = [each for each in facts if each.n_vocabulary >= ENOUGH_WORDS]
        return opening_of(rich or facts).get("recording", "")

    def checked(self, view: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the fields of a view that have to change, and a sentence for each that made no sense."""
        recording, problems = self._recording(view["recording"])
        if recording is None:
            return {"recording": ""}, problems
        changes: dict[str, Any] = {"recording": recording.path.name, **(BLANK if problems else {})}
        for check in (_state, _color, _words, _unit, _pick):
            check(recording, {**view, **changes}, changes, problems)
        return changes, problems

    def _recording(self, key: str) -> tuple[Recording | None, list[str]]:
        opening = "" if key else self.opening()
        try:
            return self._recordings.open(key or opening), []
        except AnalyticsError as error:
            sentence = str(error) if key else ""
        shown = self.opening()
        recording = self._recordings.open(shown) if shown else None
        return recording, [f"{sentence} Showing {shown}." if shown else sentence] if sentence else []


def _state(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    if view["state"] in recording.state_names:
        return
    changes["state"] = default_state(recording)
    if view["state"]:
        hint = nearest(view["state"], recording.state_names)
        problems.append(
            f"{recording.name} has no state '{view['state'][:40]}'.{hint} Showing {changes['state']}."
        )


def _color(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    known = tag_annotations(recording)
    if view["color"] and view["color"] not in known:
        problems.append(
            f"{recording.name} has no categorical annotation '{view['color'][:40]}'."
            f"{nearest(view['color'], known)}"
        )
        changes["color"] = ""


def _words(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    n_words = int(recording.manifest["n_vocabulary"])
    for field in ("chosen", "named"):
        outside = [word for word in view[field] if word >= n_words]
        if outside:
            problems.append(
                f"There is no word {outside[0]}: {recording.name} has words 0 to {n_words - 1:,}."
            )
            changes[field] = [word for word in view[field] if word < n_words]


def _unit(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    n_units = recording.states(view["state"]).shape[1]
    if view["unit"] >= n_units:
        problems.append(f"There is no unit {view['unit']}: {view['state']} has units 0 to {n_units - 1:,}.")
        changes["unit"] = -1


def _pick(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    if view["pick"] and int(view["pick"][1:]) >= view["clusters"]:
        problems.append(
            f"There is no cluster {int(view['pick'][1:]) + 1}: {view['clusters']} clusters are shown."
        )
        changes["pick"] = ""
