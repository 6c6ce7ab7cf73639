"""Reads the units of a pattern over the whole corpus and keeps one bit for each unit and position."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.scan import pack_bits
from analytics.analyses.threshold import OnRule
from analytics.arrays import StateReader

__all__ = ["read_pattern"]

BLOCK_POSITIONS = 1 << 15
"""Twenty half-precision units of a block are 1.3 MB: they stay in the processor's cache."""

N_THREADS = min(4, os.cpu_count() or 1)


def read_pattern(states: StateReader, units: NDArray[np.int64], rule: OnRule) -> NDArray[np.uint64]:
    """Return bits of shape ``(n_words, n_positions)``; bit j belongs to ``units[j]``. See `scan`."""
    n_positions = states.shape[0]
    bits = np.zeros((-(-len(units) // 64), n_positions), dtype=np.uint64)
    if len(units) == 0:
        return bits

    def fill(start: int) -> None:
        stop = min(start + BLOCK_POSITIONS, n_positions)
        on = rule.is_on(states.read(start, stop, units).T)
        pack_bits(np.ascontiguousarray(on).view(np.uint8), bits[:, start:stop])

    blocks = range(0, n_positions, BLOCK_POSITIONS)
    if len(blocks) == 1:
        fill(0)
        return bits
    with ThreadPoolExecutor(N_THREADS) as threads:
        for _ in threads.map(fill, blocks):
            pass
    return bits
