"""The Clusters page: places that the scripts in assets/ draw into."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.components.empty import empty_state
from dashboard.ids import Clusters, ClustersSecond
from dashboard.links import PATHS

__all__ = ["clusters_panel", "clusters_stores", "no_clusters"]


def clusters_stores(defaults: dict[str, Any]) -> list[dcc.Store]:
    """Return the stores between browser and server; `defaults` says how to write an address."""
    stores = (dcc.Store(id=store) for store in (Clusters.VIEW, Clusters.ADDRESS))
    return [dcc.Store(id=Clusters.DEFAULTS, data=defaults), *stores]


def clusters_panel() -> html.Section:
    """Return the toolbar, a picture with its details for each side, and what the two have in common."""
    return html.Section(
        [
            html.H1("Clusters of words and units", className="visually-hidden"),
            html.Div(
                id=Clusters.TOOLBAR,
                className="clusters-toolbar",
                role="toolbar",
                **_label("Cluster and show"),
            ),
            *_picture(Clusters, "first"),
            *_picture(ClustersSecond, "second"),
            html.Section(
                id=Clusters.AGREEMENT, className="clusters-agreement", **_label("How words move between them")
            ),
            *_details(Clusters, "first"),
            *_details(ClustersSecond, "second"),
            html.Section(
                id=Clusters.DIFFERENCE, className="clusters-difference", **_label("Difference of responses")
            ),
            html.Div(
                id=Clusters.LIST, className="clusters-list", hidden=True, role="dialog", **_label("Words")
            ),
        ],
        id=Clusters.PANEL,
        className="clusters-panel",
        **_label("Clusters"),
    )


def _picture(ids: type[Clusters], side: str) -> list[html.Div]:
    """Return what one side shows of all its words and units: picture, legend, tables."""
    return [
        html.Div(id=ids.HEAD, className=f"clusters-head is-{side}"),
        html.P(id=ids.CAPTION, className=f"clusters-caption is-{side}", **{"aria-live": "polite"}),
        html.Div(
            [
                html.Div(id=ids.WHY, className="clusters-why", hidden=True),
                html.P("Clustering words and units.", id=ids.WAITING, className="clusters-waiting"),
                html.Div(id=ids.LEGEND, className="clusters-legend"),
                _stage(ids),
                html.Div(id=ids.TABLE, className="clusters-table", hidden=True),
            ],
            id=ids.RESULT,
            className=f"clusters-result is-{side}",
        ),
    ]


def _details(ids: type[Clusters], side: str) -> list[html.Section]:
    """Return what one side shows of the chosen words and the chosen unit."""
    parts = ((ids.WORDS, "clusters-words", "words"), (ids.UNIT, "clusters-unit", "unit"))
    return [
        html.Section(
            id=part,
            className=f"{name} is-{side}",
            hidden=True,
            **_label(f"The chosen {text}" + (" of the second" if side == "second" else "")),
        )
        for part, name, text in parts
    ]


def no_clusters() -> html.Div:
    """Return what stands in place of the panel when there is nothing to cluster."""
    state = empty_state(
        "There is no recording to show.",
        "The first page says where recordings are looked for, and how to make one.",
        link=("Recordings", PATHS["recordings"]),
    )
    return html.Div(state, id=Clusters.EMPTY, hidden=True)


def _stage(ids: type[Clusters]) -> html.Div:
    """Return the picture: edges lie over the canvas of the units, where a pointer finds them."""
    parts = (
        (ids.UNITS, "clusters-units", "Unit clusters"),
        (ids.EDGES, "clusters-edges", "Edges"),
        (ids.CLOUDS, "clusters-clouds", "Word clusters"),
    )
    groups = [html.Div(id=part, className=name, role="group", **_label(text)) for part, name, text in parts]
    return html.Div(groups, id=ids.STAGE, className="clusters-stage is-blank")


def _label(text: str) -> dict[str, str]:
    return {"aria-label": text}
