"""Numbers of a training's checkpoints against their step."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.facts import TrainingSteps
from dashboard.figures.match import as_written
from dashboard.figures.memory_axes import NAME, PART_HEIGHT, color_of, laid_out, over
from dashboard.figures.theme import palette

__all__ = ["steps_figure"]

MARKER, CHOSEN_MARKER = 6, 11
"""Pixels; checkpoints that are compared on the page are larger."""


def steps_figure(trainings: Sequence[TrainingSteps], *, title: str, theme: str) -> go.Figure:
    """Return a line for each training; a checkpoint without a number is a gap."""
    figure = go.Figure()
    for each in trainings:
        color = color_of(each.color, theme)
        figure.add_trace(
            go.Scatter(
                x=list(each.steps),
                y=list(each.values),
                name=as_written(each.name),
                mode="lines+markers",
                line={"color": color, "width": 2},
                marker={
                    "color": color,
                    "size": [CHOSEN_MARKER if chosen else MARKER for chosen in each.chosen],
                    "line": {"color": palette(theme).surface, "width": 1},
                },
                customdata=[
                    [as_written(name), "" if n is None else f", n {n:,}"]
                    for name, n in zip(each.names, each.n, strict=True)
                ],
                hovertemplate="%{customdata[0]}: %{y:.4g} at step %{x:,}%{customdata[1]}<extra>"
                + NAME
                + "</extra>",
            )
        )
    counts = [n for each in trainings for n in each.n if n is not None]
    noted = f"<br>{over(counts)}" if counts else ""
    return laid_out(figure, theme=theme, height=PART_HEIGHT).update_layout(
        xaxis={"title": {"text": "step of the training"}, "tickformat": ",d"},
        yaxis={"title": {"text": f"{title}{noted}"}},
        uirevision="compare",
    )
