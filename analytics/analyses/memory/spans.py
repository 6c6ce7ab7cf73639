"""Which positions count, and how they are dealt to chains that walk along the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chain", "counted_spans", "deal"]

SPAN_POSITIONS = 256
"""Length of a sampled stretch: long enough that walking up to it costs little, short enough for many
places."""

POSITIONS_PER_CHAIN = 500
MAX_CHAINS = 8
"""A chain is what one core works on. Their number depends on the work only, so that results do too."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps of lanes that walk side by side. Arrays have shape (n_lanes, n_steps); `position` is -1 at
    padding."""

    position: NDArray[np.int64]
    age: NDArray[np.int64]
    """Steps since the lane began here anew: 0 at its first, where earlier Jacobians are forgotten."""
    is_counted: NDArray[np.bool_]


def counted_spans(
    sequence_starts: NDArray[np.int64], n_positions: int, *, positions: int | None, seed: int
) -> NDArray[np.int64]:
    """Return stretches of positions that count, each inside one sequence, in order, (n_spans, 2).

    A sample is of stretches of 256 positions (shorter at a sequence's end), drawn without replacement until
    there are enough positions; the last one drawn is cut.

    Examples
    --------
    >>> counted_spans(np.array([0, 300]), 500, positions=None, seed=0).tolist()
    [[0, 300], [300, 500]]
    >>> spans = counted_spans(np.array([0, 300]), 500, positions=270, seed=0)
    >>> int((spans[:, 1] - spans[:, 0]).sum())
    270
    """
    ends = np.append(sequence_starts[1:], n_positions)
    if positions is None or positions >= n_positions:
        return np.column_stack([sequence_starts, ends])
    pieces = np.concatenate(
        [np.arange(start, end, SPAN_POSITIONS) for start, end in zip(sequence_starts, ends, strict=True)]
    )
    stops = np.minimum(
        pieces + SPAN_POSITIONS, ends[np.searchsorted(sequence_starts, pieces, side="right") - 1]
    )
    order = np.random.default_rng(seed).permutation(len(pieces))
    reached = np.cumsum((stops - pieces)[order])
    n_taken = int(np.searchsorted(reached, positions)) + 1
    taken = order[:n_taken]
    stops[taken[-1]] -= reached[n_taken - 1] - positions
    return np.column_stack([pieces[taken], stops[taken]])[np.argsort(pieces[taken])]


def deal(
    spans: NDArray[np.int64],
    sequence_starts: NDArray[np.int64],
    *,
    reach: int,
    n_lanes: int,
    max_chains: int = MAX_CHAINS,
) -> list[Chain]:
    """Cut the spans into equal shares, one a lane, and walk up to each from `reach` positions before.

    Parameters
    ----------
    spans : ndarray of shape (n_spans, 2)
    sequence_starts : ndarray of shape (n_sequences,)
    reach : int
        The longest delay.
    n_lanes : int
        Lanes of each chain.
    """
    n_counted = int((spans[:, 1] - spans[:, 0]).sum())
    n_chains = int(np.clip(n_counted // POSITIONS_PER_CHAIN, 1, min(MAX_CHAINS, max_chains)))
    n_lanes = int(np.clip(n_counted // (n_chains * max(8, 4 * reach)), 1, n_lanes))
    borders = np.linspace(0, n_counted, n_chains * n_lanes + 1).astype(np.int64)
    lanes = [_lane(pieces, sequence_starts, reach) for pieces in _shares(spans, borders.tolist())]
    return [_chain(lanes[first : first + n_lanes]) for first in range(0, len(lanes), n_lanes)]


def _shares(spans: NDArray[np.int64], borders: list[int]) -> Iterable[list[tuple[int, int]]]:
    """Spans counted one after the other and cut at the borders."""
    lengths = spans[:, 1] - spans[:, 0]
    after = np.cumsum(lengths)
    for low, high in pairwise(borders):
        first = int(np.searchsorted(after, low, side="right"))
        pieces = []
        while first < len(spans) and after[first] - lengths[first] < high:
            begin = int(after[first] - lengths[first])
            start = int(spans[first, 0])
            pieces.append((start + max(0, low - begin), start + min(int(lengths[first]), high - begin)))
            first += 1
        yield pieces


def _lane(
    pieces: list[tuple[int, int]], sequence_starts: NDArray[np.int64], reach: int
) -> tuple[NDArray, NDArray, NDArray]:
    positions, ages, counted = [], [], []
    reached = -1
    for start, stop in pieces:
        sequence = int(sequence_starts[np.searchsorted(sequence_starts, start, side="right") - 1])
        begin = max(sequence, start - reach)
        if positions and sequence < reached and begin <= reached:
            # The last piece ended so near that the lane just walks on.
            begin = reached
            age = int(ages[-1][-1]) + 1
        else:
            age = 0
        walked = np.arange(begin, stop)
        positions.append(walked)
        ages.append(age + walked - begin)
        counted.append(walked >= start)
        reached = stop
    return tuple(np.concatenate(part) for part in (positions, ages, counted))


def _chain(lanes: list[tuple[NDArray, NDArray, NDArray]]) -> Chain:
    n_steps = max(len(lane[0]) for lane in lanes)
    shape = (len(lanes), n_steps)
    chain = Chain(np.full(shape, -1, np.int64), np.zeros(shape, np.int64), np.zeros(shape, bool))
    for row, (position, age, counted) in enumerate(lanes):
        chain.position[row, : len(position)] = position
        chain.age[row, : len(age)] = age
        # Padding goes on ageing: it is computed and not counted.
        chain.age[row, len(age) :] = age[-1] + 1 + np.arange(n_steps - len(age))
        chain.is_counted[row, : len(counted)] = counted
    return chain
