"""The clusters of a second recording or state beside the first, and how words move between the two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.cluster_agreement import cluster_agreement, similarity_agreement
from analytics.analyses.cocluster import CoClusters
from analytics.errors import ParameterError
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.detail import ClusterDetailQueries
from dashboard.queries.clusters.overview import ClusterQueries, plain
from dashboard.queries.clusters.question import ClustersQuestion
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import ResponseQueries, tag_annotations

__all__ = ["ClusterBesideQueries"]

MOST_COMPARED = 2_000
"""Words, the most frequent, whose likenesses are correlated: with more, the pairs would take gigabytes."""
FEWEST = 2


class ClusterBesideQueries:
    """Questions about the second recording or state of a view. Words go by their text; ids differ."""

    def __init__(
        self,
        recordings: RecordingQueries,
        responses: ResponseQueries,
        clusters: ClusterQueries,
        details: ClusterDetailQueries,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._responses = recordings, responses
        self._clusters, self._details, self._cache = clusters, details, cache

    def overview(self, asked: ClustersQuestion) -> dict[str, Any]:
        """Return the clusters of the second; each word has its id in the first too, -1 where it has none."""
        return self._signed(asked, self._clusters.overview(self.second(asked)))

    def words(self, asked: ClustersQuestion) -> dict[str, Any]:
        """Return the responses of the second to the chosen words that occur in it."""
        second = self.second(asked)
        if not second.chosen:
            return self._signed(asked, {"words": [], "scale": 0.0, "meanScale": 0.0, "top": []})
        return self._signed(asked, self._details.words(second))

    def unit(self, asked: ClustersQuestion) -> dict[str, Any]:
        """Return what explains a unit of the second."""
        return self._signed(asked, self._details.unit(self.second(asked)))

    def agreement(self, asked: ClustersQuestion) -> dict[str, Any]:
        """Return how words move from the clusters of the first to those of the second."""
        first, second = self._opened(asked)
        found, other = self._clusters.found(asked).clusters, self._clusters.found(self.second(asked)).clusters
        words, partners = _common(found, other, self._ids(first, second))
        return self._signed(
            asked,
            {
                **_moves(found, other, words, partners),
                "words": self._rows(asked, words, partners),
                "alike": self._alike(asked, words, partners),
            },
        )

    def second(self, asked: ClustersQuestion) -> ClustersQuestion:
        """Return what is asked of the second: words by its own ids; its own number and seed if not linked."""
        first, second = self._opened(asked)
        ids = self._ids(first, second)
        known = [word for word in asked.chosen if word < len(ids) and ids[word] >= 0]
        named = [int(ids[word]) for word in asked.named if word < len(ids) and ids[word] >= 0]
        occurring = (
            set(self._responses.response(second, asked.beside_state).words.tolist()) if known else set()
        )
        own = {} if asked.linked else {"clusters": asked.beside_clusters, "seed": asked.beside_seed}
        return replace(
            asked,
            recording=second.path.name,
            state=asked.beside_state,
            chosen=tuple(int(ids[word]) for word in known if int(ids[word]) in occurring),
            named=tuple(named),
            color=asked.color if asked.color in tag_annotations(second) else "",
            unit=asked.beside_unit,
            **own,
        )

    def _opened(self, asked: ClustersQuestion) -> tuple[Recording, Recording]:
        if not asked.beside_state:
            raise ParameterError("Nothing is shown beside. Choose a second recording or state first.")
        first = self._recordings.open(asked.recording)
        return first, self._recordings.open(asked.beside) if asked.beside else first

    def _ids(self, first: Recording, second: Recording) -> NDArray[np.int64]:
        """Id in the second of each word of the first, -1 where it has none of that text."""
        if first.fingerprint == second.fingerprint:
            return np.arange(len(first.vocabulary))
        return self._cache.answer(
            "words of another vocabulary",
            first.fingerprint,
            {"other": second.fingerprint},
            lambda: _matched(first.vocabulary, second.vocabulary),
            on_disk=False,
        )

    def _signed(self, asked: ClustersQuestion, answer: dict[str, Any]) -> dict[str, Any]:
        """Say the id in the first of each word, and which second recording it is of."""
        first, second = self._opened(asked)
        own = self._ids(second, first)
        words = [{**word, "first": int(own[word["id"]])} for word in answer["words"]]
        return {**answer, "words": words, "secondFingerprint": second.fingerprint}

    def _rows(
        self, asked: ClustersQuestion, words: NDArray[np.int64], partners: NDArray[np.int64]
    ) -> list[dict[str, Any]]:
        """Text, both counts and both clusters of each common word; `id` is that in the second."""
        second = self.second(asked)
        of_first = {row["id"]: row for row in self._clusters.overview(asked)["words"]}
        of_second = {row["id"]: row for row in self._clusters.overview(second)["words"]}
        return [
            {
                "id": partner,
                "text": of_first[word]["text"],
                "count": of_first[word]["count"],
                "secondCount": of_second[partner]["count"],
                "cluster": of_first[word]["cluster"],
                "secondCluster": of_second[partner]["cluster"],
            }
            for word, partner in zip(words.tolist(), partners.tolist(), strict=True)
        ]

    def _alike(
        self, asked: ClustersQuestion, words: NDArray[np.int64], partners: NDArray[np.int64]
    ) -> dict[str, Any]:
        first, second = self._opened(asked)
        parameters = {
            "state": asked.state, "second": second.fingerprint, "second state": asked.beside_state,
            "words": words.tolist(),
        }  # fmt: skip
        return self._cache.answer(
            "word similarity",
            first.fingerprint,
            parameters,
            lambda: _likeness(
                *(
                    self._responses.response(recording, state).of_words(ids[:MOST_COMPARED]).mean
                    for recording, state, ids in (
                        (first, asked.state, words),
                        (second, asked.beside_state, partners),
                    )
                )
            ),
        )


def _matched(texts: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.int64]:
    places = {text: place for place, text in reversed(list(enumerate(others.tolist())))}
    return np.array([places.get(text, -1) for text in texts.tolist()], dtype=np.int64)


def _common(
    first: CoClusters, second: CoClusters, ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words with a cluster in both: ids in the first and in the second, in the order of the first."""
    clustered = set(second.words[second.word_labels >= 0].tolist())
    words = [word for word in first.words[first.word_labels >= 0].tolist() if int(ids[word]) in clustered]
    return np.array(words, dtype=np.int64), ids[np.array(words, dtype=np.int64)]


def _moves(
    first: CoClusters, second: CoClusters, words: NDArray[np.int64], partners: NDArray[np.int64]
) -> dict[str, Any]:
    labels, others = _labels(first, words), _labels(second, partners)
    found = cluster_agreement(labels, others, n_first=first.n_clusters, n_second=second.n_clusters)
    return {
        "nWords": len(words),
        "rand": plain(found.rand) if len(words) >= FEWEST else None,
        "counts": found.counts.tolist(),
        "partner": found.partner.tolist(),
        "nMoved": int(found.moved.sum()),
    }


def _labels(found: CoClusters, words: NDArray[np.int64]) -> NDArray[np.int64]:
    label = dict(zip(found.words.tolist(), found.word_labels.tolist(), strict=True))
    return np.array([label[word] for word in words.tolist()], dtype=np.int64)


def _likeness(first: NDArray[np.float64], second: NDArray[np.float64]) -> dict[str, Any]:
    found = similarity_agreement(first, second)
    return {
        "correlation": plain(found.correlation),
        "chance": plain(found.chance),
        "nShuffles": found.n_shuffles,
        "nWords": found.n_words,
        "nPairs": found.n_pairs,
    }
