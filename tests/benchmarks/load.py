"""Many users at once: how long they wait, what fails, and how much memory the whole server takes.

    python -m tests.benchmarks.load [--users 25] [--seconds 120] [--pause 1] [--kill] [--recordings FOLDER]

gunicorn serves a recording of 1,000,000 x 650 and, where FOLDER is given, the recordings in it. What the
pages ask is recorded in Chromium first, which also fills the cache as the first readers of a day would; then
every user opens one page after the other, each asking all that the page asks, at places of their own.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import random
import signal
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from analytics import open_recording
from tests.benchmarks.match import FOLDER
from tests.benchmarks.measure import machine
from tests.benchmarks.sessions import Asked, Visit, record_visits
from tests.benchmarks.store import STATE, make_recording
from tests.gunicorn_server import Gunicorn, serving

START = 300_010
"""Where the recorded visits select a range; users select elsewhere."""
BEFORE, AFTER = 60, 140
"""Positions around it that must lie in one sequence."""
MATCH = f"recording=million&state={STATE}&at={START - 10}&width=100&from={START}&to={START + 6}&threshold=0.7"
MILLION = (
    "/",
    f"/match?{MATCH}&matched=1",
    f"/match?{MATCH}",
    f"/clusters?recording=million&state={STATE}",
    f"/sentences?recording=million&state={STATE}",
    f"/memory?recording=million&state={STATE}",
    "/findings",
)
N_RECORDINGS = 50
PAUSES_S = (0.3, 1.2)
"""As in assets/asking.js."""
MUST_S, AIM_S = 1.0, 0.5


def main() -> None:
    """Measure and print."""
    options = _options()
    print(machine())
    make_recording(FOLDER)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        addresses = _link_recordings(folder / "recordings", options.recordings)
        settings = {"data_dir": folder / "recordings", "workers": 2, "threads": 4}
        began = time.perf_counter()
        with serving(folder, **settings) as server:
            for path in ("/", "/_dash-layout", "/_dash-dependencies"):
                server.get(path)
            print(f"start to first page, {len(os.listdir(folder / 'recordings'))} recordings: "
                  f"{time.perf_counter() - began:.2f} s (must 4, aim 2)")  # fmt: skip
            visits = record_visits(server.url, addresses)
            _report(_Load(server, visits, options).run())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--pause", type=float, default=1.0, help="mean seconds between two pages of a user")
    parser.add_argument("--kill", action="store_true", help="kill a worker in the middle")
    parser.add_argument("--recordings", type=Path, help="folder of more recordings, each linked")
    return parser.parse_args()


def _link_recordings(folder: Path, more: Path | None) -> list[str]:
    """Fill a folder with links and return the addresses to visit."""
    folder.mkdir()
    million = (FOLDER / "recordings" / "million").resolve(strict=True)
    (folder / "million").symlink_to(million)
    addresses = list(MILLION)
    others = sorted(path.parent for path in more.resolve().glob("*/recording.json")) if more else []
    for path in others:
        (folder / path.name).symlink_to(path)
        state = open_recording(path).state_names[0]
        addresses.append(f"/memory?recording={path.name}&state={state}")
        addresses.append(f"/sentences?recording={path.name}&state={state}")
        addresses.append(f"/clusters?recording={path.name}&state={state}")
    if len(others) > 1:
        addresses.append(f"/compare?r={others[0].name},{others[1].name}")
    for number in range(len(others) + 1, N_RECORDINGS):
        source = others[number % len(others)] if others else million
        (folder / f"copy{number}").symlink_to(source)
    return addresses


class _Load:
    """Users who open one page after the other until the time is over."""

    def __init__(self, server: Gunicorn, visits: list[Visit], options: argparse.Namespace) -> None:
        self._server, self._visits, self._options = server, visits, options
        self._ends = time.monotonic() + options.seconds
        self._lock = threading.Lock()
        self.times: dict[str, list[float]] = defaultdict(list)
        self.errors: dict[str, int] = defaultdict(int)
        self.pages: list[float] = []
        self.megabytes: list[float] = []
        self.tried_again = 0
        recording = open_recording(FOLDER / "recordings" / "million")
        self._places = _places(recording)

    def run(self) -> _Load:
        users = [threading.Thread(target=self._use, args=(number,)) for number in range(self._options.users)]
        began = time.monotonic()
        for user in users:
            user.start()
        is_killed = not self._options.kill
        while time.monotonic() < self._ends:
            self.megabytes.append(_megabytes(self._server.process.pid))
            if not is_killed and time.monotonic() - began > self._options.seconds / 2:
                os.kill(self._server.workers()[0], signal.SIGKILL)
                is_killed = True
            time.sleep(1)
        for user in users:
            user.join()
        return self

    def _use(self, number: int) -> None:
        rng = random.Random(number)
        time.sleep(rng.uniform(0, 2))
        connection = _Connection(self._server.url)
        for asked in self._visits[0].loads:
            self._ask(connection, asked)
        while time.monotonic() < self._ends:
            visit, by = rng.choice(self._visits), rng.choice(self._places) - START
            began = time.perf_counter()
            for asked in visit.asks:
                self._ask(
                    connection,
                    asked.moved(by) if f"recording=million&state={STATE}&at" in visit.address else asked,
                )
            with self._lock:
                self.pages.append(time.perf_counter() - began)
            time.sleep(min(rng.expovariate(1 / self._options.pause), 30) if self._options.pause else 0)
        connection.close()
        with self._lock:
            self.tried_again += connection.tried_again

    def _ask(self, connection: _Connection, asked: Asked) -> None:
        began = time.perf_counter()
        try:
            status, said = connection.ask(asked)
            wrong = (
                "" if status == asked.status and bool(said) == bool(asked.says) else f"{status} {said[:90]}"
            )
        except (OSError, http.client.HTTPException) as error:
            wrong = type(error).__name__
        seconds = time.perf_counter() - began
        with self._lock:
            self.times[asked.name].append(seconds)
            if wrong:
                self.errors[f"{asked.name}: {wrong}"] += 1


class _Connection:
    """One that is kept, as a browser does: where it breaks, a new one is asked, as the pages do."""

    def __init__(self, url: str) -> None:
        self._host, self._open = urlsplit(url).netloc, None
        self.tried_again = 0

    def ask(self, asked: Asked) -> tuple[int, str]:
        # A kept one that was closed meanwhile is no failure yet: browsers open another one at once.
        for pause in (0.0, *PAUSES_S) if self._open is not None else PAUSES_S:
            try:
                return self._sent(asked)
            except (OSError, http.client.HTTPException):
                self.tried_again += 1
                self.close()
                time.sleep(pause)
        try:
            return self._sent(asked)
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def _sent(self, asked: Asked) -> tuple[int, str]:
        if self._open is None:
            self._open = http.client.HTTPConnection(self._host, timeout=60)
        headers = {"Accept-Encoding": "gzip"} | ({"Content-Type": "application/json"} if asked.body else {})
        self._open.request(asked.method, asked.path, body=asked.body or None, headers=headers)
        answer = self._open.getresponse()
        body = answer.read()
        if not asked.body or len(body) > 5000:
            return answer.status, ""
        told = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
        try:
            value = json.loads(told or b"{}")
        except ValueError:
            return answer.status, ""
        return answer.status, str(value.get("error") or "") if isinstance(value, dict) else ""

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _places(recording) -> list[int]:
    """Positions with enough of their sequence around them."""
    rng = random.Random(1)
    bounds = [int(start) for start in recording.sequence_starts] + [recording.n_positions]
    pairs = [(a + BEFORE, b - AFTER) for a, b in pairwise(bounds) if b - a > BEFORE + AFTER]
    return [rng.randrange(*rng.choice(pairs)) for _ in range(5000)]


def _megabytes(pid: int) -> float:
    """Memory of a process and all below it, what they share counted once."""
    total = 0.0
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total = next(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1000
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += _megabytes(int(child))
    except OSError:
        pass
    return total


def _report(load: _Load) -> None:
    every = [each for times in load.times.values() for each in times]
    print(f"\n{'question':60}{'number':>8}{'p50':>9}{'p95':>9}{'longest':>9}   s")
    for name, times in sorted(load.times.items(), key=lambda pair: -_share(pair[1], 95)):
        print(f"{name:60}{len(times):>8}{_share(times, 50):>9.3f}{_share(times, 95):>9.3f}{max(times):>9.3f}")
    print(f"{'all':60}{len(every):>8}{_share(every, 50):>9.3f}{_share(every, 95):>9.3f}{max(every):>9.3f}")
    print(f"p95 must be {MUST_S} s, aim {AIM_S} s; a page's questions one after the other: median "
          f"{_share(load.pages, 50):.2f} s, p95 {_share(load.pages, 95):.2f} s")  # fmt: skip
    print(f"memory: at most {max(load.megabytes):.0f} MB (must 2000, aim 1000)")
    print(f"errors: {sum(load.errors.values())}; asked again where a connection broke: {load.tried_again}")
    for name, number in load.errors.items():
        print(f"  {number} x {name}")
    print(machine())


def _share(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1] if len(times) > 1 else times[0]


if __name__ == "__main__":
    main()
