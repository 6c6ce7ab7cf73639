"""A second state beside the first: the same positions of it, what differs, which matches coincide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.distribution import transformed
from analytics.analyses.match import Matches
from analytics.errors import RangeError
from analytics.store.recording import Recording
from dashboard.queries.annotations import available_tracks
from dashboard.queries.cache import AnswerCache
from dashboard.queries.match.difference import (
    ONE_NETWORK,
    first_other_token,
    guesses,
    loss_difference,
    told_of_predictions,
    told_of_units,
    why_none,
)
from dashboard.queries.match.matches import MatchQueries
from dashboard.queries.match.question import MatchQuestion
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.selection import SelectionQueries
from dashboard.queries.window import WindowQueries, neighbourhood_of, packed

__all__ = ["BesideQueries", "coinciding"]


class BesideQueries:
    """Questions of the second panel of the Select & match page, and of both together."""

    def __init__(
        self,
        recordings: RecordingQueries,
        *,
        window: WindowQueries,
        selection: SelectionQueries,
        match: MatchQueries,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._window, self._selection = recordings, window, selection
        self._match, self._cache = match, cache

    def window(
        self, recording: str, state: str, *, linked: bool, tracks: Sequence[str] = (), **asked: Any
    ) -> dict[str, Any]:
        """Return a window with those of the tracks that the recording has; a linked one keeps its place."""
        offered = {track["name"] for track in available_tracks(self._recordings.open(recording))}
        tracks = [name for name in tracks if name in offered]
        return self._window.window(recording, state, keeps_place=linked, tracks=tracks, **asked)

    def selected(self, recording: str, state: str, *, at: int, **asked: Any) -> dict[str, Any]:
        """Return the selected units; none, with the reason, where the range fits the other recording only."""
        try:
            return self._selection.selected(recording, state, at=at, **asked)
        except RangeError as error:
            shape = self._recordings.open(recording).states(state).shape
            return {
                "units": [],
                "by_range": [],
                "n_units": shape[1],
                "first": neighbourhood_of(at, n_positions=shape[0])[0],
                "counts": "",
                "why_empty": str(error),
            }

    def results(self, asked: MatchQuestion, other: MatchQuestion) -> dict[str, Any]:
        """Return matches as `MatchQueries.results`, with those that share a position with one of `other`."""
        try:
            answer = self._match.results(asked)
        except RangeError as error:
            opened = self._recordings.open(asked.recording)
            return nothing(str(error), asked, opened)
        if answer["rows"] is None:
            return answer
        return {**answer, "coincide": self._coincide(asked, other)}

    def difference(
        self,
        one: tuple[str, str],
        other: tuple[str, str],
        *,
        at: int,
        width: int,
        transform: str = "raw",
        by_unit: bool = False,
    ) -> dict[str, Any]:
        """Return B - A over a window, `one` being recording and state of A: whatever of it is defined."""
        a, b = (self._recordings.open(key) for key, _ in (one, other))
        if why := why_none(a, b, self._first_other_token(a, b)):
            return {"why": why}
        start, stop = at, min(at + width, a.n_positions)
        units_told, may = told_of_units(a, b, one[1], other[1])
        differs = a.fingerprint != b.fingerprint
        loss = loss_difference(a, b, start, stop) if differs else None
        likeliest = guesses(a, b, start, stop) if differs else None
        values = None
        if by_unit and may:
            values = packed(
                transformed(b.states(other[1]).read(start, stop), transform).astype(np.float32)
                - transformed(a.states(one[1]).read(start, stop), transform)
            )
        return {
            "why": "",
            "start": start,
            "stop": stop,
            "loss": loss,
            "guesses": likeliest,
            "told": told_of_predictions(has_loss=loss is not None, has_guesses=likeliest is not None)
            if differs
            else ONE_NETWORK,
            "units_told": units_told,
            "may_subtract_units": may,
            "units": values,
            "n_units": b.states(other[1]).shape[1],
        }

    def _first_other_token(self, a: Recording, b: Recording) -> int | None:
        return self._cache.answer(
            "first other token",
            a.fingerprint,
            {"other": b.fingerprint},
            lambda: first_other_token(a, b),
            on_disk=False,
        )

    def _coincide(self, asked: MatchQuestion, other: MatchQuestion) -> dict[str, Any]:
        a, b = self._recordings.open(asked.recording), self._recordings.open(other.recording)
        if why := why_none(a, b, self._first_other_token(a, b)):
            return {"why": why}
        try:
            theirs = self._match.found(other)
        except RangeError as error:
            return {"why": str(error)}
        if theirs is None:
            return {"why": "The other has no match."}
        mine = self._match.found(asked)
        shared = coinciding(mine.matches, theirs.matches)
        return {"why": "", "rows": shared.tolist(), "n": int(shared.sum()), "n_other": len(theirs.matches)}


def nothing(reason: str, asked: MatchQuestion, recording: Recording) -> dict[str, Any]:
    """Return the answer without a row, as `MatchQueries.results` gives it."""
    return {
        "reason": reason,
        "fingerprint": recording.fingerprint,
        "elapsed": 0,
        "positions": recording.n_positions,
        "units": 0,
        "least_length": asked.least_length,
        "annotations": [],
        "rows": None,
    }


def coinciding(matches: Matches, others: Matches) -> NDArray[np.bool_]:
    """Which matches share a position with one of the others; results never overlap among themselves."""
    if not len(others):
        return np.zeros(len(matches), dtype=bool)
    order = np.argsort(others.start)
    starts, stops = others.start[order], others.stop[order]
    first = np.searchsorted(stops, matches.start, side="right")
    return (first < len(stops)) & (starts[np.minimum(first, len(stops) - 1)] < matches.stop)
