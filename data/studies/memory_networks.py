"""The six networks of the memory study: their recordings, their states, what is known of their training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import analytics
from analytics.store.recording import Recording

__all__ = ["NETWORKS", "StudyNetwork", "embedding_matrix", "training_facts"]

CELLS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}

EMBEDDINGS = {"joint": "", "frozen": "-frozen"}
"""Where the embedding comes from: trained along with the network, or cbow vectors that stay as they are."""


@dataclass(frozen=True, slots=True)
class StudyNetwork:
    """One of the six."""

    cell: str
    embedding: str

    @property
    def name(self) -> str:
        """Of its recipe and its recording."""
        return f"memory-{self.cell}{EMBEDDINGS[self.embedding]}"

    @property
    def title(self) -> str:
        """As figures and tables call it."""
        return f"{CELLS[self.cell]}, {self.embedding}"

    @property
    def vectors(self) -> str:
        """What its embedding is called."""
        return f"of the {CELLS[self.cell]}" if self.embedding == "joint" else "cbow, frozen"

    @property
    def has_own_embedding(self) -> bool:
        """Whether no network before it in the list has the same: the frozen ones share theirs."""
        return self.embedding == "joint" or self.cell == next(iter(CELLS))

    @property
    def states(self) -> tuple[str, ...]:
        """The states that the network carries on."""
        return ("layer0.cell", "layer0.hidden") if self.cell == "lstm" else ("layer0.hidden",)

    def open(self, folder: Path) -> Recording | None:
        """Return its recording, or None where it was not made yet."""
        path = folder / self.name
        return analytics.open_recording(path) if (path / "recording.json").exists() else None


NETWORKS = tuple(StudyNetwork(cell, embedding) for embedding in EMBEDDINGS for cell in CELLS)


def embedding_matrix(recording: Recording) -> NDArray[np.float64]:
    """Return the vectors of the words, in the order of ids, shape (n_words, n_embedding)."""
    module = analytics.open_network(recording).module
    return module.embedding.weight.detach().numpy().astype(np.float64)


def training_facts(network: StudyNetwork, recording: Recording) -> dict[str, str | float]:
    """Return what the training came to: epochs, minutes, perplexities."""
    facts = recording.manifest["model"]
    log = facts["training"]["log"]
    best = min(log, key=lambda line: line["validation_loss"])
    return {
        "network": network.title,
        "epochs": best["epoch"],
        "minutes": facts["training"]["seconds"] / 60,
        "training": best["training_perplexity"],
        **{part: facts["perplexity"][part] for part in ("validation", "test")},
    }
