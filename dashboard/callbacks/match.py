"""The match half of the Select & match page: rows, lengths, labels, files."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, no_update

from dashboard.callbacks.selection import flight
from dashboard.figures.match import labels_figure, lengths_figure
from dashboard.ids import Match
from dashboard.links import match_from_dict
from dashboard.queries import Queries
from dashboard.queries.match.matches import HISTOGRAM_LIMIT
from dashboard.queries.match.question import MatchQuestion
from dashboard.queries.match.table import as_csv, as_parquet
from dashboard.queries.match.told import labels_sentence

__all__ = ["register"]

FIELDS = (
    Match.MIN_LENGTH,
    Match.MAX_LENGTH,
    Match.MIN_OVERLAP,
    Match.LIMIT,
    Match.COLOR,
    Match.HEAT,
    Match.MASK,
    Match.CELL,
    Match.LABELS_NAME,
)


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks of the matches."""
    _register_browser(app)

    @app.callback(
        Output(Match.RESULTS, "data"),
        Input(Match.RESULTS_REQUEST, "data"),
        running=[
            *flight(Match.RESULTS_REQUEST),
            (Output(Match.PANEL, "className"), "matches matches-busy", "matches"),
        ],
        prevent_initial_call=True,
    )
    def find_matches(request: dict | None) -> dict | None:
        return {**_results(queries, request), "request": request} if request else None

    @app.callback(
        Output(Match.LENGTHS, "figure"),
        Input(Match.SUMMARY_REQUEST, "data"),
        prevent_initial_call=True,
    )
    def show_lengths(request: dict | None) -> go.Figure:
        if not request:
            return no_update
        asked = _asked(request)
        return lengths_figure(
            queries.match.lengths(asked),
            chosen=asked.length,
            limit=HISTOGRAM_LIMIT,
            theme=request.get("theme", "light"),
        )

    @app.callback(
        Output(Match.LABELS, "figure"),
        Output(Match.LABELS, "style"),
        Output(Match.LABELS_SUMMARY, "children"),
        Input(Match.SUMMARY_REQUEST, "data"),
        prevent_initial_call=True,
    )
    def show_labels(request: dict | None) -> tuple[go.Figure, dict, str]:
        if not request:
            return no_update, no_update, no_update
        found = queries.match.labels(_asked(request))
        if found is None:
            return go.Figure(), {"display": "none"}, "This recording has no annotation to compare."
        name, shares = found
        figure = labels_figure(shares, theme=request.get("theme", "light"))
        return figure, {"height": f"{figure.layout.height}px"}, labels_sentence(name, shares)

    @app.callback(
        Output(Match.DOWNLOAD, "data"),
        Input(Match.SAVE_CSV, "n_clicks"),
        State(Match.RESULTS_REQUEST, "data"),
        prevent_initial_call=True,
    )
    def save_csv(_clicks: int | None, request: dict | None) -> dict[str, Any]:
        asked = _asked(request)
        return dcc.send_string(as_csv(queries.match.table(asked)), f"{asked.recording}-matches.csv")

    @app.callback(
        Output(Match.DOWNLOAD, "data", allow_duplicate=True),
        Input(Match.SAVE_PARQUET, "n_clicks"),
        State(Match.RESULTS_REQUEST, "data"),
        prevent_initial_call=True,
    )
    def save_parquet(_clicks: int | None, request: dict | None) -> dict[str, Any]:
        asked = _asked(request)
        return dcc.send_bytes(as_parquet(queries.match.table(asked)), f"{asked.recording}-matches.parquet")


def _results(queries: Queries, request: dict[str, Any]) -> dict[str, Any]:
    """The matches; with a second state beside, which of them coincide with those of `other`."""
    other = request.get("other")
    if not isinstance(other, dict):
        return queries.match.results(_asked(request))
    return queries.beside.results(_asked(request), _asked({**request, **other}))


def _asked(request: dict | None) -> MatchQuestion:
    return MatchQuestion.of(match_from_dict(request).to_dict())


def _register_browser(app: Dash) -> None:
    """What happens in the browser: the rows follow the answer, the view follows the fields."""
    app.clientside_callback(
        ClientsideFunction("stateroom_matches", "render"),
        Input(Match.RESULTS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_matches", "choose"),
        *(Input(field, "value") for field in FIELDS),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_matches", "chooseLength"),
        Input(Match.LENGTHS, "clickData"),
        prevent_initial_call=True,
    )
