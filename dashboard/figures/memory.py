"""What a state remembers: curves against the delay, norms, spectra."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.facts import MemoryCurve, MemoryNorms, MemorySpectrum
from dashboard.figures.match import as_written
from dashboard.figures.memory_axes import (
    MOST_MARKERS,
    NAME,
    PART_HEIGHT,
    color_of,
    delay_axis,
    drawable,
    laid_out,
    line_of,
    over,
    value_axis,
)
from dashboard.figures.theme import palette

__all__ = ["classes_figure", "decay_figure", "norms_figure", "spectrum_figure"]

DECAY_HEIGHT = 360
BAND_OPACITY, FAINT_OPACITY = 0.18, 0.08
ROOM = 0.04
"""Beyond what an axis has to hold, as a share of its length."""
NORMS = (("mean ‖G‖", "solid"), ("‖mean G‖", "dot"))
"""What the two norms of a curve are, and their dashes."""


def decay_figure(
    curves: Sequence[MemoryCurve], *, title: str, scale: str, delay: int, theme: str
) -> go.Figure:
    """Return each curve with its band and a mark at its half-life; the chosen delay is marked.

    `title` says what is measured and in which unit, in front of n; `scale` is `log`, `linear` or `share`.
    """
    figure = go.Figure()
    for curve in curves:
        figure.add_traces(_curve_traces(curve, scale=scale, theme=theme, opacity=BAND_OPACITY))
    _mark_half_lives(figure, curves, theme=theme)
    return _by_delay(figure, curves, title=title, scale=scale, delay=delay, theme=theme)


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
        figure.update_yaxes(range=_one_range(_values([*curves, *beside]), scale))
    return figure


def norms_figure(norms: Sequence[MemoryNorms], *, scale: str, delay: int, theme: str) -> go.Figure:
    """Return the mean norm of the gradients beside the norm of their mean: what lies between cancels."""
    figure = go.Figure()
    several = len(norms) > 1
    for each in norms:
        for values, (what, dash) in zip((each.mean_norm, each.norm_of_mean), NORMS, strict=True):
            name = f"{as_written(each.name)}: {what}"
            figure.add_trace(
                line_of(
                    drawable(values, scale),
                    name=name,
                    color=color_of(each.color, theme),
                    dash=dash,
                    # Beside others each curve is in the legend once, and each dash.
                    legendgroup=each.name,
                    showlegend=not several,
                    customdata=list(each.n),
                    hovertemplate=NAME + " %{y:.4g} at delay %{x}, n %{customdata:,}<extra></extra>",
                )
            )
        if several:
            figure.add_trace(
                _legend_entry(as_written(each.name), color_of(each.color, theme), "solid", each.name)
            )
    if several:
        figure.add_traces(
            [_legend_entry(what, palette(theme).text_quiet, dash, what) for what, dash in NORMS]
        )
    most = max((len(each.n) for each in norms), default=1)
    counts = [n for each in norms for n in each.n]
    return laid_out(figure, theme=theme, height=PART_HEIGHT, delay=delay).update_layout(
        xaxis=delay_axis(most),
        yaxis=value_axis(
            f"Frobenius norm of the gradient<br>{over(counts)}",
            scale=scale,
            values=[value for each in norms for value in (*each.mean_norm, *each.norm_of_mean)],
        ),
    )


def _legend_entry(name: str, color: str, dash: str, group: str) -> go.Scatter:
    """A line that is only in the legend."""
    line = {"color": color, "width": 2, "dash": dash}
    return go.Scatter(
        x=[None], y=[None], name=name, mode="lines", line=line, legendgroup=group, hoverinfo="skip"
    )


def spectrum_figure(
    spectra: Sequence[MemorySpectrum], *, delay: int, n: int, scale: str, theme: str
) -> go.Figure:
    """Return the singular values at one delay by rank; the first `n` are parted from the rest."""
    figure = go.Figure()
    for each in spectra:
        name = as_written(each.name)
        figure.add_trace(
            go.Scatter(
                x=list(range(1, len(each.values) + 1)),
                y=drawable(each.values, scale),
                name=name,
                mode="lines+markers" if len(each.values) <= MOST_MARKERS else "lines",
                line={"color": color_of(each.color, theme), "width": 1.5},
                marker={"size": 5},
                customdata=list(each.shares),
                hovertemplate=NAME
                + ": value %{x} is %{y:.4g}; up to it %{customdata:.1%} of the sum<extra></extra>",
            )
        )
    colors = palette(theme)
    counts = [each.n for each in spectra]
    figure.add_vline(
        x=n + 0.5,
        line={"color": colors.text_quiet, "width": 1, "dash": "dot"},
        annotation={"text": f"first {n}", "font": {"size": 11, "color": colors.text_quiet}, "yanchor": "top"},
    )
    return laid_out(figure, theme=theme, height=PART_HEIGHT).update_layout(
        xaxis={"title": {"text": f"rank of the singular value at delay {delay}"}, "tickformat": ",d"},
        yaxis=value_axis(
            f"singular value<br>{over(counts)}",
            scale=scale,
            values=[value for each in spectra for value in each.values],
        ),
    )


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
