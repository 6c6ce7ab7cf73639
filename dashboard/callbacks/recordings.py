"""The Recordings page: its list."""

from __future__ import annotations

from dash import Dash, Input, Output

from dashboard.components.recordings import recording_list
from dashboard.ids import Home
from dashboard.queries import Queries

__all__ = ["register"]


def register(app: Dash, queries: Queries) -> None:
    """Register the callback that looks at the folder, upon load and when asked."""

    @app.callback(Output(Home.LIST, "children"), Input(Home.REFRESH, "n_clicks"))
    def list_recordings(_clicks: int | None):
        return recording_list(
            queries.recordings.all(), queries.recordings.problems(), folder=queries.recordings.folder
        )
