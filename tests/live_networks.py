"""Recordings of small networks with random weights, which ship them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from analytics.corpora.corpus import Corpus
from analytics.ingest.training.trained import record_network
from analytics.models.classifier import Classifier, ClassifierShape
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.weights import save_network
from analytics.store.recording import Recording

WORDS = ["<unk>", "the", "cat", "sat", ",", "not", "<eos>", "🙂", "שלום"]
TEXTS = ["the cat sat", "The dog , not the cat <eos>", "🙂", "שלום the <unk> sat 🙂 <eos>"]
CORPUS = Corpus(
    "tiny",
    [word for text in TEXTS for word in text.split()],
    np.cumsum([0, *(len(text.split()) for text in TEXTS)])[:-1],
    {},
)


def language_recording(path: Path, *, facts: dict[str, Any] | None = None, **options: Any) -> Recording:
    """Record a language model that reads at white space; options of its shape, then of `record`."""
    shape = {"n_layers": 2, "n_units": 6, "n_embedding": 6}
    shape |= {
        name: options.pop(name) for name in ("kind", "n_layers", "tied", "n_embedding") if name in options
    }
    torch.manual_seed(3)
    model = LanguageModel(ModelShape(n_words=len(WORDS), **shape))
    return _recorded(model, path, {"perplexity": {"test": 3.0}} | (facts or {}), options)


def classifier_recording(path: Path, **options: Any) -> Recording:
    """Record a classifier of two classes; options of its shape, then of `record`."""
    names = ("kind", "n_layers", "pooling", "bidirectional")
    shape = {name: options.pop(name) for name in names if name in options}
    torch.manual_seed(3)
    model = Classifier(ClassifierShape(n_words=len(WORDS), n_classes=2, n_units=6, n_embedding=4, **shape))
    return _recorded(model, path, {"accuracy": {"test": 0.5}, "classes": ["bad", "good"]}, options)


def _recorded(model: Any, path: Path, facts: dict[str, Any], options: dict[str, Any]) -> Recording:
    torch.nn.init.normal_(model.embedding.weight)
    network = path.with_name(f"{path.name}-network")
    save_network(network, model, vocabulary=WORDS, facts={"reading": {"by": "space"}} | facts)
    return record_network(network, CORPUS, path, progress=False, **options)
