"""What there is on the Memory page: the network, what is stored, what a run would take."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError, NetworkError
from analytics.store.recording import Recording
from dashboard.queries.annotations import annotation
from dashboard.queries.cache import AnswerCache
from dashboard.queries.memory.network import memory_states, shipped_shape, why_no_network
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults, for_browser, stamp_of
from dashboard.queries.memory.run import command, proposed_positions, run_of, run_seconds
from dashboard.queries.memory.told import estimate_sentence, nothing_stored
from dashboard.queries.memory.word_classes import suggested_properties
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import tag_annotations

__all__ = ["MemoryStatusQueries"]

MOST_LABELS = 60
MOST_CANDIDATES = 60


class MemoryStatusQueries:
    """What is known before anything is drawn."""

    def __init__(self, recordings: RecordingQueries, results: MemoryResults, cache: AnswerCache) -> None:
        self._recordings, self._results, self._cache = recordings, results, cache

    def status(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return everything that the page needs to know of a recording first."""
        recording = self._recordings.open(asked.recording)
        longest = int(np.diff(np.append(recording.sequence_starts, recording.n_positions)).max())
        return {
            **self.computed(recording, asked),
            "nSequences": recording.n_sequences,
            "longest": longest,
            "states": [
                {"name": name, "units": recording.states(name).shape[1]} for name in memory_states(recording)
            ],
            "annotations": self._annotations(recording),
            "by": self._results.by(recording, asked),
            "suggested": self._suggested(recording),
            "stored": [for_browser(stored) for stored in self._results.stored(recording)],
            "stamp": self._stamp(asked),
            "beside": [self._beside(each) for each in asked.curves[1:]],
            "candidates": self._candidates(asked),
            "delaysAsked": asked.delays,
            "delaysPossible": longest,
            "notes": _notes(asked, longest),
        }

    def computed(self, recording: Recording, asked: MemoryQuestion) -> dict[str, Any]:
        """Return what is stored that answers a question, and what a run would take."""
        recording.check_unchanged()
        why = why_no_network(recording)
        best = self._results.best(recording, asked)
        return {
            "network": not why,
            "why": why,
            "nPositions": recording.n_positions,
            "stateUnits": recording.states(asked.state).shape[1],
            "result": best and for_browser(best),
            "missing": self._results.missing(recording, asked, best),
            **({} if why else self._run(recording, asked)),
        }

    def _run(self, recording: Recording, asked: MemoryQuestion) -> dict[str, Any]:
        try:
            run, shape = run_of(recording, asked, self._results), shipped_shape(recording)
        except NetworkError as error:
            return {"network": False, "why": str(error)}
        seconds = run_seconds(recording, run)
        n_positions = run.positions or recording.n_positions
        return {
            "nEmbedding": shape.n_embedding,
            "estimate": {
                "positions": n_positions,
                "seconds": seconds,
                "sentence": estimate_sentence(seconds, n_positions=n_positions, n_all=recording.n_positions),
            },
            "command": command(recording, run, results=self._results.folder(recording)),
            "defaults": {"positions": proposed_positions(recording, asked, run, self._results)},
        }

    def _beside(self, asked: MemoryQuestion) -> dict[str, Any]:
        row = {"key": asked.recording, "state": asked.state}
        try:
            recording = self._recordings.open(asked.recording)
            stored = self._results.best(recording, asked)
        except AnalyticsError as error:
            return {**row, "ready": False, "why": str(error)}
        why = "" if stored else why_no_network(recording) or nothing_stored(recording, asked.state)
        return {**row, "ready": stored is not None, "why": why}

    def _candidates(self, asked: MemoryQuestion) -> list[dict[str, Any]]:
        """Return the states of all recordings that could stand beside, those that are computed first."""
        rows = [
            self._beside(asked.of_curve(f"{facts.key}:{state}"))
            for facts in self._recordings.all()
            for state in self._states(facts.key)
            if (facts.key, state) != (asked.recording, asked.state)
        ]
        return sorted(rows, key=lambda row: not row["ready"])[:MOST_CANDIDATES]

    def _states(self, key: str) -> list[str]:
        """Return the states of a recording that a memory can be computed of."""
        recording = self._recordings.find(key)
        return [] if recording is None or why_no_network(recording) else memory_states(recording)

    def _stamp(self, asked: MemoryQuestion) -> str:
        """A text that differs whenever a curve may."""
        parts = []
        for each in asked.curves:
            recording = self._recordings.find(each.recording)
            parts.append(recording.fingerprint if recording else "")
            for best in (self._results.best, self._results.best_of_classes):
                stored = recording and best(recording, each)
                parts.append(stamp_of(stored) if stored else "")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def _annotations(self, recording: Recording) -> list[dict[str, Any]]:
        return self._cache.answer(
            "memory annotations", recording.fingerprint, {}, lambda: _labels(recording), on_disk=False
        )

    def _suggested(self, recording: Recording) -> list[dict[str, str]]:
        return self._cache.answer(
            "memory suggestions",
            recording.fingerprint,
            {},
            lambda: suggested_properties(recording),
            on_disk=False,
        )


def _labels(recording: Recording) -> list[dict[str, Any]]:
    found = []
    for name in tag_annotations(recording):
        column: pd.Series = annotation(recording, name)
        counts = column.value_counts()
        counts = counts[counts > 0]
        found.append(
            {
                "name": name,
                "nLabels": len(counts),
                "labels": [
                    {"label": str(label), "count": int(count)}
                    for label, count in counts.head(MOST_LABELS).items()
                ],
            }
        )
    return found


def _notes(asked: MemoryQuestion, longest: int) -> list[str]:
    if asked.delays <= longest:
        return []
    return [
        f"The longest sequence has {longest:,} positions, so nothing lies more than {longest - 1:,} before: "
        f"delays from {longest:,} on have no curve."
    ]
