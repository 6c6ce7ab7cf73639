"""Training a network: seeded, resumable after any epoch, stopped when it no longer helps.

One epoch reads every sequence once, in an order drawn from the seed and the number of the epoch. The learning
rate rises over the first steps and falls along a half cosine. What is particular to a kind of network (its
batches, its loss, its measures) is a `Learner`.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from analytics.errors import AnalyticsError
from analytics.models.checkpoints import Checkpoints, best_epoch
from analytics.models.schedule import Schedule, learning_rate

__all__ = ["BatchLoss", "Keep", "Learner", "as_perplexity", "digest", "train"]

Keep = Callable[[nn.Module, Sequence[Mapping[str, Any]]], None]
"""What looks at a network after an epoch, with the log so far."""

HIGHEST_LOSS = 700.0
"""Nats; its exponential is still a float."""


class BatchLoss(NamedTuple):
    """What one batch says."""

    objective: Tensor
    """Followed downhill: the loss and what is added to it."""
    loss: Tensor
    """Mean negative log-probability (nats) of a target."""
    n_targets: int
    """0: there is nothing to learn from."""


class Learner(Protocol):
    """A network, its text and its loss."""

    model: nn.Module
    identity: str
    """What must be the same for a training to go on, besides the schedule."""

    def epoch(self, generator: np.random.Generator) -> tuple[int, Iterator[BatchLoss]]:
        """Return the number of batches of an epoch, and the batches."""

    def measure(self) -> dict[str, float]:
        """Return `validation_loss` (nats for each target), and other measures."""


def train(
    learner: Learner, *, schedule: Schedule, folder: Path, keep: Keep | None = None
) -> list[dict[str, Any]]:
    """Train, or go on where `folder` stopped. The learner's network is the best one in the end.

    `keep` is called with the network and the log after each epoch.

    Returns
    -------
    list of dict
        For each epoch `epoch`, `training_loss` and `validation_loss` (nats for each target), their
        exponentials `training_perplexity` and `validation_perplexity`, the other measures,
        `learning_rate`, `seconds`.

    Raises
    ------
    AnalyticsError
        If `folder` holds the training of another network, text or schedule, or the loss is no number.
    """
    model = learner.model
    optimiser = torch.optim.AdamW(_parameter_groups(model, schedule), lr=schedule.learning_rate, fused=True)
    checkpoints = Checkpoints(folder, f"{learner.identity} {schedule.identity}")
    log = checkpoints.resume(model, optimiser)
    for epoch in range(len(log), schedule.epochs):
        if best_epoch(log) + schedule.patience < epoch:
            break
        started = time.perf_counter()
        loss, rate = _train_epoch(learner, optimiser, schedule=schedule, epoch=epoch)
        log.append(_line(epoch + 1, loss, learner.measure(), rate) | {"seconds": _seconds_since(started)})
        tqdm.write(json.dumps(log[-1]), file=sys.stderr)
        checkpoints.save(model, optimiser, log)
        if keep is not None:
            keep(model, log)
    checkpoints.load_best(model)
    model.eval()
    return log


def as_perplexity(loss: float) -> float:
    """Return the exponential of a loss in nats.

    Examples
    --------
    >>> as_perplexity(0.0), round(as_perplexity(2.302585), 3)
    (1.0, 10.0)
    """
    return math.exp(min(loss, HIGHEST_LOSS))


def digest(sequences: Iterable[NDArray | Sequence[int]]) -> str:
    """Return some letters that change with the ids of a text or where its sequences end.

    Examples
    --------
    >>> digest([np.array([1, 2]), np.array([3])]) == digest([np.array([1]), np.array([2, 3])])
    False
    """
    found = hashlib.sha256()
    for sequence in sequences:
        ids = np.asarray(sequence, dtype=np.int64)
        found.update(len(ids).to_bytes(8, "little") + ids.tobytes())
    return found.hexdigest()[:16]


def _train_epoch(
    learner: Learner, optimiser: torch.optim.Optimizer, *, schedule: Schedule, epoch: int
) -> tuple[float, float]:
    """One pass over the text. Returns the mean loss and the last learning rate."""
    generator = np.random.default_rng((schedule.seed, epoch))
    torch.manual_seed(schedule.seed * 100_003 + epoch + 1)
    learner.model.train()
    n_batches, batches = learner.epoch(generator)
    losses, sizes, rate = [], [], schedule.learning_rate
    bar = tqdm(batches, total=n_batches, desc=f"epoch {epoch + 1}/{schedule.epochs}", mininterval=5)
    for number, batch in enumerate(bar):
        rate = learning_rate(schedule, progress=(epoch + number / n_batches) / schedule.epochs)
        if batch.n_targets == 0:
            continue
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad(set_to_none=True)
        batch.objective.backward()
        nn.utils.clip_grad_norm_(learner.model.parameters(), schedule.gradient_norm)
        optimiser.step()
        losses.append(float(batch.loss.detach()))
        sizes.append(batch.n_targets)
        if not math.isfinite(losses[-1]):
            raise AnalyticsError(
                f"The loss became {losses[-1]} in epoch {epoch + 1}. Train with a lower learning_rate."
            )
        bar.set_postfix(perplexity=f"{as_perplexity(float(np.mean(losses[-50:]))):.1f}", refresh=False)
    if not losses:
        raise AnalyticsError("There is nothing to learn from: every training sequence has one token only.")
    return float(np.average(losses, weights=sizes)), rate


def _line(epoch: int, loss: float, measures: dict[str, float], rate: float) -> dict[str, Any]:
    others = {name: round(value, 5) for name, value in measures.items() if name != "validation_loss"}
    return {
        "epoch": epoch,
        "training_loss": round(loss, 5),
        "validation_loss": round(measures["validation_loss"], 5),
        "training_perplexity": round(as_perplexity(loss), 3),
        "validation_perplexity": round(as_perplexity(measures["validation_loss"]), 3),
        **others,
        "learning_rate": rate,
    }


def _seconds_since(started: float) -> float:
    return round(time.perf_counter() - started, 1)


def _parameter_groups(model: nn.Module, schedule: Schedule) -> list[dict[str, Any]]:
    """Matrices decay, biases do not."""
    matrices = [weight for weight in model.parameters() if weight.ndim > 1]
    biases = [weight for weight in model.parameters() if weight.ndim == 1]
    return [
        {"params": matrices, "weight_decay": schedule.weight_decay},
        {"params": biases, "weight_decay": 0.0},
    ]
