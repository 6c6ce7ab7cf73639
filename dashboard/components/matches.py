"""The match half of the Select & match page: caption, filters, the table, lengths and labels."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboard.ids import Match
from dashboard.links import MAX_CELL, MAX_LIMIT

__all__ = ["matches_panel"]


def matches_panel(graph_config: dict[str, Any]) -> html.Section:
    """Return the panel; assets/matches.js draws the rows."""
    return html.Section(
        [
            dcc.Store(id=Match.RESULTS),
            dcc.Store(id=Match.RESULTS_REQUEST),
            dcc.Store(id=Match.SUMMARY_REQUEST),
            dcc.Download(id=Match.DOWNLOAD),
            _head(),
            html.Div(id=Match.LEGEND, className="matches-legend"),
            html.Div(id=Match.STATUS, className="matches-status", **{"aria-live": "off"}),
            html.Div(id=Match.TABLE, className="matches-table"),
            _summary(graph_config),
        ],
        id=Match.PANEL,
        className="matches",
        hidden=True,
        **{"aria-label": "Matches"},
    )


def _head() -> html.Div:
    release = html.Button(id=Match.RELEASE, type="button", className="quiet-button", hidden=True)
    save = html.Span(
        [
            html.Span("save", className="quiet"),
            _button(Match.SAVE_CSV, "CSV", title="Save these matches as CSV"),
            _button(Match.SAVE_PARQUET, "Parquet", title="Save these matches as Parquet"),
        ],
        className="matches-save",
    )
    working = html.Span("searching …", className="matches-working", role="status")
    return html.Div(
        [
            html.Div(
                [
                    html.Span(id=Match.MATCHES_OF, className="matches-of"),
                    html.H2(id=Match.CAPTION, className="matches-caption"),
                    release,
                    working,
                    save,
                ],
                className="matches-title",
            ),
            html.P(id=Match.COINCIDE, className="matches-coincide"),
            html.Div(
                [
                    _number(Match.MIN_LENGTH, "length from", "Shortest match, in positions", minimum=1),
                    _number(Match.MAX_LENGTH, "to", "Longest match, in positions; empty: any", minimum=1),
                    _number(
                        Match.MIN_OVERLAP,
                        "overlap ≥",
                        "Units a match shares with the pattern, at least",
                        minimum=1,
                    ),
                    _number(Match.LIMIT, "rows", "Matches shown, at most", minimum=1, maximum=MAX_LIMIT),
                    _choice(Match.COLOR, "colour words by"),
                    _choice(Match.HEAT, "second map"),
                    dbc.Checkbox(
                        id=Match.MASK, label="fade where none is on", value=False, class_name="matches-mask"
                    ),
                    _number(
                        Match.CELL,
                        "width",
                        "Width of a word in pixels; empty: fitted to the words",
                        minimum=8,
                        maximum=MAX_CELL,
                    ),
                ],
                className="matches-filters",
            ),
        ],
        className="matches-head",
    )


def _summary(graph_config: dict[str, Any]) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.H3("How long they are"),
                    html.P(
                        "Click a bar to see only matches of that length; click it again to see all.",
                        className="quiet",
                    ),
                    dcc.Graph(id=Match.LENGTHS, config=graph_config, style={"height": "260px"}),
                ],
                className="matches-lengths",
            ),
            html.Div(
                [
                    html.Div(
                        [
                            html.H3("Labels inside the matches, against the corpus"),
                            _choice(Match.LABELS_NAME, "annotation"),
                        ],
                        className="matches-labels-head",
                    ),
                    html.P(id=Match.LABELS_SUMMARY, className="quiet"),
                    dcc.Graph(id=Match.LABELS, config=graph_config),
                ],
                className="matches-labels",
            ),
        ],
        id=Match.SUMMARY,
        className="matches-summary",
    )


def _button(component_id: str, text: str, *, title: str) -> html.Button:
    return html.Button(text, id=component_id, type="button", className="quiet-button", title=title)


def _number(component_id: str, text: str, title: str, *, minimum: int, maximum: int | str = "") -> html.Div:
    # A text field: Dash's number field complains on the console whenever it becomes empty.
    field = dcc.Input(
        id=component_id, type="text", inputMode="numeric", debounce=True, className="number-field"
    )
    limits = {"data-minimum": minimum, "data-maximum": maximum}
    return html.Div([html.Label(text, htmlFor=component_id), field], className="field", title=title, **limits)


def _choice(component_id: str, text: str) -> html.Div:
    dropdown = dcc.Dropdown(
        id=component_id, options=[], clearable=False, searchable=False, className="field-choice"
    )
    return html.Div([html.Label(text, htmlFor=component_id), dropdown], className="field")
