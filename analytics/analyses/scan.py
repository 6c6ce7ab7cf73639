"""Compiled loops of the match: a pattern of units as bits, and the ranges over which it holds.

*Bits* are an array of shape ``(n_words, n_positions)`` of 64-bit words: bit ``j % 64`` of word ``j // 64``
says whether the j-th unit of the pattern is on at a position. *Bounds* are the first positions of all
sequences and, last, `n_positions`. Ranges are half-open. Every loop releases the interpreter's lock.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = [
    "exact_runs",
    "forget_levels",
    "longest_from",
    "maximal_ranges",
    "pack_on",
    "popcount",
    "start_levels",
]

PACKED_AT_ONCE = 1 << 12

ALL_ON = np.uint64(0xFFFFFFFFFFFFFFFF)


@numba.njit(cache=True, nogil=True, inline="always")
def popcount(word):
    """How many bits of a word are set."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@numba.njit(cache=True, nogil=True)
def pack_on(codes, mask, least, span, bits, place):
    """Set the bits, from `place` on, of those `codes` ``(n_units, n)`` that an `OnRule` calls on.

    In one pass, eight units at a time over positions that stay in the processor's nearest cache.
    """
    n_units, n = codes.shape
    eight = np.empty(PACKED_AT_ONCE, dtype=np.uint8)
    for start in range(0, n, PACKED_AT_ONCE):
        stop = min(start + PACKED_AT_ONCE, n)
        for low in range(0, n_units, 8):
            eight[:] = 0
            for unit in range(low, min(low + 8, n_units)):
                row, bit = codes[unit, start:stop], np.uint8(1 << (unit - low))
                for t in range(stop - start):
                    # Without a branch, so that many positions are looked at in one step.
                    is_on = np.uint8(codes.dtype.type((row[t] & mask) - least) <= span)
                    eight[t] = np.uint8(eight[t] | (is_on * bit))
            shift, word = np.uint64(low & 63), bits[low >> 6, place + start : place + stop]
            for t in range(stop - start):
                word[t] |= np.uint64(eight[t]) << shift


@numba.njit(cache=True, nogil=True)
def start_levels(bits, bounds, start, stop, min_length, off_before, levels):
    """Write the overlap of the shortest range from each of ``[start, stop)``; return how often each occurs.

    Longer ranges from the same position overlap in no more units. 0 where the sequence ends too soon.
    """
    histogram = np.zeros(64 * bits.shape[0] + 1, dtype=np.int64)
    sequence = np.searchsorted(bounds, start, side="right") - 1
    for t in range(start, stop):
        if t == bounds[sequence + 1]:
            sequence += 1
        level = 0
        if t + min_length <= bounds[sequence + 1]:
            n_off = min(off_before, t - bounds[sequence])
            for word in range(bits.shape[0]):
                pattern = bits[word, t]
                for ahead in range(1, min_length):
                    if pattern == 0:
                        break
                    pattern &= bits[word, t + ahead]
                for back in range(1, n_off + 1):
                    if pattern == 0:
                        break
                    pattern &= ~bits[word, t - back]
                if pattern != 0:
                    level += popcount(pattern)
        levels[t] = level
        histogram[level] += 1
    return histogram


@numba.njit(cache=True, nogil=True)
def forget_levels(levels, histogram, start, stop):
    """Set the levels over each ``[start, stop)`` to 0, and keep count of how often each occurs."""
    for index in range(len(start)):
        for t in range(start[index], stop[index]):
            histogram[levels[t]] -= 1
            histogram[0] += 1
            levels[t] = 0


@numba.njit(cache=True, nogil=True)
def maximal_ranges(bits, starts, ends, level, min_length, max_length):
    """Ranges on which at least `level` units stay on and that cannot grow, in order of their start.

    `starts`: rising positions from which such a range of `min_length` begins; `ends`: where the sequence
    of each ends. Growing stops at `max_length` as well, so every window of that length is then listed.
    """
    n_words = bits.shape[0]
    found = np.empty((2, len(starts)), dtype=np.int64)
    n_found = 0
    pattern = np.empty(n_words, dtype=np.uint64)
    group = 0
    while group < len(starts):
        last = group
        while (
            last + 1 < len(starts) and starts[last + 1] == starts[last] + 1 and ends[last + 1] == ends[group]
        ):
            last += 1
        origin, limit = starts[group], starts[last] + min_length
        # Two stacks: `tail[i]` holds the units on over [origin + i, middle), `pattern` those from there
        # to `stop`, so that moving either end costs one step.
        tail = np.empty((limit - origin, n_words), dtype=np.uint64)
        middle = stop = longest = origin
        pattern[:] = ALL_ON
        for start in range(origin, starts[last] + 1):
            if start >= middle:
                middle = stop
                for t in range(stop - 1, start - 1, -1):
                    for word in range(n_words):
                        later = tail[t + 1 - origin, word] if t + 1 < stop else ALL_ON
                        tail[t - origin, word] = bits[word, t] & later
                pattern[:] = ALL_ON
            while stop < limit and stop - start < max_length:
                n_on = 0
                for word in range(n_words):
                    both = pattern[word] & bits[word, stop]
                    if start < middle:
                        both &= tail[start - origin, word]
                    n_on += popcount(both)
                if n_on < level:
                    break
                for word in range(n_words):
                    pattern[word] &= bits[word, stop]
                stop += 1
            if stop > longest and stop - start >= min_length:
                found[0, n_found], found[1, n_found] = start, stop
                n_found += 1
                longest = stop
        group = last + 1
    return found[0, :n_found], found[1, :n_found]


@numba.njit(cache=True, nogil=True)
def longest_from(bits, starts, ends, level, off_before, min_length, max_length, taken):
    """End of the longest range from each start on which `level` units hold that were off before it.

    `ends`: where the sequence of each start ends; `taken` ``(n_positions,)`` marks positions already used.
    """
    n_words = bits.shape[0]
    stops = np.empty(len(starts), dtype=np.int64)
    pattern = np.empty(n_words, dtype=np.uint64)
    for index in range(len(starts)):
        start = starts[index]
        _fresh_pattern(bits, start, off_before[index], pattern)
        stop = start + 1
        for t in range(start + 1, start + min_length):
            for word in range(n_words):
                pattern[word] &= bits[word, t]
            stop = t + 1
        while stop < ends[index] and stop - start < max_length and not taken[stop]:
            n_on = 0
            for word in range(n_words):
                n_on += popcount(pattern[word] & bits[word, stop])
            if n_on < level:
                break
            for word in range(n_words):
                pattern[word] &= bits[word, stop]
            stop += 1
        stops[index] = stop
    return stops


@numba.njit(cache=True, nogil=True)
def _fresh_pattern(bits, start, off_before, pattern):
    """Fill `pattern` with the units on at `start` that were off at the `off_before` positions before."""
    for word in range(bits.shape[0]):
        pattern[word] = bits[word, start]
        for back in range(1, off_before + 1):
            pattern[word] &= ~bits[word, start - back]


@numba.njit(cache=True, nogil=True)
def exact_runs(bits, starts, ends, off_before, off_after, min_length, max_length, level):
    """Ranges that exactly `level` units hold from end to end: off before, on throughout, off after.

    `ends`: where the sequence of each start ends; `off_before` holds the number of positions for each
    start, clipped to its sequence.
    """
    n_words = bits.shape[0]
    found = np.empty((2, 64), dtype=np.int64)
    n_found = 0
    pattern = np.empty(n_words, dtype=np.uint64)
    for index in range(len(starts)):
        start, end = starts[index], ends[index]
        _fresh_pattern(bits, start, off_before[index], pattern)
        stop = start + 1
        while True:
            n_ending = _n_off_from(bits, pattern, stop, min(stop + off_after, end))
            if n_ending == level and stop - start >= min_length:
                if n_found == found.shape[1]:
                    found = np.concatenate((found, np.empty_like(found)), axis=1)
                found[0, n_found], found[1, n_found] = start, stop
                n_found += 1
            if stop == end or stop - start == max_length:
                break
            n_left = 0
            for word in range(n_words):
                pattern[word] &= bits[word, stop]
                n_left += popcount(pattern[word])
            if n_left < level:
                break
            stop += 1
    return found[0, :n_found], found[1, :n_found]


@numba.njit(cache=True, nogil=True)
def _n_off_from(bits, pattern, start, stop):
    """How many units of `pattern` are off over ``[start, stop)``."""
    count = 0
    for word in range(len(pattern)):
        off = pattern[word]
        for t in range(start, stop):
            if off == 0:
                break
            off &= ~bits[word, t]
        count += popcount(off)
    return count
