"""One word of a sentence beside its usual response, and one unit along the sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.errors import RangeError, UnknownNameError
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import ClusterQueries, plain
from dashboard.queries.coding import BYTE, SHORT, largest, single, whole
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import ResponseQueries
from dashboard.queries.sentences.passage import Passage
from dashboard.queries.sentences.question import SentencesQuestion
from dashboard.queries.sentences.reading import PassageQueries

__all__ = ["SentenceDetailQueries"]

N_TOP = 20
MOST = 0.99
"""Quantile of a unit's magnitudes that is full colour: single positions dwarf all others."""


class SentenceDetailQueries:
    """Questions about a chosen word and a chosen unit of a sentence."""

    def __init__(
        self,
        recordings: RecordingQueries,
        passages: PassageQueries,
        clusters: ClusterQueries,
        responses: ResponseQueries,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._passages, self._clusters = recordings, passages, clusters
        self._responses, self._cache = responses, cache

    def word(self, asked: SentencesQuestion) -> dict[str, Any]:
        """Return what a word did to every unit here, and what it does elsewhere.

        Numbers are coded as on the Clusters page: quantiles in one byte, where ``scale`` is the value of 127;
        the mean and this occurrence in two bytes, where ``meanScale`` and ``hereScale`` are that of 32,767.
        """
        key, state = asked.place
        recording, passage = self._recordings.open(key), self._passages.passage(asked)
        changes = _changes_at(passage, asked.index)
        word = int(passage.ids[asked.index])
        labels = self._clusters.found(asked.clustering).clusters.unit_labels
        here_scale = largest(changes)
        return {
            "entry": asked.entry,
            "index": asked.index,
            "id": word,
            "text": passage.tokens[asked.index],
            "updates": [plain(value) for value in _means_of_clusters(changes, labels)],
            "hereFine": whole(changes, here_scale, SHORT),
            "hereScale": here_scale,
            **self.usual(recording, state, word),
            "unitClusters": labels.tolist(),
            "unitOrder": np.argsort(
                np.where(labels < 0, labels.max(initial=0) + 1, labels), kind="stable"
            ).tolist(),
            "top": _top(changes),
        }

    def usual(self, recording: Recording, state: str, word: int) -> dict[str, Any]:
        """Return the expected response to a word and its quantiles; nothing where it does not occur."""
        response = self._responses.response(recording, state)
        try:
            row = int(response.rows_of([word])[0])
        except UnknownNameError:
            return {"nOccurrences": 0, "meanFine": None, "meanScale": 1, "quantiles": None, "scale": 1}
        mean, levels = response.mean[row], self._responses.quantiles(recording, state, word)
        mean_scale, scale = largest(mean), largest(levels)
        return {
            "nOccurrences": int(response.count[row]),
            "meanFine": whole(mean, mean_scale, SHORT),
            "meanScale": mean_scale,
            "quantiles": [whole(level, scale, BYTE) for level in levels],
            "scale": scale,
        }

    def unit(self, asked: SentencesQuestion) -> dict[str, Any]:
        """Return one unit's value at each word."""
        key, state = asked.place
        recording = self._recordings.open(key)
        n_units = recording.states(state).shape[1]
        if not 0 <= asked.unit < n_units:
            raise UnknownNameError(f"There is no unit {asked.unit}: {state} has units 0 to {n_units - 1}.")
        passage = self._passages.passage(asked)
        return {
            "entry": asked.entry,
            "unit": asked.unit,
            "values": single(passage.states[:, asked.unit]),
            "before": plain(float(passage.before[asked.unit])),
            "limit": self._limit(recording, state, asked.unit),
            "limitQuantile": MOST,
        }

    def _limit(self, recording: Recording, state: str, unit: int) -> float:
        """Magnitude that most values of a unit stay under, in the whole recording."""
        return self._cache.answer(
            "unit magnitude",
            recording.fingerprint,
            {"state": state, "unit": unit},
            lambda: _magnitude(recording, state, unit),
            on_disk=False,
        )


def _changes_at(passage: Passage, index: int) -> NDArray[np.float32]:
    """Change of every unit at one word: its state less the one before, which is 0 in front of a sequence."""
    n_words = len(passage.tokens)
    if not 0 <= index < n_words:
        raise RangeError(f"There is no word {index}: the sentence has words 0 to {n_words - 1}.")
    if index in passage.starts:
        return passage.states[index]
    return passage.states[index] - (passage.states[index - 1] if index else passage.before)


def _means_of_clusters(changes: NDArray, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean change of each cluster: the sum of both updates over its size."""
    inside = labels >= 0
    sizes = np.bincount(labels[inside], minlength=1)
    total = np.bincount(labels[inside], weights=changes[inside], minlength=1)
    return total / np.maximum(sizes, 1)


def _top(changes: NDArray) -> list[dict[str, Any]]:
    order = np.argsort(-np.abs(changes), kind="stable")[:N_TOP]
    return [{"unit": unit, "value": plain(float(changes[unit]))} for unit in order.tolist()]


def _magnitude(recording: Recording, state: str, unit: int) -> float:
    reader = recording.states(state)
    values = np.abs(reader.read(0, reader.shape[0], [unit]).astype(np.float32))
    return float(np.quantile(values, MOST)) or float(values.max()) or 1.0
