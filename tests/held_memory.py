"""Work for the tests of background jobs: a memory whose computation stands still until it may go on."""

from __future__ import annotations

import time
from pathlib import Path

from analytics.derived.recording_memory import memory_job

__all__ = ["held"]

LOOK_AGAIN_S = 0.05


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
