"""What a state remembers of a property, and what each unit does: two panels, a scatter."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.facts import MemoryProperty, MemoryUnits
from dashboard.figures.match import as_written
from dashboard.figures.memory_axes import (
    NAME,
    PART_HEIGHT,
    color_of,
    delay_axis,
    laid_out,
    line_of,
    mark_delay,
)
from dashboard.figures.theme import SEQUENTIAL, palette

__all__ = ["properties_figure", "units_figure"]

UNIT_SIZE, CHOSEN_SIZE = 7, 13
Shares = tuple[Sequence[float | None], Sequence[float | None]]
"""Of the largest and of the first n singular values in the sum of all."""


def properties_figure(
    properties: Sequence[MemoryProperty],
    shares: Shares,
    *,
    n: int,
    delay: int,
    theme: str,
    second: tuple[Sequence[MemoryProperty], Shares] | None = None,
    second_delay: int | None = None,
) -> go.Figure:
    """Return relative memory, and beside it the cosine with the best remembered subspace.

    `shares` are those of the largest and of the first `n` singular values in the sum: drawn in grey. The
    second recording's are dashed, in the same axes.
    """
    figure = go.Figure()
    _add_properties(figure, properties, letter="A" if second else "", theme=theme)
    if second is None:
        _add_shares(figure, shares, n=n, theme=theme)
    else:
        _add_properties(figure, second[0], letter="B", theme=theme)
        _add_shares_of_both(figure, (shares, second[1]), n=n, theme=theme)
    drawn = [*properties, *(second[0] if second else ())]
    longest = max((len(each.relative) for each in drawn), default=len(shares[0]))
    laid = laid_out(figure, theme=theme, height=PART_HEIGHT + 40, delay=delay, panels=("x", "x2"))
    if second_delay is not None:
        mark_delay(laid, second_delay, color=palette(theme).second, panels=("x", "x2"))
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


def _add_properties(
    figure: go.Figure, properties: Sequence[MemoryProperty], *, letter: str, theme: str
) -> None:
    for each in properties:
        name, color = as_written(f"{letter} {each.name}".strip()), color_of(each.color, theme)
        for values, axis, what in (
            (each.relative, "", "relative memory"),
            (each.cosine, "2", "cosine"),
        ):
            figure.add_trace(
                line_of(
                    list(values),
                    name=name,
                    color=color,
                    dash="dash" if letter == "B" else "solid",
                    xaxis=f"x{axis}",
                    yaxis=f"y{axis}",
                    legendgroup=name,
                    showlegend=not axis,
                    hovertemplate=NAME + f" {what} " + "%{y:.3f} at delay %{x}<extra></extra>",
                )
            )


def units_figure(
    units: MemoryUnits,
    *,
    chosen: int,
    theme: str,
    second: MemoryUnits | None = None,
    second_chosen: int = -1,
) -> go.Figure:
    """Return half-life against the mean keep gate; colour is the mean write gate; the chosen unit is ringed.

    Without gates, half-life against the strength at delay 0. The second recording's units lie in a panel
    beside, by one scale of half-lives; its colours are those of the first.
    """
    if second is None:
        figure = go.Figure(_units_trace(units, chosen=chosen, theme=theme))
        laid = laid_out(figure, theme=theme, height=PART_HEIGHT).update_layout(hovermode="closest")
        return laid.update_layout(xaxis=_unit_axis(units), yaxis=_half_life_axis(units))
    one, other = (
        _units_trace(each, chosen=number, theme=theme)
        for each, number in ((units, chosen), (second, second_chosen))
    )
    other.update(xaxis="x2", yaxis="y2")
    if any(each.write_name for each in (units, second)):
        named = [
            f"{letter} {each.write_name}"
            for letter, each in zip("AB", (units, second), strict=True)
            if each.write_name
        ]
        shown = other if second.write_name else one
        one.update(marker_showscale=shown is one)
        shown.update(marker_colorbar_title_text=f"mean {', '.join(named)}")
    laid = laid_out(go.Figure([one, other]), theme=theme, height=PART_HEIGHT)
    return laid.update_layout(
        hovermode="closest",
        xaxis={**_unit_axis(units, "A, "), "domain": [0, 0.46]},
        yaxis=_half_life_axis(units),
        xaxis2={**_unit_axis(second, "B, "), "domain": [0.54, 1], "anchor": "y2"},
        yaxis2={**_half_life_axis(second), "anchor": "x2", "matches": "y"},
    )


def _is_gated(units: MemoryUnits) -> bool:
    return any(keep is not None for keep in units.keep)


def _across(units: MemoryUnits) -> tuple[float | None, ...]:
    return units.keep if _is_gated(units) else units.strength


def _drawn(units: MemoryUnits) -> list[int]:
    both = zip(_across(units), units.half_life, strict=True)
    return [number for number, (place, half) in enumerate(both) if place is not None and half is not None]


def _units_trace(units: MemoryUnits, *, chosen: int, theme: str) -> go.Scatter:
    across, shown = _across(units), _drawn(units)
    return go.Scatter(
        x=[across[number] for number in shown],
        y=[units.half_life[number] for number in shown],
        customdata=[[number, units.write[number], units.strength[number]] for number in shown],
        mode="markers",
        marker=_unit_marker(units, shown, chosen=chosen, theme=theme),
        hovertemplate=_unit_hover(units, gated=_is_gated(units)),
        showlegend=False,
    )


def _unit_axis(units: MemoryUnits, whose: str = "") -> dict:
    what = f"mean {units.keep_name}" if _is_gated(units) else "norm of the unit's gradient at delay 0"
    return {"title": {"text": f"{whose}{what}, n = {units.n:,} positions"}}


def _half_life_axis(units: MemoryUnits) -> dict:
    left = len(units.half_life) - len(_drawn(units))
    beyond = f"<br>{left:,} not drawn: more than half is left at delay {units.last_delay}" if left else ""
    return {"title": {"text": f"half-life in positions{beyond}"}, "rangemode": "tozero"}


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


def _add_shares_of_both(figure: go.Figure, shares: tuple[Shares, Shares], *, n: int, theme: str) -> None:
    """The share of the first n in the sum, in the colour of each recording."""
    for letter, (_, several), color in zip("AB", shares, ("first", "second"), strict=True):
        trace = _share(several, f"{letter} share of the first {n}", dash="dot", theme=theme)
        figure.add_trace(trace.update(line_color=color_of(color, theme)))


def _add_shares(
    figure: go.Figure,
    shares: Shares,
    *,
    n: int,
    theme: str,
) -> None:
    names = ("share of the largest singular value", f"share of the first {n}")
    for values, name, dash in zip(shares, names, ("dot", "dash"), strict=True):
        figure.add_trace(_share(values, name, dash=dash, theme=theme))


def _share(values: Sequence[float | None], name: str, *, dash: str, theme: str) -> go.Scatter:
    return line_of(
        list(values),
        name=name,
        color=palette(theme).unselected,
        dash=dash,
        xaxis="x2",
        yaxis="y2",
        hovertemplate=NAME + " %{y:.1%} at delay %{x}<extra></extra>",
    ).update(mode="lines", line_width=1.5)
