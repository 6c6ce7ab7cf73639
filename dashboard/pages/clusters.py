"""The Clusters page: which words and which units belong together, and how units respond to words."""

from __future__ import annotations

from dash import get_relative_path, html

from dashboard.components.clusters import clusters_panel, clusters_stores, no_clusters
from dashboard.components.help import help_panel
from dashboard.ids import Clusters
from dashboard.links import PATHS, clusters_defaults

__all__ = ["NAME", "PATH", "help_text", "layout"]

NAME = "Clusters"
PATH = PATHS["clusters"]


def layout() -> html.Main:
    """Return the page; what it shows arrives with the view."""
    paths = {"ask": get_relative_path("/ask/")}
    paths |= {page: get_relative_path(PATHS[page]) for page in ("match", "sentences", "memory")}
    return html.Main(
        [*clusters_stores({**clusters_defaults(), **paths}), no_clusters(), clusters_panel()],
        id=Clusters.PAGE,
        className="page-clusters",
    )


def help_text() -> html.Div:
    """Return what the ? says here."""
    return help_panel(
        [
            "A square is a unit, a word a word of the vocabulary. Both are clustered by the expected "
            "response: how much a unit changes, on average, when the network reads the word. Units of a "
            "cluster lie in one chip, words in one cloud; the nearer to its cluster's middle, the larger.",
            "An edge is the mean response over all pairs of a word cluster and a unit cluster: its width is "
            "the strength, orange is positive, blue negative. Edges under the share are hidden. Point at one "
            "for what of the mean is positive and what negative: opposite signs cancel.",
            "Click the number of a cluster to see its edges alone and more of its partners. Click a word: "
            "each square takes the colour of its expected response; below, the responses of all units, with "
            "a second and a third word over the first. Click a unit: the words that move it most, its "
            "distribution, and where in the text it changes most. Click again, or Esc, releases.",
            "Words take the colour of their most frequent label of the annotation under colour by. A cluster "
            "is named after the label that is more frequent in it than in the corpus.",
            "Stability is the mean adjusted Rand index between these clusters and those of ten other seeds: "
            "1 when the seed does not matter, 0 when the clusters are chance.",
        ],
        formula="s(w)[c] = mean of x[t,c] − x[t−1,c] over the positions t of word w;  "
        "e(W,H) = mean of s(w)[c] over w in W, c in H",
        paper="Y. Ming, S. Cao, R. Zhang, Z. Li, Y. Chen, Y. Song, H. Qu: Understanding Hidden Memories of "
        "Recurrent Neural Networks. IEEE VAST, 2017, sections 5.1, 5.2 and 6. "
        "arXiv:1710.10777",
        keys=(
            ("Tab", "from the unit clusters to the word clusters"),
            ("↑ ↓", "another cluster; inside one, another line"),
            ("→ ←", "into the cluster, to the next word or unit; back"),
            ("Enter", "choose the cluster, word or unit; again releases"),
            ("Esc", "release: the unit, the last word, the cluster"),
            ("/", "find a word or a unit; Enter again chooses the first found"),
            ("?", "explain this page"),
        ),
    )
