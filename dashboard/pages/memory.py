"""The Memory page: what the state remembers of its input, and for how long."""

from __future__ import annotations

from dash import get_relative_path, html

from dashboard.components.graph import GRAPH_CONFIG
from dashboard.components.help import help_panel
from dashboard.components.memory import memory_panel, memory_stores, no_memory
from dashboard.ids import Memory
from dashboard.links import PATHS, memory_defaults

__all__ = ["NAME", "PATH", "help_text", "layout"]

NAME = "Memory"
PATH = PATHS["memory"]


def layout() -> html.Main:
    """Return the page; what it shows arrives with the view."""
    paths = {
        "ask": get_relative_path("/ask/"),
        "run": get_relative_path("/memory-run/"),
        **{page: get_relative_path(PATHS[page]) for page in ("recordings", "match", "clusters")},
    }
    return html.Main(
        [*memory_stores({**memory_defaults(), **paths}), no_memory(), memory_panel(GRAPH_CONFIG)],
        id=Memory.PAGE,
        className="page-memory",
    )


def help_text() -> html.Div:
    """Return what the ? says here."""
    return help_panel(
        [
            "Change the embedding of a token a little: how much does the state change, so many positions "
            "later? The answer is a matrix G, the mean over positions. Its largest singular value is the "
            "memory of the direction that is remembered best; the sum is the memory of all. Bands hold 95 % "
            "of resamples.",
            "The half-life is the delay at which a curve has fallen to half of what it is at delay 0. The "
            "share of the first n says how selective memory is: 1 when n directions hold all of it. "
            "Whitened: embeddings are measured in their own standard deviations.",
            "Classes: the same over the words with one label, or one word. The control takes random words "
            "that are as frequent; a class above it is remembered for more than its frequency. Properties: "
            "is the difference between two classes, d, among the directions that are remembered?",
            "Directions: the words that lie furthest along each direction, at both ends. Where: what is left "
            "of one token at each of the next 30, computed now by running the network. Click a curve, or "
            "move the slider, to choose the delay that spectrum, tables and directions are shown at.",
            "A computation runs in the background and is kept with the recording; the page shows the command "
            "that does the same. What has been computed appears at once.",
        ],
        formula="G[τ] = mean over t of ∂x[t] / ∂e[t−τ] = U Σ Vᵀ;  cos(d, Hₙ) = ‖Vₙᵀ d‖ / ‖d‖;  "
        "m = ‖G d‖ / (σ₁ ‖d‖)",
        paper="L. Verwimp, H. Van hamme, V. Renkens, P. Wambacq: State Gradients for RNN Memory Analysis. "
        "Interspeech, 2018, sections 2 and 3. arXiv:1805.04264",
        keys=(
            ("← →", "another delay; in Where, another token"),
            ("Tab", "into the tabs; there ← → choose one"),
            ("Enter", "in Where: follow the token under the focus"),
            ("/", "find a word"),
            ("Esc", "close what is open; release the unit"),
            ("?", "explain this page"),
        ),
    )
