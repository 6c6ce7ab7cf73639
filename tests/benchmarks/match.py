"""The match on disk: 1,000,000 x 650 half-precision states, and 20,000,000 x 256 where there is room.

python -m tests.benchmarks.match [--large]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from analytics import Recording, match_pattern, open_recording, select_units
from tests.benchmarks.measure import Measure, machine, report
from tests.benchmarks.store import STATE, make_recording

FOLDER = Path(os.environ.get("BENCHMARK_DIR", ".cache/benchmarks"))
THRESHOLD = 0.3


def main() -> None:
    """Measure and print."""
    print(machine())
    million, _ = make_recording(FOLDER)
    report("match, 1,000,000 x 650 float16 on disk", _on_a_million(million))
    if "--large" in sys.argv:
        make_recording(FOLDER, n_positions=20_000_000, n_units=256, name="twenty-million")
        subprocess.run([sys.executable, "-m", "tests.benchmarks.match", "--measure-large"], check=True)


def _on_a_million(recording: Recording) -> Iterator[Measure]:
    states = recording.states(STATE)
    for length in (1, 3, 6):
        on = select_units(states, 300_000, 300_000 + length, threshold=THRESHOLD)
        for n_units in (5, 12, 30):
            units = on[:: len(on) // n_units][:n_units]
            yield Measure(
                f"{n_units} units of a range of {length}, file cache warm", _match(recording, units), 150, 60
            )
    units = on[:12]
    for windows in ({"off_before": 1}, {"off_after": 2}, {"off_before": 1, "off_after": 1}):
        label = " and ".join(f"{name}={value}" for name, value in windows.items())
        yield Measure(f"12 units, {label}", _match(recording, units, **windows), 150, 60)
    yield Measure("12 units, 1,000 results", _match(recording, units, limit=1000))
    yield Measure("1 unit", _match(recording, units[:1]), rounds=9)
    yield Measure(
        "12 units, file cache cold", _match(recording, units), 1000, 500, rounds=5, before=_forget(recording)
    )
    window = range(300_000, 300_003)
    yield Measure(
        "select a range of 3", lambda: select_units(states, window[0], window[-1] + 1, threshold=THRESHOLD)
    )


def _match(recording: Recording, units: np.ndarray, **options: int) -> Callable[[], object]:
    return lambda: match_pattern(recording.states(STATE), units, threshold=THRESHOLD, **options)


def _forget(recording: Recording) -> Callable[[], None]:
    """Drop the recording's pages from the file cache, which needs no rights."""
    files = [recording.path / "states" / f"{STATE}.parquet", recording.path / "rows" / f"{STATE}.npy"]

    def forget() -> None:
        for file in files:
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)

    return forget


def _measure_large() -> None:
    recording = open_recording(FOLDER / "recordings" / "twenty-million")
    on = select_units(recording.states(STATE), 9_000_000, 9_000_003, threshold=THRESHOLD)
    rows = [Measure(f"{n} units", _match(recording, on[:n]), 3000, 1500, rounds=5) for n in (5, 12, 20)]
    report("match, 20,000,000 x 256 float16 on disk", rows)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"largest resident memory of the process: {peak_mb:.0f} MB (must stay under 1,024)")


if __name__ == "__main__":
    began = time.perf_counter()
    _measure_large() if "--measure-large" in sys.argv else main()
    print(f"took {time.perf_counter() - began:.0f} s")
