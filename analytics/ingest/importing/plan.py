"""What an importer has found, in parts that are read block by block, and how it becomes a recording."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from analytics.errors import ParameterError, nearest
from analytics.ingest.writer import RecordingWriter
from analytics.store.recording import Recording, open_recording

__all__ = ["Column", "ImportPlan", "Progress", "Read", "Rows", "as_state_block", "write_plan"]

Read = Callable[[int, int], Any]
"""Gives the values of the positions [start, stop)."""

Progress = Callable[[int, int], None]
"""Is told the positions written so far, and all of them."""

BLOCK_BYTES = 1 << 25
"""States read at once, all together: 32 MiB, beside the row group of each that the writer holds."""

MAX_BLOCK_POSITIONS = 1 << 14

_NOT_OPTIONS = (
    "self", "path", "name", "states", "vocabulary", "annotations", "top_k", "resume", "job",
)  # fmt: skip
"""What the importer says itself; and an import begins anew, it is not resumed."""


class Rows(Protocol):
    """Anything with one row per position that is read in blocks."""

    shape: tuple[int, ...]
    dtype: np.dtype

    def read(self, start: int, stop: int) -> NDArray:
        """Return the rows [start, stop)."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """An annotation on its way."""

    kind: str | Sequence[str]
    """As `RecordingWriter` takes it: a kind, or the list of labels."""
    read: Read


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A recording that can be written."""

    n_positions: int
    vocabulary: Sequence[str]
    token_ids: Read
    states: Mapping[str, Rows]
    """Each (n_positions or more, n_units); or more axes behind the first: a matrix at each position."""
    sequence_starts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    annotations: Mapping[str, Column] = field(default_factory=dict)
    predictions: Read | None = None
    """Gives ids and probabilities, each (n_block, top_k)."""
    top_k: int = 0


def write_plan(
    plan: ImportPlan, path: str | Path, *, name: str, progress: Progress | None, options: Mapping[str, Any]
) -> Recording:
    """Write a recording block by block and open it; nothing is left when it fails."""
    _check_options(options)
    writer = RecordingWriter(
        path,
        name=name,
        states={state: _units_of(rows.shape) for state, rows in plan.states.items()},
        vocabulary=plan.vocabulary,
        annotations={column: annotation.kind for column, annotation in plan.annotations.items()},
        top_k=plan.top_k,
        **options,
    )
    step = _block_positions(plan)
    with writer:
        for start in range(0, plan.n_positions, step):
            stop = min(start + step, plan.n_positions)
            writer.append(**_block(plan, start, stop))
            if progress is not None:
                progress(stop, plan.n_positions)
    return open_recording(path)


def as_state_block(values: NDArray) -> NDArray:
    """Numbers as states hold them: two axes, whole numbers and booleans as float32."""
    values = values.reshape(len(values), -1)
    return values if values.dtype.kind == "f" else values.astype(np.float32)


def _units_of(shape: tuple[int, ...]) -> int | tuple[int, ...]:
    return int(shape[1]) if len(shape) == 2 else tuple(map(int, shape[1:]))


def _block(plan: ImportPlan, start: int, stop: int) -> dict[str, Any]:
    starts = np.zeros(stop - start, dtype=bool)
    first, last = np.searchsorted(plan.sequence_starts, [start, stop])
    starts[plan.sequence_starts[first:last] - start] = True
    return {
        "token_ids": plan.token_ids(start, stop),
        "states": {state: as_state_block(rows.read(start, stop)) for state, rows in plan.states.items()},
        "sequence_starts": starts,
        "annotations": {
            column: annotation.read(start, stop) for column, annotation in plan.annotations.items()
        },
        "predictions": None if plan.predictions is None else plan.predictions(start, stop),
    }


def _block_positions(plan: ImportPlan) -> int:
    row = sum(int(np.prod(rows.shape[1:])) * max(4, rows.dtype.itemsize) for rows in plan.states.values())
    return max(1, min(MAX_BLOCK_POSITIONS, BLOCK_BYTES // max(1, row)))


def _check_options(options: Mapping[str, Any]) -> None:
    known = [key for key in inspect.signature(RecordingWriter.__init__).parameters if key not in _NOT_OPTIONS]
    for key in options:
        if key not in known:
            raise ParameterError(f"There is no option {key!r}.{nearest(key, known)}")
