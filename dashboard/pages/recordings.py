"""The Recordings page: what there is to look at, and how to add one's own."""

from __future__ import annotations

from dash import dcc, html

from dashboard.components.help import help_panel
from dashboard.components.own_network import own_network
from dashboard.ids import Home
from dashboard.links import PATHS

__all__ = ["NAME", "PATH", "help_text", "layout"]

NAME = "Recordings"
PATH = PATHS["recordings"]


def layout() -> html.Main:
    """Return the page; its list arrives with the first callback."""
    return html.Main(
        [
            html.Div(
                [
                    html.H1("Recordings"),
                    html.P(
                        "A recording is a trained network run over a text: what each unit held after "
                        "each token. Choose one, select a phrase, and find where else the same units are on.",
                        className="lead-text",
                    ),
                    html.Button("Look again", id=Home.REFRESH, className="quiet-button", type="button"),
                ],
                className="page-head",
            ),
            dcc.Loading(html.Div(id=Home.LIST), delay_show=300, overlay_style={"visibility": "visible"}),
            own_network(),
        ],
        className="page-home",
    )


def help_text() -> html.Div:
    """Return what the ? says here."""
    return help_panel(
        [
            "A recording is a folder of Parquet files: the tokens, and a column for each unit of each state.",
            "A state is named layer<k>.<kind>; it has one value for each position of the text and each unit.",
            "Open shows a state from its first position; a finding is a view that was thought worth seeing.",
            "The fingerprint changes when a recording's content changes.",
            "A folder that does not open is listed below with the reason.",
        ],
        formula=None,
        paper=None,
        keys=(("?", "explain this page"), ("Esc", "close")),
    )
