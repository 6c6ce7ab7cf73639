"""Training a language model: seeded, resumable after any epoch, stopped when it no longer helps.

One epoch reads every sequence once, in an order drawn from the seed and the number of the epoch;
gradients flow through `n_steps` positions, the state through the whole sequence. The learning rate
rises over the first epoch's first part and falls along a half cosine. After each epoch the folder holds

- `best.pt`   the weights with the lowest validation perplexity so far
- `last.pt`   weights, optimiser and epoch: where to go on
- `log.jsonl` one line of JSON per epoch
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from tqdm import tqdm

from analytics.errors import AnalyticsError
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.loss import full_loss, perplexity, sampled_loss
from analytics.models.streams import StateOfStreams
from analytics.models.windows import n_windows, windows

__all__ = ["Schedule", "train_language_model"]

WARM_UP_SHARE = 0.05
"""Part of all steps during which the learning rate rises: Adam's averages are not yet settled."""

FINAL_SHARE = 0.02
"""The last learning rate, as a share of the highest."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a network is trained. Everything that changes the result is here."""

    epochs: int
    seed: int = 0
    n_streams: int = 32
    n_steps: int = 35
    learning_rate: float = 2e-3
    weight_decay: float = 0.0
    gradient_norm: float = 1.0
    """Longer gradients are shortened to this."""
    state_penalty: float = 0.0
    """Times the mean square of the state after each window (for an LSTM its cells), added to the loss: keeps
    cells that count from growing along a long sequence."""
    n_sampled: int | None = None
    """Words drawn to estimate the softmax while training; None: the full softmax."""
    patience: int = 3
    """Epochs without a better validation perplexity after which training stops."""


def train_language_model(
    shape: ModelShape,
    *,
    training: Sequence[NDArray],
    validation: Sequence[NDArray],
    schedule: Schedule,
    folder: Path,
) -> tuple[LanguageModel, list[dict]]:
    """Train, or go on where `folder` stopped, and return the best network and the log.

    Parameters
    ----------
    shape : ModelShape
    training, validation : list of arrays of token ids, one for each sequence
    schedule : Schedule
        Going on with another number of epochs is allowed; any other change is refused.
    folder : Path
        Where checkpoints and log are written, after every epoch.

    Raises
    ------
    AnalyticsError
        If `folder` holds the training of another network or schedule.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    model = LanguageModel(shape)
    optimiser = torch.optim.AdamW(_parameter_groups(model, schedule), lr=schedule.learning_rate, fused=True)
    log = _resume(model, optimiser, schedule=schedule, folder=folder)
    for epoch in range(len(log), schedule.epochs):
        if _best_epoch(log) + schedule.patience < epoch:
            break
        started = time.perf_counter()
        loss, rate = _train_epoch(model, optimiser, training, schedule=schedule, epoch=epoch)
        line = {
            "epoch": epoch + 1,
            "training_perplexity": round(math.exp(loss), 3),
            "validation_perplexity": round(perplexity(model, validation), 3),
            "learning_rate": rate,
            "seconds": round(time.perf_counter() - started, 1),
        }
        log.append(line)
        tqdm.write(json.dumps(line))
        _save(model, optimiser, schedule=schedule, folder=folder, log=log)
    best = LanguageModel(shape)
    best.load_state_dict(torch.load(folder / "best.pt", weights_only=True))
    return best.eval(), log


def learning_rate(schedule: Schedule, *, progress: float) -> float:
    """Rate after a share `progress` of all steps: a linear rise, then a half cosine."""
    if progress < WARM_UP_SHARE:
        return schedule.learning_rate * max(progress / WARM_UP_SHARE, FINAL_SHARE)
    fallen = (1 - math.cos(math.pi * (progress - WARM_UP_SHARE) / (1 - WARM_UP_SHARE))) / 2
    return schedule.learning_rate * (1 - (1 - FINAL_SHARE) * fallen)


def _train_epoch(
    model: LanguageModel,
    optimiser: torch.optim.Optimizer,
    training: Sequence[NDArray],
    *,
    schedule: Schedule,
    epoch: int,
) -> tuple[float, float]:
    """One pass over the sequences. Returns the mean loss and the last learning rate."""
    order = np.random.default_rng((schedule.seed, epoch)).permutation(len(training)).tolist()
    torch.manual_seed(schedule.seed * 100_003 + epoch + 1)
    cut = {"n_streams": schedule.n_streams, "n_steps": schedule.n_steps, "order": order}
    n_total = n_windows(training, **cut)
    streams = StateOfStreams(schedule.n_streams)
    model.train()
    losses, sizes = [], []
    bar = tqdm(
        windows(training, **cut), total=n_total, desc=f"epoch {epoch + 1}/{schedule.epochs}", mininterval=5
    )
    for number, window in enumerate(bar):
        rate = learning_rate(schedule, progress=(epoch + number / n_total) / schedule.epochs)
        for group in optimiser.param_groups:
            group["lr"] = rate
        output, state = model.states(torch.from_numpy(window.ids), streams.take(window))
        streams.keep(window, state)
        targets = torch.from_numpy(window.targets)
        n_targets = int((targets >= 0).sum())
        if n_targets == 0:
            continue
        loss = _loss(model, output, targets, schedule=schedule)
        optimiser.zero_grad(set_to_none=True)
        (loss + schedule.state_penalty * _mean_square(state)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), schedule.gradient_norm)
        optimiser.step()
        losses.append(float(loss.detach()))
        sizes.append(n_targets)
        bar.set_postfix(perplexity=f"{math.exp(np.mean(losses[-50:])):.1f}", refresh=False)
    return float(np.average(losses, weights=sizes)), rate


def _loss(
    model: LanguageModel, output: torch.Tensor, targets: torch.Tensor, *, schedule: Schedule
) -> torch.Tensor:
    if schedule.n_sampled is None:
        return full_loss(model, output, targets)
    return sampled_loss(model, output, targets, n_sampled=schedule.n_sampled)


def _mean_square(state: torch.Tensor | tuple) -> torch.Tensor:
    """Of an LSTM's cells or another layer's hidden states."""
    return (state[1] if isinstance(state, tuple) else state).square().mean()


def _parameter_groups(model: LanguageModel, schedule: Schedule) -> list[dict]:
    """Matrices decay, biases do not."""
    matrices = [weight for weight in model.parameters() if weight.ndim > 1]
    biases = [weight for weight in model.parameters() if weight.ndim == 1]
    return [
        {"params": matrices, "weight_decay": schedule.weight_decay},
        {"params": biases, "weight_decay": 0.0},
    ]


def _best_epoch(log: Sequence[dict]) -> int:
    """Number (0-based) of the epoch with the lowest validation perplexity; 0 before the first."""
    return int(np.argmin([line["validation_perplexity"] for line in log])) if log else 0


def _identity(model: LanguageModel, schedule: Schedule) -> str:
    """What must be the same for a training to go on: everything but the number of epochs."""
    kept = {
        name: getattr(schedule, name) for name in Schedule.__slots__ if name not in ("epochs", "patience")
    }
    return f"{model.shape} {kept}"


def _resume(
    model: LanguageModel, optimiser: torch.optim.Optimizer, *, schedule: Schedule, folder: Path
) -> list[dict]:
    """Load `last.pt` if it is there. Returns the log so far."""
    file = folder / "last.pt"
    if not file.exists():
        return []
    saved = torch.load(file, weights_only=True)
    if saved["identity"] != _identity(model, schedule):
        raise AnalyticsError(
            f"{file} belongs to another training ({saved['identity']}). "
            "Choose another folder, or remove this one to start anew."
        )
    model.load_state_dict(saved["model"])
    optimiser.load_state_dict(saved["optimiser"])
    return saved["log"]


def _save(
    model: LanguageModel,
    optimiser: torch.optim.Optimizer,
    *,
    schedule: Schedule,
    folder: Path,
    log: list[dict],
) -> None:
    """Write the checkpoint aside and rename it, so that a crash leaves the one before."""
    if _best_epoch(log) == len(log) - 1:
        _write(model.state_dict(), folder / "best.pt")
    state = {"identity": _identity(model, schedule), "log": log}
    _write({**state, "model": model.state_dict(), "optimiser": optimiser.state_dict()}, folder / "last.pt")
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log), encoding="utf-8")


def _write(state: dict, file: Path) -> None:
    aside = file.with_suffix(".partial")
    torch.save(state, aside)
    aside.replace(file)
