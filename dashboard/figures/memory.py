"""What a state remembers: curves against the delay."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.facts import MemoryCurve
from dashboard.figures.match import as_written
from dashboard.figures.memory_axes import (
    NAME,
    color_of,
    delay_axis,
    drawable,
    laid_out,
    line_of,
    mark_delay,
    over,
    value_axis,
)
from dashboard.figures.theme import palette

__all__ = ["classes_figure", "decay_figure"]

DECAY_HEIGHT = 360
DIFFERENCE_HEIGHT = 150
BAND_OPACITY, FAINT_OPACITY = 0.18, 0.08
ROOM = 0.04
"""Beyond what an axis has to hold, as a share of its length."""


def decay_figure(
    curves: Sequence[MemoryCurve],
    *,
    title: str,
    scale: str,
    delay: int,
    theme: str,
    difference: MemoryCurve | None = None,
    second_delay: int | None = None,
) -> go.Figure:
    """Return each curve with its band and a mark at its half-life; the chosen delay is marked.

    `title` says what is measured and in which unit, in front of n; `scale` is `log`, `linear` or `share`.
    Under them lies the difference of the first two; a delay that only the second is shown at has its colour.
    """
    figure = go.Figure()
    for curve in curves:
        figure.add_traces(_curve_traces(curve, scale=scale, theme=theme, opacity=BAND_OPACITY))
    _mark_half_lives(figure, curves, theme=theme)
    _by_delay(figure, curves, title=title, scale=scale, delay=delay, theme=theme)
    if difference is not None:
        _add_difference(figure, difference, is_share=scale == "share", theme=theme)
    if second_delay is not None:
        mark_delay(figure, second_delay, color=palette(theme).second)
    return figure


def _add_difference(figure: go.Figure, difference: MemoryCurve, *, is_share: bool, theme: str) -> None:
    """Draw B - A below the curves, by the same delays, on a linear scale that has 0 in it."""
    traces = _curve_traces(difference, scale="linear", theme=theme, opacity=BAND_OPACITY)
    for trace in traces:
        trace.update(yaxis="y2", showlegend=False)
    height = figure.layout.height
    total = height + DIFFERENCE_HEIGHT
    part = DIFFERENCE_HEIGHT / total
    figure.add_traces(traces).update_layout(
        height=total,
        xaxis={"anchor": "y2"},
        yaxis={"domain": [part + 0.05, 1]},
        yaxis2={
            "title": {"text": as_written(difference.name)},
            "domain": [0, part - 0.03],
            "anchor": "x",
            "zeroline": True,
            "zerolinecolor": palette(theme).text_quiet,
            "nticks": 5,
            "rangemode": "tozero",
            **({"tickformat": ".0%"} if is_share else {}),
        },
    )


def classes_figure(
    curves: Sequence[MemoryCurve],
    *,
    title: str,
    scale: str,
    delay: int,
    theme: str,
    beside: Sequence[MemoryCurve] = (),
) -> go.Figure:
    """Return a curve for each class, with faint bands, as they lie over each other, and no half-lives.

    `beside` are the curves of the figure next to it: both have one scale.
    """
    figure = go.Figure()
    for curve in curves:
        figure.add_traces(_curve_traces(curve, scale=scale, theme=theme, opacity=FAINT_OPACITY))
    _by_delay(figure, curves, title=title, scale=scale, delay=delay, theme=theme)
    if beside:
        values = _values([*curves, *beside])
        figure.update_yaxes(
            value_axis(title, scale=scale, values=values) | {"title": figure.layout.yaxis.title}
        )
        figure.update_yaxes(range=_one_range(values, scale))
    return figure


def _by_delay(
    figure: go.Figure, curves: Sequence[MemoryCurve], *, title: str, scale: str, delay: int, theme: str
) -> go.Figure:
    return laid_out(figure, theme=theme, height=DECAY_HEIGHT, delay=delay).update_layout(
        xaxis=delay_axis(max((len(curve.value) for curve in curves), default=1)),
        yaxis=value_axis(
            f"{title}{over([n for curve in curves for n in curve.n])}",
            scale=scale,
            values=_values(curves),
        ),
    )


def _one_range(values: Sequence[float | None], scale: str) -> list[float] | None:
    """Return the ends of an axis that holds all of these, in powers of ten where it is logarithmic."""
    known = [value for value in drawable(values, scale) if value is not None]
    if not known:
        return None
    ends = (
        [math.log10(min(known)), math.log10(max(known))] if scale == "log" else [min(0, *known), max(known)]
    )
    room = ROOM * (ends[1] - ends[0] or 1)
    return [ends[0] - (room if scale == "log" or ends[0] < 0 else 0), ends[1] + room]


def _values(curves: Sequence[MemoryCurve]) -> list[float | None]:
    return [value for curve in curves for value in (*curve.value, *curve.low, *curve.high)]


def _curve_traces(curve: MemoryCurve, *, scale: str, theme: str, opacity: float) -> list[go.Scatter]:
    """The band first, so that the line lies on it."""
    name, color = as_written(curve.name), color_of(curve.color, theme)
    values = drawable(curve.value, scale)
    banded = bool(curve.low) and bool(curve.high)
    limits = zip(curve.low, curve.high, strict=True) if banded else [(None, None)] * len(values)
    line = line_of(
        values,
        name=name,
        color=color,
        dash="solid",
        legendgroup=curve.name,
        customdata=[[n, low, high] for n, (low, high) in zip(curve.n, limits, strict=True)],
        hovertemplate=NAME
        + " %{y:.4g}"
        + (" (%{customdata[1]:.4g} to %{customdata[2]:.4g})" if banded else "")
        + " at delay %{x}, n %{customdata[0]:,}<extra></extra>",
    )
    return [*_band(curve, values, scale=scale, color=_faded(color, opacity)), line] if banded else [line]


def _band(curve: MemoryCurve, values: list[float | None], *, scale: str, color: str) -> list[go.Scatter]:
    """An outline per run of delays without a gap; a limit that a logarithm cannot show is the value."""
    bands = []
    for run in _runs(values):
        low = [_or_value(curve.low[place], values[place], scale) for place in run]
        high = [_or_value(curve.high[place], values[place], scale) for place in run]
        bands.append(
            go.Scatter(
                x=[*run, *reversed(run)],
                y=[*high, *reversed(low)],
                fill="toself",
                fillcolor=color,
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                legendgroup=curve.name,
                showlegend=False,
            )
        )
    return bands


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Places of neighbouring values that are numbers, two of them at least."""
    runs: list[list[int]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return [run for run in runs if len(run) > 1]


def _or_value(limit: float | None, value: float | None, scale: str) -> float | None:
    return value if limit is None or (scale == "log" and limit <= 0) else limit


def _faded(color: str, opacity: float) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _mark_half_lives(figure: go.Figure, curves: Sequence[MemoryCurve], *, theme: str) -> None:
    for curve in curves:
        start = next(iter(curve.value), None)
        if curve.half_life is None or start is None:
            continue
        figure.add_trace(
            go.Scatter(
                x=[curve.half_life],
                y=[start / 2],
                mode="markers",
                marker={
                    "symbol": "diamond-open",
                    "size": 11,
                    "color": color_of(curve.color, theme),
                    "line": {"width": 2},
                },
                legendgroup=curve.name,
                showlegend=False,
                hovertemplate=as_written(curve.name).replace("%", "&#37;")
                + ": half of it is left at delay %{x:.2f}<extra></extra>",
            )
        )
