"""Colours: valid, apart from each other, readable, and the same in the styles."""

from __future__ import annotations

import itertools
import re
from dataclasses import asdict
from pathlib import Path

import plotly.graph_objects as go
import pytest

from dashboard.figures import theme

CSS = (Path(__file__).resolve().parents[3] / "assets" / "stateroom.css").read_text()
HEX = re.compile(r"#[0-9a-f]{6}")
READABLE = 4.5
"""Contrast that WCAG AA asks of text."""
VISIBLE = 3.0
"""Contrast it asks of marks."""


def rgb(color: str) -> list[float]:
    return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(color: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def styles(name: str) -> dict[str, str]:
    """The colours that the style sheet gives a theme."""
    block = re.search(rf'\[data-bs-theme="{name}"\] \{{\n(.*?)\n\}}', CSS, flags=re.DOTALL).group(1)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_is_readable(name):
    colors = theme.palette(name)
    for text, surface in itertools.product(
        (colors.text, colors.text_quiet, colors.selected, colors.hovered, colors.threshold, colors.positive,
         colors.negative, colors.first, colors.second),
        (colors.surface, colors.surface_raised),
    ):  # fmt: skip
        assert contrast(text, surface) >= READABLE, (text, surface)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_styles_have_the_same_colors(name):
    shown = styles(name)
    for field, color in asdict(theme.palette(name)).items():
        assert shown[field.replace("_", "-")] == color, field


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_of_the_styles_is_readable(name):
    colors = styles(name)
    pairs = [("on-selected", "selected"), ("text", "note"), ("text", "error"), ("text", "surface-strong"),
             ("text-quiet", "surface-strong")]  # fmt: skip
    for text, surface in pairs:
        assert contrast(colors[text], colors[surface]) >= READABLE, (text, surface)
    for mark in ("line-strong", "focus", "error-line"):
        assert contrast(colors[mark], colors["surface"]) >= VISIBLE, mark


@pytest.mark.parametrize("name", ["light", "dark"])
def test_categories_are_different_and_at_most_sixteen(name):
    colors = [*theme.CATEGORIES[name], theme.OTHER[name]]
    assert len(set(colors)) == len(colors) == 16
    assert all(HEX.fullmatch(color) for color in colors)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_scales_begin_or_meet_in_the_surface(name):
    surface = theme.palette(name).surface
    diverging, sequential = theme.DIVERGING[name], theme.SEQUENTIAL[name]
    assert diverging[len(diverging) // 2] == surface
    assert sequential[0] == surface
    lightness = [luminance(color) for color in sequential]
    assert lightness == sorted(lightness, reverse=name == "light")


def test_labels_beyond_the_last_category_share_a_color():
    labels = [str(i) for i in range(20)]
    colors = theme.category_colors(labels, theme="light")
    assert list(colors) == labels
    assert {colors[label] for label in labels[15:]} == {theme.OTHER["light"]}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_template_is_one_that_plotly_accepts(name):
    figure = go.Figure(layout={"template": theme.template(name)})
    assert figure.layout.template.layout.paper_bgcolor == theme.palette(name).surface
