"""Single words for the Memory page, found by a part of their text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache

__all__ = ["find_words", "word_counts"]

MAX_FOUND = 50


def find_words(recording: Recording, text: str, cache: AnswerCache) -> dict[str, Any]:
    """Return words by a part of their text: the same first, then those that begin so, then by count."""
    asked = text.strip().casefold()
    if not asked:
        return {"find": text, "words": [], "nFound": 0}
    counts = word_counts(recording, cache)
    shown = {
        word: folded
        for word, each in enumerate(recording.vocabulary)
        if asked in (folded := each.casefold()) and counts[word]
    }
    found = sorted(
        shown,
        key=lambda word: (shown[word] != asked, not shown[word].startswith(asked), -counts[word], word),
    )
    rows = [
        {"id": word, "text": recording.vocabulary[word], "count": int(counts[word])}
        for word in found[:MAX_FOUND]
    ]
    return {"find": text, "words": rows, "nFound": len(found)}


def word_counts(recording: Recording, cache: AnswerCache) -> NDArray[np.int64]:
    """Return the positions of each word of the vocabulary, shape (n_words,)."""
    return cache.answer(
        "word counts",
        recording.fingerprint,
        {},
        lambda: np.bincount(recording.token_ids, minlength=max(1, len(recording.vocabulary))),
        on_disk=False,
    )
