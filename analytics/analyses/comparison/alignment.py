"""Which places of two texts belong together? Each way returns positions of both, and its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST", "Aligned", "Text", "beginnings", "same_places", "shared_stretches", "whole_sequences"]

LEAST = 10
"""Positions of a stretch that is no coincidence."""
FAIR = 0.25
"""Agreement beyond chance (Cohen's kappa) from which on texts count as versions of one."""


class Text(NamedTuple):
    """A text in a numbering of words that both share."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    knows: NDArray[np.bool_]
    """Whether each word is in its vocabulary."""

    @property
    def borders(self) -> NDArray[np.int64]:
        """Where sequences begin or end."""
        return np.append(self.starts, len(self.ids))


class Aligned(NamedTuple):
    """Positions that belong together, and how they were found."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    how: str


def same_places(one: Text, other: Text) -> Aligned:
    """Equal tokens at equal positions: in whole sequences, in long stretches, or in versions of one text."""
    n = min(len(one.ids), len(other.ids))
    ids, other_ids = one.ids[:n], other.ids[:n]
    equal = ids == other_ids
    if equal.all() and len(one.ids) == len(other.ids):
        same = np.array_equal(one.starts, other.starts)
        return Aligned(np.arange(n), np.arange(n), "all" if same else "borders")
    kept = _in_stretches(one, other, equal)
    if 2 * kept.sum() < equal.sum() and _agreement(ids, other_ids, len(one.knows)) >= FAIR:
        kept = equal
    at = np.flatnonzero(kept)
    begins = len(at) > 0 and at[-1] == len(at) - 1
    return Aligned(at, at, "beginning" if begins else "equal")


def whole_sequences(one: Text, other: Text) -> Aligned:
    """Sequences with equal texts, in any order: the first of a text with the first of the same."""
    waiting: dict[bytes, list[int]] = {}
    for key, start, _ in _sequences(other):
        waiting.setdefault(key, []).append(start)
    taken = dict.fromkeys(waiting, 0)
    first, second = [], []
    for key, start, stop in _sequences(one):
        if key in waiting and taken[key] < len(waiting[key]):
            there = waiting[key][taken[key]]
            first.append(np.arange(start, stop))
            second.append(np.arange(there, there + stop - start))
            taken[key] += 1
    return Aligned(_joined(first), _joined(second), "sequences")


def shared_stretches(one: Text, other: Text) -> Aligned:
    """Stretches that both have in the same order, wherever: where runs of tokens occur once in each."""
    windows, other_windows = _once(one.ids), _once(other.ids)
    _, place, other_place = np.intersect1d(windows[0], other_windows[0], return_indices=True)
    at, other_at = windows[1][place], other_windows[1][other_place]
    order = np.argsort(at)
    rising = _rising(other_at[order].tolist())
    at, other_at = at[order][rising], other_at[order][rising]
    # Each run says where its positions lie in the other text; the first to say so counts.
    inside = np.arange(LEAST)
    places, first_said = np.unique((at[:, np.newaxis] + inside).ravel(), return_index=True)
    there = (other_at[:, np.newaxis] + inside).ravel()[first_said]
    kept = (one.ids[places] == other.ids[there]) & (np.diff(np.maximum.accumulate(there), prepend=-1) > 0)
    return Aligned(places[kept], there[kept], "stretches")


def beginnings(one: Text, other: Text) -> Aligned:
    """What both begin with."""
    n = min(len(one.ids), len(other.ids))
    differ = np.flatnonzero(one.ids[:n] != other.ids[:n])
    at = np.arange(differ[0] if len(differ) else n)
    return Aligned(at, at, "beginning")


def _in_stretches(one: Text, other: Text, equal: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Equal positions in whole sequences or stretches; within, a word may differ that one does not know."""
    n = len(equal)
    breaks = ~equal & other.knows[one.ids[:n]] & one.knows[other.ids[:n]]
    borders = np.zeros(max(len(one.ids), len(other.ids)) + 1, dtype=bool)
    borders[np.append(np.intersect1d(one.borders, other.borders), n)] = True
    begins = breaks | borders[:n]
    piece = np.cumsum(begins) - 1
    starts = np.flatnonzero(begins)
    stops = np.append(starts[1:], n)
    whole = ~breaks[starts] & borders[stops] & (np.append(~breaks[starts[1:]], True))
    size = stops - starts - breaks[starts]
    n_equal = np.bincount(piece, weights=equal, minlength=len(starts))
    good = (2 * n_equal >= size) & (whole | (size >= LEAST))
    return equal & good[piece]


def _agreement(ids: NDArray, other_ids: NDArray, n_words: int) -> float:
    """Cohen's kappa of two texts position by position."""
    shares = [np.bincount(each, minlength=n_words) / len(each) for each in (ids, other_ids)]
    chance, found = float(shares[0] @ shares[1]), float((ids == other_ids).mean())
    return (found - chance) / (1 - chance) if chance < 1 else 1.0


def _sequences(text: Text) -> Iterator[tuple[bytes, int, int]]:
    for start, stop in zip(text.borders[:-1], text.borders[1:], strict=True):
        yield text.ids[start:stop].tobytes(), int(start), int(stop)


def _once(ids: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Numbers of the runs of `LEAST` tokens that occur once, and where they begin."""
    n = len(ids) - LEAST + 1
    if n < 1:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.intp)
    factors = np.random.default_rng(0).integers(1, 1 << 63, size=LEAST, dtype=np.uint64) * np.uint64(2)
    words = (ids.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    words ^= words >> np.uint64(29)
    found = np.zeros(n, dtype=np.uint64)
    for place, factor in enumerate(factors):
        found += words[place : place + n] * (factor + np.uint64(1))
    numbers, at, count = np.unique(found, return_index=True, return_counts=True)
    return numbers[count == 1], at[count == 1]


def _rising(values: list[int]) -> list[int]:
    """Places of a longest rising part of some numbers, each of which is there once."""
    from bisect import bisect_left

    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        at = bisect_left(ends, value)
        ends[at : at + 1] = [value]
        places[at : at + 1] = [place]
        before.append(places[at - 1] if at else -1)
    found = []
    place = places[-1] if places else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def _joined(parts: list[NDArray]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
