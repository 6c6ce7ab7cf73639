"""The process of one job: waits for its turn, works, tells how far it is, writes the result.

    python -m dashboard.job_process FOLDER

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

__all__ = ["main"]

LOOK_EVERY_S = 0.1
TELL_EVERY_S = 0.2
CANCELLED = 3
UNEXPECTED = "It failed in a way that was not foreseen. The server's log has the details."

log = logging.getLogger(__name__)


def main(folder: Path) -> int:
    """Do the job of a folder; return the exit status."""
    job = json.loads((folder / "job.json").read_text())
    threading.Thread(target=_end_when_asked, args=(folder, job["parent"]), daemon=True).start()
    with _turn(folder.parent):
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


def _end_when_asked(folder: Path, parent: int) -> None:
    """End at once when the job is cancelled, or when the server that started it is gone."""
    while not (folder / "cancel").exists() and os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os._exit(CANCELLED)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Wait for a free slot, first come first served, and hold it."""
    with open(folder / "gate", "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        slot = _free_slot(folder / "slots")
    with slot:
        yield


def _free_slot(slots: Path) -> Any:
    while True:
        for path in sorted(slots.iterdir()):
            slot = open(path)  # noqa: SIM115  it stays open as long as the job works
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
    part.write_text(json.dumps(value))
    os.replace(part, path)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
