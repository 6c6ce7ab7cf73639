"""How a network was trained: loss for each epoch, read as perplexity on the right."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from dashboard.facts import TrainingCurve
from dashboard.figures.theme import CATEGORIES, palette, template

__all__ = ["perplexity_ticks", "training_figure"]

HEIGHT = 280
MARGIN = 0.08
"""Share of the span left free above and below."""
MOST_MARKERS = 60
"""Epochs up to which each is marked."""
LARGEST_LOSS = 700.0
"""In nats; e to its power is the largest number that can be written."""
ROUND_STEPS = ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7))
"""Round perplexities within a power of ten; the finer ones where the others are too few."""
FEWEST_TICKS = 3
MOST_POWERS = 8


def training_figure(curve: TrainingCurve, *, theme: str) -> go.Figure:
    """Return training and validation loss in nats for each epoch; the epoch that was kept is marked.

    Both axes show the same curves: perplexity is e to the power of the loss.
    """
    name = "dark" if theme == "dark" else "light"
    figure = go.Figure(
        [
            _line(curve, curve.training_loss, "training", CATEGORIES[name][1], dash="dot"),
            _line(curve, curve.validation_loss, "validation", CATEGORIES[name][0], dash="solid"),
            # An axis without a trace is not drawn.
            go.Scatter(x=[], y=[], yaxis="y2", showlegend=False, hoverinfo="skip"),
        ]
    )
    low, high = _limits(curve)
    values, texts = perplexity_ticks(low, high)
    figure.update_layout(
        template=template(theme),
        height=HEIGHT,
        margin={"l": 60, "r": 72, "t": 8, "b": 44},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode="x unified",
        xaxis={"title": {"text": "epoch"}, "tickformat": ",d", **_epochs(curve)},
        yaxis={"title": {"text": "loss in nats"}, "range": [low, high]},
        yaxis2={
            "title": {"text": "perplexity"},
            "overlaying": "y",
            "side": "right",
            "range": [low, high],
            "tickvals": values,
            "ticktext": texts,
            "showgrid": False,
            "zeroline": False,
        },
    )
    return _mark_kept(figure, curve, theme=theme)


def perplexity_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Return places on the axis of the loss and the round perplexities that belong there.

    Examples
    --------
    >>> places, texts = perplexity_ticks(2.0, 5.0)
    >>> texts
    ['10', '20', '50', '100']
    >>> [round(place, 2) for place in places]
    [2.3, 3.0, 3.91, 4.61]
    """
    low, high = max(low, -LARGEST_LOSS), min(high, LARGEST_LOSS)
    first, last = math.floor(low / math.log(10)), math.ceil(high / math.log(10))
    every = max(1, (last - first) // MOST_POWERS)
    for steps in ROUND_STEPS:
        found = [step * 10.0**power for power in range(first, last + 1, every) for step in steps]
        found = [value for value in found if low <= math.log(value) <= high]
        if len(found) >= FEWEST_TICKS:
            break
    else:
        found = [math.exp(low + (high - low) * part / 4) for part in range(5)]
    return [math.log(value) for value in found], [f"{value:,.4g}" for value in found]


def _line(
    curve: TrainingCurve, losses: tuple[float | None, ...], name: str, color: str, *, dash: str
) -> go.Scatter:
    perplexity = [None if loss is None else math.exp(min(loss, LARGEST_LOSS)) for loss in losses]
    return go.Scatter(
        x=curve.epochs,
        y=losses,
        name=name,
        mode="lines+markers" if len(curve.epochs) <= MOST_MARKERS else "lines",
        line={"color": color, "width": 2, "dash": dash},
        marker={"size": 6, "color": color},
        customdata=perplexity,
        hovertemplate=name + " %{y:.4f} nats, perplexity %{customdata:.4g}<extra></extra>",
        visible=any(loss is not None for loss in losses),
    )


def _limits(curve: TrainingCurve) -> tuple[float, float]:
    known = [loss for loss in (*curve.training_loss, *curve.validation_loss) if loss is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = (high - low) * MARGIN or 0.1
    return low - room, high + room


def _epochs(curve: TrainingCurve) -> dict:
    first, last = min(curve.epochs), max(curve.epochs)
    limits = {"range": [first - 0.5, last + 0.5]}
    return {**limits, "dtick": 1} if last - first < 20 else limits


def _mark_kept(figure: go.Figure, curve: TrainingCurve, *, theme: str) -> go.Figure:
    if curve.kept_epoch is None:
        return figure
    colors = palette(theme)
    late = curve.kept_epoch > (min(curve.epochs) + max(curve.epochs)) / 2
    return figure.add_vline(
        x=curve.kept_epoch,
        line={"color": colors.text_quiet, "width": 1, "dash": "dash"},
        annotation={
            "text": f"kept: epoch {curve.kept_epoch}",
            "font": {"color": colors.text_quiet, "size": 12},
            "bgcolor": colors.surface,
            "xanchor": "right" if late else "left",
            "yanchor": "top",
        },
    )
