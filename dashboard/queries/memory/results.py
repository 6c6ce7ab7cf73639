"""Memories that were computed and stored: which of them answers a question, and what it holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.record import GroupGradients, MeanGradients, StateGradients
from analytics.analyses.whitening import Whitening, embedding_whitening
from analytics.derived.memory_groups import CONTROL, WORDS
from analytics.derived.recording_memory import StoredMemory, load_memory, stored_memories
from analytics.errors import UnknownNameError, nearest
from analytics.store.memory_results import results_folders
from analytics.store.recording import Recording
from analytics.store.schema import MEMORY_FOLDER
from dashboard.queries.cache import AnswerCache
from dashboard.queries.memory.curves import Decay, decay_of, whitened_decay
from dashboard.queries.memory.find import word_counts
from dashboard.queries.memory.network import shipped_embedding
from dashboard.queries.memory.question import AUTOMATIC, MemoryQuestion
from dashboard.queries.responses import tag_annotations

__all__ = ["MemoryResults", "for_browser", "known_words", "n_delays", "stamp_of"]

MOST_CLASSES = 40
"""Labels of an annotation that is taken for the classes when none was asked for."""


class MemoryResults:
    """Stored results of recordings; those used last are kept."""

    def __init__(self, cache: AnswerCache) -> None:
        self._cache = cache
        self._folder = cache.folder / "memory"
        self._read: dict[tuple[Path, str], tuple[object, list[StoredMemory]]] = {}

    def stored(self, recording: Recording) -> list[StoredMemory]:
        """Return what is stored of a recording as it is now, the newest first: with delays from 0 on.

        Results are written whole, so they are read again only where one came or went.
        """
        key = (recording.path, recording.fingerprint)
        seen = [_entries(place) for place in results_folders(recording.path, self._folder, key[1])]
        before, found = self._read.get(key, (None, []))
        if seen != before:
            found = [each for each in stored_memories(recording, folder=self._folder) if n_delays(each)]
            self._read[key] = (seen, found)
        return list(found)

    def folder(self, recording: Recording) -> Path | None:
        """Return where results go if not beside the recording, because nothing may be written there."""
        beside = recording.path / MEMORY_FOLDER
        return None if os.access(beside if beside.is_dir() else recording.path, os.W_OK) else self._folder

    def by(self, recording: Recording, asked: MemoryQuestion) -> str:
        """Return the annotation whose labels are the classes.

        The one asked for, else that of the stored result that is shown, else one that suits; empty: none.

        Raises
        ------
        UnknownNameError
            If the one asked for has no labels.
        """
        known = tag_annotations(recording)
        if asked.by and asked.by not in known:
            raise UnknownNameError(
                f"{recording.name} has no categorical annotation '{asked.by[:40]}'.{nearest(asked.by, known)}"
            )
        if asked.by:
            return asked.by
        stored = self.best_of_classes(recording, asked)
        if stored is not None and stored.parameters.by:
            return stored.parameters.by[0]
        facts = recording.manifest.get("annotations", {})
        suiting = (name for name in known if 1 < len(facts[name].get("labels", ())) <= MOST_CLASSES)
        return next(suiting, "")

    def best(self, recording: Recording, asked: MemoryQuestion) -> StoredMemory | None:
        """Return the stored result that answers a question best.

        State and, where they were named, positions and seed are those asked for. Then count: the most
        positions, as many of the delays as can be, the classes and words asked for, the newest. So a smaller
        run never takes the place of a larger one, whatever else it has.
        """

        def worth(stored: StoredMemory) -> tuple:
            delays = min(n_delays(stored), asked.delays)
            return (
                stored.n_counted,
                delays,
                _has_classes(stored, asked),
                _n_words(stored, asked),
                stored.finished,
            )

        return max(self._fitting(recording, asked), key=worth, default=None)

    def best_of_classes(self, recording: Recording, asked: MemoryQuestion) -> StoredMemory | None:
        """Return the stored result whose classes and words are shown: the best that has the classes.

        It may be of fewer positions than `best`, which tells of all words.
        """

        def worth(stored: StoredMemory) -> tuple:
            delays = min(n_delays(stored), asked.delays)
            return (
                _has_classes(stored, asked),
                stored.n_counted,
                delays,
                _n_words(stored, asked),
                stored.finished,
            )

        return max(self._fitting(recording, asked), key=worth, default=None)

    def _fitting(self, recording: Recording, asked: MemoryQuestion) -> Iterator[StoredMemory]:
        n_all = recording.n_positions
        for stored in self.stored(recording):
            if stored.parameters.state != asked.state:
                continue
            n_stored = stored.parameters.positions or n_all
            as_asked = stored.parameters.seed == asked.seed and n_stored == (asked.positions or n_all)
            if asked.positions == AUTOMATIC or as_asked:
                yield stored

    def missing(self, recording: Recording, asked: MemoryQuestion, stored: StoredMemory | None) -> list[str]:
        """Return what a question asks for that the result does not have, in sentences."""
        if stored is None:
            return []
        said, by, of_classes = [], self.by(recording, asked), self.best_of_classes(recording, asked)
        parameters = of_classes.parameters
        if by and by not in parameters.by:
            said.append(f"The classes of '{by}' were not asked for when this was computed.")
        elif of_classes.left_out.get(by):
            n_left = of_classes.left_out[by]
            said.append(f"The {n_left:,} rarest labels of '{by}' have no class: there are too many at once.")
        wanted = known_words(recording, asked)
        words = [str(recording.vocabulary[word]) for word in wanted if word not in parameters.words]
        if words:
            listed = ", ".join(f"'{word}'" for word in words)
            said.append(
                f"{listed} {'was' if len(words) == 1 else 'were'} not asked for when this was computed."
            )
        if n_delays(stored) < asked.delays:
            said.append(f"{n_delays(stored)} delays were computed; {asked.delays} are asked for.")
        return said

    def of_classes(self, recording: Recording, asked: MemoryQuestion) -> StateGradients | None:
        """Return the stored result whose classes and words are shown; None without one."""
        stored = self.best_of_classes(recording, asked)
        return stored and self.load(recording, stored)

    def of(self, recording: Recording, asked: MemoryQuestion) -> StateGradients | None:
        """Return the stored result that answers a question best; None without one."""
        stored = self.best(recording, asked)
        return stored and self.load(recording, stored)

    def load(self, recording: Recording, stored: StoredMemory) -> StateGradients:
        """Return a stored result."""
        return self._cache.answer(
            "stored memory",
            recording.fingerprint,
            {"stamp": stamp_of(stored)},
            lambda: _without_gap(load_memory(stored), n_delays(stored)),
            on_disk=False,
        )

    def decay(self, recording: Recording, stored: StoredMemory, asked: MemoryQuestion) -> Decay:
        """Return the numbers by delay of a stored result, whitened if asked for."""
        found = self.load(recording, stored)
        if not asked.whitened:
            return decay_of(found, asked.delays)
        return self._cache.answer(
            "whitened memory",
            recording.fingerprint,
            {"stamp": stamp_of(stored), "delays": asked.delays},
            lambda: whitened_decay(found, self.whitening(recording), asked.delays),
        )

    def whitening(self, recording: Recording) -> Whitening:
        """Return the coordinates in which embeddings are measured in their own standard deviations."""
        return self._cache.answer(
            "whitening",
            recording.fingerprint,
            {},
            lambda: embedding_whitening(self.embedding(recording), word_counts(recording, self._cache)),
        )

    def embedding(self, recording: Recording) -> NDArray[np.float32]:
        """Return the embedding of each word, shape (n_words, n_embedding)."""
        return self._cache.answer(
            "embedding", recording.fingerprint, {}, lambda: shipped_embedding(recording), on_disk=False
        )

    def group(self, found: StateGradients, grouping: str | None, key: str) -> GroupGradients | None:
        """Return the means of a label of an annotation, or of a word by its id where `grouping` is None."""
        return _group(found, grouping or WORDS, key)

    def control(self, found: StateGradients, grouping: str | None, key: str) -> GroupGradients | None:
        """Return the means of random words that are as frequent as a class or word."""
        return _group(found, CONTROL.format(grouping or WORDS), key)

    def words(self, stored: StoredMemory | None) -> frozenset[int]:
        """Return the single words that a stored result has."""
        return frozenset(stored.parameters.words if stored else ())


def _has_classes(stored: StoredMemory, asked: MemoryQuestion) -> bool:
    return asked.by in stored.parameters.by if asked.by else bool(stored.parameters.by)


def _n_words(stored: StoredMemory, asked: MemoryQuestion) -> int:
    return len(set(stored.parameters.words) & set(asked.words))


def known_words(recording: Recording, asked: MemoryQuestion) -> tuple[int, ...]:
    """Return the single words asked for that the vocabulary has."""
    return tuple(word for word in asked.words if word < int(recording.manifest["n_vocabulary"]))


def n_delays(stored: StoredMemory) -> int:
    """Return how many delays a result has from 0 on, without a gap; what lies beyond one is not shown."""
    delays = stored.parameters.delays
    return next((place for place, delay in enumerate(delays) if place != delay), len(delays))


def stamp_of(stored: StoredMemory) -> str:
    """Return a text that changes with a result."""
    return f"{stored.digest} {stored.finished}"


def for_browser(stored: StoredMemory) -> dict[str, Any]:
    """Return what a result was computed of, in plain values. `positions` 0: all."""
    parameters = stored.parameters
    return {
        "stamp": stamp_of(stored),
        "state": parameters.state,
        "delays": n_delays(stored),
        "positions": parameters.positions or 0,
        "nPositions": stored.n_counted,
        "seed": parameters.seed,
        "by": next(iter(parameters.by), ""),
        "words": list(parameters.words),
        "finished": stored.finished,
        "seconds": stored.seconds,
    }


def _without_gap(found: StateGradients, n_kept: int) -> StateGradients:
    """Leave out what lies beyond a gap in the delays, so that the place of a number is its delay."""
    if n_kept == len(found.delays):
        return found
    groups = tuple(replace(group, **_first(group, n_kept)) for group in found.groups)
    return replace(found, **_first(found, n_kept), delays=found.delays[:n_kept], groups=groups)


def _first(means: MeanGradients, n_kept: int) -> dict[str, Any]:
    by_delay = {field.name: getattr(means, field.name) for field in fields(MeanGradients)}
    return {name: None if values is None else values[:n_kept] for name, values in by_delay.items()}


def _group(found: StateGradients, grouping: str, label: str) -> GroupGradients | None:
    return next((each for each in found.groups if (each.grouping, each.label) == (grouping, label)), None)


def _entries(folder: Path) -> list[tuple[str, int]]:
    """What a folder of results holds, and when each was changed; nothing where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry.name, entry.stat().st_mtime_ns) for entry in entries if entry.name[0] != ".")
    except OSError:
        return []
