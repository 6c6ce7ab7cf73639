"""Which tokens recordings have in common; read once for each pair."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from analytics.analyses.comparison.tokens import CommonTokens, common_tokens
from analytics.store.recording import Recording
from dashboard.facts import RecordingFacts
from dashboard.queries.cache import AnswerCache
from dashboard.queries.recordings import RecordingQueries

__all__ = ["CommonQueries", "told"]

HOW = {
    "all": "all {n:,} tokens, which are the same",
    "borders": "all {n:,} tokens, which are the same, though cut into other sequences",
    "equal": "the {n:,} positions that hold the same token in both texts",
    "sequences": "the {n:,} tokens of {sequences:,} sequences that both have",
    "stretches": "the {n:,} tokens of the stretches of text that both have",
    "beginning": "the {n:,} tokens that both begin with",
    "none": "nothing: they have no tokens in common",
}
ONE, ONE_ALL = "the one token that both have in the same place", "the one token, which is the same"


class CommonQueries:
    """What recordings share."""

    def __init__(self, recordings: RecordingQueries, cache: AnswerCache) -> None:
        self._recordings, self._cache = recordings, cache

    def between(self, first: Recording, second: Recording) -> CommonTokens:
        """Return the positions of two recordings that hold the same tokens."""
        return self._cache.answer(
            "common tokens",
            first.fingerprint,
            {"second": second.fingerprint},
            lambda: common_tokens(first, second),
            on_disk=False,
        )

    def groups(self) -> list[list[RecordingFacts]]:
        """Return recordings over the same tokens together, the largest groups first; then single ones."""
        by_size: dict[tuple[int, int], list[RecordingFacts]] = {}
        for facts in self._recordings.all():
            by_size.setdefault((facts.n_positions, facts.n_sequences), []).append(facts)
        groups: dict[str, list[RecordingFacts]] = {}
        for alike in by_size.values():
            for facts in alike:
                # The tokens are only read where others have as many.
                key = self._digest(facts.key) if len(alike) > 1 else facts.key
                groups.setdefault(key, []).append(facts)
        return sorted(groups.values(), key=lambda group: -len(group))

    def _digest(self, key: str) -> str:
        recording = self._recordings.find(key)
        if recording is None:
            return key
        return self._cache.answer("token digest", recording.fingerprint, {}, lambda: _digest(recording))


def told(common: CommonTokens) -> dict[str, Any]:
    """Return what is said of common tokens."""
    sentence = HOW[common.how] if common.n != 1 else ONE_ALL if common.is_all else ONE
    return {
        "n": common.n,
        "how": common.how,
        "sequences": common.n_sequences,
        "text": sentence.format(n=common.n, sequences=common.n_sequences),
    }


def _digest(recording: Recording) -> str:
    """A text that differs where the tokens or the borders of the sequences do."""
    found = hashlib.sha256(np.ascontiguousarray(recording.sequence_starts))
    texts = sorted((str(recording.vocabulary[word]), int(word)) for word in np.unique(recording.token_ids))
    place = np.zeros(len(recording.vocabulary), dtype=np.int64)
    place[[word for _, word in texts]] = np.arange(len(texts))
    found.update("\0".join(text for text, _ in texts).encode())
    found.update(place[recording.token_ids])
    return found.hexdigest()
