"""All colours, for light and dark pages, and the template of every graph.

One meaning has one colour. The same names and values stand in `assets/stateroom.css`; a test compares them.
Categories follow Okabe and Ito (2008), whose eight colours stay apart for colour-blind eyes.
"""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

__all__ = [
    "CATEGORIES",
    "DARK",
    "DIVERGING",
    "LIGHT",
    "OTHER",
    "SEQUENTIAL",
    "Palette",
    "category_colors",
    "palette",
    "template",
]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a page. Text on `surface` has a contrast of at least 4.5 to 1."""

    surface: str
    surface_raised: str
    text: str
    text_quiet: str
    line: str
    selected: str
    hovered: str
    unselected: str
    threshold: str
    positive: str
    negative: str
    first: str
    """Recording A where two meet; `second` is B."""
    second: str


LIGHT = Palette(
    surface="#ffffff",
    surface_raised="#f6f7f8",
    text="#1b1f24",
    text_quiet="#57606a",
    line="#d5dade",
    selected="#0b5fa5",
    hovered="#c2410c",
    unselected="#8f959c",
    threshold="#b5179e",
    positive="#b35806",
    negative="#2166ac",
    first="#0f766e",
    second="#8e4585",
)

DARK = Palette(
    surface="#14171a",
    surface_raised="#1c2024",
    text="#e6e9ec",
    text_quiet="#a3acb5",
    line="#343b42",
    selected="#6cb4f0",
    hovered="#ff9466",
    unselected="#7d858d",
    threshold="#f472d0",
    positive="#f4a259",
    negative="#74aee6",
    first="#4cc3b5",
    second="#d094cb",
)

DIVERGING = {
    "light": ("#2166ac", "#67a9cf", "#d1e5f0", "#ffffff", "#fde0c5", "#ef8a47", "#b35806"),
    "dark": ("#74aee6", "#3f6f9c", "#24394c", "#14171a", "#46321f", "#a4672f", "#f4a259"),
}
"""Negative to positive; the middle is the surface."""

SEQUENTIAL = {
    "light": ("#ffffff", "#dbe9f6", "#bad6eb", "#89bedc", "#539ecd", "#2b7bba", "#0b5fa5"),
    "dark": ("#14171a", "#17293a", "#1b3f5e", "#245a87", "#3478ad", "#4c96d0", "#6cb4f0"),
}
"""Nothing to much: counts, shares, strength."""

CATEGORIES = {
    "light": (
        "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#4d4d4d",
        "#5d3a9b", "#8c6d1f", "#1b5e20", "#a3195b", "#00838f", "#7b3f00", "#9ccc65",
    ),
    "dark": (
        "#3d9fd6", "#e69f00", "#22b88d", "#d68fb6", "#8ad0f5", "#e87722", "#f0e442", "#b8bec4",
        "#a58ae0", "#c9a646", "#66b36b", "#e0629a", "#4cc3cf", "#c08457", "#c5e1a5",
    ),
}  # fmt: skip
"""Okabe-Ito, then a second ring. Always with a letter or label beside the colour."""

OTHER = {"light": "#b8bec4", "dark": "#4a525a"}
"""Labels beyond the last category."""


def palette(theme: str) -> Palette:
    """Return the colours of `light` or `dark`."""
    return DARK if theme == "dark" else LIGHT


def category_colors(labels: list[str], *, theme: str) -> dict[str, str]:
    """Return a colour for each label, in the order given; those beyond the last category share one.

    Examples
    --------
    >>> category_colors(["noun", "verb"], theme="light")
    {'noun': '#0072b2', 'verb': '#e69f00'}
    """
    name = "dark" if theme == "dark" else "light"
    colors = CATEGORIES[name]
    return {label: colors[i] if i < len(colors) else OTHER[name] for i, label in enumerate(labels)}


def template(theme: str) -> go.layout.Template:
    """Return the Plotly template of a theme: quiet axes, no title, tabular figures."""
    colors = palette(theme)
    axis = {
        "gridcolor": colors.line,
        "linecolor": colors.line,
        "zerolinecolor": colors.line,
        "tickcolor": colors.line,
        "title": {"font": {"size": 12, "color": colors.text_quiet}},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "paper_bgcolor": colors.surface,
            "plot_bgcolor": colors.surface,
            "font": {"family": "IBM Plex Sans, system-ui, sans-serif", "size": 12, "color": colors.text},
            "xaxis": axis,
            "yaxis": axis,
            "margin": {"l": 48, "r": 12, "t": 12, "b": 40},
            "colorway": list(CATEGORIES["dark" if theme == "dark" else "light"]),
            "hoverlabel": {
                "bgcolor": colors.surface_raised,
                "bordercolor": colors.line,
                "font": {"color": colors.text, "family": "IBM Plex Sans, system-ui, sans-serif"},
            },
        }
    )
