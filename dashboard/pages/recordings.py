"""The Recordings page: what there is to look at, everything about one of them, and how to add one's own."""

from __future__ import annotations

from dash import dcc, get_relative_path, html

from dashboard.components.graph import GRAPH_CONFIG
from dashboard.components.guide import guide_panel, guide_table
from dashboard.components.help import help_panel
from dashboard.components.recordings import list_panel
from dashboard.ids import Home
from dashboard.links import PATHS

__all__ = ["NAME", "PATH", "help_text", "layout"]

NAME = "Recordings"
PATH = PATHS["recordings"]


def layout() -> html.Main:
    """Return the page; what it shows arrives with the first callbacks."""
    return html.Main(
        [
            dcc.Store(id=Home.CATALOG),
            dcc.Store(id=Home.CHOSEN),
            dcc.Store(id=Home.BESIDE_ASKED),
            dcc.Store(id=Home.GUIDE_TABLE, data=guide_table()),
            dcc.Store(id=Home.VERIFICATION_SETTINGS, data={"ask": get_relative_path("/verification/")}),
            _head(),
            html.Div([list_panel(), html.Div([_pane(), guide_panel()])], className="home-columns"),
        ],
        className="page-home",
    )


def _head() -> html.Div:
    return html.Div(
        [
            html.H1("Recordings"),
            html.P(
                "A recording is a trained network run over a text: what each unit held after each token.",
                className="lead-text",
            ),
            html.Div(
                [
                    html.A(
                        "Record your own", id=Home.OWN, href=f"{get_relative_path(PATH)}?own=torch",
                        className="quiet-button",
                    ),
                    html.Button("Look again", id=Home.REFRESH, className="quiet-button", type="button",
                                title="Look at the folder again"),
                ],
                className="head-buttons",
            ),
        ],
        className="page-head",
    )  # fmt: skip


def _pane() -> html.Section:
    return html.Section(
        [
            html.Div(id=Home.BESIDE),
            html.Div(id=Home.DETAIL),
            html.Div(id=Home.CONTENT),
            html.Section(id=Home.VERIFICATION, className="part verification", hidden=True),
            html.Section(
                [
                    html.H3("Training"),
                    html.Div(id=Home.TRAINING_CAPTION),
                    html.Div(
                        dcc.Graph(id=Home.TRAINING, config=GRAPH_CONFIG, responsive=True),
                        className="training-graph",
                    ),
                ],
                className="part training",
            ),
            html.Div(id=Home.ABOUT, className="about"),
        ],
        id=Home.PANE,
        className="recording-pane is-blank",
        **{"aria-label": "The chosen recording"},
    )


def help_text() -> html.Div:
    """Return what the ? says here."""
    return help_panel(
        [
            "A recording is a folder of Parquet files: the tokens, and a column for each unit of each state. "
            "A state is named layer<k>.<kind>; it has one value for each position of the text and each unit.",
            "Choose one in the list; its heads sort, the field above finds names, states, annotations and "
            "descriptions. The address keeps the choice.",
            "Choose a second one beside, in the frame: the two stand next to each other, fact by fact, and "
            "what differs is marked. The other pages show both, too.",
            "A finding is a view that was thought worth seeing; Match shows a state from its first position.",
            "Verify reads every file again: checksums, row counts, missing values, ranges of gates, and "
            "whether the states agree with the weights beside them. The result is kept for this fingerprint "
            "and these files; the fingerprint changes when a recording's content changes.",
            "Training shows the mean loss of a target for each epoch, and marks the epoch that was kept. "
            "Record your own writes the lines for your case.",
        ],
        formula="perplexity = exp(loss);  loss = −mean of ln p(target), in nats",
        paper=None,
        keys=(
            ("/", "find a recording"),
            ("↑ ↓", "in the list: another recording; Enter shows it"),
            ("?", "explain this page"),
            ("Esc", "close"),
        ),
    )
