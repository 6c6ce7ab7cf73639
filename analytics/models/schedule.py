"""How a network is trained: everything that changes the result, and the learning rate over time."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from analytics.errors import ParameterError

__all__ = ["LanguageSchedule", "Schedule", "learning_rate"]

WARM_UP_SHARE = 0.05
"""Part of all steps during which the learning rate rises: Adam's averages are not yet settled."""

FINAL_SHARE = 0.02
"""The last learning rate, as a share of the highest."""

_AT_LEAST_ONE = ("epochs", "n_streams", "n_steps", "patience", "n_sampled")
_ABOVE_ZERO = ("learning_rate", "gradient_norm")
_NOT_BELOW_ZERO = ("weight_decay", "state_penalty", "seed")


@dataclass(frozen=True, slots=True)
class Schedule:
    """What every training needs."""

    epochs: int
    seed: int = 0
    n_streams: int = 32
    """Sequences that are read side by side."""
    learning_rate: float = 2e-3
    weight_decay: float = 0.0
    gradient_norm: float = 1.0
    """Longer gradients are shortened to this."""
    patience: int = 3
    """Epochs without a better validation loss after which training stops."""

    def __post_init__(self) -> None:
        for names, fits, wanted in (
            (_AT_LEAST_ONE, lambda value: value >= 1, "at least 1"),
            (_ABOVE_ZERO, lambda value: value > 0, "above 0"),
            (_NOT_BELOW_ZERO, lambda value: value >= 0, "0 or more"),
        ):
            for name in names:
                value = getattr(self, name, None)
                if value is not None and not fits(value):
                    raise ParameterError(f"{name} of a schedule must be {wanted}. Got {value}.")

    @property
    def identity(self) -> dict[str, float | None]:
        """What must be the same for a training to go on: everything but how long it lasts."""
        names = [field.name for field in fields(self) if field.name not in ("epochs", "patience")]
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class LanguageSchedule(Schedule):
    """What the training of a language model needs besides."""

    n_steps: int = 35
    """Positions through which gradients flow; the state goes through the whole sequence."""
    state_penalty: float = 0.0
    """Times the mean square of the state after each window (for an LSTM its cells), added to the loss: keeps
    cells that count from growing along a long sequence."""
    n_sampled: int | None = None
    """Words drawn to estimate the softmax while training; None: the full softmax."""


def learning_rate(schedule: Schedule, *, progress: float) -> float:
    """Rate after a share `progress` of all steps: a linear rise, then a half cosine.

    Examples
    --------
    >>> schedule = Schedule(epochs=1, learning_rate=1.0)
    >>> [round(learning_rate(schedule, progress=share), 2) for share in (0, 0.05, 0.525, 1)]
    [0.02, 1.0, 0.51, 0.02]
    """
    if progress < WARM_UP_SHARE:
        return schedule.learning_rate * max(progress / WARM_UP_SHARE, FINAL_SHARE)
    fallen = (1 - math.cos(math.pi * (progress - WARM_UP_SHARE) / (1 - WARM_UP_SHARE))) / 2
    return schedule.learning_rate * (1 - (1 - FINAL_SHARE) * fallen)
