"""The sentences of a recording: searched, chosen by label, ordered by how hard the network found them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.analyses.search import search_tokens
from analytics.analyses.sentences import SentenceRanges, mean_of_ranges, split_sentences
from analytics.errors import ParameterError, UnknownNameError, nearest
from analytics.store.recording import Recording
from dashboard.queries.annotations import annotation
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import tag_annotations
from dashboard.queries.sentences.passage import CLASS_COLUMN, class_names
from dashboard.queries.sentences.question import SentencesQuestion

__all__ = ["RecordedSentences", "SentenceListQueries"]

PAGE_SIZE = 20
RANKED_LENGTH = 5
"""Shorter sentences have no place among the hardest and easiest: one rare word would win."""
RIGHT, PREDICTED = "label", "predicted class"
"""Annotations that the recorder writes for classifiers."""
MAX_LABELS = 60
"""Labels offered of each annotation, the most frequent ones."""


@dataclass(frozen=True, slots=True)
class RecordedSentences:
    """All sentences of a recording and the loss of each."""

    ranges: SentenceRanges
    loss: NDArray[np.float64] | None
    """Mean loss of the words, or loss of the right class at the last word, in nats, shape (n_sentences,)."""
    of_classes: bool


class SentenceListQueries:
    """Which sentences a recording has."""

    def __init__(self, recordings: RecordingQueries, cache: AnswerCache) -> None:
        self._recordings, self._cache = recordings, cache

    def found(self, asked: SentencesQuestion) -> dict[str, Any]:
        """Return one page of the sentences that fit, in the order asked for."""
        recording = self._recordings.open(asked.recording)
        known = self.sentences(recording)
        chosen = self._fitting(recording, known.ranges, asked)
        chosen = _ordered(chosen, known, asked.order)
        page = min(asked.page, max(0, (len(chosen) - 1) // PAGE_SIZE))
        shown = chosen[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
        return {
            "rows": self._rows(recording, known, shown),
            "nFound": len(chosen),
            "nSentences": len(known.ranges.start),
            "page": page,
            "pageSize": PAGE_SIZE,
            "what": _what(recording, known.ranges),
            "loss": None
            if known.loss is None
            else ("of the class" if known.of_classes else "mean of its words"),
            "filters": self._filters(recording),
            "note": _note(recording, known, asked.order),
        }

    def sentences(self, recording: Recording) -> RecordedSentences:
        """Return all sentences of a recording."""
        return self._cache.answer("sentences", recording.fingerprint, {}, lambda: _sentences(recording))

    def _fitting(
        self, recording: Recording, ranges: SentenceRanges, asked: SentencesQuestion
    ) -> NDArray[np.int64]:
        """Sentences in which the text is found and a label stands."""
        chosen = np.arange(len(ranges.start))
        if asked.find.strip():
            chosen = np.intersect1d(chosen, self._with_text(recording, ranges, asked.find))
        if asked.label:
            chosen = np.intersect1d(chosen, self._with_label(recording, ranges, asked.label))
        return chosen

    def _with_text(self, recording: Recording, ranges: SentenceRanges, find: str) -> NDArray[np.int64]:
        def search() -> NDArray[np.int64]:
            hits = search_tokens(
                recording.token_ids,
                recording.vocabulary,
                find,
                sequence_starts=recording.sequence_starts,
                limit=recording.n_positions,
            )
            return np.unique(np.searchsorted(ranges.start, hits.start, side="right") - 1)

        return self._cache.answer(
            "sentences with text", recording.fingerprint, {"find": find}, search, on_disk=False
        )

    def _with_label(self, recording: Recording, ranges: SentenceRanges, wanted: str) -> NDArray[np.int64]:
        name, label = _name_and_label(recording, wanted)
        column = annotation(recording, name)
        labels = [str(each) for each in column.cat.categories]
        if label not in labels:
            raise UnknownNameError(f"Annotation '{name}' has no label '{label}'.{nearest(label, labels)}")
        carries = column.cat.codes.to_numpy() == labels.index(label)
        if name == PREDICTED:
            # What a classifier says on the way is not its answer.
            return np.flatnonzero(carries[ranges.stop - 1])
        return np.flatnonzero(np.logical_or.reduceat(carries, ranges.start))

    def _rows(
        self, recording: Recording, known: RecordedSentences, shown: NDArray[np.int64]
    ) -> list[dict[str, Any]]:
        ranges, names = known.ranges, self._of_sequences(recording)
        columns = {name: annotation(recording, name) for name in names}
        return [
            {
                "start": int(ranges.start[row]),
                "stop": int(ranges.stop[row]),
                "sequence": int(ranges.sequence[row]),
                "tokens": recording.token_texts(int(ranges.start[row]), int(ranges.stop[row])),
                "loss": None if known.loss is None else plain(float(known.loss[row])),
                "labels": {
                    name: str(column.iloc[int(ranges.stop[row]) - 1])
                    for name, column in columns.items()
                    if pd.notna(column.iloc[int(ranges.stop[row]) - 1])
                },
            }
            for row in shown.tolist()
        ]

    def _of_sequences(self, recording: Recording) -> tuple[str, ...]:
        """Categorical annotations that say something of a whole sequence."""
        return self._cache.answer(
            "annotations of sequences",
            recording.fingerprint,
            {},
            lambda: tuple(name for name in tag_annotations(recording) if _is_of_sequences(recording, name)),
        )

    def _filters(self, recording: Recording) -> list[dict[str, Any]]:
        """Each categorical annotation and its labels, the most frequent first."""
        return self._cache.answer(
            "label filters",
            recording.fingerprint,
            {},
            lambda: [_labels_of(recording, name) for name in tag_annotations(recording)],
        )


def _sentences(recording: Recording) -> RecordedSentences:
    markers = ((recording.manifest.get("model") or {}).get("tokenisation") or {}).get("markers") or {}
    ranges = split_sentences(
        recording.token_ids,
        recording.vocabulary,
        sequence_starts=recording.sequence_starts,
        line_ends=[str(markers["line"])] if "line" in markers else [],
    )
    if recording.log_probability is not None:
        return RecordedSentences(
            ranges, mean_of_ranges(-recording.log_probability, ranges.start, ranges.stop), False
        )
    return RecordedSentences(ranges, _class_loss(recording, ranges), True)


def _class_loss(recording: Recording, ranges: SentenceRanges) -> NDArray[np.float64] | None:
    """Loss of the right class at the last word; None where the recording does not know it."""
    classes = class_names(recording)
    if not classes or RIGHT not in recording.manifest.get("annotations", {}):
        return None
    last = ranges.stop - 1
    right = annotation(recording, RIGHT).astype(object).to_numpy()[last]
    loss = np.full(len(last), np.nan)
    for name in classes:
        of_class = right == name
        share = annotation(recording, CLASS_COLUMN.format(name)).to_numpy()[last][of_class]
        loss[of_class] = -np.log(np.maximum(share.astype(np.float64), np.finfo(np.float32).tiny))
    return loss


def _ordered(chosen: NDArray[np.int64], known: RecordedSentences, order: str) -> NDArray[np.int64]:
    if order == "corpus" or known.loss is None:
        return chosen
    lengths = (known.ranges.stop - known.ranges.start)[chosen]
    ranked = chosen[(lengths >= RANKED_LENGTH) & np.isfinite(known.loss[chosen])]
    loss = known.loss[ranked]
    return ranked[np.argsort(-loss if order == "hardest" else loss, kind="stable")]


def _name_and_label(recording: Recording, wanted: str) -> tuple[str, str]:
    """The annotation and the label in ``annotation=label``; both may hold an equals sign."""
    known = tag_annotations(recording)
    for name in sorted(known, key=len, reverse=True):
        if wanted.startswith(f"{name}="):
            return name, wanted[len(name) + 1 :]
    name = wanted.partition("=")[0]
    if name in recording.manifest.get("annotations", {}):
        raise ParameterError(
            f"Annotation '{name}' has no labels. Choose a categorical one.{nearest(name, known)}"
        )
    raise UnknownNameError(
        f"{recording.name} has no categorical annotation '{name[:40]}'.{nearest(name, known)}"
    )


def _is_of_sequences(recording: Recording, name: str) -> bool:
    """Whether an annotation is the same all over each sequence, or a classifier's answer."""
    if name == PREDICTED:
        return True
    codes, starts = annotation(recording, name).cat.codes.to_numpy(), recording.sequence_starts
    return bool((np.maximum.reduceat(codes, starts) == np.minimum.reduceat(codes, starts)).all())


def _labels_of(recording: Recording, name: str) -> dict[str, Any]:
    counts = annotation(recording, name).value_counts()
    return {
        "name": name,
        "labels": [str(label) for label in counts.index[:MAX_LABELS]],
        "nLabels": len(counts),
    }


def _what(recording: Recording, ranges: SentenceRanges) -> str:
    name = str(recording.manifest.get("sequence_name") or "sequence")
    return name if ranges.are_sequences else "sentence"


def _note(recording: Recording, known: RecordedSentences, order: str) -> str:
    ranges = known.ranges
    name = str(recording.manifest.get("sequence_name") or "sequence")
    if ranges.are_sequences:
        said = f"Each {name} is a sentence."
        if len(ranges.start) > recording.n_sequences:
            said = (
                f"Each {name} of up to {ranges.max_length} positions is a sentence; longer ones are parted "
                "at their end marks."
            )
    else:
        said = f"A sentence ends at an end mark (. ? !), at a line break or with its {name}."
    if ranges.n_cut:
        said += f" {ranges.n_cut:,} are cut after at most {ranges.max_length} positions."
    if order == "corpus":
        return said
    if known.loss is None:
        return f"{said} This recording holds no loss, so they stand in the order of the corpus."
    return f"{said} Those of fewer than {RANKED_LENGTH} positions have no place in this order."
