"""Checkpoints of a training: any number of the page against their step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from analytics.analyses.comparison.chance import mean_known
from analytics.errors import AnalyticsError
from dashboard.queries.clusters.overview import plain
from dashboard.queries.compare.activity import CompareActivityQueries
from dashboard.queries.compare.chosen import Chosen, ChosenQueries
from dashboard.queries.compare.facts import MOST_NATS, CompareFactQueries, training_of
from dashboard.queries.compare.layers import SECONDS_AT_ONCE, CompareLayerQueries
from dashboard.queries.compare.memory import CompareMemoryQueries
from dashboard.queries.compare.question import CompareQuestion
from dashboard.queries.compare.response import CompareResponseQueries
from dashboard.queries.compare.scalars import SCALARS
from dashboard.queries.recordings import RecordingQueries

__all__ = ["CompareStepQueries"]

NO_STEPS = (
    "None of these recordings is a checkpoint with a step: record with step= and training=, or --step and "
    "--training."
)
NOT_RECORDED = {
    "perplexity": "No probabilities of next tokens were recorded.",
    "loss": "No probabilities of next tokens were recorded.",
    "accuracy": "No predictions of next tokens or of classes were recorded.",
}
UNMOVED = "The state does not depend on what is read."


class _Parts(NamedTuple):
    """Who knows the numbers."""

    facts: CompareFactQueries
    activity: CompareActivityQueries
    response: CompareResponseQueries
    memory: CompareMemoryQueries
    layers: CompareLayerQueries


class _Training(NamedTuple):
    name: str
    checkpoints: list[tuple[int, Chosen]]
    """By step."""


class CompareStepQueries:
    """Numbers by step."""

    def __init__(self, recordings: RecordingQueries, chosen: ChosenQueries, *parts: Any) -> None:
        self._recordings, self._chosen, self._parts = recordings, chosen, _Parts(*parts)

    def steps(self, asked: CompareQuestion) -> dict[str, Any]:
        """Return the chosen number of every checkpoint of the trainings that are compared."""
        scalar = asked.scalar if asked.scalar in SCALARS else next(iter(SCALARS))
        answer: dict[str, Any] = {
            "scalar": scalar,
            "title": SCALARS[scalar],
            "scalars": [{"key": key, "title": title} for key, title in SCALARS.items()],
        }
        trainings = self._trainings(asked)
        if not trainings:
            return {**answer, "trainings": [], "pending": 0, "why": NO_STEPS}
        told, pending = [], 0
        until = time.monotonic() + SECONDS_AT_ONCE
        for training in trainings:
            rows = []
            for step, each in training.checkpoints:
                late = time.monotonic() > until
                pending += late
                value = {"pending": True} if late else self._value(scalar, each, training, asked)
                rows.append({"step": step, **each.head(), "value": None, "n": None, **value})
            told.append({"name": training.name, "rows": rows})
        return {**answer, "trainings": told, "pending": pending}

    def _trainings(self, asked: CompareQuestion) -> list[_Training]:
        """Trainings of the chosen recordings, in their order, each with all its checkpoints."""
        chosen = [each for each in self._chosen.all(asked) if each.recording]
        states: dict[str, str] = {}
        for each in chosen:
            step, training = training_of(each.recording)
            if step is not None and training:
                states.setdefault(training, each.state)
        places = {each.key: each for each in chosen}
        found: dict[str, list[tuple[int, Chosen]]] = {name: [] for name in states}
        for facts in self._recordings.all():
            recording = self._recordings.find(facts.key)
            step, training = training_of(recording) if recording else (None, "")
            if step is not None and training in found:
                each = places.get(facts.key) or self._chosen.one(facts.key, states[training])
                found[training].append((step, each))
        return [
            _Training(name, sorted(rows, key=lambda row: (row[0], row[1].key)))
            for name, rows in found.items()
        ]

    def _value(
        self, scalar: str, each: Chosen, training: _Training, asked: CompareQuestion
    ) -> dict[str, Any]:
        """The number of one checkpoint and what it is a mean over, or why there is none."""
        try:
            value, n = _VALUES[scalar](self, each, training, asked)
        except AnalyticsError as error:
            return {"why": str(error)}
        if value is None or not math.isfinite(value):
            return {"why": self._why(scalar, each)}
        return {"value": plain(value), "n": n}

    def _why(self, scalar: str, each: Chosen) -> str:
        """Return why a checkpoint lacks a number, in a sentence."""
        if scalar == "half-life":
            row = self._parts.memory.row(each)
            left = row["largest"]["text"] if row.get("ready") else ""
            return row.get("why") or (f"More than half is left for {left} positions." if left else UNMOVED)
        return NOT_RECORDED.get(scalar, f"It is not defined for {each.state} of {each.recording.name}.")

    def _quality(self, each: Chosen, name: str) -> tuple[float | None, int]:
        found = self._parts.facts.quality(each.recording)
        if name == "accuracy":
            return found.accuracy, found.n_accuracy
        if found.loss is None or name == "loss":
            return found.loss, found.n_loss
        return math.exp(min(found.loss, MOST_NATS)), found.n_loss

    def _activity(self, each: Chosen, name: str, asked: CompareQuestion) -> tuple[float, int]:
        found = self._parts.activity.of_state(each.recording, each.state, asked)
        return float((found.on if name == "on" else found.saturated).mean()), found.n

    def _response(self, each: Chosen, name: str, training: _Training) -> tuple[float | None, int]:
        words = self._parts.response.words([other for _, other in training.checkpoints])
        if not words:
            return None, 0
        found = self._parts.response.of_state(each, words)
        value = getattr(found, name)
        return (value if isinstance(value, float) else mean_known(value)), found.n_words

    def _memory(self, each: Chosen) -> tuple[float | None, int | None]:
        return self._parts.memory.half_life(each)

    def _likeness(self, each: Chosen, name: str, asked: CompareQuestion) -> tuple[float | None, int]:
        first = self._chosen.all(asked)[0]
        if first.recording is None:
            return None, 0
        cell = self._parts.layers.cell(first, each, states=(first.state, each.state), seed=asked.seed)
        return cell[name], cell["n"]


Valuer = Callable[[CompareStepQueries, Chosen, _Training, CompareQuestion], tuple[float | None, int | None]]

_VALUES: dict[str, Valuer] = {
    **{
        name: lambda self, each, _, asked, name=name: self._quality(each, name)
        for name in ("perplexity", "loss", "accuracy")
    },
    **{
        name: lambda self, each, _, asked, name=name: self._activity(each, name, asked)
        for name in ("on", "saturation")
    },
    **{
        name: lambda self, each, training, _, name=name: self._response(each, name, training)
        for name in ("relative", "sparsity", "share_of_units", "step", "within")
    },
    "half-life": lambda self, each, *_: self._memory(each),
    "cka": lambda self, each, _, asked: self._likeness(each, "cka", asked),
    "best": lambda self, each, _, asked: self._likeness(each, "bestFirst", asked),
}
