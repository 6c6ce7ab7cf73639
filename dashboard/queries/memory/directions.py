"""The directions of the embedding that are remembered best, and the words that lie along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.directions import RememberedDirection, remembered_directions
from analytics.analyses.memory.record import StateGradients
from analytics.analyses.memory.subspace import singular_values
from analytics.analyses.whitening import Whitening
from analytics.errors import ParameterError
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.memory.find import word_counts
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults, stamp_of
from dashboard.queries.memory.told import directions_note, nothing_stored
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

    def __init__(self, recordings: RecordingQueries, results: MemoryResults, cache: AnswerCache) -> None:
        self._recordings, self._results, self._cache = recordings, results, cache

    def directions(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return the words at both ends of the first directions at the chosen delay."""
        recording = self._recordings.open(asked.recording)
        stored = self._results.best(recording, asked)
        if stored is None:
            raise ParameterError(nothing_stored(recording, asked.state))
        found = self._results.load(recording, stored)
        at = min(asked.delay, len(found.delays) - 1)
        counts = word_counts(recording, self._cache)
        least = MIN_COUNT if (counts >= MIN_COUNT).sum() > 1 else 1
        directions = self._cache.answer(
            "remembered directions",
            recording.fingerprint,
            {"stamp": stamp_of(stored), "delay": at, "whitened": asked.whitened},
            lambda: self._directions(recording, found, at, whitened=asked.whitened, min_count=least),
        )
        total = sum(self._values(recording, found, at, whitened=asked.whitened))
        n_words = int((counts >= least).sum())
        return {
            "delay": at,
            "n": int(found.count[at]),
            "words": n_words,
            "minCount": least,
            "directions": [
                {
                    "rank": rank,
                    "value": plain(each.value),
                    "share": plain(each.value / total) if total > 0 else None,
                    "positive": _end(recording, each.positive, each.positive_cosine, counts, sign=1),
                    "negative": _end(recording, each.negative, each.negative_cosine, counts, sign=-1),
                }
                for rank, each in enumerate(directions, start=1)
            ],
            "notes": [directions_note(n_words, least)],
        }

    def _gradient(
        self, recording: Recording, found: StateGradients, at: int, *, whitened: bool
    ) -> NDArray[np.floating]:
        mean = found.mean[at]
        return self._results.whitening(recording).gradient(mean) if whitened else mean

    def _values(
        self, recording: Recording, found: StateGradients, at: int, *, whitened: bool
    ) -> NDArray[np.float64]:
        if not whitened:
            return found.singular_values[at]
        return singular_values(self._gradient(recording, found, at, whitened=True))

    def _directions(
        self, recording: Recording, found: StateGradients, at: int, *, whitened: bool, min_count: int
    ) -> tuple[RememberedDirection, ...]:
        if not found.count[at]:
            return ()
        embedding = self._results.embedding(recording)
        return remembered_directions(
            self._gradient(recording, found, at, whitened=whitened),
            self._results.whitening(recording).embedding(embedding) if whitened else embedding,
            counts=word_counts(recording, self._cache),
            n_directions=N_DIRECTIONS,
            n_words=N_WORDS,
            min_count=min_count,
        )


def _end(
    recording: Recording,
    words: NDArray[np.int64],
    cosines: NDArray[np.float64],
    counts: NDArray[np.int64],
    *,
    sign: int,
) -> list[dict[str, Any]]:
    """The words at one end; those that lie on the other side of the middle are none of it."""
    return [
        {
            "id": word,
            "text": str(recording.vocabulary[word]),
            "count": int(counts[word]),
            "cosine": plain(cosine),
        }
        for word, cosine in zip(words.tolist(), cosines.tolist(), strict=True)
        if sign * cosine > 0
    ]
