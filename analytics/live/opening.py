"""A recording's weights become a network, or a sentence says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from analytics.errors import NetworkError
from analytics.live.network import LiveNetwork
from analytics.live.shipping import HOW_TO_SHIP
from analytics.models.classifier import ClassifierShape
from analytics.models.language_model import ModelShape
from analytics.models.weights import FACTS_FILE, TASKS, build_network
from analytics.store.recording import Recording, open_recording

__all__ = ["open_network"]


def open_network(recording: Recording | str | Path, /) -> LiveNetwork:
    """Open the network that a recording ships, to run it over other text.

    Parameters
    ----------
    recording : Recording or path
        With `model.safetensors` and `model.json` of a language model or classifier of this project.

    Returns
    -------
    LiveNetwork

    Raises
    ------
    NetworkError
        If no network is shipped, or its weights do not fit, or hold NaN; the sentence says how to ship one.
    RecordingError
        If the recording cannot be opened, or was replaced meanwhile.

    Examples
    --------
    >>> network = open_network("data/recordings/parentheses")  # doctest: +SKIP
    >>> network.run("0 ( 1 1").next_words.entropy  # doctest: +SKIP
    """
    opened = recording if isinstance(recording, Recording) else open_recording(recording)
    if opened.weights_path is None:
        raise NetworkError(f"The recording '{opened.name}' ships no network. {HOW_TO_SHIP}")
    facts, weights = _read(opened)
    # What was read by name must be of the recording that is open, and not of one that took its place.
    opened.check_unchanged()
    _check(opened, facts, weights)
    try:
        return LiveNetwork(opened, build_network(facts, weights), facts)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise NetworkError(
            f"The network of '{opened.name}' cannot be built ({_first_line(error)}). {HOW_TO_SHIP}"
        ) from None


def _read(recording: Recording) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        facts = json.loads((recording.path / FACTS_FILE).read_text(encoding="utf-8"))
        weights = load_file(recording.weights_path)
    except (OSError, ValueError, SafetensorError) as error:
        recording.check_unchanged()
        raise NetworkError(
            f"The network of '{recording.name}' cannot be read ({_first_line(error)}). {HOW_TO_SHIP}"
        ) from None
    return facts, weights


def _check(recording: Recording, facts: Any, weights: Mapping[str, Tensor]) -> None:
    network = facts.get("network") if isinstance(facts, dict) else None
    if not isinstance(network, dict) or facts.get("task", "language model") not in TASKS:
        raise NetworkError(
            f"The recording '{recording.name}' ships weights, and {FACTS_FILE} describes no network that is "
            f"known here. {HOW_TO_SHIP}"
        )
    wrong = _misfit(facts, weights) or _mismatch(recording, facts)
    if wrong is not None:
        raise NetworkError(f"The network of '{recording.name}' does not fit: {wrong}. {HOW_TO_SHIP}")
    for name, values in weights.items():
        if not torch.isfinite(values).all():
            raise NetworkError(
                f"The network of '{recording.name}' holds NaN or infinity in {name!r}. Train it again, with "
                "a lower learning rate."
            )


def _misfit(facts: Mapping[str, Any], weights: Mapping[str, Tensor]) -> str | None:
    """Where the weights differ from what the facts tell."""
    try:
        shape = TASKS[facts.get("task", "language model")][0](**facts["network"])
    except (TypeError, ValueError) as error:
        return f"{FACTS_FILE} tells no network ({_first_line(error)})"
    found = {name: tuple(values.shape) for name, values in weights.items()}
    for name, expected in _shapes(shape):
        there = found.pop(name, None)
        if there != expected:
            return f"{name!r} has the shape {there} where {FACTS_FILE} tells {expected}"
    return f"{FACTS_FILE} tells no {next(iter(found))!r}" if found else None


def _shapes(shape: ModelShape | ClassifierShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Name and shape of every weight. Sizes in a file may be anything: nothing is built before they fit."""
    endings = ("", "_reverse") if getattr(shape, "bidirectional", False) else ("",)
    n_rows = {"rnn": 1, "gru": 3, "lstm": 4}[shape.kind] * shape.n_units
    n_outputs = shape.n_units * len(endings)
    yield "embedding.weight", (shape.n_words, shape.n_embedding)
    for layer in range(shape.n_layers):
        n_inputs = n_outputs if layer else shape.n_embedding
        for ending in endings:
            yield f"layers.weight_ih_l{layer}{ending}", (n_rows, n_inputs)
            yield f"layers.weight_hh_l{layer}{ending}", (n_rows, shape.n_units)
            yield f"layers.bias_ih_l{layer}{ending}", (n_rows,)
            yield f"layers.bias_hh_l{layer}{ending}", (n_rows,)
    n_answers = getattr(shape, "n_classes", shape.n_words)
    if not getattr(shape, "tied", False):
        yield "projection.weight", (n_answers, n_outputs)
    yield "projection.bias", (n_answers,)


def _mismatch(recording: Recording, facts: Mapping[str, Any]) -> str | None:
    """Where network and recording differ."""
    network = facts["network"]
    n_words = int(recording.manifest["n_vocabulary"])
    if int(network["n_words"]) != n_words:
        return f"it knows {network['n_words']:,} words where the recording's vocabulary has {n_words:,}"
    classes = facts.get("classes")
    if facts.get("task") == "classifier" and classes and len(classes) != network["n_classes"]:
        return f"it tells {network['n_classes']} classes apart, and {len(classes)} are named"
    for name in recording.state_names:
        n_units = recording.states(name).shape[1]
        if _is_of_layer(name, network) and n_units != network["n_units"]:
            return f"'{name}' was recorded with {n_units} units, and the network has {network['n_units']}"
    return None


def _is_of_layer(name: str, network: Mapping[str, Any]) -> bool:
    layer = name.partition(".")[0].removesuffix("_reverse")
    return layer in {f"layer{number}" for number in range(int(network["n_layers"]))}


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:120] or type(error).__name__
