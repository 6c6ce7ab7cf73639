"""The Recordings page: its list, the chosen recording, and the guided form."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, State, set_props

from dashboard.components.recording_content import recording_content
from dashboard.components.recording_detail import about_section, recording_detail, unknown_recording
from dashboard.components.recordings import list_notes
from dashboard.components.recordings_beside import recordings_beside
from dashboard.components.training import no_curve, training_caption
from dashboard.figures.training import training_figure
from dashboard.ids import Home, Shell
from dashboard.queries import Queries
from dashboard.queries.view import opening_of

__all__ = ["register"]

WAITING = "recording-pane is-waiting"
READY = "recording-pane"


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks of the list, upon load and when asked, and of the chosen recording."""
    _register_browser(app)

    @app.callback(
        Output(Home.CATALOG, "data"), Output(Home.LIST_NOTES, "children"), Input(Home.REFRESH, "n_clicks")
    )
    def list_recordings(_clicks: int | None) -> tuple[dict[str, Any], list]:
        facts, folder = queries.recordings.all(), queries.recordings.folder
        # The pickers of the frame learn of new recordings too.
        set_props(Shell.CATALOG, {"data": {each.key: each.for_browser() for each in facts}})
        shown_first = opening_of(facts).get("recording", "")
        catalog = {"rows": [each.for_list() for each in facts], "first": shown_first}
        return catalog, list_notes(len(facts), queries.recordings.problems(), folder=folder)

    @app.callback(
        Output(Home.DETAIL, "children"),
        Output(Home.ABOUT, "children"),
        Input(Home.CHOSEN, "data"),
        running=[(Output(Home.PANE, "className"), WAITING, READY)],
        prevent_initial_call=True,
    )
    def show_detail(chosen: dict) -> tuple[Any, Any]:
        detail = queries.recordings.detail(chosen["key"])
        if detail is None:
            return unknown_recording(chosen["key"]), None
        return recording_detail(detail), about_section(detail)

    @app.callback(
        Output(Home.BESIDE, "children"), Input(Home.BESIDE_ASKED, "data"), prevent_initial_call=True
    )
    def show_beside(asked: dict | None) -> Any:
        first, second = (queries.recordings.detail(str((asked or {}).get(side, ""))) for side in "ab")
        return recordings_beside(first, second) if first and second else None

    @app.callback(
        Output(Home.CONTENT, "children"),
        Input(Home.CHOSEN, "data"),
        prevent_initial_call=True,
    )
    def show_content(chosen: dict) -> Any:
        content = queries.contents.content(chosen["key"])
        return content and recording_content(content)

    @app.callback(
        Output(Home.TRAINING, "figure"),
        Output(Home.TRAINING, "style"),
        Output(Home.TRAINING_CAPTION, "children"),
        Input(Home.CHOSEN, "data"),
        Input(Shell.THEME, "data"),
        prevent_initial_call=True,
    )
    def show_training(chosen: dict | None, theme: str) -> tuple[go.Figure, dict, Any]:
        curve = queries.training.curve(chosen["key"]) if chosen else None
        if curve is None:
            return go.Figure(), {"display": "none"}, no_curve()
        figure = training_figure(curve, theme=theme)
        return figure, {"height": f"{figure.layout.height}px"}, training_caption(curve)


def _register_browser(app: Dash) -> None:
    """What happens in the browser: the list, which recording is chosen, the guided form."""
    app.clientside_callback(
        ClientsideFunction("stateroom_recordings", "listed"),
        Output(Home.CHOSEN, "data"),
        Input(Home.CATALOG, "data"),
        State(Home.GUIDE_TABLE, "data"),
        State(Home.VERIFICATION_SETTINGS, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_recordings", "shown"),
        Input(Home.DETAIL, "children"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_recordings", "navigated"),
        Input(Shell.ADDRESS, "search"),
        prevent_initial_call=True,
    )
