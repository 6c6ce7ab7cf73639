"""Which words and which units belong together, ready for the browser."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.cluster_labels import ClusterLabel, label_clusters
from analytics.analyses.cocluster import CoClusters, cocluster
from analytics.analyses.explanation import FrequentWords, frequent_words
from analytics.errors import ParameterError
from analytics.store.recording import Recording
from dashboard.queries.annotations import AnnotationQueries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.question import ClustersQuestion
from dashboard.queries.clusters.told import (
    cluster_detail,
    cluster_title,
    no_word_often_enough,
    notes,
    nothing_responds,
)
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import ResponseQueries, Tags
from dashboard.queries.view import default_state

__all__ = ["ClusterQueries", "TimedClusters", "plain"]

MAX_FOUND = 50
MILLISECONDS = 1000
DIGITS = 6


@dataclass(frozen=True, slots=True)
class TimedClusters:
    """Clusters, the words they were made of, and how long that took when it was done."""

    clusters: CoClusters
    words: FrequentWords
    limit: float
    """Largest ``abs(s)`` of the words and units shown."""
    elapsed_ms: float


class ClusterQueries:
    """Questions about all words and units together."""

    def __init__(
        self,
        recordings: RecordingQueries,
        responses: ResponseQueries,
        annotations: AnnotationQueries,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._responses = recordings, responses
        self._annotations, self._cache = annotations, cache

    def overview(self, asked: ClustersQuestion) -> dict[str, Any]:
        """Return words, units, edges and labels for the browser."""
        recording = self._recordings.open(asked.recording)
        recording.check_unchanged()
        timed, tags = self.found(asked), self._responses.tags(recording, asked.color)
        found = timed.clusters
        return {
            "nPositions": recording.n_positions,
            "state": asked.state,
            "nUnits": len(found.unit_labels),
            "asked": asked.clusters,
            "nClusters": found.n_clusters,
            "stability": plain(found.stability),
            "wordStability": plain(found.word_stability),
            "unitStability": plain(found.unit_stability),
            "seed": found.seed,
            "method": found.method,
            "paired": found.is_paired,
            "elapsed": round(timed.elapsed_ms, 1),
            "notes": notes(timed.words, found, asked=asked.clusters, has_tags=tags is not None),
            "words": self._words(recording, found, tags, counts=self._counts(recording, asked.state)),
            "unitClusters": found.unit_labels.tolist(),
            "unitOrder": _unit_order(found.unit_labels).tolist(),
            "clusters": self._clusters(recording, asked, found, tags),
            "edges": _edges(found),
            "tags": self._tags(recording, tags),
            "limit": plain(timed.limit),
        }

    def found(self, asked: ClustersQuestion) -> TimedClusters:
        """Return the clusters, as many of those asked for as words and units allow."""
        recording = self._recordings.open(asked.recording)
        response = self._responses.response(recording, asked.state)

        def search() -> TimedClusters:
            began = time.perf_counter()
            counts = self._counts(recording, asked.state)
            words = frequent_words(
                counts, n_words=asked.words, min_count=asked.min_count, named=_known(asked.named, counts)
            )
            if not len(words.words):
                raise ParameterError(_why_none(recording, counts, asked.min_count))
            part = response.of_words(words.words)
            if not part.mean.any():
                raise ParameterError(nothing_responds(asked.state, n_words=len(words.words)))
            found = _as_many_as_fit(part, asked)
            limit = float(np.abs(part.mean).max())
            return TimedClusters(found, words, limit, (time.perf_counter() - began) * MILLISECONDS)

        return self._cache.answer("clusters", recording.fingerprint, asked.clustering, search)

    def described(self, asked: ClustersQuestion) -> list[dict[str, Any]]:
        """Return the label and the size of each cluster."""
        recording = self._recordings.open(asked.recording)
        tags = self._responses.tags(recording, asked.color)
        return self._clusters(recording, asked, self.found(asked).clusters, tags)

    def find(self, asked: ClustersQuestion) -> dict[str, Any]:
        """Return words by a part of their text: the same first, then those that begin so, then by count."""
        recording, text = self._recordings.open(asked.recording), asked.find.strip().casefold()
        if not text:
            return {"find": asked.find, "words": [], "nFound": 0}
        counts = self._counts(recording, asked.state)
        cluster = dict(zip(*self._clustered(asked), strict=True))
        matching = [word for word, shown in enumerate(recording.vocabulary) if text in shown.casefold()]
        shown = {word: recording.vocabulary[word].casefold() for word in matching}
        matching.sort(
            key=lambda word: (shown[word] != text, not shown[word].startswith(text), -counts[word], word)
        )
        rows = [
            {
                "id": word,
                "text": recording.vocabulary[word],
                "count": int(counts[word]),
                **({"cluster": cluster[word]} if word in cluster else {}),
            }
            for word in matching[:MAX_FOUND]
        ]
        return {"find": asked.find, "words": rows, "nFound": len(matching)}

    def warm_up(self) -> None:
        """Load what is compiled, by clustering the smallest recording."""
        smallest = self._recordings.smallest()
        if smallest:
            self.found(ClustersQuestion(smallest.path.name, default_state(smallest)))

    def _counts(self, recording: Recording, state: str) -> NDArray[np.int64]:
        """Occurrences of every word of the vocabulary."""
        response = self._responses.response(recording, state)
        counts = np.zeros(max(1, len(recording.vocabulary)), dtype=np.int64)
        counts[response.words] = response.count
        return counts

    def _clustered(self, asked: ClustersQuestion) -> tuple[list[int], list[int]]:
        """Words in the picture and their clusters; none where there is no picture."""
        try:
            found = self.found(asked).clusters
        except ParameterError:
            return [], []
        return found.words.tolist(), found.word_labels.tolist()

    def _words(
        self, recording: Recording, found: CoClusters, tags: Tags | None, *, counts: NDArray[np.int64]
    ) -> list[dict[str, Any]]:
        sizes = word_sizes(found.word_distance, found.word_labels)
        return [
            {
                "id": word,
                "text": recording.vocabulary[word],
                "count": int(counts[word]),
                "cluster": int(found.word_labels[row]),
                "distance": plain(found.word_distance[row]),
                "size": round(float(sizes[row]), 4),
                **tag_of(tags, word),
            }
            for row, word in enumerate(found.words.tolist())
        ]

    def _clusters(
        self, recording: Recording, asked: ClustersQuestion, found: CoClusters, tags: Tags | None
    ) -> list[dict[str, Any]]:
        labels: tuple[ClusterLabel, ...] = self._cache.answer(
            "cluster labels",
            recording.fingerprint,
            {**asked.clustering, "color": tags.name if tags else None},
            lambda: label_clusters(
                found,
                recording.token_ids,
                codes=None if tags is None else tags.codes,
                labels=() if tags is None else tags.labels,
            ),
        )
        n_units = np.bincount(found.unit_labels[found.unit_labels >= 0], minlength=found.n_clusters)
        return [
            {
                "label": cluster_title(label, recording.vocabulary),
                "labelDetail": cluster_detail(label, recording.vocabulary),
                "nWords": label.n_words,
                "nUnits": int(n_units[label.cluster]),
            }
            for label in labels
        ]

    def _tags(self, recording: Recording, tags: Tags | None) -> dict[str, Any] | None:
        if tags is None:
            return None
        colors = self._annotations.colors(recording, tags.name)
        return {"annotation": tags.name, "labels": list(tags.labels), "colors": colors.tolist()}


def word_sizes(distance: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Size of each word in (0, 1]: the smallest distance in its cluster over its own; 0 without a cluster.

    Examples
    --------
    >>> word_sizes(np.array([1.0, 4.0, 0.0, np.nan]), np.array([0, 0, 1, -1])).tolist()
    [1.0, 0.25, 1.0, 0.0]
    """
    sizes = np.zeros(len(distance))
    for cluster in np.unique(labels[labels >= 0]):
        rows = labels == cluster
        nearest = distance[rows].min()
        sizes[rows] = np.divide(nearest, distance[rows], out=np.ones(rows.sum()), where=distance[rows] > 0)
    return sizes


def tag_of(tags: Tags | None, word: int) -> dict[str, Any]:
    """Return a word's most frequent label, -1 for none, and its share of the word's labelled positions."""
    if tags is None or tags.of_word[word] < 0:
        return {"tag": -1, "tagShare": None}
    return {"tag": int(tags.of_word[word]), "tagShare": round(float(tags.share[word]), 4)}


def plain(value: float) -> float | None:
    """Return a number for JSON: six significant digits, nothing where there is no number."""
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None


def _as_many_as_fit(part: Any, asked: ClustersQuestion) -> CoClusters:
    """Cluster, with fewer clusters where there are fewer words or units that differ from others."""
    most = min(asked.clusters, *part.mean.shape)
    for n_clusters in range(most, 1, -1):
        try:
            return cocluster(part, n_clusters=n_clusters, method=asked.method, seed=asked.seed)
        except ParameterError:
            continue
    return cocluster(part, n_clusters=1, method=asked.method, seed=asked.seed)


def _why_none(recording: Recording, counts: NDArray[np.int64], min_count: int) -> str:
    most = int(counts.argmax())
    text = recording.vocabulary[most] if len(recording.vocabulary) else ""
    return no_word_often_enough(recording.name, min_count=min_count, most=int(counts[most]), text=text)


def _known(named: tuple[int, ...], counts: NDArray[np.int64]) -> list[int]:
    return [word for word in named if word < len(counts)]


def _unit_order(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Units cluster by cluster, rising in each; those set aside come last."""
    return np.argsort(np.where(labels < 0, labels.max(initial=0) + 1, labels), kind="stable")


def _edges(found: CoClusters) -> list[dict[str, Any]]:
    """All pairs of clusters, none of them empty."""
    pairs = np.argwhere(np.isfinite(found.edges))
    return [
        {
            "word": word,
            "unit": unit,
            "mean": plain(found.edges[word, unit]),
            "positive": plain(found.positive[word, unit]),
            "negative": plain(found.negative[word, unit]),
        }
        for word, unit in pairs.tolist()
    ]
