"""What a state remembers of a property, and what each unit does: two panels, a scatter."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.facts import MemoryProperty, MemoryUnits
from dashboard.figures.match import as_written
from dashboard.figures.memory_axes import NAME, PART_HEIGHT, color_of, delay_axis, laid_out, line_of
from dashboard.figures.theme import SEQUENTIAL, palette

__all__ = ["properties_figure", "units_figure"]

UNIT_SIZE, CHOSEN_SIZE = 7, 13


def properties_figure(
    properties: Sequence[MemoryProperty],
    shares: tuple[Sequence[float | None], Sequence[float | None]],
    *,
    n: int,
    delay: int,
    theme: str,
) -> go.Figure:
    """Return relative memory, and beside it the cosine with the best remembered subspace.

    `shares` are those of the largest and of the first `n` singular values in the sum: drawn in grey.
    """
    figure = go.Figure()
    for each in properties:
        name, color = as_written(each.name), color_of(each.color, theme)
        for values, axis, what in (
            (each.relative, "", "relative memory"),
            (each.cosine, "2", "cosine"),
        ):
            figure.add_trace(
                line_of(
                    list(values),
                    name=name,
                    color=color,
                    dash="solid",
                    xaxis=f"x{axis}",
                    yaxis=f"y{axis}",
                    legendgroup=each.name,
                    showlegend=not axis,
                    hovertemplate=NAME + f" {what} " + "%{y:.3f} at delay %{x}<extra></extra>",
                )
            )
    _add_shares(figure, shares, n=n, theme=theme)
    longest = max((len(each.relative) for each in properties), default=len(shares[0]))
    laid = laid_out(figure, theme=theme, height=PART_HEIGHT + 40, delay=delay, panels=("x", "x2"))
    return laid.update_layout(
        xaxis={**delay_axis(longest), "domain": [0, 0.46]},
        yaxis={"title": {"text": "relative memory ‖G d‖ / (‖d‖ s₁)"}, "range": [0, 1.02]},
        xaxis2={**delay_axis(longest), "domain": [0.56, 1], "anchor": "y2"},
        yaxis2={
            "title": {"text": f"cosine with the first {n} directions"},
            "range": [0, 1.02],
            "anchor": "x2",
        },
    )


def units_figure(units: MemoryUnits, *, chosen: int, theme: str) -> go.Figure:
    """Return half-life against the mean keep gate; colour is the mean write gate; the chosen unit is ringed.

    Without gates, half-life against the strength at delay 0.
    """
    gated = any(keep is not None for keep in units.keep)
    across = units.keep if gated else units.strength
    shown = [
        number
        for number, (place, half) in enumerate(zip(across, units.half_life, strict=True))
        if place is not None and half is not None
    ]
    points = go.Scatter(
        x=[across[number] for number in shown],
        y=[units.half_life[number] for number in shown],
        customdata=[[number, units.write[number], units.strength[number]] for number in shown],
        mode="markers",
        marker=_unit_marker(units, shown, chosen=chosen, theme=theme),
        hovertemplate=_unit_hover(units, gated=gated),
        showlegend=False,
    )
    left = len(units.half_life) - len(shown)
    beyond = f"<br>{left:,} not drawn: more than half is left at delay {units.last_delay}" if left else ""
    what = f"mean {units.keep_name}" if gated else "norm of the unit's gradient at delay 0"
    return laid_out(go.Figure(points), theme=theme, height=PART_HEIGHT).update_layout(
        hovermode="closest",
        xaxis={"title": {"text": f"{what}, n = {units.n:,} positions"}},
        yaxis={"title": {"text": f"half-life in positions{beyond}"}, "rangemode": "tozero"},
    )


def _unit_marker(units: MemoryUnits, shown: list[int], *, chosen: int, theme: str) -> dict:
    colors, shades = palette(theme), SEQUENTIAL["dark" if theme == "dark" else "light"][1:]
    is_chosen = [number == chosen for number in shown]
    outline = {
        "width": [3 if one else 0.5 for one in is_chosen],
        "color": [colors.selected if one else colors.text_quiet for one in is_chosen],
    }
    marker = {"size": [CHOSEN_SIZE if one else UNIT_SIZE for one in is_chosen], "line": outline}
    if all(units.write[number] is None for number in shown):
        return {**marker, "color": colors.unselected}
    return {
        **marker,
        "color": [units.write[number] for number in shown],
        "colorscale": [[place / (len(shades) - 1), shade] for place, shade in enumerate(shades)],
        "cmin": 0,
        "cmax": 1,
        "colorbar": {
            "title": {"text": f"mean {units.write_name}", "side": "right", "font": {"size": 12}},
            "thickness": 10,
            "outlinewidth": 0,
        },
    }


def _unit_hover(units: MemoryUnits, *, gated: bool) -> str:
    text = "unit %{customdata[0]}: half-life %{y:.1f}, gradient %{customdata[2]:.3g} at delay 0"
    if gated:
        text += f", mean {units.keep_name} " + "%{x:.2f}"
    if gated and any(value is not None for value in units.write):
        text += f", mean {units.write_name} " + "%{customdata[1]:.2f}"
    return f"{text}<extra></extra>"


def _add_shares(
    figure: go.Figure,
    shares: tuple[Sequence[float | None], Sequence[float | None]],
    *,
    n: int,
    theme: str,
) -> None:
    names = ("share of the largest singular value", f"share of the first {n}")
    for values, name, dash in zip(shares, names, ("dot", "dash"), strict=True):
        figure.add_trace(
            line_of(
                list(values),
                name=name,
                color=palette(theme).unselected,
                dash=dash,
                xaxis="x2",
                yaxis="y2",
                hovertemplate=NAME + " %{y:.1%} at delay %{x}<extra></extra>",
            ).update(mode="lines", line_width=1.5)
        )
