"""The select half of the Select & match page: the view an address asks for, and answers for what is drawn.

What follows the pointer cannot wait for Dash: its renderer alone takes 30 to 60 ms from an answer to the
screen. So the scripts ask for windows and selections at an address of their own, in the words of the view.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from dash import ClientsideFunction, Dash, Input, Output

from dashboard.callbacks.viewing import register_questions, register_view, signed
from dashboard.components.selection import REQUESTS, flight_of
from dashboard.ids import Match
from dashboard.links import MatchView, match_from_dict, read_match
from dashboard.queries import Queries

__all__ = ["QUESTIONS", "flight", "register"]

Answerer = Callable[[Queries, MatchView], dict[str, Any]]


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks that keep the view, and the address that answers the scripts."""
    for store in REQUESTS:
        app.clientside_callback(
            ClientsideFunction("stateroom_view", "flight"), Input(flight_of(store), "data")
        )

    def read(search: str) -> tuple[MatchView, list[str]]:
        view, problems = read_match(search)
        if not view.recording:
            view = read_match(f"{urlencode(queries.view.opening())}&{search.lstrip('?')}")[0]
        return view, problems

    register_view(app, Match, namespace="stateroom_view", read=read, check=queries.view.checked)

    def answer(question: str, asked: dict[str, Any]) -> dict[str, Any]:
        view = match_from_dict(asked)
        return signed(queries, view.recording, QUESTIONS[question](queries, view))

    register_questions(app, "match", QUESTIONS, answer)


def flight(store: str) -> list:
    """Return what tells the browser that a callback's request is under way and when it has ended."""
    under_way, ended = ({"request": store, "on": on} for on in (True, False))
    return [(Output(flight_of(store), "data"), under_way, ended)]


def _window(queries: Queries, view: MatchView) -> dict[str, Any]:
    return queries.window.window(
        view.recording,
        view.state,
        at=view.at,
        width=view.width,
        transform=view.transform,
        tracks=view.tracks,
        run=view.run,
        threshold=view.threshold,
    )


def _selected(queries: Queries, view: MatchView) -> dict[str, Any]:
    return queries.selection.selected(
        view.recording,
        view.state,
        at=view.at,
        start=view.start,
        stop=view.stop,
        off_before=view.off_before,
        off_after=view.off_after,
        threshold=view.threshold,
        transform=view.transform,
        dropped=view.dropped,
        pinned=view.pinned,
    )


def _share(queries: Queries, view: MatchView) -> dict[str, Any]:
    share = queries.selection.share_on(
        view.recording, view.state, threshold=view.threshold, transform=view.transform
    )
    return {"share": share}


QUESTIONS: dict[str, Answerer] = {
    "window": _window,
    "selected": _selected,
    "neighbourhood": lambda queries, view: queries.window.neighbourhood(view.recording, at=view.at),
    "distribution": lambda queries, view: queries.selection.bars(
        view.recording, view.state, transform=view.transform
    ),
    "share": _share,
    "hits": lambda queries, view: queries.search.search(view.recording, view.search),
}
"""What the scripts may ask. They send the part of the view that the answer depends on."""
