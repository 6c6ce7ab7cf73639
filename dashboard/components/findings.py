"""The parts of the Findings page; what they show is drawn by assets/findings*.js."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from dashboard.components.page_link import page_link
from dashboard.ids import Findings

__all__ = ["findings_panel", "findings_settings", "no_findings"]


def findings_settings(settings: Mapping[str, Any]) -> list[dcc.Store]:
    """Return what the scripts of the page need to know."""
    return [dcc.Store(id=Findings.SETTINGS, data=dict(settings)), dcc.Store(id=Findings.MOUNTED)]


def no_findings(example: str) -> html.Div:
    """Return what stands there while nothing was kept; `example` is an address worth a look."""
    return html.Div(
        [
            html.P("Nothing was kept so far.", className="empty-why"),
            html.P(
                "A finding is a view that is worth keeping: its picture, its numbers and a note. Open a "
                "view, then choose “Keep as a finding” in the share menu at the top."
            ),
            page_link("Open Match", example),
        ],
        id=Findings.EMPTY,
        className="empty-state",
        hidden=True,
    )


def findings_panel() -> html.Div:
    """Return the places of the list and of the finding that is shown."""
    return html.Div(
        [
            html.Section(
                [html.Div(id=Findings.FILTERS, className="findings-filters"), html.Div(id=Findings.LIST)],
                className="findings-list-panel",
                **{"aria-label": "All findings"},
            ),
            html.Section(
                id=Findings.DETAIL, className="findings-detail", **{"aria-label": "The chosen finding"}
            ),
        ],
        id=Findings.PANEL,
        className="findings-columns",
        hidden=True,
    )
