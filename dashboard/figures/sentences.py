"""What clusters of units hold, change and keep at each word, as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from analytics.analyses.sequence_measures import SequenceMeasures
from dashboard.figures.match import as_written
from dashboard.figures.theme import palette, template

__all__ = ["measures_figure"]

CLUSTER_HEIGHT, FRAME_HEIGHT = 70, 90


def measures_figure(
    measures: SequenceMeasures, *, tokens: Sequence[str] | None = None, theme: str = "light"
) -> go.Figure:
    """Return a row for each cluster, on one scale: bars of what it holds per unit, marks of what it kept."""
    n_words, n_clusters = measures.positive.shape
    sizes, colors = np.maximum(measures.sizes, 1), palette(theme)
    figure = make_subplots(rows=n_clusters, shared_xaxes=True, vertical_spacing=0.02)
    sides = (
        ("positive", measures.positive, colors.positive),
        ("negative", measures.negative, colors.negative),
    )
    for row in range(n_clusters):
        for name, values, color in sides:
            bars = _bars(values[:, row] / sizes[row], name, color, shown=row == 0)
            bars.customdata = _told(measures, row)
            figure.add_trace(bars, row=row + 1, col=1)
    limit = float(max(np.abs(side / sizes).max(initial=0) for _, side, _ in sides)) or 1.0
    texts = [as_written(token) for token in tokens] if tokens is not None else None
    figure.update_xaxes(tickvals=list(range(n_words)), ticktext=texts, row=n_clusters, col=1)
    for row in range(n_clusters):
        axis = {"range": [-limit, limit], "title": {"text": f"{row + 1}<br>n {measures.sizes[row]}"}}
        figure.update_yaxes(**axis, row=row + 1, col=1)
    return figure.update_layout(
        template=template(theme),
        height=FRAME_HEIGHT + CLUSTER_HEIGHT * n_clusters,
        barmode="relative",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )


def _bars(values: NDArray[np.float64], name: str, color: str, *, shown: bool) -> go.Bar:
    return go.Bar(
        x=np.arange(len(values)),
        y=values,
        name=f"mean {name} state",
        legendgroup=name,
        showlegend=shown,
        marker={"color": color, "line": {"width": 0}},
        hovertemplate="word %{x}: %{y:.4g} per unit; %{customdata[0]}; "
        "changed by %{customdata[1]:+.4g}<extra></extra>",
    )


def _told(measures: SequenceMeasures, cluster: int) -> list[list[object]]:
    """Of each word: the share kept, in words, and the change of the mean state."""
    size = max(int(measures.sizes[cluster]), 1)
    change = (measures.update_positive[:, cluster] + measures.update_negative[:, cluster]) / size
    shares = measures.preserved_share[:, cluster]
    kept = [f"kept {share:.0%}" if np.isfinite(share) else "nothing to keep" for share in shares]
    return [[text, float(value)] for text, value in zip(kept, change, strict=True)]
