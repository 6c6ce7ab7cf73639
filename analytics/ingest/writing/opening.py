"""What is said of a recording when it is begun: checked before anything is written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from analytics.errors import ParameterError
from analytics.ingest.writing.annotation_columns import AnnotationColumn, annotation_columns
from analytics.ingest.writing.blocks import Progress
from analytics.store.schema import PREDICTIONS_FILE, STATE_DTYPES, check_name

__all__ = [
    "Opening",
    "check_json",
    "check_states",
    "check_text",
    "check_title",
    "check_vocabulary",
    "check_weights",
]

_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Opening:
    """All that is known of a recording before its first block, checked."""

    states: dict[str, tuple[int, ...]]
    """The shape of each state at one position; ``(n_units,)`` for most."""
    vocabulary: list[str]
    annotations: dict[str, AnnotationColumn]
    top_k: int
    dtype: str | None
    row_cache: bool
    rows_per_group: int
    weights: Path | bytes | None
    facts: dict[str, Any]
    """What the manifest says beside."""

    @classmethod
    def check(
        cls,
        *,
        name: str,
        states: Mapping[str, int | tuple[int, ...]],
        vocabulary: Sequence[str],
        annotations: Mapping[str, str | Sequence[str]] | None,
        description: str,
        model: Mapping[str, Any] | None,
        corpus: Mapping[str, Any] | None,
        weights: str | Path | bytes | None,
        sequence_name: str,
        opening_view: Mapping[str, str] | None,
        step: int | None,
        training: str,
        top_k: int,
        dtype: DTypeLike | None,
        row_cache: bool,
        rows_per_group: int,
    ) -> Opening:
        """Check what a caller says; the parameters are those of `RecordingWriter`."""
        return cls(
            states=check_states(states),
            vocabulary=check_vocabulary(vocabulary),
            annotations=annotation_columns(annotations or {}),
            weights=check_weights(weights, model),
            facts={
                "name": check_title(name),
                "description": check_text(description, "The description"),
                "sequence_name": check_text(sequence_name, "The sequence's name"),
                "opening_view": {str(key): str(value) for key, value in (opening_view or {}).items()},
                **_checkpoint(step, training),
                "model": check_json(model, "model"),
                "corpus": check_json(corpus, "corpus"),
            },
            top_k=_check_count(top_k, "top_k", lowest=0),
            dtype=_check_dtype(dtype),
            row_cache=bool(row_cache),
            rows_per_group=_check_count(rows_per_group, "rows_per_group", lowest=1),
        )

    def described(self, progress: Progress) -> dict[str, Any]:
        """What the manifest says beside states, files and hashes."""
        return self.facts | {
            "n_positions": progress.n_positions,
            "n_sequences": progress.n_sequences,
            "n_vocabulary": len(self.vocabulary),
            "has_targets": bool(progress.has_targets),
            "has_log_probability": bool(progress.has_log_probability),
            "annotations": {name: column.facts for name, column in self.annotations.items()},
            "predictions": {"file": PREDICTIONS_FILE, "top_k": self.top_k} if self.top_k else None,
        }

    def job(self, caller: Mapping[str, Any] | None) -> dict[str, Any]:
        """What two writers must agree on for one to go on where the other was killed.

        Taken before the first block: the labels of open annotations grow.
        """
        job = {
            "states": self.states,
            "vocabulary hash": _hash(json.dumps(self.vocabulary).encode()),
            "annotations": {name: column.facts for name, column in self.annotations.items()},
            "top_k": self.top_k,
            "dtype": self.dtype,
            "row_cache": self.row_cache,
            "rows_per_group": self.rows_per_group,
            "model": self.facts["model"],
            "corpus": self.facts["corpus"],
            **{name: self.facts[name] for name in ("step", "training") if name in self.facts},
            "weights hash": None if self.weights is None else _hash(self.weights),
            "job": caller,
        }
        return json.loads(json.dumps(job))


def check_states(states: Mapping[str, int | tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """The shape of each state at one position, under a safe name.

    Examples
    --------
    >>> check_states({"layer0.hidden": 300, "layer0.memory": (8, 64)})
    {'layer0.hidden': (300,), 'layer0.memory': (8, 64)}
    """
    if not isinstance(states, Mapping):
        raise ParameterError(
            "states maps names to numbers of units, such as {'layer0.hidden': 300}. "
            f"Got {type(states).__name__}."
        )
    if not states:
        raise ParameterError("A recording has at least one state. Got none.")
    return {check_name(name, what="state"): _unit_shape(name, shape) for name, shape in states.items()}


def _unit_shape(name: str, given: int | tuple[int, ...]) -> tuple[int, ...]:
    axes = tuple(given) if isinstance(given, tuple | list) else (given,)
    if not axes or not all(isinstance(n, int | np.integer) and n >= 1 for n in axes):
        raise ParameterError(
            f"State '{name}' has a number of units, at least 1, or the shape of a matrix such as (8, 64). "
            f"Got {given!r}."
        )
    return tuple(int(n) for n in axes)


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


def _checkpoint(step: int | None, training: str) -> dict[str, Any]:
    """What is said of a checkpoint; nothing of any other network."""
    check_text(training, "The name of a training")
    if step is None:
        return {"training": training} if training else {}
    if not training:
        raise ParameterError(
            f"A step is one of a training. Got step={step!r}: name it too, training='run-3'."
        )
    return {"step": _check_count(step, "step", lowest=0), "training": training}


def _check_dtype(dtype: DTypeLike | None) -> str | None:
    if dtype is None:
        return None
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = None
    name = "float32" if name == "float64" else name
    if name not in STATE_DTYPES:
        raise ParameterError(f"dtype is 'float16' or 'float32', in which states are stored. Got {dtype!r}.")
    return name


def _check_count(number: int, name: str, *, lowest: int) -> int:
    if not isinstance(number, int | np.integer) or number < lowest:
        raise ParameterError(f"{name} is a whole number, at least {lowest}. Got {number!r}.")
    return int(number)


def _hash(content: Path | bytes) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
