"""Sequences cut into windows of a few steps that run side by side, each carrying its own state.

Every window lies inside one sequence, so that a state is reset exactly at a sequence's start. The
last window of a sequence is padded; padded targets are `IGNORED` and cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["IGNORED", "Window", "n_windows", "windows"]

IGNORED = -100
"""Target of a position whose next token is unknown: padding and the end of a sequence."""


@dataclass(frozen=True, slots=True)
class Window:
    """The next steps of the streams that still have some.

    `ids` and `targets` have shape (n_steps, n_active); `streams` says which stream each column is and
    `fresh` whether its state must be zeroed first, both (n_active,).
    """

    ids: NDArray[np.int64]
    targets: NDArray[np.int64]
    streams: NDArray[np.int64]
    fresh: NDArray[np.bool_]


def windows(
    sequences: Sequence[NDArray[np.integer]],
    *,
    n_streams: int,
    n_steps: int,
    order: Sequence[int] | None = None,
) -> Iterator[Window]:
    """Yield windows until every sequence has been read to its end; a free stream takes the next one.

    Parameters
    ----------
    sequences : list of arrays of token ids
    n_streams, n_steps : int
        How many sequences run side by side, and for how many steps.
    order : list of int, optional
        The order in which sequences are taken. Default: as given.

    Examples
    --------
    >>> first, second = windows([np.array([1, 2, 3]), np.array([4, 5])], n_streams=2, n_steps=2)
    >>> first.ids.tolist(), first.targets.tolist()
    ([[1, 4], [2, 5]], [[2, 5], [3, -100]])
    >>> second.ids.tolist(), second.streams.tolist(), second.fresh.tolist()
    ([[3], [0]], [0], [False])
    """
    waiting = list(reversed(range(len(sequences)) if order is None else order))
    reading: list[tuple[int, int] | None] = [None] * n_streams
    while True:
        for stream in range(n_streams):
            if reading[stream] is None and waiting:
                reading[stream] = (waiting.pop(), 0)
        streams = [stream for stream in range(n_streams) if reading[stream] is not None]
        if not streams:
            return
        columns = [
            _column(sequences[number], start, n_steps) for number, start in (reading[s] for s in streams)
        ]
        yield Window(
            ids=np.stack([ids for ids, _ in columns], axis=1),
            targets=np.stack([targets for _, targets in columns], axis=1),
            streams=np.array(streams),
            fresh=np.array([reading[stream][1] == 0 for stream in streams]),
        )
        for stream in streams:
            number, start = reading[stream]
            more = start + n_steps < len(sequences[number])
            reading[stream] = (number, start + n_steps) if more else None


def n_windows(sequences: Sequence[NDArray], *, n_streams: int, n_steps: int, order: Sequence[int]) -> int:
    """How many windows the same call of `windows` yields, without cutting anything."""
    free_at = np.zeros(n_streams, dtype=np.int64)
    for number in order:
        stream = int(np.argmin(free_at))
        free_at[stream] += -(-len(sequences[number]) // n_steps)
    return int(free_at.max())


def _column(sequence: NDArray, start: int, n_steps: int) -> tuple[NDArray, NDArray]:
    """Ids of one window, padded with 0, and the token after each."""
    ids = np.zeros(n_steps, dtype=np.int64)
    targets = np.full(n_steps, IGNORED, dtype=np.int64)
    here = sequence[start : start + n_steps]
    following = sequence[start + 1 : start + n_steps + 1]
    ids[: len(here)] = here
    targets[: len(following)] = following
    return ids, targets
