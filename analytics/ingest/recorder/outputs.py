"""What a network says at each step, as columns: next tokens, classes, or numbers.

What its output means is told by its width: as wide as the vocabulary, it is about the next token; with
classes or labels given, it is about those; of a series, it is numbers. Anything else is not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["ClassOutput", "Columns", "NumberOutput", "Output", "TokenOutput", "log_probabilities"]

ENTROPY = "entropy"

CHUNK_VALUES = 1 << 18
"""Logits looked at together: a megabyte, with its logarithms and shares, stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What is stored of the output at some positions."""

    log_probability: NDArray[np.float32] | None = None
    """(n_rows,), of the target, NaN where there is none."""
    predictions: tuple[NDArray[np.int32], NDArray[np.float32]] | None = None
    """Ids and probabilities, each (n_rows, top_k)."""
    annotations: Mapping[str, NDArray] = field(default_factory=dict)


class Output(Protocol):
    """How rows of the network's output become columns."""

    top_k: int
    annotations: dict[str, Any]
    """Kind or labels of each annotation it makes."""
    has_log_probability: bool

    def columns(self, rows: Tensor, targets: NDArray[np.int32]) -> Columns:
        """From (n_rows, n_outputs) and the id to be predicted at each, -1 where there is none."""
        ...


class TokenOutput:
    """Logits (or probabilities) over the vocabulary."""

    def __init__(self, *, top_k: int) -> None:
        self.top_k = top_k
        self.annotations: dict[str, Any] = {ENTROPY: "numeric"}
        self.has_log_probability = True

    def columns(self, rows: Tensor, targets: NDArray[np.int32]) -> Columns:
        """Log-probability of the target, the likeliest tokens, and the entropy in nats."""
        n_rows = max(1, CHUNK_VALUES // rows.shape[1])
        pieces = [
            self._piece(rows[start : start + n_rows], targets[start : start + n_rows])
            for start in range(0, len(rows), n_rows)
        ]
        log_probability, ids, shares, entropies = (np.concatenate(part) for part in zip(*pieces, strict=True))
        return Columns(log_probability, (ids, shares) if self.top_k else None, {ENTROPY: entropies})

    def _piece(self, rows: Tensor, targets: NDArray[np.int32]) -> tuple[NDArray, ...]:
        logs = log_probabilities(rows)
        known = torch.from_numpy(np.maximum(targets, 0).astype(np.int64))
        # A probability of exactly 0 has no finite logarithm; the smallest that float32 knows stands for it.
        floor = float(np.log(np.finfo(np.float32).tiny))
        chosen = logs.gather(1, known[:, None])[:, 0].clamp(floor, 0).numpy()
        best, ids = logs.topk(self.top_k, dim=1)
        shares = best.exp().clamp(0, 1).numpy()
        log_probability = np.where(targets >= 0, chosen, np.nan).astype(np.float32)
        return log_probability, ids.numpy().astype(np.int32), shares, entropy(logs)


class ClassOutput:
    """Logits (or probabilities) over classes; one number for two of them is about the second."""

    top_k = 0
    has_log_probability = False

    def __init__(self, classes: Sequence[str], example: Tensor) -> None:
        self._classes = list(classes)
        # One output for two classes: a probability where it always lies in [0, 1], else a logit.
        self._is_share = bool(((example >= 0) & (example <= 1)).all())
        self.annotations = {"predicted class": self._classes, ENTROPY: "numeric"} | {
            f"P({text})": "numeric" for text in self._classes
        }

    def columns(self, rows: Tensor, targets: NDArray[np.int32]) -> Columns:
        """Probability of each class, the likeliest class, and the entropy in nats."""
        if rows.shape[1] == 1:
            rows = torch.cat([1 - rows, rows], dim=1) if self._is_share else _of_two(rows)
        logs = log_probabilities(rows)
        shares = logs.exp().numpy()
        columns = {f"P({text})": shares[:, number] for number, text in enumerate(self._classes)}
        columns["predicted class"] = np.array(self._classes, dtype=object)[shares.argmax(axis=1)]
        return Columns(annotations=columns | {ENTROPY: entropy(logs)})


class NumberOutput:
    """Numbers, such as the next measurement."""

    top_k = 0
    has_log_probability = False

    def __init__(self, n_outputs: int) -> None:
        self._names = ["output"] if n_outputs == 1 else [f"output {number}" for number in range(n_outputs)]
        self.annotations: dict[str, Any] = dict.fromkeys(self._names, "numeric")

    def columns(self, rows: Tensor, targets: NDArray[np.int32]) -> Columns:
        """Each output as it is."""
        values = rows.float().numpy()
        return Columns(annotations={name: values[:, number] for number, name in enumerate(self._names)})


def log_probabilities(rows: Tensor) -> Tensor:
    """Natural logarithms of probabilities, whether the rows are logits, probabilities or logarithms already.

    Examples
    --------
    >>> shares = torch.tensor([[0.25, 0.75]])
    >>> [torch.allclose(log_probabilities(rows).exp(), shares) for rows in (shares, shares.log() + 3)]
    [True, True]
    """
    rows = rows.float()
    lowest = float(rows.min()) if rows.numel() else -1.0
    if lowest >= 0 and bool(((rows.sum(dim=1) - 1).abs() < 1e-3).all()):
        return rows.clamp_min(torch.finfo(torch.float32).tiny).log()
    return torch.log_softmax(rows, dim=1)


def entropy(logs: Tensor) -> NDArray[np.float32]:
    """Entropy of each row of log-probabilities, in nats."""
    shares = logs.exp()
    # Where a share is 0 its logarithm may be -inf; the term is 0.
    return -torch.linalg.vecdot(shares, logs.clamp_min(-1e4)).numpy()


def _of_two(rows: Tensor) -> Tensor:
    """One logit for the second of two classes."""
    rows = rows.float()
    return torch.cat([torch.nn.functional.logsigmoid(-rows), torch.nn.functional.logsigmoid(rows)], dim=1)
