"""Runs one function over the blocks of a long recording, on a few threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["in_blocks", "on_threads"]

BLOCK_POSITIONS = 1 << 15
"""Twenty half-precision units of a block are 1.3 MB: they stay in the processor's cache."""

N_THREADS = min(4, os.cpu_count() or 1)

_counting = threading.Lock()
_n_asking = 0

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_blocks(
    n_positions: int, work: Callable[[int, int], Result], *, size: int = BLOCK_POSITIONS
) -> list[Result]:
    """Return ``work(start, stop)`` of every block of `size` positions, in order; see `on_threads`.

    Examples
    --------
    >>> in_blocks(70_000, lambda start, stop: stop - start)
    [32768, 32768, 4464]
    """
    blocks = [(start, min(start + size, n_positions)) for start in range(0, n_positions, size)]
    return on_threads(lambda block: work(*block), blocks)


def on_threads(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return ``work(item)`` of every item, in order. The work must release the interpreter's lock.

    Where several ask at once, as many users do, they share the threads rather than get in each other's way.
    """
    with _asking() as n_asking:
        n_threads = min(N_THREADS // n_asking, len(items))
        if n_threads < 2:
            return [work(item) for item in items]
        with ThreadPoolExecutor(n_threads) as threads:
            return list(threads.map(work, items))


@contextmanager
def _asking() -> Iterator[int]:
    """Yield how many are at it, whoever asks now included."""
    global _n_asking
    with _counting:
        _n_asking += 1
        n = _n_asking
    try:
        yield n
    finally:
        with _counting:
            _n_asking -= 1
