"""The process of one job: waits for its turn, works, tells how far it is, writes the result.

    python -P dashboard/job_process.py FOLDER

`dashboard.jobs` starts it and says what the files in the folder mean. What is heavy is imported last.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["main", "started_at"]

LOOK_EVERY_S = 0.1
TELL_EVERY_S = 0.2
CANCELLED = 3
UNEXPECTED = "It failed in a way that was not foreseen. The server's log has the details."

log = logging.getLogger(__name__)


def main(folder: Path) -> int:
    """Do the job of a folder; return the exit status."""
    job = json.loads((folder / "job.json").read_text())
    threading.Thread(target=_end_when_asked, args=(folder, job), daemon=True).start()
    with _turn(folder.parent, n_slots=job["slots"]):
        began = time.time()
        report = _Report(folder, began)
        try:
            module, _, function = job["work"].partition(":")
            result = getattr(importlib.import_module(module), function)(job["arguments"], report)
        except Exception as error:
            _write(folder / "error.json", {"sentence": _sentence(error)})
            return 1
        _write(folder / "result.json", {"result": result, "seconds": time.time() - began})
    return 0


class _Report:
    """Writes how far the work is, a few times a second."""

    def __init__(self, folder: Path, began: float) -> None:
        self._path, self._began, self._told = folder / "progress.json", began, 0.0
        self(0, 0, "")

    def __call__(self, done: int, total: int, what: str) -> None:
        now = time.monotonic()
        if now - self._told >= TELL_EVERY_S or done == total:
            self._told = now
            _write(self._path, {"began": self._began, "done": done, "total": total, "what": what})


def started_at(pid: int) -> int:
    """Return when a process began, in ticks since the machine did; 0 where it is gone or a zombie."""
    try:
        # The name, in parentheses, may hold spaces; what follows it begins with the process's state.
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if told[0] == "Z" else int(told[19])


def _end_when_asked(folder: Path, job: dict[str, Any]) -> None:
    """End at once when the job is cancelled, its folder deleted or the server gone.

    While it waits for its turn, also when no page looks any more. Once it works it goes on: its result is
    kept.
    """
    pid, started = job["server"]
    while folder.exists() and not (folder / "cancel").exists() and started_at(pid) == started:
        if not (folder / "progress.json").exists() and not _is_watched(folder, job["watcher_lives_s"]):
            _touch(folder / "cancel")
        time.sleep(LOOK_EVERY_S)
    os._exit(CANCELLED)


def _is_watched(folder: Path, lives_s: float) -> bool:
    """Whether a page has looked lately; a job that nobody has joined yet has just begun."""
    looked = [folder / "job.json", *(folder / "watchers").glob("*")]
    times = [file.stat().st_mtime for file in looked if file.exists()]
    return time.time() - max(times, default=0.0) < lives_s


def _touch(path: Path) -> None:
    try:
        path.touch(mode=0o600)
    except FileNotFoundError:
        return  # The folder was deleted.


@contextmanager
def _turn(folder: Path, *, n_slots: int) -> Iterator[None]:
    """Wait for a free slot, first come first served, and hold it."""
    with open(folder / "gate", "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        slot = _free_slot(folder / "slots", n_slots)
    with slot:
        yield


def _free_slot(slots: Path, n_slots: int) -> Any:
    while True:
        for number in range(n_slots):
            slot = open(slots / str(number), "a")  # noqa: SIM115  it stays open as long as the job works
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return slot
            except BlockingIOError:
                slot.close()
        time.sleep(LOOK_EVERY_S)


def _sentence(error: Exception) -> str:
    from analytics.errors import AnalyticsError

    if isinstance(error, AnalyticsError):
        return str(error)
    log.error("A job failed.", exc_info=error)
    return UNEXPECTED


def _write(path: Path, value: Any) -> None:
    part = path.with_suffix(".part")
    try:
        part.write_text(json.dumps(value))
        os.replace(part, path)
    except FileNotFoundError:
        return  # The folder was deleted.


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
