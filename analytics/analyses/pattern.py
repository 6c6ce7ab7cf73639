"""Reads the units of a pattern over the whole corpus and keeps one bit for each unit and position."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.blocks import in_blocks
from analytics.analyses.scan import pack_on
from analytics.analyses.threshold import OnRule
from analytics.arrays import StateReader

__all__ = ["read_pattern"]

BLOCK_BYTES = 4 << 20
"""Read at a time. Each block waits for the interpreter's lock twice: behind others' work that takes longer
than the block itself."""
LEAST_POSITIONS = 1 << 13


def read_pattern(states: StateReader, units: NDArray[np.int64], rule: OnRule) -> NDArray[np.uint64]:
    """Return bits of shape ``(n_words, n_positions)``; bit j belongs to ``units[j]``. See `scan`."""
    bits = np.zeros((-(-len(units) // 64), states.shape[0]), dtype=np.uint64)

    def fill(start: int, stop: int) -> None:
        codes = np.ascontiguousarray(rule.codes(states.read(start, stop, units)).T)
        pack_on(codes, *rule.numbers, bits, start)

    if len(units):
        size = BLOCK_BYTES // (len(units) * states.dtype.itemsize)
        in_blocks(states.shape[0], fill, size=max(size, LEAST_POSITIONS))
    return bits
