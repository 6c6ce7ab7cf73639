"""What the figures of the memory share: colours by meaning, axes in delays, lines with gaps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from dashboard.figures.theme import CATEGORIES, OTHER, palette, template

__all__ = [
    "MOST_MARKERS",
    "NAME",
    "PART_HEIGHT",
    "color_of",
    "delay_axis",
    "drawable",
    "laid_out",
    "line_of",
    "log_ticks",
    "mark_delay",
    "over",
    "value_axis",
]

PART_HEIGHT = 300
LEGEND_ROW_HEIGHT = 20
ENTRIES_IN_A_ROW = 2
"""Of a legend in half the page; more rows make a figure higher, as they would cover it."""
MOST_MARKERS = 60
"""Delays up to which each is marked."""
MOST_FINE_DECADES = 3
"""Powers of ten between which 2 and 5 have ticks of their own."""
NAME = "%{fullData.name}"
"""In a hover; a name spelt out there would be read as a template."""


def color_of(meaning: str, theme: str) -> str:
    """Return the colour of a curve: `first`, `second`, `text`, `other` or `category 3`.

    Examples
    --------
    >>> color_of("category 1", "light"), color_of("first", "light")
    ('#e69f00', '#0f766e')
    """
    name = "dark" if theme == "dark" else "light"
    if meaning.startswith("category "):
        number = int(meaning.removeprefix("category "))
        return CATEGORIES[name][number] if number < len(CATEGORIES[name]) else OTHER[name]
    return OTHER[name] if meaning == "other" else getattr(palette(theme), meaning)


def line_of(values: list[float | None], *, name: str, color: str, dash: str, **options) -> go.Scatter:
    """Return a value for each delay from 0 on as a line; None is a gap."""
    return go.Scatter(
        x=list(range(len(values))),
        y=values,
        name=name,
        mode="lines+markers" if len(values) <= MOST_MARKERS else "lines",
        line={"color": color, "width": 2, "dash": dash},
        marker={"size": 5, "color": color},
        connectgaps=False,
        **options,
    )


def delay_axis(n_delays: int) -> dict:
    """Return the axis of `n_delays` delays."""
    return {
        "title": {"text": "delay in positions"},
        "range": [-0.5, max(1, n_delays) - 0.5],
        "tickformat": ",d",
        **({"dtick": 1} if n_delays <= 12 else {}),
    }


def value_axis(title: str, *, scale: str, values: Iterable[float | None]) -> dict:
    """Return an axis from 0 on: `linear`, of logarithms (`log`), or up to 100 % (`share`)."""
    if scale == "share":
        return {"title": {"text": title}, "range": [0, 1.02], "tickformat": ".0%"}
    if scale == "log":
        ticks = log_ticks([value for value in values if value is not None and value > 0])
        shown = {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]} if ticks else {}
        return {"title": {"text": title}, "type": "log", **shown}
    return {"title": {"text": title}, "rangemode": "tozero"}


def log_ticks(values: Sequence[float]) -> list[float]:
    """Return round numbers from below the smallest to above the largest value.

    Examples
    --------
    >>> log_ticks([0.3, 4.0])
    [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
    >>> log_ticks([0.0001, 4.0])
    [0.0001, 0.001, 0.01, 0.1, 1.0, 10.0]
    """
    if not values:
        return []
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    steps = (1, 2, 5) if last - first <= MOST_FINE_DECADES else (1,)
    inner = [float(f"{step}e{power}") for power in range(first, last) for step in steps]
    return [*inner, float(f"1e{last}")]


def laid_out(
    figure: go.Figure, *, theme: str, height: int, delay: int | None = None, panels: Sequence[str] = ("x",)
) -> go.Figure:
    """Lay a figure out as all on this page are; a line at `delay` crosses each of the panels."""
    if delay is not None:
        mark_delay(figure, delay, color=palette(theme).text_quiet, panels=panels)
    entries = sum(trace.showlegend is not False for trace in figure.data)
    rows = math.ceil(entries / ENTRIES_IN_A_ROW)
    return figure.update_layout(
        template=template(theme),
        height=height + LEGEND_ROW_HEIGHT * max(0, rows - 1),
        margin={"l": 64, "r": 16, "t": 8, "b": 44},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        showlegend=True,
        # What was zoomed or hidden stays so when only the theme or the delay changes.
        uirevision="memory",
    )


def mark_delay(figure: go.Figure, delay: int, *, color: str, panels: Sequence[str] = ("x",)) -> None:
    """Draw a line at a delay across each of the panels."""
    for axis in panels:
        figure.add_shape(
            type="line",
            x0=delay,
            x1=delay,
            y0=0,
            y1=1,
            xref=axis,
            yref="paper",
            line={"color": color, "width": 1, "dash": "dash"},
        )


def over(counts: Sequence[int]) -> str:
    """Return how many positions means are over.

    Examples
    --------
    >>> over([1200, 1100, 1000]), over([7]), over([])
    ('n = 1,000 to 1,200', 'n = 7', 'no positions')
    """
    if not counts:
        return "no positions"
    few, many = min(counts), max(counts)
    return f"n = {many:,}" if few == many else f"n = {few:,} to {many:,}"


def drawable(values: Sequence[float | None], scale: str) -> list[float | None]:
    """A logarithm has no place for 0."""
    return [None if value is None or (scale == "log" and value <= 0) else value for value in values]
