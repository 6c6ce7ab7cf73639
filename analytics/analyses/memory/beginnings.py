"""The network's states in front of the positions where a chain begins inside a sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.engines import Engine
from analytics.analyses.memory.walking import CHUNK_STEPS, Plan

__all__ = ["starting_states"]

N_LANES = 64
"""Sequences that are read side by side."""


def starting_states(
    engine: Engine, plan: Plan, wanted: NDArray[np.int64], *, check: Callable[[], None]
) -> dict[int, Any]:
    """Read each sequence from its start up to its last wanted position; nothing else is kept.

    Parameters
    ----------
    wanted : ndarray of int
        Positions; those at a sequence's start are left out.
    check : callable
        Called now and then; what it raises ends the reading.
    """
    starts = plan.sequence_starts
    wanted = wanted[~np.isin(wanted, starts)]
    if not len(wanted):
        return {}
    sequences = starts[np.searchsorted(starts, wanted, side="right") - 1]
    begins, first = np.unique(sequences, return_index=True)
    last = np.append(first[1:], len(wanted))
    reads = [(int(begin), wanted[low:high]) for begin, low, high in zip(begins, first, last, strict=True)]
    reads.sort(key=lambda read: read[1][-1] - read[0])
    states: dict[int, Any] = {}
    for batch in range(0, len(reads), N_LANES):
        _read_batch(engine, plan, reads[batch : batch + N_LANES], states, check)
    return states


def _read_batch(
    engine: Engine,
    plan: Plan,
    reads: list[tuple[int, NDArray[np.int64]]],
    states: dict[int, Any],
    check: Callable[[], None],
) -> None:
    begins = np.array([begin for begin, _ in reads])
    lengths = np.array([wanted[-1] - begin for begin, wanted in reads])
    # By step: the lanes that are in front of a wanted position after it.
    due: dict[int, list[int]] = {}
    for lane, (begin, wanted) in enumerate(reads):
        for position in wanted.tolist():
            due.setdefault(position - begin, []).append(lane)
    engine.start(len(reads), 0)
    for chunk in range(0, int(lengths.max()), CHUNK_STEPS):
        check()
        steps = np.arange(chunk, min(chunk + CHUNK_STEPS, int(lengths.max())))
        positions = begins[:, None] + steps
        inputs = plan.inputs(np.where(steps < lengths[:, None], positions, -1))
        for step in steps.tolist():
            engine.read(inputs[:, step - chunk])
            for lane in due.get(step + 1, []):
                states[int(begins[lane]) + step + 1] = engine.state_of(lane)
