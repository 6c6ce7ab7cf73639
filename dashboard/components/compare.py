"""The Compare page: places that the scripts in assets/ draw into."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.components.empty import empty_state
from dashboard.ids import Compare
from dashboard.links import PATHS

__all__ = ["compare_panel", "compare_stores", "no_compare"]

PARTS = (
    (Compare.LAYERS, "Layer by layer"),
    (Compare.MEMORY, "Half-life of memory"),
    (Compare.ACTIVITY, "Activity of units"),
    (Compare.RESPONSE, "Response to words"),
    (Compare.UNITS, "Units matched one to one"),
    (Compare.STEPS, "Against the step of the training"),
)
"""Each picture has a place of its own, which keeps its size while it waits."""


def compare_stores(defaults: dict[str, Any]) -> list[dcc.Store]:
    """Return the stores between browser and server; `defaults` says how to write an address."""
    stores = (dcc.Store(id=store) for store in (Compare.VIEW, Compare.ADDRESS))
    return [dcc.Store(id=Compare.DEFAULTS, data=defaults), *stores]


def compare_panel() -> html.Section:
    """Return what chooses the recordings, the table, and a place for each picture."""
    return html.Section(
        [
            html.H1("Networks compared", className="visually-hidden"),
            html.Div(id=Compare.CHOICE, className="compare-choice", role="toolbar", **_label("Recordings")),
            html.Div(id=Compare.TOOLBAR, className="compare-toolbar", role="toolbar", **_label("Measure")),
            html.P(id=Compare.CAPTION, className="compare-caption", **{"aria-live": "polite"}),
            html.Div(id=Compare.START, className="compare-start", hidden=True),
            html.Div(
                [
                    html.Section(id=Compare.FACTS, **_label("Facts and measures")),
                    *(_part(place, text) for place, text in PARTS),
                ],
                id=Compare.RESULT,
                className="compare-result",
                hidden=True,
            ),
        ],
        id=Compare.PANEL,
        className="compare-panel",
        **_label("Compare"),
    )


def no_compare() -> html.Div:
    """Return what stands in place of the panel when there is nothing to compare."""
    state = empty_state(
        "There is no recording to compare.",
        "The first page says where recordings are looked for, and how to make one.",
        link=("Recordings", PATHS["recordings"]),
    )
    return html.Div(state, id=Compare.EMPTY, hidden=True)


def _part(place: str, text: str) -> html.Section:
    return html.Section(id=place, className="compare-part", **_label(text))


def _label(text: str) -> dict[str, str]:
    return {"aria-label": text}
