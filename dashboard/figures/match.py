"""The matches at a glance: how long they are, and which labels lie inside them."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from analytics.analyses.labels import LabelShares, NumberShares
from analytics.analyses.lengths import LengthHistogram
from dashboard.figures.theme import SEQUENTIAL, palette, template

__all__ = ["MAX_LABELS", "as_written", "labels_figure", "lengths_figure"]

MAX_LABELS = 12
"""Labels with bars: the ones whose shares differ most."""
MAX_LETTERS = 24
"""Longer labels are cut on the axis; the hover has all of it."""
LENGTHS_HEIGHT = 260
BAR_PAIR_HEIGHT = 26


def lengths_figure(histogram: LengthHistogram, *, chosen: int, limit: int, theme: str) -> go.Figure:
    """Return the number of matches by length; `chosen` is the length that filters, 0 for none."""
    colors = palette(theme)
    plain = SEQUENTIAL["dark" if theme == "dark" else "light"][4]
    fill = [
        _bar_color(length, chosen, colors.selected, colors.unselected, plain) for length in histogram.length
    ]
    span = int(np.ptp(histogram.length)) + 1 if len(histogram.length) else 1
    bars = go.Bar(
        x=histogram.length,
        y=histogram.count,
        # A lone long match would leave the bars thinner than a pixel.
        width=max(0.8, span / 150),
        marker={"color": fill, "line": {"width": 0}},
        hovertemplate="length %{x}: %{y} matches<extra></extra>",
    )
    cut = histogram.n_matches >= limit
    counted = f"of the best {limit:,} matches" if cut else f"of all {histogram.n_matches:,} matches"
    return _laid_out(go.Figure(bars), theme=theme, height=LENGTHS_HEIGHT).update_layout(
        xaxis={
            "title": {"text": "length in positions"},
            "dtick": 1 if span <= 24 else None,
            "tickformat": ",d",
        },
        yaxis={"title": {"text": f"number {counted}"}, "rangemode": "tozero", "tickformat": ",d"},
        bargap=0.15,
    )


def labels_figure(shares: LabelShares | NumberShares, *, theme: str) -> go.Figure:
    """Return pairs of bars: share inside the matches, share in the corpus; counts at their ends."""
    counts = shares.bins if isinstance(shares, NumberShares) else shares
    order = _order(shares, counts)
    colors = palette(theme)
    names = [as_written(counts.labels[index]) for index in order]
    figure = go.Figure(
        [
            _bars(
                names, counts.corpus_share[order], counts.corpus[order], "in the corpus", colors.unselected
            ),
            _bars(
                names, counts.inside_share[order], counts.inside[order], "inside the matches", colors.selected
            ),
        ]
    )
    rows = list(range(len(names)))
    height = 90 + BAR_PAIR_HEIGHT * max(len(names), 2)
    most = float(np.max([counts.inside_share, counts.corpus_share], initial=0))
    return _laid_out(figure, theme=theme, height=height).update_layout(
        barmode="group",
        bargap=0.25,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "reversed"},
        xaxis={
            "title": {"text": _axis_title(counts, n_shown=len(order))},
            "tickformat": ".0%",
            "range": [0, most * 1.15],
        },
        yaxis={
            "tickvals": rows,
            "ticktext": [_cut(counts.labels[index]) for index in order],
            "showgrid": False,
            "ticklabelstandoff": 6,
        },
    )


def as_written(text: str) -> str:
    """Return a label that Plotly draws as it is, instead of reading it as markup.

    White space becomes visible, save for single spaces between words.

    Examples
    --------
    >>> as_written("<unk> & co"), as_written(" ")
    ('&lt;unk&gt; &amp; co', '␣')
    """
    if " ".join(text.split()) != text:
        text = text.replace(" ", "␣").replace("\n", "↵").replace("\t", "⇥")
    for character, shown in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, shown)
    return text or "∅"


def _bars(names: list[str], shares: np.ndarray, counts: np.ndarray, title: str, color: str) -> go.Bar:
    return go.Bar(
        x=shares,
        y=list(range(len(names))),
        name=title,
        orientation="h",
        marker={"color": color, "line": {"width": 0}},
        text=[f"{count:,}" for count in counts],
        textposition="outside",
        # Else the numbers shrink with the bars until nobody can read them.
        constraintext="none",
        textfont={"size": 11},
        cliponaxis=False,
        customdata=list(zip(names, counts.tolist(), strict=True)),
        hovertemplate="%{customdata[0]} "
        + title
        + ": %{x:.1%} (%{customdata[1]:,} positions)<extra></extra>",
    )


def _order(shares: LabelShares | NumberShares, counts: LabelShares) -> np.ndarray:
    """Numbers in their own order; labels by how much more of them lies inside. The first is drawn on top."""
    if isinstance(shares, NumberShares):
        return np.arange(len(counts.labels))[::-1]
    difference = counts.inside_share - counts.corpus_share
    telling = np.argsort(-np.abs(difference), kind="stable")[:MAX_LABELS]
    return telling[np.argsort(difference[telling], kind="stable")]


def _axis_title(counts: LabelShares, *, n_shown: int) -> str:
    if n_shown == len(counts.labels):
        return "share of positions; number of positions at the bars"
    return f"share of positions; {n_shown} of {len(counts.labels):,} labels, those that differ most"


def _cut(text: str) -> str:
    return as_written(text if len(text) <= MAX_LETTERS else text[: MAX_LETTERS - 1] + "…")


def _bar_color(length: int, chosen: int, selected: str, other: str, plain: str) -> str:
    if not chosen:
        return plain
    return selected if length == chosen else other


def _laid_out(figure: go.Figure, *, theme: str, height: int) -> go.Figure:
    return figure.update_layout(
        template=template(theme), height=height, margin={"l": 56, "r": 16, "t": 8, "b": 44}, showlegend=None
    )
