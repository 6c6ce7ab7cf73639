"""Does a view of the Match page fit its recordings? What does not becomes the default, with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.analyses.selection import sequence_of
from analytics.errors import RangeError, nearest
from analytics.store.recording import Recording
from dashboard.queries.annotations import available_tracks
from dashboard.queries.beside import check_beside, second_of
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.view import check_state, opening_of, recording_or_opening

__all__ = ["MatchViewQueries"]

ALONE = {
    "beside": "", "beside_state": "", "linked": True, "beside_at": 0, "beside_start": -1, "beside_stop": -1,
    "beside_dropped": [], "beside_pinned": [], "by_unit": False, "matches_of": "a",
}  # fmt: skip
"""The view without a second state."""
BLANK = {"at": 0, "start": -1, "stop": -1, "dropped": [], "pinned": [], "matched": False, **ALONE}
"""What is reset when another recording is shown than was asked for: there it would mean something else."""
BESIDE = {"state": "beside_state", "at": "beside_at", "start": "beside_start", "stop": "beside_stop",
          "dropped": "beside_dropped", "pinned": "beside_pinned"}  # fmt: skip
"""What the fields of a view are called for the second state."""


class MatchViewQueries:
    """Which view to open, and whether a given one can be shown."""

    def __init__(self, recordings: RecordingQueries) -> None:
        self._recordings = recordings

    def opening(self) -> dict[str, str]:
        """Return the address parameters of a first visit: a finding already made, or the first recording."""
        return opening_of(self._recordings.all())

    def checked(self, view: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the fields of a view that have to change, and a sentence for each that made no sense."""
        recording, problems = recording_or_opening(
            self._recordings, view["recording"], lambda: self.opening().get("recording", "")
        )
        if recording is None:
            return {"recording": ""}, problems
        changes: dict[str, Any] = {"recording": recording.path.name, **(BLANK if problems else {})}
        for check in (check_state, _range, _window, _tracks, _units):
            check(recording, {**view, **changes}, changes, problems)
        self._beside(recording, {**view, **changes}, changes, problems)
        return changes, problems

    def _beside(self, first: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
        """Check the second state as if it were the first of a view of its own."""
        # The same state twice says something only of two places.
        check = check_beside if view["linked"] else second_of
        wanted = view["beside"] or view["beside_state"]
        second = check(self._recordings, first, view, changes=changes, problems=problems) if wanted else None
        if second is None:
            changes.update(ALONE)
            return
        view = {**view, **changes}
        own: dict[str, Any] = {}
        asked = {**view, **{name: view[beside] for name, beside in BESIDE.items()}}
        for check in (_units,) if view["linked"] else (_range, _window, _units):
            check(second, asked, own, problems)
        changes.update({BESIDE[name]: value for name, value in own.items()})
        if view["linked"]:
            changes.update(beside_at=0, beside_start=-1, beside_stop=-1)


def _range(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    if view["start"] < 0:
        return
    try:
        sequence_of(recording.states(view["state"]), view["start"], view["stop"])
    except RangeError as error:
        problems.append(f"{error} Nothing is selected.")
        changes["start"] = changes["stop"] = -1


def _window(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    at, width = view["at"], view["width"]
    if at == 0 and view["start"] >= width:
        at = view["start"] - max(0, (width - (view["stop"] - view["start"])) // 2)
    if at >= recording.n_positions:
        problems.append(
            f"{recording.name} has positions 0 to {recording.n_positions - 1:,}. Showing its end."
        )
    changes["at"] = max(0, min(at, recording.n_positions - width))


def _tracks(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    known = [track["name"] for track in available_tracks(recording)]
    unknown = [name for name in view["tracks"] if name not in known]
    if unknown:
        problems.append(
            f"{recording.name} has no annotation '{unknown[0][:40]}'.{nearest(unknown[0], known)}"
        )
        changes["tracks"] = [name for name in view["tracks"] if name in known]


def _units(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    n_units = recording.states(view["state"]).shape[1]
    for field in ("dropped", "pinned"):
        outside = [unit for unit in view[field] if unit >= n_units]
        if outside:
            problems.append(f"There is no unit {outside[0]}: {view['state']} has units 0 to {n_units - 1}.")
            changes[field] = [unit for unit in view[field] if unit < n_units]
