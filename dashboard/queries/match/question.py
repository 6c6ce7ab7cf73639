"""What is asked of the match half of the page: the part of the view that its answers depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.queries.asking import fields_of

__all__ = ["MatchQuestion"]

PATTERN = (
    "start",
    "stop",
    "threshold",
    "off_before",
    "off_after",
    "transform",
    "dropped",
    "pinned",
)


@dataclass(frozen=True, slots=True)
class MatchQuestion:
    """A pattern, the limits of its matches, the annotations to show. Names as in the view."""

    recording: str
    state: str
    start: int = -1
    stop: int = -1
    threshold: float = 0.3
    off_before: int = 0
    off_after: int = 0
    transform: str = "raw"
    dropped: tuple[int, ...] = ()
    pinned: tuple[int, ...] = ()
    min_length: int = 0
    """0: 2 when the selection is longer than one position, else 1."""
    max_length: int = 0
    """0: unlimited."""
    min_overlap: int = 1
    limit: int = 50
    length: int = 0
    """Only matches of this length; 0: all."""
    color: str = ""
    heat: str = ""
    labels: str = ""
    """Annotation compared with the corpus; empty: the most telling one."""

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> MatchQuestion:
        """Return the question of a view; its other fields do not matter."""
        return cls(**fields_of(cls, view))

    @property
    def least_length(self) -> int:
        """Shortest match asked for; where nothing was said, a phrase is not answered with single words."""
        return self.min_length or (2 if self.stop - self.start > 1 else 1)

    @property
    def is_impossible(self) -> bool:
        """Whether no length is both long and short enough."""
        return 0 < self.max_length < self.least_length

    @property
    def pattern(self) -> dict[str, Any]:
        """What the selected units follow from, as `SelectionQueries.units` takes it."""
        return {name: getattr(self, name) for name in PATTERN}

    def search(self, *, limit: int) -> dict[str, Any]:
        """Return the arguments of `match_pattern` beside states and units."""
        return {
            "threshold": self.threshold,
            "off_before": self.off_before,
            "off_after": self.off_after,
            "transform": self.transform,
            "min_length": self.least_length,
            "max_length": self.max_length or None,
            "min_overlap": self.min_overlap,
            "limit": limit,
        }
