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


def _fields(view: MatchView, *names: str) -> dict[str, Any]:
    return {name: getattr(view, name) for name in names}


WINDOW = ("recording", "state", "at", "width", "transform", "tracks", "run", "threshold")
SELECTION = ("recording", "state", "at", "start", "stop", "off_before", "off_after", "threshold", "transform",
             "dropped", "pinned")  # fmt: skip


def _difference(queries: Queries, view: MatchView) -> dict[str, Any]:
    return queries.beside.difference(
        (view.recording, view.state),
        (view.beside or view.recording, view.beside_state),
        **_fields(view, "at", "width", "transform", "by_unit"),
    )


def _share(queries: Queries, view: MatchView) -> dict[str, Any]:
    share = queries.selection.share_on(
        view.recording, view.state, threshold=view.threshold, transform=view.transform
    )
    return {"share": share}


QUESTIONS: dict[str, Answerer] = {
    "window": lambda queries, view: queries.window.window(**_fields(view, *WINDOW)),
    "selected": lambda queries, view: queries.beside.selected(**_fields(view, *SELECTION)),
    "neighbourhood": lambda queries, view: queries.window.neighbourhood(view.recording, at=view.at),
    "distribution": lambda queries, view: queries.selection.bars(
        view.recording, view.state, transform=view.transform
    ),
    "share": _share,
    "hits": lambda queries, view: queries.search.search(view.recording, view.search),
    "difference": _difference,
}
QUESTIONS |= {
    **{f"beside-{name}": QUESTIONS[name] for name in ("selected", "neighbourhood", "distribution", "share")},
    "beside-window": lambda queries, view: queries.beside.window(**_fields(view, *WINDOW, "linked")),
}
"""What the scripts may ask. They send the part of the view that the answer depends on; what they ask for the
second state, `beside-...`, is in the words of a view that has it first."""
