"""How fast a recording of 1,000,000 positions x 650 units is written and read.

    python -m tests.benchmarks.store [FOLDER]

The recording is made once, through the real writer, in FOLDER/recordings/million (3 GB), and kept. It has
what a language model's states have as far as reading and matching go: values that change slowly, some
units on for long and some rarely, about 30 % of values above 0.3, sequences of about 1,000 positions.
Everything is measured with the file cache warm.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analytics import Recording, RecordingWriter, open_recording
from analytics.store.states import RecordedStates
from tests.benchmarks.measure import Measure, report

N_POSITIONS, N_UNITS, N_WORDS = 1_000_000, 650, 10_000
STATE = "layer0.hidden"
BLOCK = 16_384


def make_recording(
    folder: Path, *, n_positions: int = N_POSITIONS, n_units: int = N_UNITS, name: str = "million"
) -> tuple[Recording, float]:
    """Write the recording unless it is there; return it and the seconds spent in the writer."""
    path = folder / "recordings" / name
    if path.exists():
        return open_recording(path), float("nan")
    rng = np.random.default_rng(0)
    vocabulary = [f"word{token_id}" for token_id in range(N_WORDS)]
    kinds = ["noun", "verb", "other"]
    spent = 0.0
    with RecordingWriter(
        path, name=name, states={STATE: n_units}, vocabulary=vocabulary, annotations={"kind": kinds}
    ) as writer:
        for starts, block in _blocks(rng, n_positions, n_units):
            ids = np.minimum(rng.zipf(1.3, len(block)), N_WORDS) - 1
            labels = np.array(kinds, dtype=object)[ids % len(kinds)]
            began = time.perf_counter()
            writer.append(
                token_ids=ids, states={STATE: block}, sequence_starts=starts, annotations={"kind": labels}
            )
            spent += time.perf_counter() - began
        began = time.perf_counter()
    return open_recording(path), spent + time.perf_counter() - began


def _blocks(
    rng: np.random.Generator, n_positions: int, n_units: int
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.float16]]]:
    """Blocks of first-order autoregressive states, each unit with its own pace and mean."""
    lengths = rng.integers(500, 1500, n_positions // 500)
    is_start = np.zeros(n_positions, dtype=bool)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    is_start[starts[starts < n_positions]] = True
    keep = rng.uniform(0.5, 0.98, n_units).astype(np.float32)
    add = (0.6 * np.sqrt(1 - keep**2)).astype(np.float32)
    mean = rng.normal(-0.13, 0.6, n_units).astype(np.float32)
    carried = np.zeros(n_units, dtype=np.float32)
    for start in range(0, n_positions, BLOCK):
        flags = is_start[start : start + BLOCK]
        values = rng.standard_normal((len(flags), n_units), dtype=np.float32) * add
        for position in range(len(flags)):
            if not flags[position]:
                values[position] += keep * carried
            carried = values[position]
        carried = carried.copy()
        yield flags, np.tanh(values + mean).astype(np.float16)


def main(folder: Path | None = None) -> None:
    """Measure and print a table."""
    folder = folder or Path(tempfile.gettempdir()) / "stateroom-benchmark"
    recording, seconds = make_recording(folder)
    states = recording.states(STATE)
    if seconds == seconds:
        rate = states.nbytes / seconds / 1e6
        print(f"written in {seconds:.1f} s: {rate:.0f} MB of states a second, both copies")
    opening = Measure("open_recording", lambda: open_recording(recording.path), aim_ms=5)
    shape = f"{states.shape[0]:,} x {states.shape[1]} {states.dtype} on disk"
    report(f"Read {shape}, file cache warm", [opening, *_measures(states)])
    rows = recording.path / "rows"
    aside = rows.rename(rows.with_name(".rows"))
    try:
        without = open_recording(recording.path).states(STATE)
        report(f"Read {shape}, without the row cache", _measures(without, rounds=9))
    finally:
        aside.rename(rows)


def _measures(states: RecordedStates, *, rounds: int = 25) -> list[Measure]:
    rng = np.random.default_rng(1)
    units = np.sort(rng.choice(states.shape[1], 20, replace=False))
    starts = np.sort(rng.integers(0, states.shape[0] - 8, 3000))
    stops = starts + rng.integers(1, 9, len(starts))
    few = slice(0, 100)
    return [
        Measure("20 units over all positions", lambda: states.read(0, states.shape[0], units), rounds=rounds),
        Measure("100 positions x all units", lambda: states.read(500_000, 500_100), rounds=rounds),
        Measure("3,000 ranges of 1-8 positions", lambda: states.read_ranges(starts, stops), rounds=rounds),
        Measure(
            "100 ranges of 1-8 positions", lambda: states.read_ranges(starts[few], stops[few]), rounds=rounds
        ),
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
