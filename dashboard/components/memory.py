"""The Memory page: places that the scripts in assets/ draw into, and its graphs."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.components.empty import empty_state
from dashboard.ids import Memory
from dashboard.links import PATHS

__all__ = ["memory_panel", "memory_stores", "no_memory"]

REQUESTS = (
    Memory.DECAY_REQUEST,
    Memory.NORMS_REQUEST,
    Memory.SPECTRUM_REQUEST,
    Memory.UNITS_REQUEST,
    Memory.CLASSES_REQUEST,
    Memory.CLASSES_SECOND_REQUEST,
    Memory.PROPERTIES_REQUEST,
)
"""Stores that the figures follow, set by the scripts when a figure has to change."""


def memory_stores(defaults: dict[str, Any]) -> list[dcc.Store]:
    """Return the stores between browser and server; `defaults` says how to write an address."""
    stores = (dcc.Store(id=store) for store in (Memory.VIEW, Memory.ADDRESS, *REQUESTS))
    return [dcc.Store(id=Memory.DEFAULTS, data=defaults), *stores]


def memory_panel(graph_config: dict[str, Any]) -> html.Section:
    """Return the toolbar, what there is to compute, the decay, and a panel for each further question."""
    return html.Section(
        [
            html.H1("What the state remembers, and for how long", className="visually-hidden"),
            html.Div(
                id=Memory.TOOLBAR, className="memory-toolbar", role="toolbar", **_label("Measure and show")
            ),
            html.Section(id=Memory.RUN, className="memory-run", **_label("Computation")),
            html.Div(id=Memory.SECOND_RUN, hidden=True),
            html.P(id=Memory.CAPTION, className="memory-caption", **{"aria-live": "polite"}),
            html.Div(
                [_decay(graph_config), _tabs(), *_panels(graph_config)],
                id=Memory.RESULT,
                className="memory-result is-blank",
            ),
        ],
        id=Memory.PANEL,
        className="memory-panel",
        **_label("Memory"),
    )


def no_memory() -> html.Div:
    """Return what stands in place of the panel when there is no recording."""
    state = empty_state(
        "There is no recording to show.",
        "The first page says where recordings are looked for, and how to make one.",
        link=("Recordings", PATHS["recordings"]),
    )
    return html.Div(state, id=Memory.EMPTY, hidden=True)


def _decay(graph_config: dict[str, Any]) -> html.Section:
    return html.Section(
        [
            _graph(Memory.DECAY, graph_config, class_name="graph-decay"),
            html.Div(id=Memory.DECAY_TABLE, className="memory-table"),
        ],
        id=Memory.DECAY_PART,
        className="memory-decay-part",
        **_label("Decay"),
    )


def _tabs() -> html.Div:
    return html.Div(
        [
            html.Div(id=Memory.TABS, className="memory-tabs", role="tablist", **_label("Questions")),
            html.Div(id=Memory.DELAY, className="memory-delay"),
        ],
        className="memory-tabs-line",
    )


def _panels(graph_config: dict[str, Any]) -> list[html.Div]:
    """Return a panel for each tab; the scripts show the one that is chosen."""
    return [
        _tab_panel(
            "decay",
            [
                html.Div(
                    [
                        _graph(Memory.SPECTRUM, graph_config, class_name="graph-small"),
                        _graph(Memory.NORMS, graph_config, class_name="graph-small"),
                    ],
                    className="memory-pair",
                ),
                html.Div(
                    [
                        _graph(Memory.UNITS, graph_config, class_name="graph-units"),
                        html.Div(id=Memory.UNITS_TABLE, className="memory-table"),
                    ],
                    className="memory-pair",
                ),
            ],
        ),
        _tab_panel(
            "classes",
            [
                html.Div(
                    [
                        _graph(Memory.CLASSES, graph_config, class_name="graph-classes"),
                        html.Div(id=Memory.CLASSES_TABLE, className="memory-table"),
                    ],
                    className="memory-pair memory-classes-pair",
                ),
                html.Div(
                    [
                        _graph(Memory.CLASSES_SECOND, graph_config, class_name="graph-classes"),
                        html.Div(id=Memory.CLASSES_SECOND_TABLE, className="memory-table"),
                    ],
                    className="memory-pair memory-classes-pair memory-second",
                    hidden=True,
                ),
            ],
        ),
        _tab_panel(
            "properties",
            [
                html.Div(id=Memory.PROPERTY_FORM, className="property-form"),
                html.Div(id=Memory.PROPERTIES_TABLE, className="memory-table"),
                _graph(Memory.PROPERTIES, graph_config, class_name="graph-properties"),
            ],
        ),
        _tab_panel("directions", [html.Div(id=Memory.DIRECTIONS, className="memory-table")]),
        _tab_panel("where", [html.Div(id=Memory.WHERE, className="memory-where")]),
    ]


def _tab_panel(name: str, children: list[Any]) -> html.Div:
    return html.Div(
        [html.Div(className="panel-head"), html.Div(className="panel-why", hidden=True), *children],
        id=f"{Memory.PANEL}-{name}",
        className="memory-tab-panel",
        role="tabpanel",
        hidden=True,
        **{"aria-labelledby": f"{Memory.TABS}-{name}"},
    )


def _graph(component_id: str, graph_config: dict[str, Any], *, class_name: str) -> html.Div:
    blank = {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}
    graph = dcc.Graph(id=component_id, figure=blank, config=graph_config, responsive=True)
    return html.Div(graph, className=f"memory-graph {class_name}")


def _label(text: str) -> dict[str, str]:
    return {"aria-label": text}
