"""The Sentences page: a sentence read through the clusters of its network's memory."""

from __future__ import annotations

from dash import get_relative_path, html

from dashboard.components.help import help_panel
from dashboard.components.sentences import no_sentences, sentences_panel, sentences_stores
from dashboard.ids import Sentences
from dashboard.links import PATHS, sentences_defaults

__all__ = ["NAME", "PATH", "help_text", "layout"]

NAME = "Sentences"
PATH = PATHS["sentences"]


def layout() -> html.Main:
    """Return the page; what it shows arrives with the view."""
    paths = {"ask": get_relative_path("/ask/")}
    paths |= {page: get_relative_path(PATHS[page]) for page in ("match", "clusters")}
    return html.Main(
        [*sentences_stores({**sentences_defaults(), **paths}), no_sentences(), sentences_panel()],
        id=Sentences.PAGE,
        className="page-sentences",
    )


def help_text() -> html.Div:
    """Return what the ? says here."""
    return help_panel(
        [
            "A glyph stands over each word. A bar is a cluster of units, in the order of the Clusters page. "
            "Its outlined part is what the cluster holds after the word: the mean of the positive states "
            "above zero, of the negative ones below. All glyphs of the page have one scale.",
            "The coloured hats are what the word changed: orange goes up, blue goes down. What grew lies "
            "inside the outline, what shrank outside. On top is the share kept of the state before, 0 to "
            "100 %; it has a gap where a sequence starts.",
            "Type a sentence, and the network shipped with the recording reads it; or pick one from the "
            "recording. The second sentence of the list stands below the first, equal words under each "
            "other, with the difference. Edit one word to see what it changes.",
            "Click a word: links to the clusters that it moved, and its usual response with this occurrence "
            "in it. Under the words stands what the network expected; rows under the words offers more.",
            "Long texts are drawn as lines of colour: mark fewer words in the strip to see glyphs. The plain "
            "view shows one cluster or unit as a coloured sentence, for slides.",
        ],
        formula="a+ = sum of x[t,c] > 0 over the units c of a cluster, a− of x[t,c] < 0;  "
        "update = a[t] − a[t−1];  kept = sum |x[t−1,c]| clip(x[t,c] / x[t−1,c], 0, 1) / (a+[t−1] − a−[t−1])",
        paper="Y. Ming, S. Cao, R. Zhang, Z. Li, Y. Chen, Y. Song, H. Qu: Understanding Hidden Memories of "
        "Recurrent Neural Networks. IEEE VAST, 2017, sections 5.3, 6.1.4, 6.2 and 7.2. "
        "arXiv:1710.10777",
        keys=(
            ("t", "type a sentence; Enter reads it"),
            ("/", "sentences of the recording"),
            ("Tab", "to the words of A, of B, to the strip"),
            ("← →", "the word before, the next; in the strip, move the mark, with shift widen it"),
            ("↑ ↓", "over a word: the numbers of its clusters"),
            ("Enter", "choose the word; again releases"),
            ("x", "exchange A and B"),
            ("Esc", "close the list; release the word, then the marked part"),
            ("?", "explain this page"),
        ),
    )
