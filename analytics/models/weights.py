"""A trained network in a folder: `model.safetensors`, `model.json`, `vocabulary.txt`, `log.jsonl`."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from analytics.errors import AnalyticsError
from analytics.models.checkpoints import LOG_FILE
from analytics.models.classifier import Classifier, ClassifierShape
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.vocabulary_file import read_vocabulary, vocabulary_text

__all__ = [
    "FACTS_FILE",
    "TASKS",
    "VOCABULARY_FILE",
    "WEIGHTS_FILE",
    "build_network",
    "load_network",
    "network_title",
    "read_log",
    "refuse_pickle",
    "save_network",
]

WEIGHTS_FILE = "model.safetensors"
FACTS_FILE = "model.json"
VOCABULARY_FILE = "vocabulary.txt"

TASKS = {"language model": (ModelShape, LanguageModel), "classifier": (ClassifierShape, Classifier)}
"""By the fact `task`; networks without it are language models."""

PICKLED = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")

_PICKLE = (
    "{found} is a pickled checkpoint, which may run a program when it is opened, so it is not. Convert it "
    'where you trust it (python -c "import torch, safetensors.torch as s; '
    "s.save_file(torch.load('{name}', weights_only=True), 'model.safetensors')\"), load that in a function "
    "of yours that returns the network, and record with --model module:function."
)

Network = LanguageModel | Classifier


def save_network(
    folder: Path,
    model: Network,
    *,
    vocabulary: Sequence[str],
    facts: Mapping[str, Any],
    log: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Write weights as float16, one token per line in the order of ids, and what is known of the training.

    `facts` must not hold the keys `network` and `task`, under which shape and kind are kept. Until all is
    written there is no `model.json`, and nothing loads.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        name: value.detach().to(torch.float16).contiguous()
        for name, value in model.state_dict().items()
        if not (_is_tied(model) and name == "projection.weight")
    }
    task = next(task for task, (_, network) in TASKS.items() if isinstance(model, network))
    (folder / FACTS_FILE).unlink(missing_ok=True)
    _write(folder / WEIGHTS_FILE, save(weights))
    _write(folder / VOCABULARY_FILE, vocabulary_text(vocabulary).encode())
    if log is not None:
        _write(folder / LOG_FILE, "".join(json.dumps(line) + "\n" for line in log).encode())
    text = json.dumps({"task": task, "network": asdict(model.shape), **facts}, indent=1, ensure_ascii=False)
    _write(folder / FACTS_FILE, f"{text}\n".encode())


def load_network(folder: Path) -> tuple[Network, list[str], dict[str, Any]]:
    """Read what `save_network` wrote: the network in float32, the vocabulary, the facts.

    Raises
    ------
    AnalyticsError
        If a file is missing, is a pickle, or does not fit the others.
    """
    refuse_pickle(folder)
    try:
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        model = build_network(facts, load_file(folder / WEIGHTS_FILE))
    except FileNotFoundError as error:
        missing = error.filename or folder / WEIGHTS_FILE
        raise AnalyticsError(
            f"The network in {folder} lacks {missing}. Train it: python -m analytics train {folder.name}"
        ) from None
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise AnalyticsError(f"The network in {folder} cannot be read: {error}") from error
    vocabulary = read_vocabulary(folder / VOCABULARY_FILE)
    if len(vocabulary) != model.shape.n_words:
        raise AnalyticsError(
            f"The network in {folder} knows {model.shape.n_words} ids, and its vocabulary has "
            f"{len(vocabulary)} lines. Take the {VOCABULARY_FILE} that it was trained with."
        )
    return model, vocabulary, facts


def build_network(facts: Mapping[str, Any], weights: Mapping[str, Tensor]) -> Network:
    """Build a network from its facts and its weights, in float32 and for evaluation.

    Raises
    ------
    KeyError, TypeError, ValueError, RuntimeError
        If they do not fit each other.
    """
    shape, network = TASKS[facts.get("task", "language model")]
    model = network(shape(**facts["network"]))
    values = {name: value.float() for name, value in weights.items()}
    if _is_tied(model):
        values["projection.weight"] = values["embedding.weight"]
    model.load_state_dict(values)
    return model.eval()


def network_title(facts: Mapping[str, Any]) -> str:
    """Return what a reader calls a network, from its facts.

    Examples
    --------
    >>> network_title({"network": {"n_layers": 2, "n_units": 300, "kind": "lstm"}})
    '2 x 300 LSTM language model'
    """
    network = facts["network"]
    both = "bidirectional " if network.get("bidirectional") else ""
    layers = f"{network['n_layers']} x {network['n_units']} {both}{network['kind'].upper()}"
    return f"{layers} {facts.get('task', 'language model')}"


def read_log(folder: Path) -> list[dict[str, Any]]:
    """Return a line for each epoch of the training, with losses (nats) and their exponentials.

    Of logs that hold one of the two, the other is computed. Empty where there is no log.
    """
    file = folder / LOG_FILE
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        return []
    except ValueError:
        raise AnalyticsError(f"The training log {file} is not lines of JSON. Remove it.") from None
    return [_with_losses(line) for line in lines]


def refuse_pickle(path: Path) -> None:
    """Refuse a pickled checkpoint, or a folder that has one instead of weights.

    Raises
    ------
    AnalyticsError
        The sentence says how to convert it.
    """
    if path.is_dir():
        pickled = sorted(file for file in path.iterdir() if file.suffix.lower() in PICKLED)
        found = pickled[0] if pickled and not (path / WEIGHTS_FILE).exists() else None
    else:
        found = path if path.suffix.lower() in PICKLED else None
    if found is not None:
        raise AnalyticsError(_PICKLE.format(found=found, name=found.name))


def _with_losses(line: dict[str, Any]) -> dict[str, Any]:
    losses = {
        f"{part}_loss": round(math.log(line[f"{part}_perplexity"]), 5)
        for part in ("training", "validation")
        if f"{part}_loss" not in line and line.get(f"{part}_perplexity", 0) > 0
    }
    return {"epoch": line.get("epoch"), **losses, **line}


def _is_tied(model: Network) -> bool:
    return getattr(model.shape, "tied", False)


def _write(file: Path, content: bytes) -> None:
    aside = file.with_name(f".{file.name}.partial")
    try:
        aside.write_bytes(content)
        os.replace(aside, file)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise AnalyticsError(f"{file} cannot be written: {error.strerror}.") from None
