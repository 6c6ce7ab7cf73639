"""Where a training stands, on disk after every epoch: `last.pt`, `best.pt`, `log.jsonl`.

- `best.pt`   the weights with the lowest validation loss so far
- `last.pt`   weights, optimiser and log: where to go on
- `log.jsonl` one line of JSON per epoch

Each is written aside and renamed, so that a crash leaves the one before.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from analytics.errors import AnalyticsError

__all__ = ["LOG_FILE", "Checkpoints", "best_epoch"]

LOG_FILE = "log.jsonl"


class Checkpoints:
    """The checkpoints of one training.

    Parameters
    ----------
    folder : Path
    identity : str
        Network, text and schedule: what must be the same for a training to go on.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self._folder, self._identity = folder, identity

    def resume(self, model: nn.Module, optimiser: torch.optim.Optimizer) -> list[dict[str, Any]]:
        """Bring both to where the last epoch left them. Returns the log so far, empty at the beginning.

        Raises
        ------
        AnalyticsError
            If the folder holds another training, or a checkpoint that cannot be read.
        """
        file = self._folder / "last.pt"
        if not file.exists():
            return []
        saved = _load(file)
        if saved.get("identity") != self._identity:
            raise AnalyticsError(
                f"{file} belongs to another training ({saved.get('identity')}). "
                "Choose another folder, or remove this one to start anew."
            )
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        return saved["log"]

    def save(self, model: nn.Module, optimiser: torch.optim.Optimizer, log: Sequence[dict[str, Any]]) -> None:
        """Write all three."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if best_epoch(log) == len(log) - 1:
            _write(model.state_dict(), self._folder / "best.pt")
        state = {"identity": self._identity, "log": list(log), "model": model.state_dict()}
        _write({**state, "optimiser": optimiser.state_dict()}, self._folder / "last.pt")
        text = "".join(json.dumps(line) + "\n" for line in log)
        (self._folder / LOG_FILE).write_text(text, encoding="utf-8")

    def load_best(self, model: nn.Module) -> None:
        """Give a network the weights of the best epoch."""
        model.load_state_dict(_load(self._folder / "best.pt"))


def best_epoch(log: Sequence[dict[str, Any]]) -> int:
    """Return the number (0-based) of the epoch with the lowest validation loss; 0 before the first."""
    losses = [line["validation_loss"] for line in log]
    return losses.index(min(losses)) if losses else 0


def _load(file: Path) -> dict[str, Any]:
    """Tensors and plain values only: a file that would run a program when it is opened is refused."""
    try:
        return torch.load(file, weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, KeyError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0][:120]
        raise AnalyticsError(
            f"The checkpoint {file} cannot be read ({reason}). Remove its folder to start anew."
        ) from None


def _write(state: dict[str, Any], file: Path) -> None:
    aside = file.with_suffix(".partial")
    try:
        torch.save(state, aside)
    except RuntimeError as error:
        # torch says so when the disk is full.
        aside.unlink(missing_ok=True)
        raise AnalyticsError(f"The checkpoint {file} cannot be written: {error}.") from None
    aside.replace(file)
