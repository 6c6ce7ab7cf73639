"""Small recordings for tests, written through the real writer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ingest.writer import RecordingWriter
from analytics.store.recording import Recording, open_recording

VOCABULARY = ["the", " ", "\n", "<unk>", "&amp;", "שלום", "🙂", "the"]
"""Two ids of one text, white space, markup, right-to-left and emoji are ordinary tokens."""


def random_states(n_positions: int, n_units: int, *, dtype: str = "float32", seed: int = 0) -> NDArray:
    """States without structure."""
    return np.random.default_rng(seed).normal(size=(n_positions, n_units)).astype(dtype)


def small_recording(
    path: Path,
    *,
    n_positions: int = 50,
    n_units: int = 3,
    rows_per_group: int = 16,
    block: int = 7,
    states: dict[str, NDArray] | None = None,
    **options: Any,
) -> Recording:
    """Write a recording in blocks of `block` positions with a sequence every 20 positions, and open it."""
    if states is None:
        states = {"layer0.cell": random_states(n_positions, n_units)}
    n_positions = len(next(iter(states.values())))
    positions = np.arange(n_positions)
    with RecordingWriter(
        path,
        name=options.pop("name", path.name),
        states={name: values.shape[1] for name, values in states.items()},
        vocabulary=VOCABULARY,
        rows_per_group=rows_per_group,
        **options,
    ) as writer:
        for start in range(0, n_positions, block):
            part = slice(start, start + block)
            writer.append(
                token_ids=positions[part] % len(VOCABULARY),
                states={name: values[part] for name, values in states.items()},
                sequence_starts=positions[part] % 20 == 0,
            )
    return open_recording(path)
