"""What is asked of the Sentences page: the part of the view that its answers depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.queries.asking import fields_of
from dashboard.queries.clusters.question import ClustersQuestion
from dashboard.queries.sentences.entry import Entry, read_entry

__all__ = ["SentencesQuestion"]


@dataclass(frozen=True, slots=True)
class SentencesQuestion:
    """Which words of which recording, through which clusters. Names as in the view."""

    recording: str
    state: str
    clusters: int = 10
    words: int = 300
    min_count: int = 5
    method: str = "signed"
    seed: int = 0
    named: tuple[int, ...] = ()
    beside: str = ""
    beside_state: str = ""
    gate: bool = False
    rows: tuple[str, ...] = ()
    unit: int = -1
    find: str = ""
    label: str = ""
    order: str = "corpus"
    page: int = 0
    entry: str = ""
    """The sentence asked for, as in the address."""
    index: int = -1
    """The word asked for, counted from 0 in the sentence."""

    @classmethod
    def of(cls, view: Mapping[str, Any], *, entry: str = "", index: int = -1) -> SentencesQuestion:
        """Return the question of a view; its other fields do not matter."""
        return cls(**{**fields_of(cls, view), "entry": entry, "index": index})

    @property
    def asked_entry(self) -> Entry:
        """The sentence asked for."""
        return read_entry(self.entry)

    @property
    def clustering(self) -> ClustersQuestion:
        """The clusters of the network that reads the sentence, asked for as the Clusters page does."""
        recording, state = self.place
        # Ids name words of one vocabulary only.
        named = self.named if recording == self.recording else ()
        return ClustersQuestion(
            recording, state, self.clusters, self.words, self.min_count, self.method, self.seed, named=named
        )

    @property
    def place(self) -> tuple[str, str]:
        """The recording and the state that the sentence is read by."""
        if not self.entry.startswith("+"):
            return self.recording, self.state
        return self.beside or self.recording, self.beside_state or self.state
