"""How much of a property, the difference of two classes of words, is left after each delay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.separability import Separability, separability
from analytics.analyses.memory.subspace import property_direction
from analytics.errors import AnalyticsError, ParameterError
from analytics.store.recording import Recording
from dashboard.facts import MemoryProperty
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.memory.curves import numbers
from dashboard.queries.memory.directions import Remembered, RememberedDirections
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.told import shared_note
from dashboard.queries.memory.word_classes import WordClass, word_classes
from dashboard.queries.recordings import RecordingQueries

__all__ = ["MemoryPropertyQueries"]

SMALLEST_DIFFERENCE = 1e-9
"""Of the embeddings' size: below it two classes have one mean."""


@dataclass(frozen=True, slots=True)
class _Property:
    """A property, and what is left of it by delay; `error` says why there is nothing."""

    text: str
    name: str
    color: str
    error: str = ""
    classes: tuple[WordClass, WordClass, int] | None = None
    difference: NDArray[np.float64] | None = None
    relative: NDArray[np.float64] | None = None
    cosine: NDArray[np.float64] | None = None


class MemoryPropertyQueries:
    """Questions about properties."""

    def __init__(
        self,
        recordings: RecordingQueries,
        results: MemoryResults,
        remembered: RememberedDirections,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._results = recordings, results
        self._remembered, self._cache = remembered, cache

    def table(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return what is left of each property, their classes, and how alike the properties are."""
        recording = self._recordings.open(asked.recording)
        remembered, found = self._found(recording, asked)
        one, several = remembered.shares(1), remembered.shares(asked.n)
        return {
            "delay": asked.delay,
            "delays": list(range(len(one))),
            "n": asked.n,
            "types": asked.types,
            "properties": [_listed(each) for each in found],
            "between": _between(found),
            "share": {"one": numbers(one), "n": numbers(several)},
            "counts": remembered.count.tolist(),
        }

    def curves(
        self, asked: MemoryQuestion
    ) -> tuple[list[MemoryProperty], tuple[list[float | None], list[float | None]]]:
        """Return the curves of the properties, and the shares of the first singular values."""
        recording = self._recordings.open(asked.recording)
        remembered, found = self._found(recording, asked)
        drawn = [
            MemoryProperty(
                name=each.name,
                color=each.color,
                relative=tuple(numbers(each.relative)),
                cosine=tuple(numbers(each.cosine)),
            )
            for each in found
            if not each.error
        ]
        return drawn, (numbers(remembered.shares(1)), numbers(remembered.shares(asked.n)))

    def separability(self, asked: MemoryQuestion, which: object) -> dict[str, Any]:
        """Return how well a line tells the embeddings of the two classes apart, beside the baseline."""
        if not isinstance(which, int) or not 0 <= which < len(asked.properties):
            raise ParameterError(f"There are {len(asked.properties)} properties. Got number {which}.")
        recording, text = self._recordings.open(asked.recording), asked.properties[which]
        try:
            found = self._cache.answer(
                "memory separability",
                recording.fingerprint,
                {"property": text, "seed": asked.seed, "types": asked.types},
                lambda: self._separated(recording, text, asked),
            )
        except ParameterError as error:
            return {"text": text, "error": str(error), "seed": asked.seed}
        return {
            "text": text,
            "error": "",
            "l1": _accuracy(found.l1),
            "l2": _accuracy(found.l2),
            "baseline": plain(found.baseline),
            "nTypes": found.n_first + found.n_second,
            "n": found.n_first + found.n_second,
            "folds": found.n_folds,
            "seed": found.seed,
        }

    def _separated(self, recording: Recording, text: str, asked: MemoryQuestion) -> Separability:
        embedding = self._results.embedding(recording)
        one, other, n_shared = word_classes(recording, text)
        counts = _counts((one, other, n_shared), asked, len(embedding))
        return separability(embedding, one.words, other.words, counts=counts, seed=asked.seed)

    def _found(self, recording: Recording, asked: MemoryQuestion) -> tuple[Remembered, list[_Property]]:
        remembered = self._remembered.of(recording, asked)
        embedding = self._results.embedding(recording)
        found = []
        for place, text in enumerate(asked.properties):
            try:
                classes = word_classes(recording, text)
                found.append(
                    _measured(
                        text, f"category {place}", classes, remembered, embedding=embedding, asked=asked
                    )
                )
            except AnalyticsError as error:
                found.append(_Property(text, text, f"category {place}", str(error)))
        return remembered, found


def _measured(
    text: str,
    color: str,
    classes: tuple[WordClass, WordClass, int],
    remembered: Remembered,
    *,
    embedding: NDArray[np.floating],
    asked: MemoryQuestion,
) -> _Property:
    one, other, _ = classes
    raw = property_direction(
        embedding, one.words, other.words, counts=_counts(classes, asked, len(embedding))
    )
    if np.linalg.norm(raw) <= SMALLEST_DIFFERENCE * np.abs(embedding).max():
        raise ParameterError(
            f"'{one.name}' and '{other.name}' have one mean embedding, so nothing sets them apart."
        )
    difference = remembered.coordinates(raw)
    return _Property(
        text,
        f"{one.name} – {other.name}",
        color,
        classes=classes,
        difference=difference,
        relative=remembered.relative(difference),
        cosine=remembered.cosine(difference, n=asked.n),
    )


def _counts(
    classes: tuple[WordClass, WordClass, int], asked: MemoryQuestion, n_words: int
) -> NDArray[np.int64] | None:
    """Positions of each word in its class; none where means are over word types."""
    if asked.types:
        return None
    counts = np.zeros(n_words, dtype=np.int64)
    for each in classes[:2]:
        counts[each.words] = each.count
    return counts


def _listed(found: _Property) -> dict[str, Any]:
    listed = {"text": found.text, "name": found.name, "color": found.color, "error": found.error, "notes": []}
    if found.error:
        return listed
    one, other, n_shared = found.classes
    return {
        **listed,
        "a": _described(one),
        "b": _described(other),
        "norm": plain(np.linalg.norm(found.difference)),
        "relative": numbers(found.relative),
        "cosine": numbers(found.cosine),
        "nShared": n_shared,
        "notes": [*shared_note(n_shared, one.name, other.name), *_single_notes(one, other)],
    }


def _described(words: WordClass) -> dict[str, Any]:
    return {"name": words.name, "nTypes": len(words.words), "nTokens": int(words.count.sum())}


def _single_notes(*classes: WordClass) -> list[str]:
    return [
        f"'{each.name}' is one word, so the property is as much of that word as of the class."
        for each in classes
        if len(each.words) == 1
    ]


def _accuracy(folds: NDArray[np.float64]) -> dict[str, float | None]:
    """The mean over folds, and the lowest and the highest of them."""
    return {"accuracy": plain(folds.mean()), "low": plain(folds.min()), "high": plain(folds.max())}


def _between(found: list[_Property]) -> list[list[float | None]]:
    """Cosines between the differences, None for what has none."""

    def cosine(one: _Property, other: _Property) -> float | None:
        if one.difference is None or other.difference is None:
            return None
        lengths = np.linalg.norm(one.difference) * np.linalg.norm(other.difference)
        return plain(float(one.difference @ other.difference / lengths)) if lengths else None

    return [[cosine(one, other) for other in found] for one in found]
