"""The Compare page: two to six networks in one table and a few pictures, with ways to what explains them."""

from __future__ import annotations

from dash import get_relative_path, html

from dashboard.components.compare import compare_panel, compare_stores, no_compare
from dashboard.components.help import help_panel
from dashboard.ids import Compare
from dashboard.links import PATHS, compare_defaults

__all__ = ["NAME", "PATH", "help_text", "layout"]

NAME = "Compare"
PATH = PATHS["compare"]


def layout() -> html.Main:
    """Return the page; what it shows arrives with the view."""
    paths = {"ask": get_relative_path("/ask/")}
    paths |= {page: get_relative_path(path) for page, path in PATHS.items()}
    return html.Main(
        [*compare_stores({**compare_defaults(), **paths}), no_compare(), compare_panel()],
        id=Compare.PAGE,
        className="page-compare",
    )


def help_text() -> html.Div:
    """Return what the ? says here."""
    return help_panel(
        [
            "Choose two to six recordings; the first, A, is the one that the others are compared with. Its "
            "colour is teal, that of the second plum, here and wherever two recordings meet. The table has a "
            "row for each measure; the link at its end opens the page that explains it.",
            "On: at which share of the positions a unit is at or above the threshold. Saturated: a gate is "
            "below 0.1 (left) or above 0.9 (right), a hidden state beyond ±0.9, a cell beyond ±0.9 after "
            "tanh. A unit is a point: low and left it is never at a limit, at an axis always at the same.",
            "Response: how much a unit changes on average when the network reads a word, over the words that "
            "all recordings have in common; divided by each unit's standard deviation, so that an RNN and "
            "an LSTM can be compared. It is sparse when few units hold most of it.",
            "Similarity is over the tokens that two recordings have in common. CKA is 1 when one state is a "
            "turned and stretched copy of the other. Best |r| is the mean, over units, of the largest "
            "correlation with a unit of the other. Every number stands over what chance gives: the mean "
            "after one text is shifted against the other, which keeps that neighbouring positions depend on "
            "each other; shuffled, unrelated slow units would seem alike.",
            "Units one to one: the pairing of units whose sum of |r| is largest, each unit used once. A pair "
            "links to the place in Match where both are strongest.",
            "Recordings of one training with their steps appear as a curve: every measure of the page "
            "against the step.",
        ],
        formula="CKA(X, Y) = ‖Yᵀ X‖² / (‖Xᵀ X‖ ‖Yᵀ Y‖), columns centred, Frobenius norms;  "
        "pairs = argmax over π of Σ |r(u, π(u))|",
        paper="S. Kornblith, M. Norouzi, H. Lee, G. Hinton: Similarity of Neural Network Representations "
        "Revisited. ICML, 2019, section 3. arXiv:1905.00414. "
        "A. Karpathy, J. Johnson, L. Fei-Fei: Visualizing and Understanding Recurrent Networks. 2015, "
        "section 4.2. arXiv:1506.02078. Y. Ming and others: Understanding Hidden Memories of Recurrent "
        "Neural Networks. IEEE VAST, 2017, section 7.1. arXiv:1710.10777",
        keys=(
            ("+", "add a recording"),
            ("1 … 6", "that recording becomes A"),
            ("[ ]", "the recording before or after: the pair whose units are matched"),
            ("← →", "another page of the matched units"),
            ("Esc", "close what is open"),
            ("?", "explain this page"),
        ),
    )
