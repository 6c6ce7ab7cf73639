"""Select & match as Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.queries.as_python.writing import call, given, opened, script
from dashboard.queries.match.question import MatchQuestion

__all__ = ["match_lines"]


def match_lines(folder: str, view: Mapping[str, Any]) -> str:
    """Return the lines that read the window, select the units and match them, as far as the view does."""
    asked = MatchQuestion.of(view)
    first = _states(folder, asked.recording, asked.state)
    if asked.start < 0 and not asked.pinned:
        return script(*first, f"window = states.read({view['at']}, {view['at'] + view['width']})")
    return script(*first, *_units(asked), *(_matches(asked) if view["matched"] else ()))


def _states(folder: str, recording: str, state: str) -> tuple[str, ...]:
    return opened(folder, recording), f"states = recording.states({state!r})"


def _units(asked: MatchQuestion) -> tuple[str, ...]:
    usual = {"off_before": 0, "off_after": 0, "transform": "raw"}
    limits = {name: asked.pattern[name] for name in ("threshold", *usual)}
    if asked.start < 0:
        return (f"units = np.array({sorted(asked.pinned)})",)
    selected = call(
        "analytics.select_units", "states", str(asked.start), str(asked.stop), **given(limits, **usual)
    )
    return (
        f"units = {selected}",
        f"units = np.setdiff1d(units, {sorted(asked.dropped)})" if asked.dropped else "",
        f"units = np.union1d(units, {sorted(asked.pinned)})" if asked.pinned else "",
    )


def _matches(asked: MatchQuestion) -> tuple[str, ...]:
    usual = {"off_before": 0, "off_after": 0, "transform": "raw", "min_length": 1, "max_length": None}
    arguments = given(asked.search(limit=asked.limit), **usual, min_overlap=1, limit=50)
    return (
        f"matches = {call('analytics.match_pattern', 'states', 'units', **arguments)}",
        "matches.figure()",
    )
