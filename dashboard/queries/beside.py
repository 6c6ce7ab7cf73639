"""Which recording and state are shown beside the first? What does not fit is replaced, with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.errors import AnalyticsError
from analytics.store.recording import Recording
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.view import check_state, default_state

__all__ = ["check_beside", "second_of"]


def check_beside(
    recordings: RecordingQueries,
    recording: Recording,
    view: Mapping[str, Any],
    *,
    changes: dict[str, Any],
    problems: list[str],
) -> Recording | None:
    """Return the second recording of a view, which may be the first; None where nothing is shown beside.

    `changes` gets the fields `beside` and `beside_state` where they have to change, `problems` a sentence for
    each that made no sense. An empty `beside` is the first recording, in another state.
    """
    if not (view["beside"] or view["beside_state"]):
        return None
    second = second_of(recordings, recording, view, changes=changes, problems=problems)
    if second is not None and second.path.name == recording.path.name:
        changes["beside"] = ""
        if changes["beside_state"] == view["state"]:
            changes["beside_state"] = ""
            return None
    return second


def second_of(
    recordings: RecordingQueries,
    recording: Recording,
    view: Mapping[str, Any],
    *,
    changes: dict[str, Any],
    problems: list[str],
) -> Recording | None:
    """Return the second recording where one is wanted, in whichever state; None where there is none."""
    try:
        second = recordings.open(view["beside"]) if view["beside"] else recording
    except AnalyticsError as error:
        problems.append(f"{error} Nothing is shown beside {recording.name}.")
        changes.update(beside="", beside_state="")
        return None
    changes["beside_state"] = _state(second, view, problems)
    return second


def _state(second: Recording, view: Mapping[str, Any], problems: list[str]) -> str:
    """Without a name, the state of the first where the second has one of that name."""
    if not view["beside_state"]:
        return view["state"] if view["state"] in second.state_names else default_state(second)
    own: dict[str, Any] = {}
    check_state(second, {**view, "state": view["beside_state"]}, own, problems)
    return own.get("state", view["beside_state"])
