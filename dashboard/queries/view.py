"""Which recording and state does a view name? What is not there becomes the default, with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analytics.errors import AnalyticsError, nearest
from analytics.store.recording import Recording
from dashboard.facts import RecordingFacts
from dashboard.queries.recordings import RecordingQueries

__all__ = ["check_state", "default_state", "opening_of", "recording_or_opening"]


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


def default_state(recording: Recording) -> str:
    """Return the state shown when none was asked for: the finding's, else the last cell or hidden one."""
    opening = recording.manifest.get("opening_view") or {}
    names = recording.state_names
    if opening.get("state") in names:
        return opening["state"]
    kept = [[name for name in names if name.endswith(kind)] for kind in (".cell", ".hidden")]
    return (kept[0] or kept[1] or list(names))[-1]
