"""A recording that ships its network, with labels and gates: what the Memory page is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from analytics.corpora.corpus import Corpus
from analytics.ingest.training.trained import record_network
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.weights import save_network
from analytics.store.recording import Recording

WORDS = ["<unk>", "the", "queen", "queens", "sleep", "sleeps", "<b>", "%{y}", "never", "rare", "absent"]
TAGS = {"the": "DET", "queen": "NN", "queens": "NNS", "sleep": "VB", "sleeps": "VBZ", "rare": "NN"}
N_POSITIONS, SEQUENCE = 240, 40
UNITS, EMBEDDING = 6, 4


def memory_corpus(n_positions: int = N_POSITIONS, *, seed: int = 0) -> Corpus:
    """Random words but the last; `sleep` is a noun once, `rare` occurs once."""
    random = np.random.default_rng(seed)
    words = random.choice(WORDS[:-2], size=n_positions).tolist()
    words[7], words[9] = "rare", "sleep"
    tags = [TAGS.get(word, "X") for word in words]
    tags[9] = "NN"
    return Corpus(
        "queens",
        words,
        np.arange(0, n_positions, SEQUENCE),
        {"tag": tags, "letters": np.array([len(word) for word in words], dtype=np.float32)},
    )


def memory_recording(
    path: Path,
    *,
    kind: str = "lstm",
    n_layers: int = 1,
    seed: int = 3,
    corpus: Corpus | None = None,
    **options: Any,
) -> Recording:
    """Record a language model with random weights over `memory_corpus`."""
    torch.manual_seed(seed)
    shape = ModelShape(
        n_words=len(WORDS), kind=kind, n_layers=n_layers, n_units=UNITS, n_embedding=EMBEDDING, tied=False
    )
    model = LanguageModel(shape)
    torch.nn.init.normal_(model.embedding.weight)
    network = path.with_name(f"{path.name}-network")
    save_network(
        network, model, vocabulary=WORDS, facts={"reading": {"by": "space"}, "perplexity": {"test": 9.0}}
    )
    return record_network(network, corpus or memory_corpus(), path, progress=False, **options)
