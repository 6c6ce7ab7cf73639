"""Takes the best candidate ranges that share no position, and reads no more than that needs."""

from __future__ import annotations

import bisect
import heapq

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.candidates import Candidates
from analytics.analyses.scan import surviving
from analytics.analyses.threshold import OnRule
from analytics.arrays import StateReader

__all__ = ["Scores", "best_apart"]

BATCH_VALUES = 1 << 23
"""How many values are read at once for the scores: 16 MB in half precision."""


class Scores:
    """Counts the units of ranges: ``|S2|``, by which ranges of equal overlap rank."""

    def __init__(self, states: StateReader, rule: OnRule, *, off_before: int, off_after: int) -> None:
        self._states, self._rule = states, rule
        self._off_before, self._off_after = off_before, off_after
        self._bounds = np.append(states.sequence_starts, states.shape[0])

    def n_on(self, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
        """``|S2|`` of each range, shape ``(n_ranges,)``."""
        sequence = np.searchsorted(self._bounds, starts, side="right")
        first = np.maximum(starts - self._off_before, self._bounds[sequence - 1])
        last = np.minimum(stops + self._off_after, self._bounds[sequence])
        offsets = np.concatenate(([0], np.cumsum(last - first)))
        counts = np.empty(len(starts), dtype=np.int64)
        batch_rows = max(1, BATCH_VALUES // self._states.shape[1])
        done = 0
        while done < len(starts):
            until = int(np.searchsorted(offsets, offsets[done] + batch_rows, side="right")) - 1
            batch = slice(done, max(until, done + 1))
            values = self._states.read_ranges(first[batch], last[batch])
            on = np.ascontiguousarray(self._rule.is_on(values)).view(np.uint8)
            rows = offsets[batch] - offsets[done]
            shift = rows - first[batch]
            counts[batch] = surviving(
                on, rows, starts[batch] + shift, stops[batch] + shift, last[batch] + shift
            )
            done = batch.stop
        return counts


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
        candidates.take(start, stop)
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

    Sorted in portions, because only the best few of perhaps a million are asked for. A piece pushed
    back has at least as many units as the range it came from: it is scored only when it comes up.
    """

    PORTION = 256

    def __init__(self, starts: NDArray[np.int64], stops: NDArray[np.int64], scores: Scores) -> None:
        self._starts, self._stops, self._scores = starts, stops, scores
        self._n_on = scores.n_on(starts, stops)
        self._left = np.arange(len(starts))
        self._heap: list[tuple[int, int, int, bool]] = []
        self._complete_up_to = -1

    def push(self, start: int, stop: int, *, at_least: int) -> None:
        heapq.heappush(self._heap, (at_least, start - stop, start, False))

    def pop(self) -> tuple[int, int, int] | None:
        """Return the best range that is left as ``(start, stop, n_on)``."""
        while True:
            while len(self._left) and (not self._heap or self._heap[0][0] > self._complete_up_to):
                self._load()
            if not self._heap:
                return None
            n_on, minus_length, start, is_scored = heapq.heappop(self._heap)
            if is_scored:
                return start, start - minus_length, n_on
            exact = int(self._scores.n_on(np.array([start]), np.array([start - minus_length]))[0])
            heapq.heappush(self._heap, (exact, minus_length, start, True))

    def _load(self) -> None:
        """Bring in all ranges up to the number of units of the next portion."""
        n_on = self._n_on[self._left]
        portion = min(self.PORTION, len(n_on)) - 1
        self._complete_up_to = int(np.partition(n_on, portion)[portion])
        chosen = n_on <= self._complete_up_to
        for index in self._left[chosen]:
            start, stop = int(self._starts[index]), int(self._stops[index])
            heapq.heappush(self._heap, (int(self._n_on[index]), start - stop, start, True))
        self._left = self._left[~chosen]
