"""How a recording's network was trained, read from the log in its manifest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.facts import TrainingCurve
from dashboard.queries.recordings import RecordingQueries

__all__ = ["TrainingQueries", "training_curve"]

MAX_EPOCHS = 100_000


class TrainingQueries:
    """Training curves of recordings."""

    def __init__(self, recordings: RecordingQueries) -> None:
        self._recordings = recordings

    def curve(self, key: str) -> TrainingCurve | None:
        """Return the training curve of a recording's network; None when there is no recording or no log."""
        recording = self._recordings.find(key)
        model = recording and recording.manifest.get("model")
        return training_curve(model) if isinstance(model, dict) else None


def training_curve(model: Mapping[str, Any]) -> TrainingCurve | None:
    """Return the curve of `model["training"]["log"]`, a list with a mapping for each epoch.

    A log with perplexities only gives losses too: the loss in nats is the logarithm of the perplexity.

    Examples
    --------
    >>> log = [{"epoch": 1, "validation_loss": 2.0}, {"epoch": 2, "validation_loss": 1.5}]
    >>> curve = training_curve({"training": {"log": log}})
    >>> curve.validation_loss, curve.kept_epoch
    ((2.0, 1.5), 2)
    """
    training = model.get("training")
    log = training.get("log") if isinstance(training, Mapping) else None
    if not isinstance(log, Sequence) or isinstance(log, str):
        return None
    entries = [entry for entry in log[:MAX_EPOCHS] if isinstance(entry, Mapping)]
    if not entries:
        return None
    epochs = tuple(int(_number(entry.get("epoch")) or place) for place, entry in enumerate(entries, start=1))
    validation = tuple(_loss(entry, "validation") for entry in entries)
    kept, how = _kept(training, epochs, validation)
    return TrainingCurve(
        epochs=epochs,
        training_loss=tuple(_loss(entry, "training") for entry in entries),
        validation_loss=validation,
        learning_rate=_column(entries, "learning_rate"),
        seconds=_column(entries, "seconds"),
        validation_accuracy=_column(entries, "validation_accuracy"),
        kept_epoch=kept,
        kept_by=how,
    )


def _kept(
    training: Mapping[str, Any], epochs: tuple[int, ...], validation: tuple[float | None, ...]
) -> tuple[int | None, str]:
    said = _number(training.get("kept_epoch"))
    if said is not None and int(said) in epochs:
        return int(said), "as its training says"
    known = [(loss, epoch) for loss, epoch in zip(validation, epochs, strict=True) if loss is not None]
    if not known:
        return None, ""
    return min(known)[1], "the one with the lowest validation loss"


def _loss(entry: Mapping[str, Any], part: str) -> float | None:
    loss = _number(entry.get(f"{part}_loss"))
    if loss is not None:
        return loss
    perplexity = _number(entry.get(f"{part}_perplexity"))
    return math.log(perplexity) if perplexity and perplexity > 0 else None


def _column(entries: list[Mapping[str, Any]], name: str) -> tuple[float | None, ...]:
    return tuple(_number(entry.get(name)) for entry in entries)


def _number(value: Any) -> float | None:
    """A finite number, or nothing: a manifest may have been written by anybody."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)
