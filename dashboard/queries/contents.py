"""What a recording's tables hold: lengths of sequences, frequent tokens, shares of labels, perplexity."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.store.recording import Recording
from dashboard.facts import AnnotationContent, RecordingContent, SequenceLengths
from dashboard.queries.cache import AnswerCache
from dashboard.queries.recordings import RecordingQueries

__all__ = ["ContentQueries", "recording_content"]

N_TOKENS = 8
N_LABELS = 5
"""Labels with a bar of their own; the rest share one."""
N_BINS = 24


class ContentQueries:
    """What is known only by reading; kept by fingerprint."""

    def __init__(self, recordings: RecordingQueries, cache: AnswerCache) -> None:
        self._recordings, self._cache = recordings, cache

    def content(self, key: str) -> RecordingContent | None:
        """Return what a recording's tables hold; None if there is no such recording."""
        recording = self._recordings.find(key)
        return recording and self._cache.answer(
            "content", recording.fingerprint, {}, lambda: recording_content(recording)
        )


def recording_content(recording: Recording) -> RecordingContent:
    """Read the tables of a recording; its states are not read."""
    perplexity, n_predicted = _perplexity(recording)
    annotations = recording.annotations
    kinds = {name: str(facts["kind"]) for name, facts in recording.manifest.get("annotations", {}).items()}
    return RecordingContent(
        sequence_name=str(recording.manifest.get("sequence_name") or "sequence"),
        lengths=_lengths(recording),
        frequent=_frequent(recording),
        annotations=tuple(_annotation(annotations[name], name, kind) for name, kind in kinds.items()),
        perplexity=perplexity,
        n_predicted=n_predicted,
    )


def _lengths(recording: Recording) -> SequenceLengths:
    lengths = np.diff(recording.sequence_starts, append=recording.n_positions)
    return SequenceLengths(
        shortest=int(lengths.min()),
        median=float(np.median(lengths)),
        longest=int(lengths.max()),
        counts=_histogram(lengths, n_bins=_n_bins(lengths)),
    )


def _frequent(recording: Recording) -> tuple[tuple[str, int], ...]:
    counts = np.bincount(recording.token_ids, minlength=len(recording.vocabulary))
    order = np.argsort(-counts, kind="stable")[:N_TOKENS]
    return tuple((str(recording.vocabulary[token]), int(counts[token])) for token in order if counts[token])


def _perplexity(recording: Recording) -> tuple[float | None, int]:
    if recording.log_probability is None:
        return None, 0
    known = recording.log_probability[np.isfinite(recording.log_probability)].astype(np.float64)
    if not len(known):
        return None, 0
    # Beyond 700 nats the number is no longer one that a computer can write.
    return math.exp(min(-float(known.mean()), 700.0)), len(known)


def _annotation(column: pd.Series, name: str, kind: str) -> AnnotationContent:
    n_missing = int(column.isna().sum())
    if isinstance(column.dtype, pd.CategoricalDtype):
        counts = np.bincount(column.cat.codes[column.notna()], minlength=len(column.cat.categories))
        order = np.argsort(-counts, kind="stable")
        # A last bar for the others is worth its place only when they are at least two.
        shown = order if len(order) <= N_LABELS + 1 else order[:N_LABELS]
        return AnnotationContent(
            name=name,
            kind=kind,
            n_labels=len(counts),
            n_missing=n_missing,
            n_positions=len(column),
            largest=tuple((str(column.cat.categories[label]), int(counts[label])) for label in shown),
            n_other=int(counts.sum() - counts[shown].sum()),
        )
    values = column.dropna().to_numpy(dtype=np.float64)
    values = values[np.isfinite(values)]
    limits = (float(values.min()), float(np.median(values)), float(values.max())) if len(values) else None
    return AnnotationContent(
        name=name,
        kind=kind,
        n_labels=0,
        n_missing=len(column) - len(values),
        n_positions=len(column),
        limits=limits,
        counts=_histogram(values, n_bins=_n_bins(values)) if limits else (),
    )


def _n_bins(values: NDArray) -> int:
    """A bin for each whole number where they are few."""
    whole = bool(np.all(values == np.round(values)))
    return min(N_BINS, int(np.ptp(values)) + 1) if whole else N_BINS


def _histogram(values: NDArray, *, n_bins: int) -> tuple[int, ...]:
    return tuple(int(count) for count in np.histogram(values, bins=max(1, n_bins))[0])
