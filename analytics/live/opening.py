"""A recording's weights become a network, or a sentence says why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from analytics.errors import NetworkError
from analytics.live.network import LiveNetwork
from analytics.models.weights import FACTS_FILE, TASKS, build_network
from analytics.store.recording import Recording, open_recording

__all__ = ["open_network"]

_HOW_TO_SHIP = (
    "Record it again: analytics.record ships networks of an embedding, RNN, GRU or LSTM layers and a linear "
    "layer by itself, `python -m analytics record --network` all that were trained here."
)


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
        raise NetworkError(f"The recording '{opened.name}' ships no network. {_HOW_TO_SHIP}")
    facts, weights = _read(opened)
    # What was read by name must be of the recording that is open, and not of one that took its place.
    opened.check_unchanged()
    _check(opened, facts, weights)
    return LiveNetwork(opened, build_network(facts, weights), facts)


def _read(recording: Recording) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        facts = json.loads((recording.path / FACTS_FILE).read_text(encoding="utf-8"))
        weights = load_file(recording.weights_path)
    except (OSError, ValueError, SafetensorError) as error:
        recording.check_unchanged()
        raise NetworkError(
            f"The network of '{recording.name}' cannot be read ({_first_line(error)}). {_HOW_TO_SHIP}"
        ) from None
    return facts, weights


def _check(recording: Recording, facts: Any, weights: Mapping[str, Tensor]) -> None:
    network = facts.get("network") if isinstance(facts, dict) else None
    if not isinstance(network, dict) or facts.get("task", "language model") not in TASKS:
        raise NetworkError(
            f"The recording '{recording.name}' ships weights, and {FACTS_FILE} describes no network that is "
            f"known here. {_HOW_TO_SHIP}"
        )
    wrong = _misfit(facts, weights) or _mismatch(recording, facts)
    if wrong is not None:
        raise NetworkError(f"The network of '{recording.name}' does not fit: {wrong}. {_HOW_TO_SHIP}")
    for name, values in weights.items():
        if not torch.isfinite(values).all():
            raise NetworkError(
                f"The network of '{recording.name}' holds NaN or infinity in {name!r}. Train it again, with "
                "a lower learning rate."
            )


def _misfit(facts: Mapping[str, Any], weights: Mapping[str, Tensor]) -> str | None:
    """Where the weights differ from what the facts tell, without building it."""
    shape, network = TASKS[facts.get("task", "language model")]
    try:
        with torch.device("meta"):
            module = network(shape(**facts["network"]))
    except (TypeError, ValueError, RuntimeError) as error:
        return f"{FACTS_FILE} tells no network ({_first_line(error)})"
    expected = {name: tuple(values.shape) for name, values in module.state_dict().items()}
    if getattr(module.shape, "tied", False):
        del expected["projection.weight"]
    found = {name: tuple(values.shape) for name, values in weights.items()}
    for name in [*expected, *found]:
        if found.get(name) != expected.get(name):
            there, wanted = (
                f"the shape {shapes[name]}" if name in shapes else "none" for shapes in (found, expected)
            )
            return f"{name!r} has {there} where {FACTS_FILE} tells {wanted}"
    return None


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
