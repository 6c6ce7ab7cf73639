"""Times a call and prints medians beside what must be reached and what is aimed at."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measure", "machine", "report"]


@dataclass(frozen=True)
class Measure:
    """One row of the table."""

    work: str
    call: Callable[[], object]
    must_ms: float | None = None
    aim_ms: float | None = None
    rounds: int = 25
    before: Callable[[], object] | None = None
    """Called before each round, outside the time: for example, to empty the file cache."""


def report(title: str, measures: Iterable[Measure]) -> None:
    """Run and print the measures, each after one round that does not count."""
    print(f"\n{title}\n{'work':58}{'median':>10}{'min':>10}{'max':>10}{'must':>9}{'aim':>9}   ms")
    for measure in measures:
        times = [_time(measure) for _ in range(measure.rounds + 1)][1:]
        figures = (statistics.median(times), min(times), max(times))
        goals = "".join(
            f"{'' if goal is None else f'{goal:g}':>9}" for goal in (measure.must_ms, measure.aim_ms)
        )
        print(f"{measure.work:58}" + "".join(f"{figure:>10.1f}" for figure in figures) + goals, flush=True)


def _time(measure: Measure) -> float:
    if measure.before:
        measure.before()
    began = time.perf_counter()
    measure.call()
    return (time.perf_counter() - began) * 1000


def machine() -> str:
    """Describe the machine in a line: a figure means little without it."""
    cpus = Path("/proc/cpuinfo")
    models = [line.split(":")[1] for line in cpus.read_text().splitlines() if line.startswith("model name")]
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{(models or [platform.processor()])[0].strip()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, "
        f"Python {platform.python_version()}, load {load:.1f}"
    )
