"""What is asked of the Clusters page: the part of the view that its answers depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.queries.asking import fields_of

__all__ = ["ClustersQuestion"]


@dataclass(frozen=True, slots=True)
class ClustersQuestion:
    """Which words and units to cluster and how, and what is chosen of them. Names as in the view."""

    recording: str
    state: str
    clusters: int = 10
    words: int = 300
    min_count: int = 5
    method: str = "signed"
    seed: int = 0
    color: str = ""
    """Categorical annotation; empty: the one most like a part of speech."""
    named: tuple[int, ...] = ()
    chosen: tuple[int, ...] = ()
    unit: int = -1
    top: int = 20
    find: str = ""
    beside: str = ""
    """The second recording; empty: the first. Words keep the ids of the first."""
    beside_state: str = ""
    linked: bool = True
    beside_clusters: int = 10
    beside_seed: int = 0
    beside_unit: int = -1

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> ClustersQuestion:
        """Return the question of a view; its other fields do not matter."""
        return cls(**fields_of(cls, view))

    @property
    def clustering(self) -> dict[str, Any]:
        """What the clusters follow from, beside the recording."""
        names = ("state", "clusters", "words", "min_count", "method", "seed", "named")
        return {name: getattr(self, name) for name in names}
