"""Takes the best candidate ranges that share no position, and reads no more than that needs."""

from __future__ import annotations

import bisect
import heapq
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.blocks import on_threads
from analytics.analyses.candidates import Candidates
from analytics.analyses.pattern import read_pattern
from analytics.analyses.scan_counts import held_counts, sliding_counts, surviving
from analytics.analyses.threshold import OnRule
from analytics.arrays import StateReader

__all__ = ["Scores", "best_apart"]

BATCH_ROWS = 1 << 12
"""How many positions are read at once for the scores: 5 MB for 650 units in half precision."""

N_WITNESSES = 32
"""Units whose bits bound a score from below: few enough to read, enough to tell ranges apart."""

SLIDING_READS = 4
"""How often each position may be read for ranges that overlap, before they are counted in one pass."""

N_GLANCES = 256
"""Ranges looked at before the witnesses are chosen."""


class Scores:
    """Counts the units of ranges: ``|S2|``, by which ranges of equal overlap rank."""

    def __init__(self, states: StateReader, rule: OnRule, *, off_before: int, off_after: int) -> None:
        self._states, self._rule = states, rule
        self._off_before, self._off_after = off_before, off_after
        self._bounds = np.append(states.sequence_starts, states.shape[0])
        self._witnesses: NDArray[np.uint64] | None = None

    def n_on(self, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
        """``|S2|`` of each range, shape ``(n_ranges,)``."""
        if self._slides(starts, stops):
            return self._n_on_sliding(starts, stops)
        first, last = self._with_windows(starts, stops)
        edges = np.stack([first, starts, stops, last])
        is_short = last - first <= BATCH_ROWS
        counts = np.empty(len(starts), dtype=np.int64)
        counts[is_short] = self._n_on_together(edges[:, is_short])
        counts[~is_short] = [self._held(*edge).sum() for edge in edges[:, ~is_short].T.tolist()]
        return counts

    def _n_on_together(self, edges: NDArray[np.int64]) -> NDArray[np.int64]:
        """``|S2|`` of ranges with their windows: rows of `edges` are first, start, stop and last."""
        lengths = edges[3] - edges[0]
        row = np.cumsum(lengths) - lengths
        borders = np.flatnonzero(np.diff(row // BATCH_ROWS)) + 1
        batches = [slice(*pair) for pair in pairwise([0, *borders.tolist(), len(row)])]

        def count(batch: slice) -> NDArray[np.int32]:
            values = self._states.read_ranges(edges[0, batch], edges[3, batch])
            codes = np.ascontiguousarray(self._rule.codes(values))
            inside = edges[:, batch] - edges[0, batch] + row[batch] - row[batch.start]
            return surviving(codes, *self._rule.numbers, *np.ascontiguousarray(inside))

        return np.concatenate(on_threads(count, batches)) if len(row) else row

    def _slides(self, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> bool:
        """Whether the ranges are windows that move on over each other: a limit of the length makes such."""
        if self._off_before or self._off_after or not len(starts):
            return False
        overlaps = np.sum(stops - starts) > SLIDING_READS * self._states.shape[0]
        return bool(overlaps and (np.diff(starts) >= 0).all() and (np.diff(stops) >= 0).all())

    def _n_on_sliding(self, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
        """``|S2|`` of windows, 64 units at a time over the whole corpus."""
        counts = np.zeros(len(starts), dtype=np.int64)
        for unit in range(0, self._states.shape[1], 64):
            units = np.arange(unit, min(unit + 64, self._states.shape[1]))
            counts += sliding_counts(read_pattern(self._states, units, self._rule), starts, stops)
        return counts

    def _held(self, first: int, start: int, stop: int, last: int) -> NDArray[np.bool_]:
        """Which units one range holds, read in parts however long it is; shape ``(n_units,)``."""
        held = np.ones(self._states.shape[1], dtype=np.bool_)
        for left, right, is_inside in ((first, start, False), (start, stop, True), (stop, last, False)):
            for begin in range(left, right, BATCH_ROWS):
                on = self._rule.is_on(self._states.read(begin, min(begin + BATCH_ROWS, right)))
                held &= on.all(axis=0) if is_inside else ~on.any(axis=0)
                if not held.any():
                    return held
        return held

    def at_least(self, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a bound from below of each range's ``|S2|``; 0 where it would cost more than it saves.

        The bound counts a few *witnesses*: units that most ranges hold. They have to be read whole, but
        from one column each, and then most ranges need not be read at all. A glance at some ranges
        tells which units to take, and how many ranges their bound would leave out.
        """
        if self._slides(starts, stops):
            return np.zeros(len(starts), dtype=np.int64)
        first, last = self._with_windows(starts, stops)
        n_positions, n_units = self._states.shape
        n_values = int(np.sum(last - first)) * n_units
        if self._witnesses is None and n_values > N_WITNESSES * n_positions:
            witnesses, left_out = self._glance(np.stack([first, starts, stops, last]))
            if n_values * left_out > N_WITNESSES * n_positions:
                self._witnesses = read_pattern(self._states, witnesses, self._rule)
        if self._witnesses is None:
            return np.zeros(len(starts), dtype=np.int64)
        return held_counts(self._witnesses, first, starts, stops, last)

    def _glance(self, edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], float]:
        """Return the units held most often, and which share of ranges they would leave out.

        Any units give a right bound, so a few ranges are enough: evenly spaced ones.
        """
        chosen = edges[:, np.linspace(0, edges.shape[1] - 1, N_GLANCES).astype(np.int64)]
        held = np.stack([self._held(*edge) for edge in chosen.T.tolist()])
        witnesses = np.sort(np.argsort(-held.mean(axis=0), kind="stable")[:N_WITNESSES])
        left_out = held[:, witnesses].sum(axis=1) > held.sum(axis=1).min()
        return witnesses, float(left_out.mean())

    def _with_windows(
        self, starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First position and end of the ranges with their off-windows, inside their sequences."""
        sequence = np.searchsorted(self._bounds, starts, side="right")
        first = np.maximum(starts - self._off_before, self._bounds[sequence - 1])
        return first, np.minimum(stops + self._off_after, self._bounds[sequence])


def best_apart(
    candidates: Candidates, scores: Scores, *, min_overlap: int, limit: int
) -> tuple[list[int], list[int], list[int], list[int]]:
    """Walk the candidates in rank order and keep those that share no position with a kept one.

    Returns
    -------
    start, stop, overlap, n_on : lists of int
        In rank order, at most `limit` of them.
    """
    kept: list[tuple[int, int, int, int]] = []
    level = candidates.next_level(1 << 62)
    while level >= min_overlap and len(kept) < limit:
        for start, stop, n_on in _best_at(candidates, scores, level, limit - len(kept)):
            kept.append((start, stop, level, n_on))
        level = candidates.next_level(level)
    columns = zip(*kept, strict=True) if kept else ((), (), (), ())
    start, stop, overlap, n_on = (list(column) for column in columns)
    return start, stop, overlap, n_on


def _best_at(candidates: Candidates, scores: Scores, level: int, limit: int) -> list[tuple[int, int, int]]:
    """Take up to `limit` results of one overlap: ``(start, stop, n_on)`` in rank order."""
    queue = _Queue(*candidates.at_level(level), scores)
    kept: list[tuple[int, int, int]] = []
    taken: list[tuple[int, int]] = []
    while len(kept) < limit and (best := queue.pop()):
        start, stop, n_on = best
        holes = _shared(taken, start, stop)
        if holes:
            for piece in candidates.remains(start, stop, holes):
                queue.push(*piece, at_least=n_on)
            continue
        kept.append(best)
        bisect.insort(taken, (start, stop))
    candidates.take(taken)
    return kept


def _shared(taken: list[tuple[int, int]], start: int, stop: int) -> list[tuple[int, int]]:
    """Return the taken ranges, which are sorted and apart, that share a position with ``[start, stop)``."""
    index = bisect.bisect_right(taken, (start, start))
    if index and taken[index - 1][1] > start:
        index -= 1
    shared = []
    while index < len(taken) and taken[index][0] < stop:
        shared.append((max(taken[index][0], start), min(taken[index][1], stop)))
        index += 1
    return shared


class _Queue:
    """Ranges of one overlap in rank order: fewest units, then longest, then first.

    Perhaps a million ranges wait, and the best few are asked for. So ranges are scored in the order of a
    bound from below, and sorted in portions, only as far as the next answer needs. A piece pushed back
    has at least as many units as the range it came from; it too is scored only when it comes up.
    """

    PORTION = 256
    SCORED_AT_ONCE = 4096

    def __init__(self, starts: NDArray[np.int64], stops: NDArray[np.int64], scores: Scores) -> None:
        self._starts, self._stops, self._scores = starts, stops, scores
        self._at_least = scores.at_least(starts, stops)
        self._unscored = np.argsort(self._at_least, kind="stable")
        self._scored = np.zeros(0, dtype=np.int64)
        self._n_on = np.zeros(len(starts), dtype=np.int64)
        self._heap: list[tuple[int, int, int, bool]] = []
        self._complete_up_to = -1

    def push(self, start: int, stop: int, *, at_least: int) -> None:
        """Put a piece of a range back whose number of units is not known yet."""
        heapq.heappush(self._heap, (at_least, start - stop, start, False))

    def pop(self) -> tuple[int, int, int] | None:
        """Return the best range that is left as ``(start, stop, n_on)``."""
        while True:
            while self._is_incomplete():
                self._load()
            if not self._heap:
                return None
            n_on, minus_length, start, is_scored = heapq.heappop(self._heap)
            if is_scored:
                return start, start - minus_length, n_on
            exact = int(self._scores.n_on(np.array([start]), np.array([start - minus_length]))[0])
            heapq.heappush(self._heap, (exact, minus_length, start, True))

    def _is_incomplete(self) -> bool:
        waiting = len(self._unscored) or len(self._scored)
        return bool(waiting) and (not self._heap or self._heap[0][0] > self._complete_up_to)

    def _load(self) -> None:
        """Score a portion, or bring scored ranges that no unscored one can precede into the heap."""
        floor = int(self._at_least[self._unscored[0]]) if len(self._unscored) else 1 << 62
        n_on = self._n_on[self._scored]
        ready = np.count_nonzero(n_on < floor)
        if not ready:
            self._score()
            return
        portion = min(self.PORTION, ready) - 1
        self._complete_up_to = int(np.partition(n_on, portion)[portion])
        chosen = n_on <= self._complete_up_to
        for index in self._scored[chosen]:
            start, stop = int(self._starts[index]), int(self._stops[index])
            heapq.heappush(self._heap, (int(self._n_on[index]), start - stop, start, True))
        self._scored = self._scored[~chosen]

    def _score(self) -> None:
        """Score the next ranges, all those of one bound together: none of them can be left out."""
        bounds = self._at_least[self._unscored]
        last = bounds[min(self.SCORED_AT_ONCE, len(bounds)) - 1]
        count = int(np.searchsorted(bounds, last, side="right"))
        chosen, self._unscored = np.sort(self._unscored[:count]), self._unscored[count:]
        self._n_on[chosen] = self._scores.n_on(self._starts[chosen], self._stops[chosen])
        self._scored = np.concatenate([self._scored, chosen])
