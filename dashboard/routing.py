"""Puts the page of an address into the frame."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from dash import Dash, Input, Output

from dashboard.components.empty import empty_state
from dashboard.ids import Shell

__all__ = ["register"]


def register(app: Dash, pages: Sequence[ModuleType]) -> None:
    """Register the callback that shows the page of the address; the query string is the page's own."""
    by_path = {page.PATH: page for page in pages}

    @app.callback(
        Output(Shell.PAGE, "children"),
        Output(Shell.HELP_BODY, "children"),
        Input(Shell.ADDRESS, "pathname"),
    )
    def show_page(path: str | None):
        page = by_path.get("/" + (app.strip_relative_path(path or "/") or ""))
        return (page.layout(), page.help_text()) if page else (_no_page(path), "")


def _no_page(path: str | None):
    return empty_state(
        f"There is no page at {path}.", "The recordings are on the first page.", link=("Recordings", "/")
    )
