"""What stands beside the training curve: which epoch was kept, or why there is no curve."""

from __future__ import annotations

import math
from typing import Any

from dash import html

from dashboard.components.written import number_text
from dashboard.facts import TrainingCurve

__all__ = ["no_curve", "training_caption"]

SECONDS_PER_MINUTE = 60


def training_caption(curve: TrainingCurve) -> str:
    """Return what the picture shows and which epoch's weights the recording was made with."""
    epochs = len(curve.epochs)
    parts = [
        f"Mean loss of a target after {'the one epoch' if epochs == 1 else f'each of {epochs:,} epochs'}; "
        "the right axis reads the same curves as perplexity."
    ]
    if curve.kept_epoch is None:
        parts.append("The log does not tell which epoch was kept.")
    else:
        parts.append(f"Kept: epoch {curve.kept_epoch}, {curve.kept_by}{_kept_values(curve)}.")
    spent = [seconds for seconds in curve.seconds if seconds is not None]
    if spent:
        parts.append(f"Trained for {_duration(sum(spent))}.")
    return " ".join(parts)


def no_curve() -> list[Any]:
    """Return why there is no curve and how a recording gets one."""
    return [
        html.P("No training log in this recording's manifest.", className="empty-why"),
        html.P(
            [
                "A network trained by ",
                html.Code("python -m analytics train"),
                " keeps its log, and recordings made from it carry it along. For your own network, give ",
                html.Code('model={"training": {"log": [{"epoch": 1, "training_loss": 2.3, '
                          '"validation_loss": 2.1}, ...]}}'),
                " when you record it.",
            ],
            className="quiet",
        ),
    ]  # fmt: skip


def _kept_values(curve: TrainingCurve) -> str:
    place = curve.epochs.index(curve.kept_epoch)
    loss, accuracy = curve.validation_loss[place], curve.validation_accuracy[place]
    told = []
    if loss is not None:
        told.append(f"{number_text(loss)} nats, perplexity {number_text(math.exp(min(loss, 700.0)))}")
    if accuracy is not None:
        told.append(f"{100 * accuracy:.1f} % of the validation labels right")
    return f" ({'; '.join(told)})" if told else ""


def _duration(seconds: float) -> str:
    if seconds < SECONDS_PER_MINUTE:
        return f"{seconds:.0f} s"
    if seconds < SECONDS_PER_MINUTE**2:
        return f"{seconds / SECONDS_PER_MINUTE:.0f} min"
    return f"{seconds / SECONDS_PER_MINUTE**2:.1f} h"
