"""What the server has done, counted: one text for Prometheus, whichever worker is asked for it.

Each process counts for itself and writes what it has, a second after a change, to a file of its own in a
folder that all workers share. Who is asked adds its own counts to the files of the others, those of ended
workers included, so that nothing ever counts down. The folder may be deleted: all is written again.
"""

from __future__ import annotations

import bisect
import contextlib
import json
import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dashboard.queries.shared_files import private_folder

__all__ = ["COUNTERS", "TIMES", "Metrics"]

WRITE_AFTER_S = 1.0
FORGET_S = 7 * 24 * 3600
BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 100.0)

COUNTERS = {
    "requests": ("Requests answered", ("route", "method", "status")),
    "response_bytes": ("Bytes of answers, compressed", ("route",)),
    "callbacks": ("Callbacks answered", ("output", "status")),
    "cache_answers": ("Answers by where they were found", ("question", "found")),
    "cache_seconds": ("Seconds spent on finding or computing answers", ("question", "found")),
    "jobs_started": ("Pieces of long work started, and those refused as too many", ("outcome",)),
}
TIMES = {
    "request_seconds": ("How long requests took", ("route",)),
    "callback_seconds": ("How long callbacks took", ("output",)),
}
KINDS = {**COUNTERS, **TIMES}

log = logging.getLogger(__name__)
Counts = dict[tuple[str, ...], list[float]]


class Metrics:
    """Counts of one server. Safe for threads and after a fork."""

    def __init__(self, folder: Path) -> None:
        # A server before this one may have had the same number.
        self._folder = folder / str(os.getpid())
        for file in self._folder.glob("*.json"):
            file.unlink(missing_ok=True)
        _forget_old(folder)
        self._lock = threading.Lock()
        self._pid, self._name = os.getpid(), secrets.token_hex(4)
        self._counts: Counts = {}
        self._is_due = False

    def count(self, kind: str, *labels: str, by: float = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self._own().setdefault((kind, *labels), [0.0])[0] += by
            self._write_soon()

    def time(self, kind: str, *labels: str, seconds: float) -> None:
        """Add a time: how many took at most as long as each bound, and their sum."""
        with self._lock:
            row = self._own().setdefault((kind, *labels), [0.0] * (len(BOUNDS_S) + 2))
            row[bisect.bisect_left(BOUNDS_S, seconds)] += 1
            row[-1] += seconds
            self._write_soon()

    def text(self, gauges: Mapping[str, tuple[str, Callable[[], float]]]) -> bytes:
        """Return the counts of all workers, in the format of Prometheus.

        `gauges` have a name each, with what it means and what tells its value now.
        """
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry()
        registry.register(_Collector(self._total(), gauges))
        return generate_latest(registry)

    def _own(self) -> Counts:
        if self._pid != os.getpid():
            self._pid, self._name = os.getpid(), secrets.token_hex(4)
            self._counts, self._is_due = {}, False
        return self._counts

    def _write_soon(self) -> None:
        if not self._is_due:
            self._is_due = True
            timer = threading.Timer(WRITE_AFTER_S, self._write)
            timer.daemon = True
            timer.start()

    def _write(self) -> None:
        with self._lock:
            self._is_due = False
            told = json.dumps([[*key, row] for key, row in self._counts.items()])
        path = self._folder / f"{self._pid}-{self._name}.json"
        part = path.with_suffix(".part")
        try:
            for folder in (self._folder.parent, self._folder):
                private_folder(folder)
            part.write_text(told)
            os.replace(part, path)
        except OSError as error:
            log.warning("The counts for /metrics could not be written: %s.", error.strerror)

    def _total(self) -> Counts:
        with self._lock:
            total = {key: list(row) for key, row in self._own().items()}
            own = f"{self._pid}-{self._name}.json"
        for file in self._folder.glob("*.json"):
            if file.name != own:
                for *key, row in _read(file):
                    mine = total.setdefault(tuple(key), [0.0] * len(row))
                    mine[:] = [one + other for one, other in zip(mine, row, strict=True)]
        return total


class _Collector:
    """What `prometheus_client` asks for."""

    def __init__(self, counts: Counts, gauges: Mapping[str, tuple[str, Callable[[], float]]]) -> None:
        self._counts, self._gauges = counts, gauges

    def collect(self) -> Iterator[Any]:
        """Yield every family, those without counts too."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        for kind, (meaning, labels) in KINDS.items():
            made = HistogramMetricFamily if kind in TIMES else CounterMetricFamily
            family = made(f"stateroom_{kind}", meaning, labels=labels)
            for (name, *values), row in sorted(self._counts.items()):
                if name == kind:
                    family.add_metric(values, *(_buckets(row) if kind in TIMES else row))
            yield family
        for name, (meaning, value) in self._gauges.items():
            yield GaugeMetricFamily(f"stateroom_{name}", meaning, value=value())


def _buckets(row: list[float]) -> tuple[list[tuple[str, float]], float]:
    below, buckets = 0.0, []
    for bound, n in zip((*map(str, BOUNDS_S), "+Inf"), row, strict=False):
        below += n
        buckets.append((bound, below))
    return buckets, row[-1]


def _forget_old(folder: Path) -> None:
    """Remove what servers counted that have not been asked anything for long: most have ended."""
    for old in folder.glob("*/"):
        # Another server may do the same at this moment.
        with contextlib.suppress(OSError):
            if time.time() - max(file.stat().st_mtime for file in (old, *old.glob("*"))) > FORGET_S:
                shutil.rmtree(old, ignore_errors=True)


def _read(file: Path) -> list[list[Any]]:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return []
