"""Long work in processes of its own: bounded in number, one for each key, seen alike by all workers.

What is known of a job lies in a folder that all workers share, so it does not matter which of them answers:

    <folder>/slots/0, 1, ...     each held by a running job; a job waits for one behind <folder>/gate
    <folder>/<key>/lock          held by the job's process as long as it lives
    <folder>/<key>/progress.json, result.json, error.json
    <folder>/<key>/watchers/     a file for each page that asked for the job, touched when it looks

The locks are the kernel's: whatever way a process ends, it holds none afterwards. A job ends with the server,
not with the worker that happened to start it. The folder may be deleted at any time; work in it then ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analytics.errors import AnalyticsError
from dashboard.job_process import started_at
from dashboard.job_status import JobStatus, ended, going_on, read_json, watchers

__all__ = ["Jobs", "JobsFolderError", "JobsFullError"]

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
KEPT_JOBS = 500
"""Results remembered; the oldest go first."""
WATCHER_LIVES_S = 150
"""A page in the background looks once a minute; one that has not looked for longer is closed."""


class JobsFullError(AnalyticsError):
    """So much work is waiting that more of it is refused."""


class JobsFolderError(AnalyticsError):
    """The folder of jobs cannot be written."""


class Jobs:
    """Jobs by key. Safe for threads and for several workers of one host."""

    def __init__(
        self,
        folder: Path,
        *,
        max_running: int = 2,
        max_waiting: int = 20,
        tell: Callable[[str], None] = lambda outcome: None,
    ) -> None:
        self._tell = tell
        self._folder, self._max_jobs = folder, max_running + max_waiting
        self._max_running = max_running
        # Made before workers are forked, this is the process that lives as long as the server.
        self._server = os.getpid(), started_at(os.getpid())
        self._make_folders()
        self._children: list[subprocess.Popen] = []
        self._lock = threading.Lock()

    def start(
        self, key: str, work: str, arguments: Mapping[str, Any], *, watcher: str, again: str = ""
    ) -> JobStatus:
        """Start a job, or join the one of this key; return how it stands.

        Parameters
        ----------
        key : str
            Hexadecimal; the same key, the same work.
        work : str
            `module:function`, called as `function(arguments, report)` with `report(done, total, what)`;
            what it returns is written as JSON.
        watcher : str
            The page that asks; a job ends early only when no page waits for it any more.
        again : str
            Not empty: work although there is a result, once for each such name; a question may arrive twice.

        Raises
        ------
        JobsFullError
            If too many wait already.
        JobsFolderError
            If the folder cannot be written.
        """
        try:
            self._join(key, {"work": work, "arguments": dict(arguments), "again": again}, watcher=watcher)
        except OSError as error:
            log.error("Long work could not be started in %s: %s.", self._folder, error.strerror)
            raise JobsFolderError(
                "Long work cannot be started: the server's folder for it cannot be written at the moment. "
                "Try again; if that does not help, tell who runs the server."
            ) from None
        return self.status(key, watcher=watcher)

    def _join(self, key: str, job: dict[str, Any], *, watcher: str) -> None:
        folder = self._folder / key
        self._make_folders()
        with _held(self._folder / "start"):
            if not self._is_alive(key) and not _is_done(folder, job["again"]):
                self._refuse_if_full()
                self._launch(folder, job)
                self._tell("started")
            _forget_closed(folder)
            _touch(folder / "watchers" / watcher)

    def status(self, key: str, *, watcher: str = "") -> JobStatus:
        """Return how a job stands; a page that waits for it shows thereby that it is still there."""
        self._reap()
        folder = self._folder / key
        # Before the files: a process writes its result and only then ends.
        alive = self._is_alive(key)
        waits = folder / "watchers" / watcher
        joined = bool(watcher) and waits.exists()
        if joined:
            _touch(waits)
        if alive:
            return going_on(folder, may_cancel=joined or not watchers(folder, WATCHER_LIVES_S))
        return ended(folder)

    def cancel(self, key: str, *, watcher: str) -> JobStatus:
        """Wait no longer. The job ends when no other page waits for it; otherwise it goes on for them."""
        folder = self._folder / key
        with contextlib.suppress(OSError):
            (folder / "watchers" / watcher).unlink()
        if not self._is_alive(key):
            return ended(folder)
        if others := len(watchers(folder, WATCHER_LIVES_S)):
            who = "Another page waits" if others == 1 else f"{others} other pages wait"
            return JobStatus("cancelled", sentence=f"{who} for this too, so it goes on there.")
        _touch(folder / "cancel")
        return JobStatus("cancelled", sentence="Cancelled.")

    def counts(self) -> tuple[int, int]:
        """Return how many are at work, and how many wait for their turn."""
        alive = [name for name in self._names() if self._is_alive(name)]
        running = sum((self._folder / name / "progress.json").exists() for name in alive)
        return running, len(alive) - running

    def _make_folders(self) -> None:
        slots = self._folder / "slots"
        if not slots.exists():
            slots.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
        for number in range(self._max_running):
            (slots / str(number)).touch()

    def _names(self) -> list[str]:
        try:
            return [entry.name for entry in self._folder.iterdir() if (entry / "job.json").exists()]
        except OSError:
            return []

    def _launch(self, folder: Path, work: Mapping[str, Any]) -> None:
        self._prune()
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "watchers").mkdir(mode=0o700, parents=True)
        job = {
            **work,
            "server": self._server,
            "slots": self._max_running,
            "watcher_lives_s": WATCHER_LIVES_S,
        }
        _write(folder / "job.json", job)
        with _held(folder / "lock") as lock:
            # The child inherits the lock and keeps it when it is closed here.
            child = subprocess.Popen(
                # As a file: the package would import the pages, which no job needs.
                [sys.executable, "-P", str(ROOT / "dashboard" / "job_process.py"), str(folder.resolve())],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *_python_path()])},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(lock,),
            )
        with self._lock:
            self._children.append(child)

    def _refuse_if_full(self) -> None:
        alive = sum(self.counts())
        if alive >= self._max_jobs:
            self._tell("refused")
            raise JobsFullError(
                f"{alive} pieces of work are running or waiting, which is the most at a time. "
                "Try again when some have ended."
            )

    def _is_alive(self, key: str) -> bool:
        try:
            with open(self._folder / key / "lock") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _reap(self) -> None:
        """Let ended children go; without this they stay as zombies."""
        with self._lock:
            self._children = [child for child in self._children if child.poll() is None]

    def _prune(self) -> None:
        jobs = [self._folder / name for name in self._names()]
        jobs.sort(key=lambda entry: entry.stat().st_mtime, reverse=True)
        for entry in jobs[KEPT_JOBS:]:
            if not self._is_alive(entry.name):
                shutil.rmtree(entry, ignore_errors=True)


def _is_done(folder: Path, again: str) -> bool:
    """Whether there is a result; for whoever wants it again, only the one that was made for that."""
    made_for = (read_json(folder / "job.json") or {}).get("again")
    return (folder / "result.json").exists() and again in ("", made_for)


def _forget_closed(folder: Path) -> None:
    """Remove what is left of pages that no longer look: a result is asked for by ever new ones."""
    looking = set(watchers(folder, WATCHER_LIVES_S))
    for file in (folder / "watchers").glob("*"):
        if file not in looking:
            file.unlink(missing_ok=True)


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """Hold the lock of a file, waiting for it; yield its descriptor."""
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _python_path() -> list[str]:
    return [path for path in [os.environ.get("PYTHONPATH", "")] if path]


def _touch(path: Path) -> None:
    try:
        path.touch(mode=0o600)
    except FileNotFoundError:
        # The job was pruned meanwhile; there is nothing left to wait for.
        return


def _write(path: Path, value: Any) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value))
    os.replace(part, path)
