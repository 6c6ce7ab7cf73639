"""Reads states at chosen positions, block by block, as rows of standard scores in single precision."""

from __future__ import annotations

from itertools import pairwise

import numba
import numpy as np
from numpy.typing import NDArray

from analytics.analyses.blocks import N_THREADS, on_threads
from analytics.analyses.response_scan import as_numbers, as_rows, number
from analytics.arrays import StateReader

__all__ = ["add_moments", "add_products", "block_edges", "parts_of", "read_positions", "standardise"]

BLOCK_BYTES = 1 << 25
"""Rows of one block in single precision: a few of them are in memory at once."""
MOST_ROWS, FEWEST_ROWS = 16_384, 256


def block_edges(n: int, *, n_units: int) -> list[tuple[int, int]]:
    """Ranges of about equally many of `n` positions.

    Examples
    --------
    >>> block_edges(5, n_units=2)
    [(0, 5)]
    >>> block_edges(40_000, n_units=2)
    [(0, 13333), (13333, 26666), (26666, 40000)]
    """
    rows = min(MOST_ROWS, max(FEWEST_ROWS, BLOCK_BYTES // (4 * n_units)))
    n_blocks = max(1, -(-n // rows))
    return [(n * block // n_blocks, n * (block + 1) // n_blocks) for block in range(n_blocks)]


def read_positions(reader: StateReader, positions: NDArray[np.int64]) -> NDArray:
    """Rows of the states at some positions: shape ``(len(positions), n_units)``, in C order."""
    falls = (np.diff(positions) < 0).any()
    if falls:
        order = np.argsort(positions, kind="stable")
        rows = np.empty((len(positions), reader.shape[1]), dtype=reader.dtype)
        rows[order] = read_positions(reader, positions[order])
        return rows
    first, last = int(positions[0]), int(positions[-1])
    if last - first + 1 == len(positions):
        return as_rows(reader.read(first, last + 1))
    breaks = np.flatnonzero(np.diff(positions) != 1)
    starts = positions[np.r_[0, breaks + 1]]
    stops = positions[np.r_[breaks, len(positions) - 1]] + 1
    return as_rows(reader.read_ranges(starts, stops))


def add_moments(rows: NDArray, sums: tuple[NDArray, ...]) -> None:
    """Add rows to the moments of each unit: shift, sum, sum of squares, smallest, largest; on all threads."""
    values = as_numbers(rows)
    on_threads(lambda part: _add(values[:, part], *(each[part] for each in sums)), parts_of(rows.shape[1]))


def add_products(first: NDArray[np.float32], second: NDArray[np.float32], products: NDArray) -> None:
    """Add ``first.T @ second`` to `products`, on all threads: BLAS may have one only in a server."""

    def add(part: slice) -> None:
        products[part] += first[:, part].T @ second

    on_threads(add, parts_of(first.shape[1]))


def standardise(rows: NDArray, mean: NDArray, scale: NDArray) -> NDArray[np.float32]:
    """``(rows - mean) * scale`` in single precision, the difference taken in double; on all threads."""
    values, scores = as_numbers(rows), np.empty(rows.shape, dtype=np.float32)
    on_threads(lambda part: _standardise(values[part], mean, scale, scores[part]), parts_of(len(rows)))
    return scores


def parts_of(n: int) -> list[slice]:
    """Return as many about equal parts of n things as there are threads, none of them empty.

    Examples
    --------
    >>> parts_of(1)
    [slice(0, 1, None)]
    """
    edges = [n * part // N_THREADS for part in range(N_THREADS + 1)]
    return [slice(low, high) for low, high in pairwise(edges) if low < high]


@numba.njit(cache=True, nogil=True)
def _add(rows, shift, total, squares, low, high):
    """Deviations from `shift`, the first value of each unit, so that equal values have no scatter at all."""
    for t in range(rows.shape[0]):
        for unit in range(rows.shape[1]):
            value = number(rows[t, unit])
            deviation = value - shift[unit]
            total[unit] += deviation
            squares[unit] += deviation * deviation
            low[unit] = min(low[unit], value)
            high[unit] = max(high[unit], value)


@numba.njit(cache=True, nogil=True)
def _standardise(rows, mean, scale, scores):
    for t in range(rows.shape[0]):
        for unit in range(rows.shape[1]):
            scores[t, unit] = (number(rows[t, unit]) - mean[unit]) * scale[unit]
