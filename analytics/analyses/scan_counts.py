"""Compiled loops of the match that count the units of ranges; bits, ranges and locks as in `scan`."""

from __future__ import annotations

import numba
import numpy as np

from analytics.analyses.scan import ALL_ON, popcount

__all__ = ["held_counts", "popcounts", "sliding_counts", "surviving"]


@numba.njit(cache=True, nogil=True)
def popcounts(bits, start, stop):
    """How many units are on at each position of each ``[start, stop)``, one range after the other."""
    counts = np.zeros(np.sum(stop - start), dtype=np.int32)
    place = 0
    for index in range(len(start)):
        for t in range(start[index], stop[index]):
            for word in range(bits.shape[0]):
                counts[place] += popcount(bits[word, t])
            place += 1
    return counts


@numba.njit(cache=True, nogil=True)
def held_counts(bits, first, start, stop, last):
    """How many units of `bits` are on over ``[start, stop)`` and off around it, from `first` to `last`."""
    counts = np.zeros(len(start), dtype=np.int64)
    for index in range(len(start)):
        for word in range(bits.shape[0]):
            held = ALL_ON
            for t in range(start[index], stop[index]):
                held &= bits[word, t]
            for t in range(first[index], start[index]):
                held &= ~bits[word, t]
            for t in range(stop[index], last[index]):
                held &= ~bits[word, t]
            counts[index] += popcount(held)
    return counts


@numba.njit(cache=True, nogil=True)
def sliding_counts(bits, start, stop):
    """How many units of `bits` are on over each ``[start, stop)``; both rise, so each position is read twice.

    As in `maximal_ranges`, two stacks: `tail` up to `middle`, and one pattern from there on.
    """
    counts = np.zeros(len(start), dtype=np.int64)
    tail = np.empty(np.max(stop - start), dtype=np.uint64)
    for word in range(bits.shape[0]):
        row = bits[word]
        origin = middle = reached = start[0]
        held = ALL_ON
        for index in range(len(start)):
            if start[index] >= middle:
                origin, middle, reached = start[index], stop[index], stop[index]
                held = ALL_ON
                for t in range(middle - 1, origin - 1, -1):
                    held &= row[t]
                    tail[t - origin] = held
                held = ALL_ON
            while reached < stop[index]:
                held &= row[reached]
                reached += 1
            counts[index] += popcount(held & tail[start[index] - origin])
    return counts


@numba.njit(cache=True, nogil=True)
def surviving(codes, mask, least, span, first, start, stop, last):
    """How many units are on over rows ``[start, stop)`` and off over ``[first, start)`` and ``[stop, last)``.

    `codes` ``(n_rows, n_units)``, on by the numbers of an `OnRule`; one range for each entry of the four
    arrays of row numbers.
    """
    n_units = codes.shape[1]
    counts = np.zeros(len(start), dtype=np.int32)
    held = np.empty(n_units, dtype=np.uint8)
    for index in range(len(start)):
        held[:] = 1
        for row in range(first[index], last[index]):
            wanted = np.uint8(start[index] <= row < stop[index])
            values = codes[row]
            for unit in range(n_units):
                is_on = np.uint8(codes.dtype.type((values[unit] & mask) - least) <= span)
                held[unit] = np.uint8(held[unit] & np.uint8(is_on == wanted))
        total = 0
        for unit in range(n_units):
            total += held[unit]
        counts[index] = total
    return counts
