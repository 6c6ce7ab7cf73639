"""The dashboard as a team's host starts it: `gunicorn app:server`, with nothing but settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.server import ROOT, environment, free_port

START_SECONDS = 120
LOOK_S = 0.002
STOP_SECONDS = 120


@dataclass(frozen=True)
class Gunicorn:
    """A running one: its address without the last slash, its first process and what it wrote."""

    url: str
    process: subprocess.Popen
    output: Path

    def workers(self) -> list[int]:
        """Return the numbers of its worker processes."""
        told = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in told.split()]

    def computing(self) -> list[int]:
        """Return which processes compute an answer just now: they hold the locks of the shared cache."""
        folder = self.output.parent / "cache" / "locks"
        if not folder.exists():
            return []
        with os.scandir(folder) as entries:
            # The number stands in the entry: the file may be gone already.
            locks = {entry.inode() for entry in entries if entry.name != "room"}
        lines = Path("/proc/locks").read_text().splitlines()
        held = [line.split() for line in lines if "FLOCK" in line and "->" not in line]
        return [int(pid) for *_, pid, place, _start, _end in held if int(place.split(":")[2]) in locks]

    def kill_at_work(self, is_over: Callable[[], bool]) -> int:
        """Kill a worker that computes an answer just now; return its number, 0 where it was over before."""
        while not is_over():
            for found in set(self.computing()).intersection(self.workers()):
                # Held still first: on a busy machine it could have finished until the signal comes.
                _signal(found, signal.SIGSTOP)
                while _states(found) - {"T", "Z", "X"}:
                    time.sleep(LOOK_S)
                # One that is about to end (killed a moment ago) has none that only stands still.
                at_work = _states(found) == {"T"} and found in self.computing()
                _signal(found, signal.SIGKILL if at_work else signal.SIGCONT)
                if at_work:
                    return found
            time.sleep(LOOK_S)
        return 0

    def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        return self._answer(urllib.request.Request(self.url + path))

    def ask(self, path: str, asked: Any) -> Any:
        """Ask as a page's script does."""
        request = urllib.request.Request(
            self.url + path, data=json.dumps(asked).encode(), headers={"Content-Type": "application/json"}
        )
        return json.loads(self._answer(request)[1])

    @staticmethod
    def _answer(request: urllib.request.Request) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


def _signal(process: int, number: signal.Signals) -> None:
    # One that was killed a moment ago may be gone.
    with suppress(ProcessLookupError):
        os.kill(process, number)


def _states(process: int) -> set[str]:
    """What the threads of a process do, in the kernel's letters."""
    states = set()
    for task in Path(f"/proc/{process}/task").glob("*/stat"):
        # A thread may have ended since it was listed.
        with suppress(FileNotFoundError, ProcessLookupError):
            states.add(task.read_text().rpartition(")")[2].split()[0])
    return states


@contextmanager
def serving(folder: Path, **settings: object) -> Iterator[Gunicorn]:
    """Serve with a cache and a key in `folder`, and end every process afterwards."""
    port = free_port()
    places = {"port": port, "cache_dir": folder / "cache", "secret_key_file": folder / "key"}
    output = folder / "gunicorn.log"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "app:server"],
            cwd=ROOT,
            env=environment({**places, **settings}),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await(f"http://127.0.0.1:{port}{settings.get('prefix', '/')}healthz", process, output)
        yield Gunicorn(f"http://127.0.0.1:{port}", process, output)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def _await(url: str, process: subprocess.Popen, output: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=START_SECONDS):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"gunicorn did not start: {output.read_text()[-2000:]}")
