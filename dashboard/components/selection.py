"""The select half of the Select & match page: places that the scripts in assets/ draw into."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.components.empty import empty_state
from dashboard.ids import Match, MatchBeside
from dashboard.links import PATHS

__all__ = ["REQUESTS", "flight_of", "no_recording", "selection_panel", "selection_stores"]

REQUESTS = (Match.RESULTS_REQUEST,)
"""Stores whose callbacks tell the browser when they are under way."""


def selection_stores(defaults: dict[str, Any]) -> list[dcc.Store]:
    """Return the stores between browser and server; `defaults` says how to write an address."""
    flights = (flight_of(request) for request in REQUESTS)
    stores = (dcc.Store(id=store) for store in (Match.VIEW, Match.ADDRESS, *flights))
    return [dcc.Store(id=Match.DEFAULTS, data=defaults), *stores]


def flight_of(request: str) -> str:
    """Return the id of the store that says whether a request is under way."""
    return f"{request}-flight"


def selection_panel(graph_config: dict[str, Any]) -> html.Section:
    """Return the toolbar, the plot with everything aligned under it, and the list of units."""
    return html.Section(
        [
            html.H1("Select & match", className="visually-hidden"),
            html.Div(id=Match.TOOLBAR, className="select-toolbar", role="toolbar", **_label("Move and show")),
            html.Div(id=Match.HIT_LIST, className="hit-list", hidden=True),
            html.Div(id=MatchBeside.FIRST_HEAD, className="beside-head beside-first"),
            _stage(Match, _plot(Match.PLOT, graph_config)),
            html.Div(id=MatchBeside.HEAD, className="beside-head beside-second"),
            # Plotly draws into it when there is a second state; a graph of Dash would be drawn at once.
            _stage(MatchBeside, html.Div(id=MatchBeside.PLOT, className="own-plot"), "beside-part"),
            html.Div(id=MatchBeside.DIFFERENCE, className="beside-part beside-difference"),
            html.Div(id=Match.STRIP),
            html.Div(id=MatchBeside.STRIP, className="beside-part"),
            html.Div(id=Match.CHIPS, className="units"),
            html.Div(id=MatchBeside.CHIPS, className="units beside-part"),
        ],
        id=Match.SELECT,
        className="select-panel",
        **_label("Select"),
    )


def _stage(ids: type, plot: Any, class_name: str = "") -> html.Div:
    return html.Div(
        [
            # In a place of its own: the graph may come after what the scripts lay above it.
            html.Div(html.Div(plot, className="plot-axes"), className="stage-plot"),
            html.Div(id=ids.DISTRIBUTION_PLOT, className="stage-distribution"),
            html.Div(id=ids.TOKENS, className="stage-rows"),
            html.Div(id=ids.RAIL, className="stage-rows"),
            html.Div(id=ids.HEAT_STRIP, className="stage-rows"),
            html.Div(id=ids.TRACKS, className="stage-rows"),
        ],
        id=ids.STAGE,
        className=f"stage is-blank {class_name}".strip(),
    )


def no_recording() -> html.Div:
    """Return what stands in place of the panel when there is nothing to select in."""
    state = empty_state(
        "There is no recording to show.",
        "The first page says where recordings are looked for, and how to make one.",
        link=("Recordings", PATHS["recordings"]),
    )
    return html.Div(state, id=Match.EMPTY, hidden=True)


def _plot(component_id: str, graph_config: dict[str, Any]) -> dcc.Graph:
    # The scripts draw into it. Nothing is zoomed by dragging: dragging selects.
    blank = {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}
    return dcc.Graph(id=component_id, figure=blank, config={**graph_config, "scrollZoom": False})


def _label(text: str) -> dict[str, str]:
    return {"aria-label": text}
