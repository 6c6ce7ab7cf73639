"""One word or one unit of the Clusters page: how units respond to a word, what moves a unit and where."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.contexts import UnitContexts, strongest_contexts
from analytics.analyses.explanation import units_of_word, words_of_unit
from analytics.analyses.response import Response
from analytics.analyses.response_quantiles import UnitResponses, unit_responses
from analytics.errors import ParameterError, UnknownNameError
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain, tag_of
from dashboard.queries.clusters.question import ClustersQuestion
from dashboard.queries.coding import BYTE, SHORT, largest, whole
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import ResponseQueries

__all__ = ["ClusterDetailQueries"]

N_TOP = 20
N_CONTEXTS = 10


class ClusterDetailQueries:
    """Questions about chosen words, and about one unit."""

    def __init__(self, recordings: RecordingQueries, responses: ResponseQueries, cache: AnswerCache) -> None:
        self._recordings, self._responses, self._cache = recordings, responses, cache

    def words(self, asked: ClustersQuestion) -> dict[str, Any]:
        """Return the responses of all units to the chosen words, in whole numbers.

        Quantiles in one byte, where ``scale`` is the value of 127; means in two bytes, where ``meanScale`` is
        that of 32,767. ``top`` has the strongest units of the first word, sign kept.
        """
        recording = self._recordings.open(asked.recording)
        response = self._responses.response(recording, asked.state)
        if not asked.chosen:
            raise ParameterError("Choose a word to see the responses to it.")
        means = [_mean(recording, response, word) for word in asked.chosen]
        quantiles = [self._responses.quantiles(recording, asked.state, word) for word in asked.chosen]
        tags = self._responses.tags(recording, asked.color)
        scale, mean_scale = largest(*quantiles), largest(*means)
        top = units_of_word(response, asked.chosen[0], n_units=N_TOP)
        return {
            "words": [
                {
                    "id": word,
                    "text": recording.vocabulary[word],
                    "count": int(response.count[response.rows_of([word])[0]]),
                    **tag_of(tags, word),
                    "meanFine": whole(mean, mean_scale, SHORT),
                    "quantiles": [whole(level, scale, BYTE) for level in levels],
                }
                for word, mean, levels in zip(asked.chosen, means, quantiles, strict=True)
            ],
            "scale": scale,
            "meanScale": mean_scale,
            "top": [
                {"unit": unit, "value": plain(value)}
                for unit, value in zip(top.units.tolist(), top.mean.tolist(), strict=True)
            ],
        }

    def unit(self, asked: ClustersQuestion) -> dict[str, Any]:
        """Return the words that move a unit most, how its changes are spread, and where they are largest."""
        recording = self._recordings.open(asked.recording)
        n_units = recording.states(asked.state).shape[1]
        if not 0 <= asked.unit < n_units:
            raise UnknownNameError(
                f"There is no unit {asked.unit}: {asked.state} has units 0 to {n_units - 1}."
            )
        response = self._responses.response(recording, asked.state)
        strong = words_of_unit(response, asked.unit, n_words=asked.top, min_count=asked.min_count)
        changes = self._changes(recording, asked, strong.words)
        return {
            "unit": asked.unit,
            "nWords": int((response.count >= asked.min_count).sum()),
            "words": [
                {
                    "id": word,
                    "text": recording.vocabulary[word],
                    "count": int(changes.count[row]),
                    "mean": plain(changes.mean[row]),
                    "quantiles": [plain(value) for value in changes.quantiles[row]],
                    "extremes": [plain(value) for value in changes.extremes[row]],
                }
                for row, word in enumerate(strong.words.tolist())
            ],
            "histogram": {
                "what": "change at each position",
                "edges": [plain(edge) for edge in changes.edges],
                "counts": changes.histogram.tolist(),
                "n": changes.n_positions,
                "quantiles": [plain(value) for value in changes.all_quantiles],
            },
            "contexts": _contexts(recording, self._contexts(recording, asked)),
        }

    def _changes(
        self, recording: Recording, asked: ClustersQuestion, words: NDArray[np.int64]
    ) -> UnitResponses:
        return self._cache.answer(
            "unit responses",
            recording.fingerprint,
            {"state": asked.state, "unit": asked.unit, "words": words},
            lambda: unit_responses(
                recording.states(asked.state), recording.token_ids, asked.unit, chosen=words.tolist()
            ),
        )

    def _contexts(self, recording: Recording, asked: ClustersQuestion) -> UnitContexts:
        return self._cache.answer(
            "unit contexts",
            recording.fingerprint,
            {"state": asked.state, "unit": asked.unit},
            lambda: strongest_contexts(recording.states(asked.state), asked.unit, limit=N_CONTEXTS),
        )


def _mean(recording: Recording, response: Response, word: int) -> NDArray[np.float64]:
    if word >= len(recording.vocabulary):
        raise UnknownNameError(
            f"There is no word {word}: {recording.name} has words 0 to {len(recording.vocabulary) - 1}."
        )
    try:
        return response.mean[response.rows_of([word])[0]]
    except UnknownNameError:
        raise ParameterError(
            f"'{recording.vocabulary[word]}' never occurs in {recording.name}, so nothing responds to it. "
            "Choose another word."
        ) from None


def _contexts(recording: Recording, found: UnitContexts) -> list[dict[str, Any]]:
    sequence = np.searchsorted(recording.sequence_starts, found.positions, side="right") - 1
    places = zip(
        found.positions.tolist(),
        found.starts.tolist(),
        found.stops.tolist(),
        found.values.tolist(),
        sequence.tolist(),
        strict=True,
    )
    return [
        {
            "position": position,
            "sequence": of_sequence,
            "before": recording.token_texts(start, position),
            "tokens": recording.token_texts(position, position + 1),
            "after": recording.token_texts(position + 1, stop),
            "value": plain(value),
        }
        for position, start, stop, value, of_sequence in places
    ]
