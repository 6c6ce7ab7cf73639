"""What a recording says about each position: annotations, predictions and loss, as tracks of a window."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import UnknownNameError, nearest
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache

__all__ = ["LOSS", "MAX_COLORS", "PREDICTION", "AnnotationQueries", "available_tracks", "target_texts"]

PREDICTION = ":prediction"
LOSS = ":loss"
"""Tracks that are no annotations; the colon keeps them apart from an annotation of the same name."""
MAX_COLORS = 16
"""Colours of categories: the 15 most frequent labels have their own, the rest share the last."""
NO_LABEL = -1


class AnnotationQueries:
    """Tracks, and which colour a label has wherever it appears."""

    def __init__(self, cache: AnswerCache) -> None:
        self._cache = cache

    def track(self, recording: Recording, name: str, start: int, stop: int) -> dict[str, Any]:
        """Return one track of the positions [start, stop), ready for the browser."""
        if name == PREDICTION:
            return _prediction_track(recording, start, stop)
        if name == LOSS:
            return self._loss_track(recording, start, stop)
        column = annotation(recording, name)
        if isinstance(column.dtype, pd.CategoricalDtype):
            return self._categorical_track(recording, name, column, start, stop)
        low, high = self.limits(recording, name)
        values = _plain(column.to_numpy()[start:stop])
        return {"name": name, "kind": "numeric", "title": name, "values": values, "low": low, "high": high}

    def colors(self, recording: Recording, name: str) -> NDArray[np.int64]:
        """Colour (0 to 15) of each label of a categorical annotation; 15 is shared when labels are more.

        The most frequent label of the recording has colour 0, so a label keeps its colour in every view.
        """
        column = annotation(recording, name)
        return self._cache.answer(
            "annotation-colors", recording.fingerprint, {"name": name}, lambda: _colors(column), on_disk=False
        )

    def limits(self, recording: Recording, name: str) -> tuple[float, float]:
        """Smallest and largest value of a numeric annotation in the whole recording."""
        return self._cache.answer(
            "annotation-limits",
            recording.fingerprint,
            {"name": name},
            lambda: _limits(annotation(recording, name).to_numpy()),
            on_disk=False,
        )

    def loss_limits(self, recording: Recording) -> tuple[float, float]:
        """Return zero and the largest loss of the whole recording."""
        high = self._cache.answer(
            "loss-limit",
            recording.fingerprint,
            {},
            lambda: _limits(-recording.log_probability)[1],
            on_disk=False,
        )
        return 0.0, high

    def _categorical_track(
        self, recording: Recording, name: str, column: pd.Series, start: int, stop: int
    ) -> dict[str, Any]:
        codes = column.cat.codes.to_numpy()[start:stop].astype(int)
        labels = [str(label) for label in column.cat.categories]
        colors = self.colors(recording, name)
        shown = sorted({code for code in codes.tolist() if code != NO_LABEL})
        places = {code: place for place, code in enumerate(shown)}
        return {
            "name": name,
            "kind": "categorical",
            "title": name,
            "codes": [places.get(code, NO_LABEL) for code in codes.tolist()],
            "labels": [labels[code] for code in shown],
            "colors": [int(colors[code]) for code in shown],
            "shares_last": len(labels) > MAX_COLORS,
        }

    def _loss_track(self, recording: Recording, start: int, stop: int) -> dict[str, Any]:
        if recording.log_probability is None:
            raise UnknownNameError(f"Recording '{recording.name}' holds no log-probabilities, so no loss.")
        low, high = self.loss_limits(recording)
        values = _plain(-recording.log_probability[start:stop])
        return {
            "name": LOSS,
            "kind": "numeric",
            "title": "loss of next",
            "unit": "nats",
            "values": values,
            "low": low,
            "high": high,
        }


def available_tracks(recording: Recording) -> list[dict[str, str]]:
    """Return what the menu of tracks offers for a recording; only its manifest is read."""
    facts = recording.manifest.get("annotations", {})
    tracks = [{"name": name, "title": name, "kind": str(fact["kind"])} for name, fact in facts.items()]
    if recording.manifest.get("predictions"):
        tracks.append({"name": PREDICTION, "title": "predicts next", "kind": "prediction"})
    if recording.manifest.get("has_log_probability"):
        tracks.append({"name": LOSS, "title": "loss of next", "kind": "numeric"})
    return tracks


def annotation(recording: Recording, name: str) -> pd.Series:
    """Return an annotation's column."""
    if name not in recording.annotations.columns:
        known = list(recording.annotations.columns)
        raise UnknownNameError(
            f"Recording '{recording.name}' has no annotation '{name}'.{nearest(name, known)}"
        )
    return recording.annotations[name]


def _prediction_track(recording: Recording, start: int, stop: int) -> dict[str, Any]:
    if recording.predictions is None:
        raise UnknownNameError(f"Recording '{recording.name}' holds no predictions.")
    ids, probabilities = recording.predictions.read(start, stop)
    words, places = np.unique(ids, return_inverse=True)
    return {
        "name": PREDICTION,
        "kind": "prediction",
        "title": "predicts next",
        "words": recording.vocabulary[words].tolist(),
        "ids": places.reshape(ids.shape).tolist(),
        "probabilities": np.round(probabilities.astype(float), 4).tolist(),
        "targets": target_texts(recording, start, stop),
    }


def target_texts(recording: Recording, start: int, stop: int) -> list[str | None]:
    """Return the token that was to be predicted at each position, nothing where there was none."""
    if recording.targets is None:
        return [None] * (stop - start)
    targets = recording.targets[start:stop].tolist()
    return [None if target < 0 else str(recording.vocabulary[target]) for target in targets]


def _colors(column: pd.Series) -> NDArray[np.int64]:
    codes = column.cat.codes.to_numpy()
    counts = np.bincount(codes[codes != NO_LABEL], minlength=len(column.cat.categories))
    rank = np.empty(len(counts), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return np.minimum(rank, MAX_COLORS - 1)


def _limits(values: NDArray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)


def _plain(values: NDArray) -> list[float | None]:
    """Numbers for JSON: five significant digits, nothing where there is no number."""
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values.tolist()]
