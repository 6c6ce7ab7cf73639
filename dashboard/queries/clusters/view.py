"""Does a view of the Clusters page fit the recording it names? What does not becomes the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.errors import nearest
from analytics.store.recording import Recording
from dashboard.facts import RecordingFacts
from dashboard.queries.beside import check_beside
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import tag_annotations
from dashboard.queries.view import check_state, opening_of, recording_or_opening

__all__ = ["ClustersViewQueries", "check_pick", "check_unit", "check_words", "rich"]

BLANK = {
    "color": "", "pick": "", "chosen": [], "unit": -1, "find": "", "named": [],
    "beside": "", "beside_state": "", "beside_pick": "", "beside_unit": -1,
}  # fmt: skip
"""What is reset when another recording is shown than was asked for: there it would mean something else."""
ENOUGH_WORDS = 50
"""A first visit shows a recording with at least this vocabulary, if there is one."""


class ClustersViewQueries:
    """Which view to open, and whether a given one can be shown."""

    def __init__(self, recordings: RecordingQueries) -> None:
        self._recordings = recordings

    def opening(self) -> str:
        """Return the recording of a first visit: one with words enough to cluster; empty without any."""
        return opening_of(rich(self._recordings.all())).get("recording", "")

    def checked(self, view: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the fields of a view that have to change, and a sentence for each that made no sense."""
        recording, problems = recording_or_opening(self._recordings, view["recording"], self.opening)
        if recording is None:
            return {"recording": ""}, problems
        changes: dict[str, Any] = {"recording": recording.path.name, **(BLANK if problems else {})}
        for check in (check_state, _color, check_words, check_unit, check_pick):
            check(recording, {**view, **changes}, changes, problems)
        self._beside(recording, {**view, **changes}, changes=changes, problems=problems)
        return changes, problems

    def _beside(
        self, recording: Recording, view: Mapping[str, Any], *, changes: dict[str, Any], problems: list[str]
    ) -> None:
        """Check what is shown beside, and release what is chosen of it where it does not have that."""
        second = check_beside(self._recordings, recording, view, changes=changes, problems=problems)
        if second is None:
            changes.update(beside_pick="", beside_unit=-1)
            return
        own = {
            "state": changes.get("beside_state", view["beside_state"]),
            "unit": view["beside_unit"],
            "pick": view["beside_pick"],
            "clusters": view["clusters"] if view["linked"] else view["beside_clusters"],
        }
        found: dict[str, Any] = {}
        for check in (check_unit, check_pick):
            check(second, own, found, problems)
        changes.update({f"beside_{name}": value for name, value in found.items()})


def rich(facts: Sequence[RecordingFacts]) -> list[RecordingFacts]:
    """Return the recordings with words enough to cluster; all of them where none has."""
    return [each for each in facts if each.n_vocabulary >= ENOUGH_WORDS] or list(facts)


def _color(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    known = tag_annotations(recording)
    if view["color"] and view["color"] not in known:
        problems.append(
            f"{recording.name} has no categorical annotation '{view['color'][:40]}'."
            f"{nearest(view['color'], known)}"
        )
        changes["color"] = ""


def check_words(
    recording: Recording,
    view: Mapping[str, Any],
    changes: dict,
    problems: list[str],
    fields: tuple[str, ...] = ("chosen", "named"),
) -> None:
    """Leave out words that the recording does not have."""
    n_words = int(recording.manifest["n_vocabulary"])
    for field in fields:
        outside = [word for word in view[field] if word >= n_words]
        if outside:
            problems.append(
                f"There is no word {outside[0]}: {recording.name} has words 0 to {n_words - 1:,}."
            )
            changes[field] = [word for word in view[field] if word < n_words]


def check_unit(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    """Release a unit that the state does not have."""
    n_units = recording.states(view["state"]).shape[1]
    if view["unit"] >= n_units:
        problems.append(f"There is no unit {view['unit']}: {view['state']} has units 0 to {n_units - 1:,}.")
        changes["unit"] = -1


def check_pick(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    """Release a cluster beyond the number of clusters."""
    if view["pick"] and int(view["pick"][1:]) >= view["clusters"]:
        problems.append(
            f"There is no cluster {int(view['pick'][1:]) + 1}: {view['clusters']} clusters are shown."
        )
        changes["pick"] = ""
