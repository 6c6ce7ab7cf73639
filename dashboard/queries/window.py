"""What the line plot and the tokens under it show: all units over a few hundred positions."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.distribution import transformed
from analytics.analyses.runs import short_runs
from analytics.store.recording import Recording
from dashboard.queries.annotations import AnnotationQueries, available_tracks
from dashboard.queries.recordings import RecordingQueries

__all__ = ["WindowQueries", "neighbourhood_of", "packed"]

NEIGHBOURHOOD = 2000
"""Positions of the wide strip."""
STRIDE = 1000
"""By how many it moves: a window of up to 500 positions is never at its edge."""
MOST = (0.01, 0.99)
"""Quantiles between which most values lie: a few units of unbounded states dwarf all others."""
LARGEST_HALF = 60_000
"""Values beyond this are sent in single precision: half precision would make them infinite."""


class WindowQueries:
    """Values, tokens, borders and tracks of a window, ready for the browser."""

    def __init__(self, recordings: RecordingQueries, annotations: AnnotationQueries) -> None:
        self._recordings, self._annotations = recordings, annotations

    def window(
        self,
        recording: str,
        state: str,
        *,
        at: int,
        width: int,
        transform: str = "raw",
        tracks: Sequence[str] = (),
        run: int = 1,
        threshold: float = 0.0,
        keeps_place: bool = False,
    ) -> dict[str, Any]:
        """Return all units over the positions [at, at + width); on-runs shorter than `run` become gaps.

        At the end a window moves back into the recording; one that `keeps_place` has nothing there.
        """
        opened = self._recordings.open(recording)
        states = opened.states(state)
        start, stop = clipped(at, width, n_positions=opened.n_positions)
        if keeps_place:
            start, stop = (min(end, opened.n_positions) for end in (at, at + width))
        missing = width - (stop - start) if keeps_place else 0
        values = transformed(states.read(start, stop), transform)
        if run > 1:
            short = short_runs(states, start, stop, threshold=threshold, min_length=run, transform=transform)
            values[short] = np.nan
        if missing:
            values = np.pad(values.astype(np.float32), ((0, missing), (0, 0)), constant_values=np.nan)
        return {
            "recording": recording,
            "state": state,
            "transform": transform,
            "start": at if keeps_place else start,
            "stop": at + width if keeps_place else stop,
            "n_positions": opened.n_positions,
            "n_units": states.shape[1],
            "tokens": [*opened.token_texts(start, stop), *[None] * missing],
            **packed(values),
            **sequences(opened, start, stop),
            "tracks": [self._annotations.track(opened, name, start, stop) for name in tracks],
            "available": available_tracks(opened),
        }

    def neighbourhood(self, recording: str, *, at: int) -> dict[str, Any]:
        """Return the tokens and borders of the wide strip around a position."""
        opened = self._recordings.open(recording)
        start, stop = neighbourhood_of(at, n_positions=opened.n_positions)
        starts = opened.sequence_starts
        inside = starts[(starts > start) & (starts < stop)]
        return {
            "recording": recording,
            "start": start,
            "stop": stop,
            "tokens": opened.token_texts(start, stop),
            "borders": inside.tolist(),
        }


def clipped(at: int, width: int, *, n_positions: int) -> tuple[int, int]:
    """Return the range of `width` positions next to `at` that lies in the recording.

    Examples
    --------
    >>> clipped(95, 10, n_positions=100), clipped(5, 10, n_positions=8)
    ((90, 100), (0, 8))
    """
    start = max(0, min(at, n_positions - width))
    return start, min(start + width, n_positions)


def neighbourhood_of(at: int, *, n_positions: int) -> tuple[int, int]:
    """Return the wide strip of a position: it moves by whole thousands, so that it rests while one reads.

    Examples
    --------
    >>> neighbourhood_of(4400, n_positions=100_000), neighbourhood_of(100, n_positions=1200)
    ((3500, 5500), (0, 1200))
    """
    return clipped(at // STRIDE * STRIDE - STRIDE // 2, NEIGHBOURHOOD, n_positions=n_positions)


def packed(values: NDArray) -> dict[str, Any]:
    """Return values of shape (n, n_units) as base64, all positions of unit 0 first, and their limits."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    most = np.quantile(finite, MOST) if finite.size else (0.0, 0.0)
    dtype = "float16" if max(-low, high) < LARGEST_HALF else "float32"
    with np.errstate(over="ignore"):
        content = np.ascontiguousarray(values.T.astype(f"<f{np.dtype(dtype).itemsize}"))
    return {
        "values": base64.b64encode(content).decode(),
        "dtype": dtype,
        "low": low,
        "high": high,
        "most": [float(end) for end in most],
    }


def sequences(recording: Recording, start: int, stop: int) -> dict[str, Any]:
    """Return the sequences a window touches, and where the ones before and after it begin."""
    starts = recording.sequence_starts
    first = int(np.searchsorted(starts, start, side="right")) - 1
    after = int(np.searchsorted(starts, stop, side="left"))
    ends = np.append(starts[1:], recording.n_positions)
    return {
        "sequence_name": str(recording.manifest.get("sequence_name") or "sequence"),
        "n_sequences": recording.n_sequences,
        "sequences": [[index, int(starts[index]), int(ends[index])] for index in range(first, after)],
        "previous_start": int(starts[max(0, first - (start == starts[first]))]),
        "next_start": int(starts[first + 1]) if first + 1 < len(starts) else None,
    }
