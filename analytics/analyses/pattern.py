"""Reads the units of a pattern over the whole corpus and keeps one bit for each unit and position."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.blocks import in_blocks
from analytics.analyses.scan import pack_bits
from analytics.analyses.threshold import OnRule
from analytics.arrays import StateReader

__all__ = ["read_pattern"]


def read_pattern(states: StateReader, units: NDArray[np.int64], rule: OnRule) -> NDArray[np.uint64]:
    """Return bits of shape ``(n_words, n_positions)``; bit j belongs to ``units[j]``. See `scan`."""
    bits = np.zeros((-(-len(units) // 64), states.shape[0]), dtype=np.uint64)

    def fill(start: int, stop: int) -> None:
        on = rule.is_on(states.read(start, stop, units).T)
        pack_bits(np.ascontiguousarray(on).view(np.uint8), bits[:, start:stop])

    if len(units):
        in_blocks(states.shape[0], fill)
    return bits
