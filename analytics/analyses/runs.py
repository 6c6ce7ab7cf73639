"""Which on-runs are too short to draw? The run filter of the line plot (LSTMVis, version 1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.selection import as_whole
from analytics.analyses.threshold import on_rule
from analytics.arrays import StateReader, as_states
from analytics.errors import RangeError

__all__ = ["short_runs"]


def short_runs(
    states: ArrayLike | StateReader,
    start: int,
    stop: int,
    *,
    threshold: float,
    min_length: int,
    transform: str = "raw",
    sequence_starts: ArrayLike | None = None,
) -> NDArray[np.bool_]:
    """Where in a window is a unit on, but for fewer than `min_length` positions in a row?

    A run is as long as it is in the recording, also where it leaves the window; it ends at a sequence border.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    start, stop : int
        The window ``[start, stop)``; it may hold several sequences.
    threshold : float
    min_length : int
        At least 1, which hides nothing.
    transform : {"raw", "tanh", "abs", "abs_tanh"}, default="raw"
    sequence_starts : array-like of shape (n_sequences,), optional
        Default: a reader's own; one sequence for an array.

    Returns
    -------
    ndarray of bool, shape (stop - start, n_units)

    Raises
    ------
    RangeError
        If the window is empty or leaves the recording.
    ParameterError
        If `min_length` is less than 1 or the threshold is no finite number.

    Examples
    --------
    >>> short_runs(np.array([[0.9], [0.0], [0.9], [0.9]]), 0, 4, threshold=0.5, min_length=2).ravel().tolist()
    [True, False, False, False]
    """
    reader = as_states(states, sequence_starts=sequence_starts)
    min_length = as_whole("min_length", min_length, minimum=1)
    rule = on_rule(threshold, transform=transform, dtype=reader.dtype)
    n_positions = reader.shape[0]
    if not 0 <= start < stop <= n_positions:
        raise RangeError(f"A window must lie in 0 to {n_positions} and not be empty. Got {start} to {stop}.")
    # A run that reaches further than this is long enough, however it goes on.
    left, right = max(0, start - min_length + 1), min(n_positions, stop + min_length - 1)
    on = rule.is_on(reader.read(left, right))
    borders = reader.sequence_starts
    borders = borders[(borders > left) & (borders < right)] - left
    lengths = _run_lengths(on, borders)
    return (on & (lengths < min_length))[start - left : stop - left]


def _run_lengths(on: NDArray[np.bool_], borders: NDArray[np.int64]) -> NDArray[np.int32]:
    """Length of the on-run each value is part of; shape of `on`, meaningless where it is off."""
    n = len(on)
    changes = np.ones((n + 1, on.shape[1]), dtype=bool)
    changes[1:n] = on[1:] != on[:-1]
    changes[borders] = True
    at = np.arange(n + 1, dtype=np.int32)[:, None]
    begin = np.maximum.accumulate(np.where(changes, at, 0), axis=0)[:n]
    end = np.minimum.accumulate(np.where(changes, at, n)[::-1], axis=0)[::-1][1:]
    return end - begin
