"""What happens inside a sentence, ready for the browser: measures of each cluster at each word."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.sequence_measures import SequenceMeasures, sequence_measures
from analytics.store.recording import Recording
from dashboard.queries.annotations import AnnotationQueries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import ClusterQueries, plain
from dashboard.queries.coding import single
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.sentences.passage import Expected, Passage, gate_of
from dashboard.queries.sentences.question import SentencesQuestion
from dashboard.queries.sentences.reading import PassageQueries

__all__ = ["SentenceQueries"]

MILLISECONDS = 1000


class SentenceQueries:
    """Questions about one sentence through the clusters of its network's state."""

    def __init__(
        self,
        recordings: RecordingQueries,
        passages: PassageQueries,
        clusters: ClusterQueries,
        annotations: AnnotationQueries,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._passages, self._clusters = recordings, passages, clusters
        self._annotations, self._cache = annotations, cache

    def glyphs(self, asked: SentencesQuestion) -> dict[str, Any]:
        """Return words, measures of every cluster and what was expected at each word."""
        began = time.perf_counter()
        key, state = asked.place
        recording = self._recordings.open(key)
        recording.check_unchanged()
        passage = self._passages.passage(asked)
        measures = self._measures(asked, recording, passage)
        averages = _averages(measures)
        return {
            "entry": asked.entry,
            **_words(recording, passage),
            "clusters": self._described(asked, measures),
            **{name: single(values) for name, values in averages.items()},
            "preservedShare": single(measures.preserved_share),
            "limit": plain(max(float(np.abs(values).max()) for values in averages.values())),
            "gate": {
                "name": gate_of(state, recording.state_names),
                "used": asked.gate and passage.gate is not None,
            },
            "predictions": _predictions(recording, passage.expected),
            "classes": _classes(passage.expected),
            "tracks": self._tracks(recording, passage, asked.rows),
            "how": passage.how,
            "joint": self._passages.typing(recording).joint,
            "notes": _notes(asked, passage, state),
            "ms": round((time.perf_counter() - began) * MILLISECONDS, 1),
        }

    def _measures(self, asked: SentencesQuestion, recording: Recording, passage: Passage) -> SequenceMeasures:
        return self._cache.answer(
            "sentence measures",
            recording.fingerprint,
            {**asked.clustering.clustering, "entry": asked.entry, "gate": asked.gate},
            lambda: sequence_measures(
                passage.states,
                self._clusters.found(asked.clustering).clusters.unit_labels,
                sequence_starts=np.union1d([0], passage.starts),
                gate=passage.gate if asked.gate else None,
                before=None if _begins(passage) else passage.before,
            ),
            on_disk=False,
        )

    def _described(self, asked: SentencesQuestion, measures: SequenceMeasures) -> dict[str, Any]:
        """Size and label of each cluster, in the order of the Clusters page."""
        found = self._clusters.found(asked.clustering)
        described = self._clusters.described(asked.clustering)
        n_clusters = len(measures.sizes)
        # Without pairs a word cluster says nothing about the unit cluster of the same number.
        labels = [each["label"] if found.clusters.is_paired else "" for each in described]
        return {
            "sizes": measures.sizes.tolist(),
            "labels": labels[:n_clusters],
            "order": list(range(n_clusters)),
        }

    def _tracks(self, recording: Recording, passage: Passage, rows: tuple[str, ...]) -> list[dict[str, Any]]:
        """The annotations among the rows, as on Select & match; typed text has none."""
        if passage.start is None:
            return []
        stop = passage.start + len(passage.tokens)
        known = recording.manifest.get("annotations", {})
        return [
            self._annotations.track(recording, name, passage.start, stop) for name in rows if name in known
        ]


def _begins(passage: Passage) -> bool:
    return bool(len(passage.starts)) and int(passage.starts[0]) == 0


def _averages(measures: SequenceMeasures) -> dict[str, NDArray[np.float64]]:
    """Means over the units of each cluster; 0 where a cluster has none."""
    sizes = np.maximum(measures.sizes, 1)
    return {
        "positive": measures.positive / sizes,
        "negative": measures.negative / sizes,
        "updatePositive": measures.update_positive / sizes,
        "updateNegative": measures.update_negative / sizes,
    }


def _words(recording: Recording, passage: Passage) -> dict[str, Any]:
    start, starts = passage.start, passage.starts.tolist()
    sequence = None
    if start is not None:
        sequence = int(np.searchsorted(recording.sequence_starts, start, side="right")) - 1
    return {
        "tokens": [
            {"text": text, "id": word, "unknown": unknown}
            for text, word, unknown in zip(
                passage.tokens, passage.ids.tolist(), passage.unknown.tolist(), strict=True
            )
        ],
        "start": start,
        "sequence": sequence,
        "isStart": _begins(passage),
        "starts": starts,
    }


def _predictions(recording: Recording, expected: Expected) -> dict[str, Any]:
    """Lists with one entry for each word; None where nothing is known of any."""
    logs, entropy, top = expected.log_probability, expected.entropy, expected.top_ids
    shares = expected.top_probabilities
    return {
        "target": None if expected.targets is None else list(expected.targets),
        "p": None if logs is None else _listed(np.exp(logs)),
        "loss": None if logs is None else _listed(-logs),
        "pBefore": None if expected.before is None else plain(float(np.exp(expected.before))),
        "entropy": None if entropy is None else _listed(entropy),
        "top": None
        if top is None
        else [
            [[str(recording.vocabulary[word]), plain(share)] for word, share in zip(words, here, strict=True)]
            for words, here in zip(top.tolist(), shares.tolist(), strict=True)
        ],
    }


def _classes(expected: Expected) -> dict[str, Any] | None:
    if expected.class_probabilities is None:
        return None
    return {"names": list(expected.classes), "p": single(expected.class_probabilities)}


def _listed(values: NDArray) -> list[float | None]:
    return [plain(value) for value in values.tolist()]


def _notes(asked: SentencesQuestion, passage: Passage, state: str) -> list[str]:
    said = list(passage.notes)
    if asked.gate and passage.gate is None:
        said.append(f"No gate that keeps {state} was recorded, so what is preserved follows from the states.")
    return said
