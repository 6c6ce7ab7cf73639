"""States and output of a block of positions, filled run by run."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from analytics.ingest.recorder.outputs import Columns
from analytics.ingest.recorder.plan import Plan
from analytics.ingest.recorder.run import Run

__all__ = ["Block"]


class Block:
    """States and output at the positions [start, stop), filled row by row, then written."""

    def __init__(self, plan: Plan, n_rows: int) -> None:
        self._plan, self.n_rows = plan, n_rows
        self.states = {
            state: np.empty((n_rows, prod(shape)), dtype=plan.dtype) for state, shape in plan.shapes.items()
        }
        self._pieces: list[tuple[NDArray, Columns]] = []

    def put(
        self, run: Run, rows: NDArray, *, lengths: NDArray, targets: NDArray[np.int32]
    ) -> None:  # fmt: skip
        """Keep a run's values: those of stream 0, up to its length, belong in the first rows, and so on."""
        for state, values in self.states.items():
            values[rows] = _one_after_the_other(run.states[state], lengths).numpy()
        if self._plan.output is not None:
            given = self._plan.read_output(run).detach().cpu()
            if given.ndim == 2:
                given = given.expand(run.n_steps, *given.shape)
            chosen = _one_after_the_other(given, lengths)
            self._pieces.append((rows, self._plan.output.columns(chosen, targets)))

    def columns(self) -> dict[str, Any]:
        """What `RecordingWriter.append` takes of the output: one array a column."""
        if self._plan.output is None:
            return {"annotations": {}}
        first = self._pieces[0][1]
        found: dict[str, Any] = {
            "annotations": {
                name: self._joined(values.dtype, lambda columns, name=name: columns.annotations[name])
                for name, values in first.annotations.items()
            }
        }
        if first.log_probability is not None:
            found["log_probability"] = self._joined(np.float32, lambda columns: columns.log_probability)
        if first.predictions is not None:
            found["predictions"] = tuple(
                self._joined(part.dtype, lambda columns, number=number: columns.predictions[number])
                for number, part in enumerate(first.predictions)
            )
        return found

    def _joined(self, dtype: Any, part: Callable[[Columns], NDArray]) -> NDArray:
        shape = (self.n_rows, *part(self._pieces[0][1]).shape[1:])
        values = np.empty(shape, dtype=dtype)
        for rows, columns in self._pieces:
            values[rows] = part(columns)
        return values


def _one_after_the_other(values: Tensor, lengths: NDArray) -> Tensor:
    """From (n_steps, n_streams, n_units) to float32 (sum(lengths), n_units): without the padding."""
    by_stream = values.transpose(0, 1)
    if lengths.min() == len(values):
        return by_stream.reshape(-1, values.shape[2]).float()
    real = torch.arange(len(values)) < torch.from_numpy(lengths)[:, None]
    return by_stream[real].float()
