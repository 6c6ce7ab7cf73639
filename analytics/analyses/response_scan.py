"""Compiled loops of the expected response: changes of the states, summed word by word.

*Rows* are states of shape ``(n, n_units)`` in C order; half precision comes as its bit patterns (uint16) and
is decoded on the way. *Order* lists the positions of a block by word, `bounds` where each word's begin in it.
Working by word keeps one word's sums in the processor's nearest cache, needs no lock, and gives the same
digits on any number of threads. Every loop releases the interpreter's lock.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import NDArray

__all__ = ["add_changes", "as_numbers", "as_rows", "by_word", "finish", "number", "transpose"]

TILE = 64
"""A square of 64 x 64 values is written and read from the processor's nearest cache."""


def as_numbers(values: NDArray) -> NDArray:
    """Half precision as its bit patterns, which the loops decode; anything else as it is."""
    return values.view(np.uint16) if values.dtype == np.float16 else values


def number(value):
    """One stored value in double precision; a half-precision one is given by its bit pattern."""
    raise NotImplementedError


@overload(number)
def _number_of(value):
    if value == types.uint16:
        return _decoded
    return lambda value: np.float64(value)


def _decoded(value):
    # Moved to single precision's place the exponent is too small by 112; the product mends it, exactly,
    # for subnormal numbers too. Infinity has all bits of the exponent set and needs them all again.
    magnitude = np.uint32(value & np.uint16(0x7FFF)) << np.uint32(13)
    infinite = np.uint32(0x7F800000) if magnitude >= np.uint32(0x0F800000) else np.uint32(0)
    sign = np.uint32(value & np.uint16(0x8000)) << np.uint32(16)
    return np.float64(np.uint32(magnitude | infinite | sign).view(np.float32) * np.float32(2.0**112))


@numba.njit(cache=True, nogil=True)
def by_word(words, n_words):
    """Positions of `words` by word, rising within each, and where each word's begin: ``(n_words + 1,)``."""
    bounds = np.zeros(n_words + 2, dtype=np.int64)
    for t in range(len(words)):
        bounds[words[t] + 2] += 1
    for word in range(2, n_words + 2):
        bounds[word] += bounds[word - 1]
    order = np.empty(len(words), dtype=np.int64)
    for t in range(len(words)):
        order[bounds[words[t] + 1]] = t
        bounds[words[t] + 1] += 1
    return order, bounds[:-1]


@numba.njit(cache=True, nogil=True)
def transpose(columns, rows):
    """Copy `columns` ``(n_units, n)`` to `rows` ``(n, n_units)``."""
    n_units, n = columns.shape
    for low in range(0, n, TILE):
        for left in range(0, n_units, TILE):
            for unit in range(left, min(left + TILE, n_units)):
                # Along a unit: the units of a block are often a multiple of 4,096 bytes apart, and one
                # value of each would then share the same few places of the processor's cache.
                for t in range(low, min(low + TILE, n)):
                    rows[t, unit] = columns[unit, t]


def as_rows(block: NDArray) -> NDArray:
    """Return a block in C order; a recording's states come unit by unit when no row cache is there."""
    if block.flags.c_contiguous:
        return block
    if not block.flags.f_contiguous:
        return np.ascontiguousarray(block)
    rows = np.empty(block.shape, dtype=block.dtype)
    transpose(as_numbers(block.T), as_numbers(rows))
    return rows


@numba.njit(cache=True, nogil=True)
def add_changes(rows, before, is_start, order, bounds, first, last, count, mean, scatter):
    """Add the changes at a block's positions to the words ``[first, last)``.

    `before` ``(n_units,)``: the row in front of the block; `is_start` ``(n,)``: where the row in front
    counts as 0; `count` ``(n_words,)``, `mean`, `scatter` ``(n_words, n_units)``: number, mean and sum of
    squared deviations so far, updated by Chan, Golub and LeVeque's rule.
    """
    n_units = rows.shape[1]
    nothing = np.zeros(n_units, dtype=rows.dtype)
    shift, total, squares = np.empty(n_units), np.empty(n_units), np.empty(n_units)
    for word in range(first, last):
        low, high = bounds[word], bounds[word + 1]
        if low == high:
            continue
        for index in range(low, high):
            t = order[index]
            row = rows[t]
            past = nothing if is_start[t] else (before if t == 0 else rows[t - 1])
            if index == low:
                # Deviations from the first change: their squares lose no digits, and equal changes give 0.
                for unit in range(n_units):
                    shift[unit] = number(row[unit]) - number(past[unit])
                total[:] = 0.0
                squares[:] = 0.0
            else:
                for unit in range(n_units):
                    deviation = number(row[unit]) - number(past[unit]) - shift[unit]
                    total[unit] += deviation
                    squares[unit] += deviation * deviation
        _merge(shift, total, squares, high - low, count[word], mean[word], scatter[word])
        count[word] += high - low


@numba.njit(cache=True, nogil=True)
def _merge(shift, total, squares, n_new, n_old, mean, scatter):
    """Merge one word's sums over a block into its mean and scatter."""
    share = n_new / (n_old + n_new)
    for unit in range(len(shift)):
        offset = total[unit] / n_new
        block_mean = shift[unit] + offset
        block_scatter = max(squares[unit] - total[unit] * offset, 0.0)
        if n_old == 0:
            mean[unit], scatter[unit] = block_mean, block_scatter
        else:
            distance = block_mean - mean[unit]
            mean[unit] += distance * share
            scatter[unit] += block_scatter + distance * distance * share * n_old


@numba.njit(cache=True, nogil=True)
def finish(count, mean, scatter, first, last):
    """Turn `scatter` into the standard error, in place; NaN where there is nothing to say."""
    for word in range(first, last):
        if count[word] == 0:
            mean[word, :] = np.nan
        if count[word] < 2:
            scatter[word, :] = np.nan
        else:
            scale = 1.0 / (np.float64(count[word]) * (count[word] - 1))
            for unit in range(mean.shape[1]):
                scatter[word, unit] = np.sqrt(scatter[word, unit] * scale)
