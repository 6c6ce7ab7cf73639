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

from analytics.models.scores import entropy, log_probabilities, token_scores

__all__ = ["ClassOutput", "Columns", "NumberOutput", "Output", "TokenOutput"]

ENTROPY = "entropy"


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
        log_probability, ids, shares, entropies = token_scores(rows, targets, top_k=self.top_k)
        return Columns(log_probability, (ids, shares) if self.top_k else None, {ENTROPY: entropies})


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
        logs = self.log_shares(rows)
        shares = logs.exp().numpy()
        columns = {f"P({text})": shares[:, number] for number, text in enumerate(self._classes)}
        columns["predicted class"] = np.array(self._classes, dtype=object)[shares.argmax(axis=1)]
        return Columns(annotations=columns | {ENTROPY: entropy(logs)})

    def log_shares(self, rows: Tensor) -> Tensor:
        """Logarithm of the probability of each class, (n_rows, n_classes)."""
        if rows.shape[1] == 1:
            rows = torch.cat([1 - rows, rows], dim=1) if self._is_share else _of_two(rows)
        return log_probabilities(rows)


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


def _of_two(rows: Tensor) -> Tensor:
    """One logit for the second of two classes."""
    rows = rows.float()
    return torch.cat([torch.nn.functional.logsigmoid(-rows), torch.nn.functional.logsigmoid(rows)], dim=1)
