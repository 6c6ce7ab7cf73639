"""What is said of a recording when it is begun: checked before anything is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analytics.errors import ParameterError
from analytics.store.schema import check_name

__all__ = ["check_json", "check_states", "check_text", "check_title", "check_vocabulary", "check_weights"]

_LONGEST_TITLE = 200


def check_states(states: Mapping[str, int]) -> dict[str, int]:
    """Number of units by state, each under a safe name."""
    if not states:
        raise ParameterError("A recording has at least one state. Got none.")
    for name, n_units in states.items():
        check_name(name, what="state")
        if not isinstance(n_units, int | np.integer) or n_units < 1:
            raise ParameterError(f"State '{name}' has a number of units, at least 1. Got {n_units!r}.")
    return {name: int(n_units) for name, n_units in states.items()}


def check_vocabulary(vocabulary: Sequence[str]) -> list[str]:
    """Texts of all token ids."""
    if isinstance(vocabulary, Mapping):
        raise ParameterError(
            "The vocabulary is a list: the text of id 0, of id 1, and so on. Got a mapping: where it gives "
            "the id of each text, pass sorted(vocabulary, key=vocabulary.get)."
        )
    texts = [check_text(text, f"Token id {token_id}") for token_id, text in enumerate(vocabulary)]
    if not texts:
        raise ParameterError("The vocabulary has at least one token. Got none.")
    return texts


def check_title(name: str) -> str:
    """A recording's name."""
    check_text(name, "A recording's name")
    if not name.strip() or len(name) > _LONGEST_TITLE or re.search(r"[\x00-\x1f]", name):
        raise ParameterError(
            f"A recording's name is one line of at most {_LONGEST_TITLE} letters. Got {name!r:.300}."
        )
    return name


def check_text(text: str, what: str) -> str:
    """A text that can be stored."""
    if not isinstance(text, str):
        raise ParameterError(f"{what} is a text. Got {text!r}.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ParameterError(f"{what} is not valid Unicode: {text!r:.300}.") from None
    return text


def check_json(facts: Mapping[str, Any] | None, what: str) -> dict[str, Any] | None:
    """Facts that JSON can hold."""
    if facts is None:
        return None
    try:
        return json.loads(json.dumps(dict(facts), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"{what} holds texts, numbers, lists and mappings that JSON knows: {error}."
        ) from None


def check_weights(weights: str | Path | bytes | None, model: Mapping[str, Any] | None) -> Path | bytes | None:
    """A file that is there, or bytes; with them what is needed to build the network."""
    if weights is None or isinstance(weights, bytes):
        path = weights
    else:
        path = Path(weights)
        if not path.is_file():
            raise ParameterError(f"weights is a safetensors file or its bytes. There is no file {path}.")
    if weights is not None and not model:
        raise ParameterError("weights come with model=: what is needed to build the network again. Got none.")
    return path
