"""Memories whose computation stands still where a test wants it: until it may go on, or is killed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from analytics.analyses.memory.blocks import BlockFolder
from analytics.derived.recording_memory import memory_job

__all__ = ["held", "stop_at_mark"]

LOOK_AGAIN_S = 0.05


def stop_at_mark(n_kept: int) -> None:
    """Let this process print "ready" and stand still for ever when it has kept so many marks."""
    put, kept, turn = BlockFolder.put, [], threading.Lock()

    def stop(*given):
        # One thread at a time: two that both find room would keep one mark too many.
        with turn:
            if len(kept) == n_kept:
                print("ready", flush=True)
                threading.Event().wait()
            kept.append(put(*given))

    BlockFolder.put = stop


def held(arguments, report):
    """Compute up to `least` positions, the rest when the file `go` is there; `begun` says the first count."""
    given = dict(arguments)
    go, least, begun = Path(given.pop("go")), given.pop("least"), Path(given.pop("begun"))
    begun.unlink(missing_ok=True)

    def told(done, total, what):
        if done and not begun.exists():
            begun.write_text(str(done))
        report(done, total, what)
        while done >= least and not go.exists():
            time.sleep(LOOK_AGAIN_S)
            report(done, total, what)

    return memory_job(given, told)
