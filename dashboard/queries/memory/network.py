"""What is known of the network that a recording ships without running it: its shape and its embedding."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.errors import NetworkError
from analytics.live.shipping import HOW_TO_SHIP
from analytics.store.recording import Recording
from analytics.store.schema import MODEL_FILE

__all__ = [
    "ShippedShape",
    "layer_of",
    "memory_states",
    "shipped_embedding",
    "shipped_shape",
    "why_no_network",
]

EMBEDDING = "embedding.weight"
OF_A_LAYER = re.compile(r"layer(\d+)\.(?:hidden|cell)")
"""States that are handed on from position to position; gates are no memory."""


@dataclass(frozen=True, slots=True)
class ShippedShape:
    """The sizes of a shipped network."""

    kind: str
    """`lstm`, `gru` or `rnn`."""
    n_layers: int
    n_units: int
    n_embedding: int
    n_words: int
    bidirectional: bool = False


def shipped_shape(recording: Recording) -> ShippedShape:
    """Return the sizes of a recording's network.

    Raises
    ------
    NetworkError
        If none is shipped, or none that gradients can be taken of.
    """
    if recording.weights_path is None:
        raise NetworkError(
            f"The recording '{recording.name}' ships no network, and gradients are taken by running it. "
            f"{HOW_TO_SHIP}"
        )
    facts = _facts(recording)
    try:
        network = facts["network"]
        sizes = [int(network[name]) for name in ("n_layers", "n_units", "n_embedding", "n_words")]
        shape = ShippedShape(
            str(network.get("kind", "lstm")), *sizes, bidirectional=bool(network.get("bidirectional"))
        )
    except (KeyError, TypeError, ValueError):
        raise NetworkError(
            f"The recording '{recording.name}' ships weights, and {MODEL_FILE} describes no network that is "
            f"known here. {HOW_TO_SHIP}"
        ) from None
    if shape.bidirectional:
        raise NetworkError(
            f"The network of '{recording.name}' reads in both directions, so its state holds more than what "
            "came before. Take a network of one direction."
        )
    return shape


def memory_states(recording: Recording) -> list[str]:
    """Return the states that a gradient can be taken of."""
    return [name for name in recording.state_names if OF_A_LAYER.fullmatch(name)]


def layer_of(state: str, shape: ShippedShape) -> int:
    """Return the layer that a state is of.

    Raises
    ------
    NetworkError
        If the network has no such layer, or the state is no memory of one.
    """
    found = OF_A_LAYER.fullmatch(state)
    if found is None or int(found[1]) >= shape.n_layers:
        raise NetworkError(
            f"{state} is no hidden state or cell of the network's {shape.n_layers} layers. Choose one."
        )
    return int(found[1])


def why_no_network(recording: Recording) -> str:
    """Return why no gradients can be taken of a recording's network; empty where they can."""
    try:
        shipped_shape(recording)
    except NetworkError as error:
        return str(error)
    return ""


def shipped_embedding(recording: Recording) -> NDArray[np.float32]:
    """Return the embedding of each word of the vocabulary, shape (n_words, n_embedding).

    Raises
    ------
    NetworkError
        If no network is shipped, or its embedding does not fit the vocabulary.
    """
    from safetensors import SafetensorError, safe_open

    shape = shipped_shape(recording)
    try:
        with safe_open(recording.weights_path, framework="numpy") as file:
            embedding = file.get_tensor(EMBEDDING).astype(np.float32)
    except (OSError, SafetensorError) as error:
        recording.check_unchanged()
        raise NetworkError(
            f"The embedding of '{recording.name}' cannot be read ({str(error).strip()[:100]}). {HOW_TO_SHIP}"
        ) from None
    recording.check_unchanged()
    wanted = (int(recording.manifest["n_vocabulary"]), shape.n_embedding)
    if embedding.shape != wanted:
        raise NetworkError(
            f"The embedding of '{recording.name}' must have shape {wanted}. Got {embedding.shape}. "
            f"{HOW_TO_SHIP}"
        )
    return embedding


_KNOWN: dict[tuple[Path, str], dict[str, Any]] = {}
"""What was read of recordings, by their folder and fingerprint: it belongs to what the fingerprint is of."""


def _facts(recording: Recording) -> dict[str, Any]:
    key = (recording.path, recording.fingerprint)
    if key in _KNOWN:
        return _KNOWN[key]
    try:
        facts = json.loads((recording.path / MODEL_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        facts = None
    if not isinstance(facts, dict):
        return {}
    return _KNOWN.setdefault(key, facts)
