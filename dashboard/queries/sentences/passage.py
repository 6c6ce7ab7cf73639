"""Words in a row and what a network made of each: read from a recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.store.recording import Recording
from dashboard.queries.annotations import annotation

__all__ = ["CLASS_COLUMN", "Expected", "Passage", "class_names", "gate_of", "recorded_passage"]

CLASS_COLUMN = "P({})"
"""The annotation that holds the probability of a class at each position."""
ENTROPY = "entropy"
KEEPS = {"cell": "forget_gate", "hidden": "update_gate"}
"""The gate that says how much of a state of this kind is kept."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the network expected next at each word. Arrays of shape (n_words,), or None where unknown."""

    targets: tuple[str | None, ...] | None = None
    """The text that was to be predicted at each word: the next token."""
    log_probability: NDArray[np.float32] | None = None
    """Of that text; NaN where there is none."""
    before: float | None = None
    """Log-probability of the first word itself, one position earlier; None at a sequence's start."""
    entropy: NDArray[np.float32] | None = None
    """In nats."""
    top_ids: NDArray[np.int64] | None = None
    """The likeliest next words, shape (n_words, top_k)."""
    top_probabilities: NDArray[np.float32] | None = None
    class_probabilities: NDArray[np.float32] | None = None
    """Of each class as it stands after each word, shape (n_words, n_classes)."""
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Words in a row, one state at each, and what was expected."""

    tokens: tuple[str, ...]
    ids: NDArray[np.int64]
    """Shape (n_words,)."""
    unknown: NDArray[np.bool_]
    """Words that are no token of the vocabulary, shape (n_words,)."""
    states: NDArray[np.float32]
    """Shape (n_words, n_units)."""
    before: NDArray[np.float32]
    """The state one position before the first word, shape (n_units,); zeros at a sequence's start."""
    starts: NDArray[np.int64]
    """Indices of the words that begin a sequence, rising."""
    gate: NDArray[np.float32] | None
    """What the network itself keeps of each unit, shape (n_words, n_units); None without such a gate."""
    expected: Expected
    start: int | None = None
    """Position of the first word; None for text that is not in the recording."""
    how: str = ""
    """How typed text was parted into words."""
    notes: tuple[str, ...] = ()


def gate_of(state: str, known: tuple[str, ...]) -> str | None:
    """Return the gate that keeps a state, where it is known.

    Examples
    --------
    >>> gate_of("layer1.cell", ("layer1.cell", "layer1.forget_gate"))
    'layer1.forget_gate'
    >>> gate_of("layer1.hidden", ("layer1.hidden", "layer1.forget_gate")) is None
    True
    """
    layer, _, kind = state.rpartition(".")
    name = f"{layer}.{KEEPS[kind]}" if kind in KEEPS else ""
    return name if name in known else None


def recorded_passage(recording: Recording, state: str, start: int, stop: int) -> Passage:
    """Read the words [start, stop) of a recording."""
    reader, gate = recording.states(state), gate_of(state, recording.state_names)
    borders = recording.sequence_starts
    first, after = np.searchsorted(borders, [start, stop])
    starts = borders[first:after] - start
    begins = bool(len(starts)) and int(starts[0]) == 0
    rows = reader.read(start - (not begins), stop).astype(np.float32)
    ids = recording.token_ids[start:stop].astype(np.int64)
    return Passage(
        tokens=tuple(recording.token_texts(start, stop)),
        ids=ids,
        unknown=np.zeros(len(ids), dtype=bool),
        states=rows if begins else rows[1:],
        before=np.zeros(rows.shape[1], np.float32) if begins else rows[0],
        starts=starts,
        gate=None if gate is None else recording.states(gate).read(start, stop).astype(np.float32),
        expected=_expected(recording, start, stop, begins=begins),
        start=start,
    )


def class_names(recording: Recording) -> tuple[str, ...]:
    """Return the classes whose probabilities stand in the annotations, in the order of the network."""
    facts = recording.manifest.get("annotations", {})
    labels = (facts.get("predicted class") or {}).get("labels") or ()
    return tuple(str(name) for name in labels if CLASS_COLUMN.format(name) in facts)


def _expected(recording: Recording, start: int, stop: int, *, begins: bool) -> Expected:
    targets, logs, top = recording.targets, recording.log_probability, recording.predictions
    ids, probabilities = top.read(start, stop) if top is not None else (None, None)
    classes = class_names(recording)
    shares = [_numbers(recording, CLASS_COLUMN.format(name), start, stop) for name in classes]
    before = None if logs is None or begins else float(logs[start - 1])
    return Expected(
        targets=None if targets is None else tuple(_texts(recording, targets[start:stop].tolist())),
        log_probability=None if logs is None else logs[start:stop].copy(),
        before=before if before is not None and np.isfinite(before) else None,
        entropy=_numbers(recording, ENTROPY, start, stop) if _has_entropy(recording) else None,
        top_ids=None if ids is None else np.asarray(ids, dtype=np.int64),
        top_probabilities=None if probabilities is None else np.asarray(probabilities, dtype=np.float32),
        class_probabilities=np.stack(shares, axis=1) if shares else None,
        classes=classes,
    )


def _has_entropy(recording: Recording) -> bool:
    fact = recording.manifest.get("annotations", {}).get(ENTROPY)
    return bool(fact) and fact["kind"] != "categorical"


def _numbers(recording: Recording, name: str, start: int, stop: int) -> NDArray[np.float32]:
    return annotation(recording, name).to_numpy()[start:stop].astype(np.float32)


def _texts(recording: Recording, ids: list[int]) -> list[str | None]:
    return [None if word < 0 else str(recording.vocabulary[word]) for word in ids]
