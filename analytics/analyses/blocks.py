"""Runs one function over the blocks of a long recording, on a few threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_blocks", "on_threads"]

BLOCK_POSITIONS = 1 << 15
"""Twenty half-precision units of a block are 1.3 MB: they stay in the processor's cache."""

N_THREADS = min(4, os.cpu_count() or 1)

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_blocks(n_positions: int, work: Callable[[int, int], Result]) -> list[Result]:
    """Return ``work(start, stop)`` of every block of positions, in order; see `on_threads`.

    Examples
    --------
    >>> in_blocks(70_000, lambda start, stop: stop - start)
    [32768, 32768, 4464]
    """
    starts = range(0, n_positions, BLOCK_POSITIONS)
    blocks = [(start, min(start + BLOCK_POSITIONS, n_positions)) for start in starts]
    return on_threads(lambda block: work(*block), blocks)


def on_threads(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return ``work(item)`` of every item, in order. The work must release the interpreter's lock."""
    if len(items) == 1:
        return [work(items[0])]
    with ThreadPoolExecutor(N_THREADS) as threads:
        return list(threads.map(work, items))
