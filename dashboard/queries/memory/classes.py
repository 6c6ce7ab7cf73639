"""How strongly and how long classes of words and single words are remembered, beside their controls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.analyses.memory.record import MeanGradients, StateGradients
from analytics.store.recording import Recording
from dashboard.facts import MemoryCurve
from dashboard.queries.annotations import AnnotationQueries, annotation
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.memory.curves import Curve, Decay, decay_of, half_life_text, numbers
from dashboard.queries.memory.find import find_words, word_counts
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.told import MINIMUM, few_note, measure_title
from dashboard.queries.recordings import RecordingQueries

__all__ = ["MemoryClassQueries"]

N_SHOWN = 6
"""Classes with a curve when none was chosen: the strongest."""
ALL = "all words"
N_CONTROLS = 1
"""Random sets of words that a control is of; its band is the bootstrap's."""
N_COLORS = 15
"""A label beyond shares one colour, so words take theirs from behind."""


@dataclass(frozen=True, slots=True)
class _Class:
    """One row of the table."""

    kind: str
    """`all`, `class` or `word`."""
    key: str
    text: str
    color: str
    n: int
    """Positions at the delay, or in the recording where it was not computed."""
    decay: Decay | None
    control: Decay | None = None


class MemoryClassQueries:
    """Questions about the labels of an annotation, and about single words."""

    def __init__(
        self,
        recordings: RecordingQueries,
        results: MemoryResults,
        annotations: AnnotationQueries,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._results = recordings, results
        self._annotations, self._cache = annotations, cache

    def table(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return a row for all words, each class and each chosen word, sorted."""
        recording = self._recordings.open(asked.recording)
        stored, rows = self._rows(recording, asked)
        shown = {_name(row) for row in _shown(rows, asked)}
        total = sum(_strength(row, asked) for row in rows if row.kind == "class" and not _is_few(row))
        listed = [_listed(row, asked, total=total, shown=_name(row) in shown) for row in _sorted(rows, asked)]
        return {
            "by": self._results.by(recording, asked),
            "delay": asked.delay,
            "delays": list(range(asked.delays)),
            "minimum": MINIMUM,
            "rows": listed,
            "notes": self._fewer_note(recording, asked)
            + self._notes(rows, asked, has_result=stored is not None),
        }

    def curves(self, asked: MemoryQuestion) -> tuple[list[MemoryCurve], str, str]:
        """Return the curves of the rows that are shown, the title of their axis and its scale."""
        recording = self._recordings.open(asked.recording)
        _, rows = self._rows(recording, asked)
        is_share = asked.measure == "share"
        found = [
            row.decay.measured(asked.measure, asked.n).shown(
                row.text, row.color, row.decay.n, has_half_life=not is_share
            )
            for row in _shown(rows, asked)
        ]
        title = measure_title(asked.measure, n=asked.n, whitened=False)
        return found, title, "share" if is_share else asked.scale

    def at_delay(self, asked: MemoryQuestion) -> dict[tuple[str, str], tuple[Curve, Curve, int]]:
        """Return by kind and key what is measured, what falls, and the place of the delay, where known."""
        _, rows = self._rows(self._recordings.open(asked.recording), asked)
        return {
            _name(row): (
                row.decay.measured(asked.measure, asked.n),
                row.decay.measured(asked.falling, asked.n),
                min(asked.delay, len(row.decay.n) - 1),
            )
            for row in rows
            if row.decay is not None and not _is_few(row)
        }

    def find(self, asked: MemoryQuestion, text: str) -> dict[str, Any]:
        """Return words by a part of their text, and whether the result shown has them."""
        recording = self._recordings.open(asked.recording)
        answer = find_words(recording, text, self._cache)
        known = self._results.words(self._results.best_of_classes(recording, asked))
        return {**answer, "words": [{**row, "inResult": row["id"] in known} for row in answer["words"]]}

    def _rows(
        self, recording: Recording, asked: MemoryQuestion
    ) -> tuple[StateGradients | None, list[_Class]]:
        found = self._results.of_classes(recording, asked)
        rows = [*self._labels(recording, asked, found), *self._words(recording, asked, found)]
        if found is not None:
            decay = decay_of(found, asked.delays)
            rows.insert(0, _Class("all", "", ALL, "text", _n_at(decay, asked.delay), decay))
        return found, rows

    def _labels(
        self, recording: Recording, asked: MemoryQuestion, found: StateGradients | None
    ) -> Iterable[_Class]:
        name = self._results.by(recording, asked)
        if not name:
            return
        column = annotation(recording, name)
        counts = column.value_counts()
        colors = self._annotations.colors(recording, name)
        for place, label in enumerate(map(str, column.cat.categories)):
            count = int(counts.iloc[counts.index.get_loc(column.cat.categories[place])])
            if count:
                yield self._row(
                    "class", label, label, f"category {colors[place]}", asked, found, (name, count)
                )

    def _words(
        self, recording: Recording, asked: MemoryQuestion, found: StateGradients | None
    ) -> Iterable[_Class]:
        counts = word_counts(recording, self._cache)
        for place, word in enumerate(word for word in asked.words if word < len(counts)):
            color = f"category {N_COLORS - 1 - place % N_COLORS}"
            text = str(recording.vocabulary[word])
            yield self._row("word", str(word), text, color, asked, found, (None, int(counts[word])))

    def _row(
        self,
        kind: str,
        key: str,
        text: str,
        color: str,
        asked: MemoryQuestion,
        found: StateGradients | None,
        source: tuple[str | None, int],
    ) -> _Class:
        """`source`: the annotation, none for a word, and the positions in the whole recording."""
        grouping, count = source
        group = found and self._results.group(found, grouping, key)
        if group is None:
            return _Class(kind, key, text, color, count, None)
        control = self._results.control(found, grouping, key)
        decay = decay_of(group, asked.delays)
        return _Class(kind, key, text, color, _n_at(decay, asked.delay), decay, _decay(control, asked))

    def _fewer_note(self, recording: Recording, asked: MemoryQuestion) -> list[str]:
        """Classes may be known over fewer positions than the curves of all words."""
        of_all = self._results.best(recording, asked)
        of_classes = self._results.best_of_classes(recording, asked)
        if of_all is None or of_all.n_counted == of_classes.n_counted:
            return []
        return [
            f"This table is over {of_classes.n_counted:,} positions, the decay above over "
            f"{of_all.n_counted:,}, which was computed without these classes."
        ]

    def _notes(self, rows: list[_Class], asked: MemoryQuestion, *, has_result: bool) -> list[str]:
        said = few_note(sum(_is_few(row) for row in rows if row.kind == "class"))
        missing = [row for row in rows if row.decay is None]
        if has_result and missing:
            what = "1 row was" if len(missing) == 1 else f"{len(missing):,} rows were"
            said.append(f"{what} not asked for when this was computed. Compute again to have them too.")
        if asked.whitened:
            said.append("Values of classes are known as they are only, not in standard deviations.")
        return said


def _listed(row: _Class, asked: MemoryQuestion, *, total: float, shown: bool) -> dict[str, Any]:
    listed = {
        "kind": row.kind,
        "key": row.key,
        "text": row.text,
        "n": row.n,
        "few": _is_few(row),
        "inResult": row.decay is not None,
        "color": row.color,
        "shown": shown,
    }
    if row.decay is None:
        return listed
    curve = row.decay.measured(asked.measure, asked.n)
    falling = row.decay.measured(asked.falling, asked.n)
    half, low, high = falling.half_life
    at = min(asked.delay, len(curve.value) - 1)
    normalised = curve.value[at] / total if row.kind == "class" and total > 0 else np.nan
    return {
        **listed,
        "value": plain(curve.value[at]),
        "low": plain(curve.low[at]),
        "high": plain(curve.high[at]),
        "normalised": plain(normalised),
        "halfLife": plain(half),
        "halfLifeLow": plain(low),
        "halfLifeHigh": plain(high),
        "halfLifeText": half_life_text(half, falling.value),
        "control": _control(row, asked, curve.value[at], at) if asked.control else None,
        "curve": None if _is_few(row) else numbers(curve.value),
        "curveLow": None if _is_few(row) else numbers(curve.low),
        "curveHigh": None if _is_few(row) else numbers(curve.high),
        "curveN": row.decay.n.tolist(),
    }


def _control(row: _Class, asked: MemoryQuestion, value: float, at: int) -> dict[str, Any] | None:
    if row.control is None:
        return None
    curve: Curve = row.control.measured(asked.measure, asked.n)
    return {
        "value": plain(curve.value[at]),
        "low": plain(curve.low[at]),
        "high": plain(curve.high[at]),
        "n": int(row.control.n[at]),
        "nSets": N_CONTROLS,
        "ratio": plain(value / curve.value[at]) if curve.value[at] > 0 else None,
    }


def _decay(means: MeanGradients | None, asked: MemoryQuestion) -> Decay | None:
    return None if means is None else decay_of(means, asked.delays)


def _n_at(decay: Decay, delay: int) -> int:
    return int(decay.n[min(delay, len(decay.n) - 1)])


def _name(row: _Class) -> tuple[str, str]:
    return row.kind, row.key


def _is_few(row: _Class) -> bool:
    """By the positions at delay 0, so that a class does not come and go with the chosen delay."""
    return row.decay is not None and row.kind != "all" and bool(row.decay.n[0] < MINIMUM)


def _strength(row: _Class, asked: MemoryQuestion) -> float:
    if row.decay is None:
        return 0.0
    value = row.decay.measured(asked.measure, asked.n).value[min(asked.delay, len(row.decay.n) - 1)]
    return float(np.nan_to_num(value))


def _sorted(rows: list[_Class], asked: MemoryQuestion) -> list[_Class]:
    """All words first; then by what was asked for, those without a number last."""

    def rank(row: _Class) -> tuple:
        computed = row.decay is not None and not _is_few(row)
        if asked.sort == "n":
            return (row.kind != "all", not computed, -row.n)
        if asked.sort == "half-life" and computed:
            half = row.decay.measured(asked.falling, asked.n).half_life[0]
            return (row.kind != "all", False, -half if np.isfinite(half) else -np.inf)
        return (row.kind != "all", not computed, -_strength(row, asked))

    return sorted(rows, key=rank)


def _shown(rows: list[_Class], asked: MemoryQuestion) -> list[_Class]:
    """All words, the chosen classes or else the strongest, and the chosen words: those that have a curve."""
    able = [row for row in rows if row.decay is not None and not _is_few(row)]
    classes = [row for row in able if row.kind == "class"]
    if asked.classes:
        classes = [row for row in classes if row.key in asked.classes]
    else:
        classes = sorted(classes, key=lambda row: -_strength(row, asked))[:N_SHOWN]
    return [
        *(row for row in able if row.kind == "all"),
        *classes,
        *(row for row in able if row.kind == "word"),
    ]
