"""The list of recordings: the place that assets/recordings.js draws it into, and what stands under it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.components.empty import empty_state
from dashboard.ids import Home

__all__ = ["list_notes", "list_panel"]


def list_panel() -> html.Section:
    """Return the list, empty until its data arrive."""
    return html.Section(
        [html.Div(id=Home.LIST), html.Div(id=Home.LIST_NOTES)],
        className="list-panel",
        **{"aria-label": "All recordings"},
    )


def list_notes(n_recordings: int, problems: Sequence[tuple[str, str]], *, folder: str) -> list[Any]:
    """Return why there is no recording, and the folders that do not open."""
    parts = [] if n_recordings else [_nothing_there(folder)]
    return [*parts, _problems(problems)] if problems else parts


def _nothing_there(folder: str) -> html.Div:
    return empty_state(
        f"There is no recording in {folder}.",
        "Make the two recordings of the demo with this command, then look again; or record your own "
        "network with the lines beside this.",
        code=".venv/bin/python -m analytics demo",
    )


def _problems(problems: Sequence[tuple[str, str]]) -> html.Section:
    items = [
        html.Li([html.Strong(folder, className="token"), " ", sentence]) for folder, sentence in problems
    ]
    return html.Section([html.H2("To be looked at"), html.Ul(items)], className="problems")
