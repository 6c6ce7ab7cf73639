"""The directions of the embedding that are remembered best, and the words that lie along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.record import StateGradients
from analytics.analyses.whitening import Whitening
from analytics.errors import ParameterError
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters import plain
from dashboard.queries.memory_find import word_counts
from dashboard.queries.memory_question import MemoryQuestion
from dashboard.queries.memory_results import MemoryResults, stamp_of
from dashboard.queries.memory_sentences import nothing_stored
from dashboard.queries.recordings import RecordingQueries

__all__ = ["MemoryDirectionQueries", "Remembered", "RememberedDirections"]

N_DIRECTIONS = 8
N_WORDS = 12
"""Words named at either end of a direction."""
MIN_COUNT = 5
"""Rarer words have embeddings that were hardly trained, so they name no direction."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Mean gradients taken apart, by delay; NaN where no position has the delay."""

    count: NDArray[np.int64]
    """Shape (n_delays,)."""
    values: NDArray[np.float64]
    """Singular values, falling, shape (n_delays, n_values)."""
    directions: NDArray[np.float32]
    """Unit vectors in the coordinates of the embedding, shape (n_delays, n_values, n_embedding)."""
    whitening: Whitening | None

    def coordinates(self, difference: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a difference of embeddings in the coordinates of the directions."""
        return difference if self.whitening is None else difference @ self.whitening.inverse_root

    def relative(self, difference: NDArray[np.float64]) -> NDArray[np.float64]:
        r"""Relative memory :math:`\|G d\| / (\|d\| s_1)` by delay, shape (n_delays,)."""
        along = self.directions @ difference
        # G d = U S V^T d, and U keeps lengths.
        reached = np.sqrt(((self.values * along) ** 2).sum(axis=1))
        with np.errstate(invalid="ignore", divide="ignore"):
            return reached / (np.linalg.norm(difference) * self.values[:, 0])

    def cosine(self, difference: NDArray[np.float64], *, n: int) -> NDArray[np.float64]:
        r"""Cosine with the first n directions :math:`\|V_n^T d\| / \|d\|` by delay, shape (n_delays,)."""
        along = self.directions[:, :n] @ difference
        return np.sqrt((along**2).sum(axis=1)) / np.linalg.norm(difference)

    def shares(self, n: int) -> NDArray[np.float64]:
        """Share of the first n singular values in their sum by delay, shape (n_delays,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.values[:, :n].sum(axis=1) / self.values.sum(axis=1)


class RememberedDirections:
    """Directions of stored results, kept as long as recording and result stay the same."""

    def __init__(self, results: MemoryResults, cache: AnswerCache) -> None:
        self._results, self._cache = results, cache

    def of(self, recording: Recording, asked: MemoryQuestion) -> Remembered:
        """Return the directions of the stored result that a question is about.

        Raises
        ------
        ParameterError
            If nothing is stored, or embeddings that do not differ are to be whitened.
        """
        stored = self._results.best(recording, asked)
        if stored is None:
            raise ParameterError(nothing_stored(recording, asked.state))
        return self._cache.answer(
            "memory directions",
            recording.fingerprint,
            {"stamp": stamp_of(stored), "delays": asked.delays, "whitened": asked.whitened},
            lambda: self._taken_apart(recording, self._results.load(recording, stored), asked),
        )

    def _taken_apart(self, recording: Recording, found: StateGradients, asked: MemoryQuestion) -> Remembered:
        whitening = self._results.whitening(recording) if asked.whitened else None
        mean = np.asarray(found.mean[: asked.delays], dtype=np.float64)
        mean = mean if whitening is None else whitening.gradient(mean)
        n_delays, n_units, n_embedding = mean.shape
        values = np.full((n_delays, min(n_units, n_embedding)), np.nan)
        directions = np.full((*values.shape, n_embedding), np.nan, dtype=np.float32)
        for delay in range(n_delays):
            if np.isfinite(mean[delay]).all():
                _, values[delay], directions[delay] = np.linalg.svd(mean[delay], full_matrices=False)
        return Remembered(found.count[: asked.delays], values, directions, whitening)


class MemoryDirectionQueries:
    """What do the best remembered directions mean?"""

    def __init__(
        self,
        recordings: RecordingQueries,
        results: MemoryResults,
        remembered: RememberedDirections,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._results = recordings, results
        self._remembered, self._cache = remembered, cache

    def directions(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return the words at both ends of the first directions at the chosen delay."""
        recording = self._recordings.open(asked.recording)
        remembered = self._remembered.of(recording, asked)
        at = min(asked.delay, len(remembered.count) - 1)
        counts = word_counts(recording, self._cache)
        words = np.flatnonzero(counts >= min(MIN_COUNT, counts.max(initial=0)))
        vectors = self._vectors(recording, remembered, words, counts)
        known = np.isfinite(remembered.values[at]).all()
        first = range(min(N_DIRECTIONS, remembered.values.shape[1]) if known else 0)
        return {
            "delay": at,
            "n": int(remembered.count[at]),
            "words": len(words),
            "minCount": MIN_COUNT,
            "directions": [
                {
                    "rank": rank + 1,
                    "value": plain(remembered.values[at, rank]),
                    "share": plain(remembered.values[at, rank] / remembered.values[at].sum()),
                    **_ends(recording, remembered.directions[at, rank], words, vectors, counts),
                }
                for rank in first
            ],
            "notes": [
                f"{len(words):,} words that occur at least {MIN_COUNT} times were compared, by the cosine "
                "between a direction and the word's embedding less the mean of all. Which end is which says "
                "nothing."
            ],
        }

    def _vectors(
        self,
        recording: Recording,
        remembered: Remembered,
        words: NDArray[np.int64],
        counts: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Unit vectors of words, from the mean over all positions; zero for a word that lies there."""
        embedding = self._results.embedding(recording).astype(np.float64)
        mean = np.average(embedding, axis=0, weights=counts)
        vectors = remembered.coordinates(embedding[words] - mean)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def _ends(
    recording: Recording,
    direction: NDArray[np.floating],
    words: NDArray[np.int64],
    vectors: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> dict[str, list[dict[str, Any]]]:
    cosines = vectors @ direction
    order = np.argsort(-cosines, kind="stable")

    def listed(places: NDArray[np.int64], sign: int) -> list[dict[str, Any]]:
        return [
            {
                "id": int(words[place]),
                "text": str(recording.vocabulary[words[place]]),
                "count": int(counts[words[place]]),
                "cosine": plain(cosines[place]),
            }
            for place in places[:N_WORDS].tolist()
            if sign * cosines[place] > 0
        ]

    return {"positive": listed(order, 1), "negative": listed(order[::-1], -1)}
