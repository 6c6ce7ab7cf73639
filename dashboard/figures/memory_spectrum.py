"""What a state remembers, in detail: norms of the gradients, and all singular values at one delay."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.facts import MemoryNorms, MemorySpectrum
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

__all__ = ["norms_figure", "spectrum_figure"]

NORMS = (("mean ‖G‖", "solid"), ("‖mean G‖", "dot"))
"""What the two norms of a curve are, and their dashes."""


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
                name=name if each.delay in (None, delay) else f"{name}, delay {each.delay}",
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
    is_one = all(each.delay in (None, delay) for each in spectra)
    at = f"at delay {delay}" if is_one else "at the delay of each"
    figure.add_vline(
        x=n + 0.5,
        line={"color": colors.text_quiet, "width": 1, "dash": "dot"},
        annotation={"text": f"first {n}", "font": {"size": 11, "color": colors.text_quiet}, "yanchor": "top"},
    )
    return laid_out(figure, theme=theme, height=PART_HEIGHT).update_layout(
        xaxis={"title": {"text": f"rank of the singular value {at}"}, "tickformat": ",d"},
        yaxis=value_axis(
            f"singular value<br>{over(counts)}",
            scale=scale,
            values=[value for each in spectra for value in each.values],
        ),
    )
