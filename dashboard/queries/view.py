"""Does a view fit the recording it names? What does not becomes the default, with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analytics.analyses.selection import sequence_of
from analytics.errors import AnalyticsError, RangeError, nearest
from analytics.store.recording import Recording
from dashboard.facts import RecordingFacts
from dashboard.queries.annotations import available_tracks
from dashboard.queries.recordings import RecordingQueries

__all__ = ["ViewQueries", "check_state", "default_state", "opening_of", "recording_or_opening"]

BLANK = {"at": 0, "start": -1, "stop": -1, "dropped": [], "pinned": [], "matched": False}
"""What is reset when another recording is shown than was asked for: there it would mean something else."""


class ViewQueries:
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
        return changes, problems


def recording_or_opening(
    recordings: RecordingQueries, key: str, opening: Callable[[], str]
) -> tuple[Recording | None, list[str]]:
    """Open a recording; where that fails the one of a first visit, with a sentence if one was asked for."""
    try:
        return recordings.open(key), []
    except AnalyticsError as error:
        sentence = str(error) if key else ""
    other = opening()
    shown = f" Showing {other}." if other else ""
    recording = recordings.open(other) if other else None
    return recording, [f"{sentence}{shown}"] if sentence else []


def opening_of(facts: Sequence[RecordingFacts]) -> dict[str, str]:
    """Return the address parameters of the first finding among some recordings, or of the first of them."""
    for recording in facts:
        if recording.opening_view:
            return {"recording": recording.key, **recording.opening_view}
    return {"recording": facts[0].key} if facts else {}


def check_state(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    """Replace a state that the recording does not have."""
    if view["state"] in recording.state_names:
        return
    changes["state"] = default_state(recording)
    if view["state"]:
        hint = nearest(view["state"], recording.state_names)
        problems.append(
            f"{recording.name} has no state '{view['state'][:40]}'.{hint} Showing {changes['state']}."
        )


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


def default_state(recording: Recording) -> str:
    """Return the state shown when none was asked for: the finding's, else the last cell or hidden one."""
    opening = recording.manifest.get("opening_view") or {}
    names = recording.state_names
    if opening.get("state") in names:
        return opening["state"]
    kept = [[name for name in names if name.endswith(kind)] for kind in (".cell", ".hidden")]
    return (kept[0] or kept[1] or list(names))[-1]
