"""What is asked of the Compare page: the part of the view that its answers depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.errors import ParameterError
from dashboard.queries.asking import fields_of

__all__ = ["CompareQuestion"]


@dataclass(frozen=True, slots=True)
class CompareQuestion:
    """Which recordings are compared, and how. Names as in the view."""

    recordings: tuple[str, ...]
    state: str = ""
    states: tuple[str, ...] = ()
    threshold: float = 0.3
    transform: str = "raw"
    pair: str = "0-1"
    first_state: str = ""
    second_state: str = ""
    scalar: str = "perplexity"
    seed: int = 0
    page: int = 0

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> CompareQuestion:
        """Return the question of a view; its other fields do not matter."""
        return cls(**fields_of(cls, view))

    @property
    def places(self) -> tuple[int, int]:
        """Places of the two recordings that are compared with each other.

        Raises
        ------
        ParameterError
            If there are no two.
        """
        first, second = map(int, self.pair.split("-"))
        if max(first, second) >= len(self.recordings):
            raise ParameterError(
                "Two recordings are compared with each other. "
                f"Got {len(self.recordings)}: choose two or more."
            )
        return first, second
