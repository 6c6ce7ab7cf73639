"""The Clusters page: places that the scripts in assets/ draw into."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.components.empty import empty_state
from dashboard.ids import Clusters
from dashboard.links import PATHS

__all__ = ["clusters_panel", "clusters_stores", "no_clusters"]


def clusters_stores(defaults: dict[str, Any]) -> list[dcc.Store]:
    """Return the stores between browser and server; `defaults` says how to write an address."""
    stores = (dcc.Store(id=store) for store in (Clusters.VIEW, Clusters.ADDRESS))
    return [dcc.Store(id=Clusters.DEFAULTS, data=defaults), *stores]


def clusters_panel() -> html.Section:
    """Return the toolbar, the picture with its legend, the tables, and the details under them."""
    return html.Section(
        [
            html.H1("Clusters of words and units", className="visually-hidden"),
            html.Div(
                id=Clusters.TOOLBAR,
                className="clusters-toolbar",
                role="toolbar",
                **_label("Cluster and show"),
            ),
            html.P(id=Clusters.CAPTION, className="clusters-caption", **{"aria-live": "polite"}),
            html.Div(
                [
                    html.Div(id=Clusters.WHY, className="clusters-why", hidden=True),
                    html.P("Clustering words and units.", id=Clusters.WAITING, className="clusters-waiting"),
                    html.Div(id=Clusters.LEGEND, className="clusters-legend"),
                    _stage(),
                    html.Div(id=Clusters.TABLE, className="clusters-table", hidden=True),
                ],
                id=Clusters.RESULT,
                className="clusters-result",
            ),
            html.Section(
                id=Clusters.WORDS, className="clusters-words", hidden=True, **_label("The chosen words")
            ),
            html.Section(
                id=Clusters.UNIT, className="clusters-unit", hidden=True, **_label("The chosen unit")
            ),
            html.Div(
                id=Clusters.LIST, className="clusters-list", hidden=True, role="dialog", **_label("Words")
            ),
        ],
        id=Clusters.PANEL,
        className="clusters-panel",
        **_label("Clusters"),
    )


def no_clusters() -> html.Div:
    """Return what stands in place of the panel when there is nothing to cluster."""
    state = empty_state(
        "There is no recording to show.",
        "The first page says where recordings are looked for, and how to make one.",
        link=("Recordings", PATHS["recordings"]),
    )
    return html.Div(state, id=Clusters.EMPTY, hidden=True)


def _stage() -> html.Div:
    """Return the picture: edges lie over the canvas of the units, where a pointer finds them."""
    parts = (
        (Clusters.UNITS, "clusters-units", "Unit clusters"),
        (Clusters.EDGES, "clusters-edges", "Edges"),
        (Clusters.CLOUDS, "clusters-clouds", "Word clusters"),
    )
    groups = [html.Div(id=part, className=name, role="group", **_label(text)) for part, name, text in parts]
    return html.Div(groups, id=Clusters.STAGE, className="clusters-stage is-blank")


def _label(text: str) -> dict[str, str]:
    return {"aria-label": text}
