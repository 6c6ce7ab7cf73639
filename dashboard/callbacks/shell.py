"""The frame: what the pickers offer. The rest of the frame lives in assets/stateroom.js."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output

from dashboard.ids import Shell
from dashboard.queries import Queries

__all__ = ["register"]


def register(app: Dash, queries: Queries) -> None:
    """Register the frame's callbacks."""

    @app.callback(Output(Shell.CATALOG, "data"), Input(Shell.ADDRESS, "pathname"))
    def list_recordings(_path: str | None) -> dict:
        return {facts.key: facts.for_browser() for facts in queries.recordings.all()}

    app.clientside_callback(
        ClientsideFunction("stateroom_frame", "fill"),
        Output(Shell.FACTS, "children"),
        Input(Shell.CATALOG, "data"),
        Input(Shell.ADDRESS, "search"),
        Input(Shell.ADDRESS, "pathname"),
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_frame", "picked"),
        Input(Shell.RECORDING, "value"),
        Input(Shell.STATE, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_frame", "showNotice"),
        Input(Shell.NOTICE, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_embed", "shown"),
        Input(Shell.RECORDING, "value"),
        Input(Shell.STATE, "value"),
        Input(Shell.ADDRESS, "pathname"),
    )
