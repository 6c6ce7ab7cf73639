"""Where else does the selected pattern occur, and what lies there?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.analyses.labels import LabelShares, NumberShares, label_shares, number_shares
from analytics.analyses.lengths import LengthHistogram, length_histogram
from analytics.analyses.match import Matches, match_pattern
from analytics.store.recording import Recording
from dashboard.queries.annotations import AnnotationQueries, annotation
from dashboard.queries.cache import AnswerCache
from dashboard.queries.match.question import MatchQuestion
from dashboard.queries.match.rows import match_rows, shown_annotations
from dashboard.queries.match.table import match_table
from dashboard.queries.match.told import reason_for_nothing
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.selection import SelectionQueries

__all__ = ["HISTOGRAM_LIMIT", "MatchQueries", "TimedMatches"]

HISTOGRAM_LIMIT = 1000
"""Matches that the length histogram counts, and that a chosen length picks from."""


COLUMNS = ("start", "stop", "overlap", "union", "sequence")


@dataclass(frozen=True, slots=True)
class TimedMatches:
    """Matches and how long the search took when it ran."""

    matches: Matches
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class _Kept:
    """A thousand matches as they are kept: a few arrays, not one for each of them."""

    columns: NDArray[np.int64]
    """Start, stop, overlap, union and sequence, shape (5, n_matches)."""
    on_counts: NDArray[np.int32]
    """Of all matches one after the other."""
    units: NDArray[np.int64]
    n_positions: int
    elapsed_ms: float

    @property
    def length(self) -> NDArray[np.int64]:
        return self.columns[1] - self.columns[0]

    def some(self, chosen: NDArray[np.int64]) -> Matches:
        """Return those of the given numbers."""
        ends = np.cumsum(self.length)[chosen]
        places = zip((ends - self.length[chosen]).tolist(), ends.tolist(), strict=True)
        return Matches(
            **dict(zip(COLUMNS, self.columns[:, chosen], strict=True)),
            on_counts=tuple(self.on_counts[first:end] for first, end in places),
            units=self.units,
            n_positions=self.n_positions,
        )


class MatchQueries:
    """Questions of the match half of the page."""

    def __init__(
        self,
        recordings: RecordingQueries,
        selection: SelectionQueries,
        annotations: AnnotationQueries,
        cache: AnswerCache,
    ) -> None:
        self._recordings, self._selection = recordings, selection
        self._annotations, self._cache = annotations, cache

    def results(self, asked: MatchQuestion) -> dict[str, Any]:
        """Return the rows for the browser: words, counts and annotations, with the caption's facts."""
        recording = self._recordings.open(asked.recording)
        recording.check_unchanged()
        units, found = self._units(asked), self.found(asked)
        some = found is not None and len(found.matches) > 0
        return {
            "reason": "" if some else reason_for_nothing(asked, n_units=len(units)),
            "fingerprint": recording.fingerprint,
            "elapsed": round(found.elapsed_ms, 1) if found else 0,
            "positions": recording.n_positions,
            "units": len(units),
            "least_length": asked.least_length,
            "annotations": shown_annotations(recording),
            "rows": match_rows(recording, self._annotations, asked, found.matches) if some else None,
        }

    def found(self, asked: MatchQuestion) -> TimedMatches | None:
        """Return the matches in the table, the best or the best of one length; None without a pattern.

        The best few are the first of the best many, so one search serves the table and the lengths.
        """
        wide = self._search(asked, limit=HISTOGRAM_LIMIT)
        if wide is None:
            return None
        n_all = len(wide.length)
        fitting = np.flatnonzero(wide.length == asked.length) if asked.length else np.arange(n_all)
        return TimedMatches(wide.some(fitting[: asked.limit]), wide.elapsed_ms)

    def lengths(self, asked: MatchQuestion) -> LengthHistogram:
        """Return the lengths of the best 1,000 matches, whatever length is chosen."""
        wide = self._search(asked, limit=HISTOGRAM_LIMIT)
        if wide is None:
            none = np.zeros(0, dtype=np.int64)
            return LengthHistogram(length=none, count=none)
        return length_histogram(wide.some(np.arange(len(wide.length))))

    def labels(self, asked: MatchQuestion) -> tuple[str, LabelShares | NumberShares] | None:
        """Return the chosen annotation, else the most telling one, inside the matches in the table.

        The most telling one stands furthest above the distance that chance alone would give.
        """
        recording = self._recordings.open(asked.recording)
        names, found = list(recording.manifest.get("annotations", {})), self.found(asked)
        if not names or found is None or not len(found.matches):
            return None
        if asked.labels in names:
            return asked.labels, self._shares(recording, asked.labels, found.matches)
        every = {name: self._shares(recording, name, found.matches) for name in names}
        best = max(names, key=lambda name: every[name].distance - every[name].distance_by_chance)
        return best, every[best]

    def table(self, asked: MatchQuestion) -> pd.DataFrame:
        """Return the matches of the table with their words; no row without a match."""
        found, recording = self.found(asked), self._recordings.open(asked.recording)
        if found is None:
            return pd.DataFrame()
        return match_table(recording, found.matches, start=asked.start, stop=asked.stop)

    def _units(self, asked: MatchQuestion) -> NDArray[np.int64]:
        return self._selection.units(asked.recording, asked.state, **asked.pattern)[0]

    def _search(self, asked: MatchQuestion, *, limit: int) -> _Kept | None:
        recording, units = self._recordings.open(asked.recording), self._units(asked)
        if len(units) == 0 or asked.is_impossible:
            return None
        arguments = asked.search(limit=limit)

        def search() -> _Kept:
            begun = time.perf_counter()
            matches = match_pattern(recording.states(asked.state), units, **arguments)
            return _kept(matches, elapsed_ms=(time.perf_counter() - begun) * 1000)

        parameters = {"state": asked.state, "units": tuple(units.tolist()), **arguments}
        return self._cache.answer("match", recording.fingerprint, parameters, search)

    def _shares(self, recording: Recording, name: str, matches: Matches) -> LabelShares | NumberShares:
        parameters = {"name": name, "start": matches.start.tolist(), "stop": matches.stop.tolist()}
        column = annotation(recording, name)
        return self._cache.answer(
            "label shares", recording.fingerprint, parameters, lambda: _shares(column, matches), on_disk=False
        )


def _shares(column: pd.Series, matches: Matches) -> LabelShares | NumberShares:
    if isinstance(column.dtype, pd.CategoricalDtype):
        labels = [str(label) for label in column.cat.categories]
        return label_shares(column.cat.codes.to_numpy(), labels, matches.start, matches.stop)
    return number_shares(column.to_numpy(dtype=np.float64, na_value=np.nan), matches.start, matches.stop)


def _kept(matches: Matches, *, elapsed_ms: float) -> _Kept:
    return _Kept(
        columns=np.stack([getattr(matches, name) for name in COLUMNS]),
        on_counts=np.concatenate([*matches.on_counts, np.zeros(0, dtype=np.int32)]),
        units=matches.units,
        n_positions=matches.n_positions,
        elapsed_ms=elapsed_ms,
    )
