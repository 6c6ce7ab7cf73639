"""What a reader is told of a recording before opening it: the value that travels from queries to pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["RecordingFacts"]


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """A recording in the list. `key` is its folder's name and its name in addresses."""

    key: str
    name: str
    description: str
    fingerprint: str
    n_positions: int
    n_sequences: int
    n_bytes: int
    """Of the recording itself."""
    n_derived_bytes: int
    """Of the rows beside it, which may be deleted and built again."""
    states: dict[str, int]
    """Units of each state."""
    annotations: dict[str, str]
    """Kind of each annotation: `categorical`, `numeric` or `integer`."""
    n_vocabulary: int = 0
    top_k: int = 0
    """Predictions kept for each position; 0: none."""
    sequence_name: str = "sequence"
    model: dict[str, Any] = field(default_factory=dict)
    corpus: dict[str, Any] = field(default_factory=dict)
    opening_view: dict[str, str] = field(default_factory=dict)
    """Address parameters of a finding worth seeing first."""

    def for_browser(self) -> dict[str, Any]:
        """Return what the frame needs to know: the pickers, the facts line, the links."""
        return {
            "name": self.name,
            "positions": self.n_positions,
            "sequences": self.n_sequences,
            "sequenceName": self.sequence_name,
            "states": self.states,
            "annotations": self.annotations,
            "opening": self.opening_view,
        }
