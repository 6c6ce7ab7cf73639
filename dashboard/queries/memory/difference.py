"""What a second recording or state remembers more than the first: B - A, with bands where both have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.queries.clusters.overview import plain
from dashboard.queries.memory.curves import Curve

__all__ = ["NAME", "curve_difference", "difference", "half_life_difference", "listed_difference"]

NAME = "B − A"

Banded = tuple[float, float, float]
"""A value and the limits of its band, NaN where there is none."""


def difference(first: Banded, second: Banded) -> Banded:
    """Return second - first; its band from theirs, taken as independent.

    The limits lie from the difference as far as the sides of both bands that face them, added as squares
    (Zou and Donner, Statistics in Medicine 27, 2008, the method of variance estimates recovery).

    Examples
    --------
    >>> difference((4.0, 1.0, 8.0), (9.0, 5.0, 12.0))
    (5.0, -0.6568542494923806, 9.242640687119284)
    """
    return tuple(map(float, _apart(first, second)))


def curve_difference(first: Curve, second: Curve) -> Curve:
    """Return B - A at each delay that both have."""
    n = min(len(first.value), len(second.value))
    one, other = ((each.value[:n], each.low[:n], each.high[:n]) for each in (first, second))
    return Curve(*_apart(one, other))


def half_life_difference(first: Curve, second: Curve) -> dict[str, float | None]:
    """Return how many positions longer half of the second is left; None where one has no half-life."""
    return listed_difference("halfLife", first.half_life, second.half_life)


def listed_difference(name: str, first: Banded, second: Banded) -> dict[str, float | None]:
    """Return a difference in plain values, its limits as `<name>Low` and `<name>High`."""
    found = difference(first, second)
    return {f"{name}{end}": plain(value) for end, value in zip(("", "Low", "High"), found, strict=True)}


def _apart(first: Sequence[Any], second: Sequence[Any]) -> tuple[Any, Any, Any]:
    """The difference of values, or of arrays of them, and its limits."""
    value = second[0] - first[0]
    down = np.hypot(second[0] - second[1], first[2] - first[0])
    up = np.hypot(second[2] - second[0], first[0] - first[1])
    return value, value - down, value + up
