"""Results of analytics drawn for a notebook: `result.figure()` ends here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from analytics.analyses.activity import UnitActivity
from analytics.analyses.cocluster import CoClusters
from analytics.analyses.comparison.states import StateComparison
from analytics.analyses.match import Matches
from analytics.analyses.memory.half_life import half_life
from analytics.analyses.memory.record import StateGradients
from analytics.analyses.response import Response
from analytics.analyses.sequence_measures import SequenceMeasures
from dashboard.facts import MemoryCurve
from dashboard.figures.match import as_written
from dashboard.figures.memory import decay_figure
from dashboard.figures.sentences import measures_figure
from dashboard.figures.theme import DIVERGING, SEQUENTIAL, palette, template

__all__ = [
    "activity_figure",
    "clusters_figure",
    "comparison_figure",
    "draw",
    "gradients_figure",
    "matches_figure",
    "response_figure",
]

MOST_ROWS = 60
"""Words of a response that are drawn: those that move the units most."""
FIRST_WORDS = 8
ROW_HEIGHT, FRAME_HEIGHT = 16, 110


def draw(result: Any, *, theme: str = "light", **more: Any) -> go.Figure:
    """Return the figure of a result; `more` is what it can tell besides.

    Examples
    --------
    >>> from analytics.analyses.match import match_pattern
    >>> matches = match_pattern(np.array([[0.0], [1.0], [0.0]]), [0], threshold=0.5)
    >>> draw(matches).layout.xaxis.title.text
    'position in the match'
    """
    return FIGURES[type(result)](result, theme=theme, **more)


def matches_figure(matches: Matches, *, theme: str = "light") -> go.Figure:
    """Return a row for each match: how many units of the pattern are on at each of its positions."""
    counts = _padded(matches.on_counts)
    told = [
        f"{start:,} to {stop:,}: overlap {overlap}, union {union}"
        for start, stop, overlap, union in zip(
            matches.start, matches.stop, matches.overlap, matches.union, strict=True
        )
    ]
    heat = go.Heatmap(
        z=counts,
        y=np.arange(1, len(matches) + 1),
        zmin=0,
        zmax=max(1, len(matches.units)),
        colorscale=_scale(SEQUENTIAL, theme),
        colorbar={"title": {"text": f"units on, of {len(matches.units)}", "side": "right"}},
        customdata=np.broadcast_to(np.array(told, dtype=object)[:, None], counts.shape) if told else None,
        hovertemplate="match %{y}: %{customdata}<br>%{z:.0f} units on at its position %{x}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    rank = f"rank of {len(matches):,} matches, exact over {matches.n_positions:,} positions"
    return _laid_out(heat, "position in the match", rank, n_rows=len(matches), theme=theme)


def response_figure(
    response: Response, *, vocabulary: Sequence[str] | None = None, theme: str = "light"
) -> go.Figure:
    """Return the mean change of every unit at each word, the words that move the units most."""
    strength = np.nan_to_num(np.abs(response.mean)).mean(axis=1)
    rows = np.argsort(-strength, kind="stable")[:MOST_ROWS]
    names = [_word(response.words[row], vocabulary) for row in rows]
    counts = np.broadcast_to(response.count[rows][:, None], response.mean[rows].shape)
    heat = _diverging(response.mean[rows], names, "mean change", theme=theme)
    heat.update(
        customdata=counts,
        hovertemplate="%{y}, unit %{x}: %{z:.4g} (n %{customdata:,})<extra></extra>",
    )
    shown = f"{len(rows)} of {len(response.words):,} words, by mean change"
    unit = f"unit, over {response.n_positions:,} positions"
    return _laid_out(heat, unit, shown, n_rows=len(rows), theme=theme)


def clusters_figure(
    clusters: CoClusters, *, vocabulary: Sequence[str] | None = None, theme: str = "light"
) -> go.Figure:
    """Return the edges: the mean response of each unit cluster to each word cluster, with its first words."""
    numbers = range(clusters.n_clusters)
    names = [_cluster(clusters, number, vocabulary) for number in numbers]
    units = [f"{number + 1} ({len(clusters.units_in(number))} units)" for number in numbers]
    heat = _diverging(clusters.edges, names, "mean response", theme=theme)
    heat.update(x=units, hovertemplate="words of %{y}<br>units of %{x}: %{z:.4g}<extra></extra>")
    told = f"unit cluster; method {clusters.method}, seed {clusters.seed}, stability {clusters.stability:.2f}"
    return _laid_out(heat, told, "word cluster", n_rows=2 * clusters.n_clusters, theme=theme)


def gradients_figure(memory: StateGradients, *, scale: str = "log", theme: str = "light") -> go.Figure:
    """Return the largest singular value of the mean gradient by delay, with its band and half-life."""
    left = float(half_life(memory.largest))
    curve = MemoryCurve(
        name=memory.state,
        color="first",
        n=tuple(memory.count.tolist()),
        value=_numbers(memory.largest),
        low=_numbers(memory.largest_band[:, 0]),
        high=_numbers(memory.largest_band[:, 1]),
        half_life=left if np.isfinite(left) else None,
    )
    title = "largest singular value, state per embedding<br>"
    return decay_figure([curve], title=title, scale=scale, delay=0, theme=theme)


def comparison_figure(alike: StateComparison, *, theme: str = "light") -> go.Figure:
    """Return every correlation between the units of two states, the best matched of each side first."""
    rows = np.argsort(-np.nan_to_num(alike.first_best), kind="stable")
    columns = np.argsort(-np.nan_to_num(alike.second_best), kind="stable")
    heat = _diverging(alike.correlation[np.ix_(rows, columns)], [str(row) for row in rows], "r", theme=theme)
    heat.update(
        x=[str(column) for column in columns],
        zmin=-1,
        zmax=1,
        hovertemplate="unit %{y} of the first, unit %{x} of the second: %{z:.3f}<extra></extra>",
    )
    chance = f"CKA {alike.cka:.3f}, by chance {alike.cka_by_chance:.3f}, n {alike.n:,}"
    figure = _laid_out(heat, f"unit of the second; {chance}", "unit of the first", n_rows=30, theme=theme)
    return figure.update_xaxes(type="category").update_yaxes(type="category")


def activity_figure(activity: UnitActivity, *, theme: str = "light") -> go.Figure:
    """Return a point for each unit: how often it is near its upper and near its lower limit."""
    low, high = activity.limits
    told = [f"unit {unit}: on at {share:.1%}" for unit, share in enumerate(activity.on)]
    points = go.Scatter(
        x=activity.left,
        y=activity.right,
        mode="markers",
        marker={"color": palette(theme).selected, "size": 7, "opacity": 0.6},
        text=told,
        hovertemplate="%{text}; below %{x:.1%}, above %{y:.1%} of positions<extra></extra>",
    )
    shares = {"range": [0, 1], "tickformat": ".0%"}
    return go.Figure(points).update_layout(
        template=template(theme),
        height=FRAME_HEIGHT + 22 * ROW_HEIGHT,
        xaxis={"title": {"text": f"share of {activity.n:,} positions below {low:g}"}, **shares},
        yaxis={"title": {"text": f"share above {high:g}"}, **shares},
    )


FIGURES: dict[type, Callable[..., go.Figure]] = {
    Matches: matches_figure,
    Response: response_figure,
    CoClusters: clusters_figure,
    SequenceMeasures: measures_figure,
    StateGradients: gradients_figure,
    StateComparison: comparison_figure,
    UnitActivity: activity_figure,
}
"""What draws each result."""


def _padded(counts: Sequence[NDArray[np.int32]]) -> NDArray[np.float64]:
    """Rows of different lengths with NaN behind their ends."""
    filled = np.full((len(counts), max((len(row) for row in counts), default=0)), np.nan)
    for row, values in enumerate(counts):
        filled[row, : len(values)] = values
    return filled


def _diverging(values: NDArray[np.float64], names: list[str], what: str, *, theme: str) -> go.Heatmap:
    limit = float(np.nanmax(np.abs(values), initial=0)) or 1.0
    return go.Heatmap(
        z=values,
        # Two words may be written alike, so rows are numbered and named by ticks of their own.
        y=names if len(set(names)) == len(names) else [f"{name} #{row}" for row, name in enumerate(names)],
        zmin=-limit,
        zmax=limit,
        colorscale=_scale(DIVERGING, theme),
        colorbar={"title": {"text": what, "side": "right"}},
    )


def _laid_out(heat: go.Heatmap, across: str, down: str, *, n_rows: int, theme: str) -> go.Figure:
    return go.Figure(heat).update_layout(
        template=template(theme),
        height=FRAME_HEIGHT + ROW_HEIGHT * max(n_rows, 12),
        margin={"l": 60, "r": 12, "t": 12, "b": 48},
        xaxis={"title": {"text": across}, "showgrid": False},
        yaxis={"title": {"text": down}, "autorange": "reversed", "showgrid": False},
    )


def _scale(scales: dict[str, tuple[str, ...]], theme: str) -> list[list[Any]]:
    colors = scales["dark" if theme == "dark" else "light"]
    return [[place / (len(colors) - 1), color] for place, color in enumerate(colors)]


def _word(word: int, vocabulary: Sequence[str] | None) -> str:
    return f"word {word}" if vocabulary is None else as_written(str(vocabulary[word]))


def _cluster(clusters: CoClusters, number: int, vocabulary: Sequence[str] | None) -> str:
    words = clusters.words_in(number)
    first = (
        ", ".join(_word(word, vocabulary) for word in words[:FIRST_WORDS]) if vocabulary is not None else ""
    )
    return f"{number + 1}: {first}" if first else f"{number + 1} ({len(words)} words)"


def _numbers(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(float(value) if np.isfinite(value) else None for value in values)
