"""The Select & match page: select a phrase, see the units that carry it, find where else they are on."""

from __future__ import annotations

from dash import get_relative_path, html

from dashboard.components.graph import GRAPH_CONFIG
from dashboard.components.help import help_panel
from dashboard.components.matches import matches_panel
from dashboard.components.selection import no_recording, selection_panel, selection_stores
from dashboard.ids import Match
from dashboard.links import PATHS, address_defaults

__all__ = ["NAME", "PATH", "help_text", "layout"]

NAME = "Match"
PATH = PATHS["match"]


def layout() -> html.Main:
    """Return the page; what it shows arrives with the view."""
    paths = {"ask": get_relative_path("/ask/")}
    paths |= {page: get_relative_path(PATHS[page]) for page in ("clusters", "sentences", "memory")}
    defaults = {**address_defaults(), **paths}
    return html.Main(
        [
            *selection_stores(defaults),
            no_recording(),
            selection_panel(GRAPH_CONFIG),
            matches_panel(GRAPH_CONFIG),
        ],
        id=Match.PAGE,
        className="page-match",
    )


def help_text() -> html.Div:
    """Return what the ? says here."""
    return help_panel(
        [
            "Each line is one unit: what it held after each token of the window below it.",
            "Drag over the tokens: the units that are on over the whole range, at or above the threshold, "
            "become blue and are listed. Drag the handles beside the range to ask that they are off there.",
            "Drag the dashed line, or click in the distribution beside the plot, to move the threshold.",
            "Click a line or a unit's number to drop or keep it; a dropped unit can be restored.",
            "Match finds, over the whole recording, the ranges where the most of these units are on, and "
            "the fewest others. A range that shares a position with a better one is left out.",
            "Each row is a match, framed, with the words around it; point at a word for its values. "
            "Open selects it here; the place beside it only shows it.",
            "Beside: a second recording or state over the same positions, on one scale, with its own "
            "selected units; where the tokens are the same, what differs is shown as B − A. Not linked, B "
            "has a place and a range of its own.",
        ],
        formula="S = {c : f(x[t,c]) ≥ l for all t in the range, f(x[t,c]) < l in the off-windows}",
        paper="H. Strobelt, S. Gehrmann, H. Pfister, A. M. Rush: LSTMVis. IEEE TVCG 24(1), 2018, "
        "sections 4.2 and 4.3. doi:10.1109/TVCG.2017.2744158",
        keys=(
            ("← →", "move the selection"),
            ("Shift ← →", "make it longer or shorter"),
            ("Ctrl ← →", "widen the off-window before or after; with Shift, narrow it"),
            ("[ ]", "previous or next sequence"),
            ("Page ↑ ↓", "one window back or on"),
            ("+ −", "fewer or more tokens"),
            ("/", "search"),
            ("m", "match"),
            ("↑ ↓", "in the matches: another row; Enter selects it above, Space only shows it"),
            ("Esc", "release the selection"),
            ("?", "explain this page"),
        ),
    )
