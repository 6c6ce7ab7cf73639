"""A trained network in a folder: `model.safetensors` (float16), `model.json`, `vocabulary.txt`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from analytics.errors import AnalyticsError
from analytics.models.language_model import LanguageModel, ModelShape

__all__ = ["FACTS_FILE", "VOCABULARY_FILE", "WEIGHTS_FILE", "load_network", "save_network"]

WEIGHTS_FILE = "model.safetensors"
FACTS_FILE = "model.json"
VOCABULARY_FILE = "vocabulary.txt"


def save_network(
    folder: Path, model: LanguageModel, *, vocabulary: Sequence[str], facts: Mapping[str, Any]
) -> None:
    """Write weights as float16, one word per line in the order of ids, and what is known of the training.

    `facts` must not hold the key `network`, under which the shape is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        name: value.detach().to(torch.float16).contiguous()
        for name, value in model.state_dict().items()
        if not (model.shape.tied and name == "projection.weight")
    }
    (folder / WEIGHTS_FILE).write_bytes(save(weights))
    (folder / VOCABULARY_FILE).write_text("".join(f"{word}\n" for word in vocabulary), encoding="utf-8")
    text = json.dumps({"network": asdict(model.shape), **facts}, indent=1, ensure_ascii=False)
    (folder / FACTS_FILE).write_text(text + "\n", encoding="utf-8")


def load_network(folder: Path) -> tuple[LanguageModel, list[str], dict[str, Any]]:
    """Read what `save_network` wrote: the network in float32, the vocabulary, the facts.

    Raises
    ------
    AnalyticsError
        If a file is missing or does not fit the others.
    """
    try:
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        vocabulary = (folder / VOCABULARY_FILE).read_text(encoding="utf-8").splitlines()
        weights = {name: value.float() for name, value in load_file(folder / WEIGHTS_FILE).items()}
        model = LanguageModel(ModelShape(**facts["network"]))
        if model.shape.tied:
            weights["projection.weight"] = weights["embedding.weight"]
        model.load_state_dict(weights)
    except FileNotFoundError as error:
        raise AnalyticsError(
            f"The network in {folder} lacks {error.filename}. "
            f"Train it: python -m analytics train {folder.name}"
        ) from None
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise AnalyticsError(f"The network in {folder} cannot be read: {error}") from error
    return model.eval(), vocabulary, facts
