"""The ranges that a match has to weigh, level by level from the largest overlap down.

Growing a range only takes units away, so of all ranges with the same overlap those that cannot grow any
more are the best: at most one for each position. Which way a range can grow without changing what it is
compared with depends on the off-windows:

=========================  ==========================================================================
off-windows                a range may grow
=========================  ==========================================================================
none                       to both sides
before only                to the right: the left end decides which units count as fresh
after only                 to the left: everything is mirrored, so that it is "before only" again
before and after           not at all: a unit's run of on-positions has to be the range, exactly
=========================  ==========================================================================

When a better range takes some positions, what is left of another one is a candidate again; `remains`
gives those pieces. After a level is done, no free range of more than its overlap is left, so the next
level looks only at starts of exactly that overlap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.blocks import in_blocks
from analytics.analyses.scan import exact_runs, forget_levels, longest_from, maximal_ranges, start_levels

__all__ = ["Candidates"]

LEVELS_AT_ONCE = 1 << 18
"""Positions."""


class Candidates:
    """Candidate ranges of a pattern.

    Parameters
    ----------
    bits : ndarray of shape (n_words, n_positions)
        Where the pattern's units are on; see `scan`.
    bounds : ndarray of shape (n_sequences + 1,)
        First positions of the sequences and, last, `n_positions`.
    off_before, off_after, min_length, max_length : int
        As in `match_pattern`.
    """

    def __init__(
        self,
        bits: NDArray[np.uint64],
        bounds: NDArray[np.int64],
        *,
        off_before: int,
        off_after: int,
        min_length: int,
        max_length: int,
    ) -> None:
        self._n_positions = bits.shape[1]
        self._mirrored = off_after > 0 and off_before == 0
        if self._mirrored:
            bits = np.ascontiguousarray(bits[:, ::-1])
            bounds = self._n_positions - bounds[::-1]
            off_before, off_after = off_after, off_before
        self._bits, self._bounds = bits, bounds
        self._off_before, self._off_after = off_before, off_after
        self._min_length, self._max_length = min_length, max_length
        self._taken = np.zeros(self._n_positions + 1, dtype=np.bool_)
        self._levels = np.zeros(self._n_positions, dtype=np.uint16)
        self._histogram = np.sum(
            in_blocks(
                self._n_positions,
                lambda *block: start_levels(bits, bounds, *block, min_length, off_before, self._levels),
                size=LEVELS_AT_ONCE,
            ),
            axis=0,
        )
        self._is_exact = off_before > 0 and off_after > 0
        if self._is_exact:
            # A start says here what a range may reach at most, so every level up to that may have some.
            self._histogram = np.cumsum(self._histogram[::-1])[::-1]

    def next_level(self, below: int) -> int:
        """Largest overlap under `below` for which there may be a free range; 0 if there is none."""
        levels = np.flatnonzero(self._histogram[1:below]) + 1
        return int(levels[-1]) if len(levels) else 0

    def at_level(self, level: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Starts and stops of the free candidate ranges of that overlap."""
        if self._is_exact:
            return self._exact_at(level)
        starts = np.flatnonzero(self._levels == level)
        first, ends = self._sequences(starts)
        if self._off_before:
            clipped = np.minimum(self._off_before, starts - first)
            stops = longest_from(
                self._bits, starts, ends, level, clipped, self._min_length, self._max_length, self._taken
            )
        else:
            starts, stops = maximal_ranges(
                self._bits, starts, ends, level, self._min_length, self._max_length
            )
        return self._flip(starts, stops)

    def remains(self, start: int, stop: int, holes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Pieces of a range beside the taken ranges `holes` (rising) that are candidates themselves."""
        edges = [start, *(edge for hole in holes for edge in hole), stop]
        pieces = [
            (left, right)
            for left, right in zip(edges[::2], edges[1::2], strict=True)
            if right - left >= self._min_length
        ]
        if self._is_exact:
            return []
        if self._mirrored:
            return [piece for piece in pieces if piece[1] == stop]
        if self._off_before:
            return [piece for piece in pieces if piece[0] == start]
        return pieces

    def take(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Mark the positions of results: no further candidate may hold one of them."""
        if not ranges:
            return
        start, stop = np.ascontiguousarray(np.array(ranges, dtype=np.int64).T)
        if self._mirrored:
            start, stop = self._n_positions - stop, self._n_positions - start
        for left, right in zip(start.tolist(), stop.tolist(), strict=True):
            self._taken[left:right] = True
        if not self._is_exact:
            first = np.maximum(0, start - self._min_length + 1)
            forget_levels(self._levels, self._histogram, first, stop)

    def _exact_at(self, level: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        starts = np.flatnonzero(self._levels >= level)
        first, ends = self._sequences(starts)
        clipped = np.minimum(self._off_before, starts - first)
        limits = (self._min_length, self._max_length)
        found = exact_runs(self._bits, starts, ends, clipped, self._off_after, *limits, level)
        free = ~np.logical_or.reduceat(np.append(self._taken, False), np.ravel(found, order="F"))[::2]
        return found[0][free], found[1][free]

    def _sequences(self, starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First position and end of the sequence of each start."""
        sequence = np.searchsorted(self._bounds, starts, side="right")
        return self._bounds[sequence - 1], self._bounds[sequence]

    def _flip(
        self, starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if not self._mirrored:
            return starts, stops
        return self._n_positions - stops, self._n_positions - starts
