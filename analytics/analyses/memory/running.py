"""Chains on all cores: threads, each with one thread of arithmetic."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import numpy as np

from analytics.analyses.memory.beginnings import starting_states
from analytics.analyses.memory.blocks import Blocks
from analytics.analyses.memory.engines import Engine
from analytics.analyses.memory.spans import Chain
from analytics.analyses.memory.walking import Part, Plan, part_of, walk

__all__ = ["on_all_cores", "run_chains"]

REPORT_EVERY_S = 0.2


class _StoppedError(Exception):
    """Another chain failed, or the caller gave up."""


class _Progress:
    """Counts what all threads have done; its `report` ends them when it is told to stop."""

    def __init__(self, total: int, show: Callable[[int, int], None] | None) -> None:
        self._total, self._show = total, show
        self._done = 0
        self._lock, self._is_stopped = threading.Lock(), threading.Event()

    def check(self) -> None:
        if self._is_stopped.is_set():
            raise _StoppedError

    def report(self, n_positions: int) -> None:
        self.check()
        with self._lock:
            self._done += n_positions

    def show(self) -> None:
        """Tell the caller, on the caller's thread."""
        if self._show is not None:
            self._show(self._done, self._total)

    def stop(self) -> None:
        self._is_stopped.set()


def run_chains(
    make_engine: Callable[[], Engine],
    plan: Plan,
    chains: list[tuple[Chain, list[int]]],
    blocks: Blocks,
    show: Callable[[int, int], None] | None,
    *,
    is_parallel: bool = True,
) -> None:
    """Compute all blocks that are not finished.

    Parameters
    ----------
    chains : list of (Chain, borders of its blocks)
    show : callable, optional
        Called on this thread with the positions done and all positions; what it raises ends the work.
    """
    reach = len(plan.places) - 1
    total = sum(int(chain.is_counted.sum()) for chain, _ in chains)
    parts = [
        part_of(number, chain, borders, blocks, reach=reach) for number, (chain, borders) in enumerate(chains)
    ]
    left = [part for part in parts if part is not None]
    progress = _Progress(total, show)
    progress.report(total - sum(int(part.chain.is_counted.sum()) for part in left))
    progress.show()
    if not left:
        return
    beginnings = np.unique(np.concatenate([part.beginnings() for part in left]))

    def work(part: Part) -> None:
        walk(make_engine(), part, plan, states=states, blocks=blocks, report=progress.report)

    with (
        _one_thread_each(),
        ThreadPoolExecutor(_n_threads(len(left)) if is_parallel else 1, initializer=_calm) as pool,
    ):
        try:
            states: dict = {}
            _wait([pool.submit(_begin, make_engine(), plan, beginnings, progress, states)], progress)
            _wait([pool.submit(work, part) for part in left], progress)
        except BaseException:
            progress.stop()
            raise
    progress.show()


def on_all_cores(function: Callable[[int], Any], numbers: Iterable[int]) -> list[Any]:
    """Call a function with each number, on threads with one thread of arithmetic each."""
    given = list(numbers)
    with _one_thread_each(), ThreadPoolExecutor(_n_threads(len(given)), initializer=_calm) as pool:
        return list(pool.map(function, given))


def _begin(engine, plan, beginnings, progress, states) -> None:
    import torch

    with torch.no_grad():
        states.update(starting_states(engine, plan, beginnings, check=progress.check))


def _wait(futures: list, progress: _Progress) -> None:
    """Wait for all, telling the caller now and then; the first error is raised."""
    pending = set(futures)
    while pending:
        done, pending = wait(pending, timeout=REPORT_EVERY_S, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        progress.show()


def _n_threads(n_parts: int) -> int:
    return max(1, min(n_parts, len(os.sched_getaffinity(0))))


def _calm() -> None:
    """On a thread of the pool: torch's number of threads is the thread's own."""
    import torch

    torch.set_num_threads(1)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)
