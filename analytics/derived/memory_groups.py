"""Groups of positions for a memory: classes, single words, and random words of the same frequencies."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.controls import matched_control
from analytics.analyses.memory.state_gradients import most_groups
from analytics.derived.memory_parameters import MemoryParameters
from analytics.store.recording import Recording

__all__ = ["CONTROL", "WORDS", "word_groups"]

WORDS = "word"
"""Grouping of single words; their labels are ids."""
CONTROL = "{} (control)"
"""Grouping of the controls of a grouping."""

MOST_LABELS = 40
"""Labels of an annotation that become classes: the most frequent."""

Coded = tuple[NDArray[np.int32], list[str]]


def word_groups(
    recording: Recording, asked: MemoryParameters, *, n_units: int, n_embedding: int
) -> tuple[dict[Any, Any], dict[str, int]]:
    """Return groupings for `state_gradients`, and how many labels of each annotation are left out."""
    room = most_groups(n_units=n_units, n_embedding=n_embedding, n_delays=len(asked.delays))
    share = (2 if asked.controls else 1) * max(1, len(asked.by))
    most = max(1, min(MOST_LABELS, (room - 2 * len(asked.words)) // share))
    groups: dict[Any, Any] = {}
    left_out: dict[str, int] = {}
    for name in asked.by:
        groups[name], left_out[name] = _labels(recording, name, most)
    if asked.words:
        codes = np.full(len(recording.vocabulary), -1, np.int32)
        codes[list(asked.words)] = np.arange(len(asked.words))
        groups[WORDS] = codes[recording.token_ids], [str(word) for word in asked.words]
    if asked.controls:
        for name, coded in list(groups.items()):
            groups |= _controls(recording.token_ids, name, coded, asked.seed)
    return groups, {name: n for name, n in left_out.items() if n}


def _labels(recording: Recording, name: str, most: int) -> tuple[Coded, int]:
    """Codes of the most frequent labels, in the order of the annotation's labels."""
    column = recording.annotations[name].cat
    codes, labels = column.codes.to_numpy(), column.categories.tolist()
    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    kept = np.sort(np.argsort(-counts, kind="stable")[:most])
    kept = kept[counts[kept] > 0]
    places = np.full(len(labels) + 1, -1, np.int32)
    places[kept] = np.arange(len(kept))
    n_left_out = int((counts > 0).sum()) - len(kept)
    return (places[codes], [str(labels[label]) for label in kept]), n_left_out


def _controls(ids: NDArray, name: str, coded: Coded, seed: int) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Return a control for each label; they may overlap."""
    codes, labels = coded
    return {
        (CONTROL.format(name), text): matched_control(ids, codes == label, seed=seed + label)
        for label, text in enumerate(labels)
    }
