"""A sentence worth seeing first: one that turns for a classifier, an easy one for a language model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.sentences import SentenceRanges, mean_of_ranges
from analytics.store.recording import Recording
from dashboard.queries.annotations import annotation
from dashboard.queries.cache import AnswerCache
from dashboard.queries.networks import LiveNetworks
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.sentences.entry import Entry, read_entry
from dashboard.queries.sentences.list import RecordedSentences, SentenceListQueries
from dashboard.queries.sentences.passage import CLASS_COLUMN, class_names
from dashboard.queries.sentences.question import SentencesQuestion
from dashboard.queries.sentences.reading import PassageQueries

__all__ = ["SentenceExampleQueries"]

LENGTHS = (10, 24)
"""Positions of an example, if one has so many: long enough to show something, short enough for one line."""
WORD_SHARE = 0.75
"""Of an example's tokens, if one has so many words: marks and punctuation are the easiest to predict."""
MOST_COMPARED = 20_000
"""Sentences, the first of the corpus: an example is wanted at once, and need not be the best of millions."""
TASK = "language model"


class SentenceExampleQueries:
    """What the page shows before anything was chosen, and whether it can read what is typed."""

    def __init__(
        self,
        recordings: RecordingQueries,
        sentences: SentenceListQueries,
        passages: PassageQueries,
        networks: LiveNetworks,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._sentences, self._passages = recordings, sentences, passages
        self._networks, self._cache = networks, cache

    def examples(self, recording: Recording, second: Recording | None) -> list[str]:
        """Return the entries of a first visit: an example, read by the second network too, if any."""
        example = self.example(recording)
        if second is None:
            return [example]
        entry = read_entry(example)
        if entry.kind != "c" or _same_words(recording, second, entry):
            return [example, f"+{example}"]
        joint = self._passages.typing(recording).joint
        return [example, "+t" + joint.join(recording.token_texts(entry.start, entry.stop))]

    def network(self, asked: SentencesQuestion) -> dict[str, Any]:
        """Return whether the network of a recording is ready to read, and begin to open it."""
        key, _ = asked.place
        recording = self._recordings.open(key)
        facts = recording.manifest.get("model") or {}
        network, why = self._networks.kept(recording), self._networks.why_not(recording)
        if network is None and not why:
            self._networks.begin(recording)
        typing = self._passages.typing(recording)
        return {
            "task": str(facts.get("task") or TASK) if isinstance(facts, dict) else TASK,
            "classes": list(network.classes if network else class_names(recording)),
            "how": typing.how,
            "joint": typing.joint,
            "example": self.example(recording),
            "ready": network is not None,
            "why": why,
        }

    def example(self, recording: Recording) -> str:
        """Return the first sentence to show, as the address writes it."""
        start, stop = self._cache.answer(
            "example sentence",
            recording.fingerprint,
            {},
            lambda: _example(recording, self._sentences.sentences(recording)),
        )
        return f"c{start}-{stop}"


def _example(recording: Recording, known: RecordedSentences) -> tuple[int, int]:
    ranges = known.ranges
    lengths = ranges.stop - ranges.start
    fits = (lengths >= LENGTHS[0]) & (lengths <= LENGTHS[1])
    readable = fits & (_word_share(recording, ranges) >= WORD_SHARE)
    good = next(np.flatnonzero(kind) for kind in (readable, fits, lengths > 0) if kind.any())[:MOST_COMPARED]
    best = good[_merit(recording, known, good).argmax()]
    return int(ranges.start[best]), int(ranges.stop[best])


def _word_share(recording: Recording, ranges: SentenceRanges) -> NDArray[np.float64]:
    """Share of the tokens with letters, marks such as <unk> left out, in each sentence."""
    is_word = np.array(
        [any(map(str.isalpha, text)) and not text.startswith("<") for text in recording.vocabulary],
        dtype=bool,
    )
    return mean_of_ranges(is_word[recording.token_ids], ranges.start, ranges.stop)


def _merit(recording: Recording, known: RecordedSentences, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """The higher, the better an example; equal where nothing is known."""
    classes = class_names(recording)
    if classes:
        return _turn(recording, known, rows, classes)
    if known.loss is None:
        return np.zeros(len(rows))
    return np.nan_to_num(-known.loss[rows], nan=-np.inf)


def _turn(
    recording: Recording, known: RecordedSentences, rows: NDArray[np.int64], classes: tuple[str, ...]
) -> NDArray[np.float64]:
    """How sure a classifier was of another class on the way than at the end, where its answer is right."""
    shares = np.stack(
        [annotation(recording, CLASS_COLUMN.format(name)).to_numpy() for name in classes], axis=1
    )
    merit = np.zeros(len(rows))
    for place, row in enumerate(rows.tolist()):
        here = shares[known.ranges.start[row] : known.ranges.stop[row]]
        answer = int(here[-1].argmax())
        right = known.loss is None or known.loss[row] < np.log(2)
        others = np.delete(here[:-1], answer, axis=1)
        if right and others.size:
            # Both must be sure: of the other class on the way, of this one at the end.
            merit[place] = min(float(others.max()), float(here[-1, answer]))
    return merit


def _same_words(recording: Recording, second: Recording, entry: Entry) -> bool:
    """Whether a range holds the same words in both recordings."""
    if second is recording:
        return True
    if entry.stop > second.n_positions:
        return False
    words, others = (each.token_texts(entry.start, entry.stop) for each in (recording, second))
    return words == others
