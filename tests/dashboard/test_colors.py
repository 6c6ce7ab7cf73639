"""The colours that scripts draw with are those of the figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.figures import theme

SCRIPT = (Path(__file__).resolve().parents[2] / "assets" / "colors.js").read_text()


def listed(scale: str, name: str) -> list[str]:
    """The colours a scale of the script has in a theme."""
    block = re.search(rf"const {scale} = \{{(.*?)\}};", SCRIPT, flags=re.DOTALL).group(1)
    values = re.search(rf'{name}: (\[.*?\]|"[^"]*")', block, flags=re.DOTALL).group(1)
    return re.findall(r"#[0-9a-f]{6}", values)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(
    ("scale", "colors"),
    [
        ("SEQUENTIAL", theme.SEQUENTIAL),
        ("DIVERGING", theme.DIVERGING),
        ("CATEGORIES", theme.CATEGORIES),
    ],
)
def test_scripts_and_figures_share_their_scales(scale, colors, name):
    assert listed(scale, name) == list(colors[name])


@pytest.mark.parametrize("name", ["light", "dark"])
def test_labels_beyond_the_last_category_share_a_colour(name):
    assert listed("OTHER", name) == [theme.OTHER[name]]
