"""The select half of the Select & match page: each part of the view is asked for when it changes."""

from __future__ import annotations

from urllib.parse import urlencode

from dash import ClientsideFunction, Dash, Input, Output

from dashboard import messages
from dashboard.components.selection import REQUESTS, flight_of
from dashboard.ids import Match
from dashboard.links import read_match
from dashboard.queries import Queries

__all__ = ["register"]


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks of the select half, and those that keep the view."""
    _register_view(app, queries)
    _register_window(app, queries)
    _register_selection(app, queries)
    _register_distribution(app, queries)


def flight(request: str) -> list:
    """Return what tells the browser that a request is under way and when it has ended, well or not."""
    under_way, ended = ({"request": request, "on": on} for on in (True, False))
    return [(Output(flight_of(request), "data"), under_way, ended)]


def _drawn(app: Dash, store: str) -> None:
    """Hand what arrives in a store to the function of assets/selection.js that has its name."""
    function = ClientsideFunction("stateroom_selection", store.removeprefix("match-"))
    app.clientside_callback(function, Input(store, "data"))


def _register_view(app: Dash, queries: Queries) -> None:
    app.clientside_callback(
        ClientsideFunction("stateroom_view", "mounted"),
        Output(Match.ADDRESS, "data"),
        Input(Match.DEFAULTS, "data"),
    )
    app.clientside_callback(ClientsideFunction("stateroom_view", "arrived"), Input(Match.VIEW, "data"))
    for request in REQUESTS:
        app.clientside_callback(
            ClientsideFunction("stateroom_view", "flight"), Input(flight_of(request), "data")
        )

    @app.callback(Output(Match.VIEW, "data"), Input(Match.ADDRESS, "data"), prevent_initial_call=True)
    def read_address(asked: dict) -> dict:
        view, problems = read_match(asked["search"])
        if not view.recording:
            view = read_match(f"{urlencode(queries.view.opening())}&{asked['search'].lstrip('?')}")[0]
        changes, doubts = queries.view.checked(view.to_dict())
        messages.say(problems + doubts)
        return {**view.to_dict(), **changes, "asked": asked["n"]}


def _register_window(app: Dash, queries: Queries) -> None:
    @app.callback(
        Output(Match.WINDOW, "data"),
        Input(Match.WINDOW_REQUEST, "data"),
        running=flight(Match.WINDOW_REQUEST),
        prevent_initial_call=True,
    )
    def show_window(asked: dict) -> dict:
        return queries.window.window(**asked)

    @app.callback(
        Output(Match.NEIGHBOURHOOD, "data"),
        Input(Match.NEIGHBOURHOOD_REQUEST, "data"),
        running=flight(Match.NEIGHBOURHOOD_REQUEST),
        prevent_initial_call=True,
    )
    def show_neighbourhood(asked: dict) -> dict:
        return queries.window.neighbourhood(**asked)

    for store in (Match.WINDOW, Match.NEIGHBOURHOOD):
        _drawn(app, store)


def _register_selection(app: Dash, queries: Queries) -> None:
    @app.callback(
        Output(Match.SELECTED, "data"),
        Input(Match.SELECTION_REQUEST, "data"),
        running=flight(Match.SELECTION_REQUEST),
        prevent_initial_call=True,
    )
    def select(asked: dict) -> dict:
        return queries.selection.selected(**asked)

    @app.callback(
        Output(Match.HITS, "data"),
        Input(Match.SEARCH_REQUEST, "data"),
        running=flight(Match.SEARCH_REQUEST),
        prevent_initial_call=True,
    )
    def search(asked: dict) -> dict:
        return queries.search.search(**asked)

    for store in (Match.SELECTED, Match.HITS):
        _drawn(app, store)


def _register_distribution(app: Dash, queries: Queries) -> None:
    @app.callback(
        Output(Match.DISTRIBUTION, "data"),
        Input(Match.DISTRIBUTION_REQUEST, "data"),
        running=flight(Match.DISTRIBUTION_REQUEST),
        prevent_initial_call=True,
    )
    def show_distribution(asked: dict) -> dict:
        return queries.selection.bars(**asked)

    @app.callback(
        Output(Match.SHARE, "data"),
        Input(Match.SHARE_REQUEST, "data"),
        running=flight(Match.SHARE_REQUEST),
        prevent_initial_call=True,
    )
    def show_share(asked: dict) -> float:
        return queries.selection.share_on(**asked)

    for store in (Match.DISTRIBUTION, Match.SHARE):
        _drawn(app, store)
