"""What is asked of the first, put to the second recording or state: words by their texts, its own place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.comparison.tokens import common_tokens
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.where import first_place
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import tag_annotations

__all__ = ["MemorySecondQueries", "Put", "words_of"]

LISTED = "w:"


@dataclass(frozen=True, slots=True)
class Put:
    """A question put to the second."""

    first: Recording
    recording: Recording
    asked: MemoryQuestion
    by: str
    """The annotation of the first's classes, which the second may lack."""
    words: dict[int, int]
    """Ids in the second of the single words that it has."""

    @property
    def has_classes(self) -> bool:
        """Whether the second has the annotation of the first's classes."""
        return self.asked.by == self.by


class MemorySecondQueries:
    """How the second is asked what the first is asked."""

    def __init__(self, recordings: RecordingQueries, results: MemoryResults, cache: AnswerCache) -> None:
        self._recordings, self._results, self._cache = recordings, results, cache

    def put(self, asked: MemoryQuestion) -> Put | None:
        """Return what is asked of the second; None where nothing is beside, or no such state."""
        second = asked.second
        recording = second and self._recordings.find(second.recording)
        if recording is None or second.state not in recording.state_names:
            return None
        first = self._recordings.open(asked.recording)
        by, words = self._results.by(first, asked), words_of(first, recording, asked.words)
        own = replace(
            second,
            beside=(),
            by=by if by in tag_annotations(recording) else "",
            words=tuple(words.values()),
            properties=tuple(_property(first, recording, text) for text in asked.properties),
        )
        return Put(first, recording, own, by, words)

    def place(self, put: Put, asked: MemoryQuestion) -> int | None:
        """Return the position of the second with the token followed in the first; None where it has none."""
        first, second = put.first, put.recording
        position = asked.position if asked.position >= 0 else first_place(first)
        if first.fingerprint == second.fingerprint:
            return position
        if position >= first.n_positions:
            return None
        first_at, second_at = self._common(first, second)
        at = int(np.searchsorted(first_at, position))
        return int(second_at[at]) if at < len(first_at) and first_at[at] == position else None

    def _common(self, first: Recording, second: Recording) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        def compute() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            found = common_tokens(first, second)
            return found.first, found.second

        return self._cache.answer(
            "common positions", first.fingerprint, {"other": second.fingerprint}, compute, on_disk=False
        )


def words_of(first: Recording, second: Recording, words: tuple[int, ...]) -> dict[int, int]:
    """Return the ids in the second of words of the first that it has, by their texts."""
    known = [word for word in words if word < len(first.vocabulary)]
    if not known or first.fingerprint == second.fingerprint:
        return {word: word for word in known}
    wanted = {str(first.vocabulary[word]): word for word in known}
    own = {str(text): place for place, text in enumerate(second.vocabulary) if str(text) in wanted}
    return {word: own[text] for text, word in wanted.items() if text in own}


def _property(first: Recording, second: Recording, text: str) -> str:
    return "|".join(_side(first, second, side) for side in text.split("|"))


def _side(first: Recording, second: Recording, side: str) -> str:
    """Words by their ids in the second; labels are the same texts in both."""
    if not side.startswith(LISTED):
        return side
    words = tuple(int(word) for word in side[len(LISTED) :].split(";"))
    return LISTED + ";".join(map(str, words_of(first, second, words).values()))
