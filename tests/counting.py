"""Work for the tests of background jobs: it counts, slowly enough to be watched."""

from __future__ import annotations

import os
import time
from pathlib import Path

from analytics.errors import ParameterError

STEP_S = 0.05


def count(arguments, report):
    """Count to `to`; the process's number tells whether two results are of one piece of work.

    Where a file `go` is named, the count stands still in its middle until that file is there: a test looks
    at work that is going on, however long it takes to look.
    """
    to, go = arguments["to"], arguments.get("go")
    for done in range(to):
        report(done, to, f"number {done}")
        time.sleep(STEP_S)
        while go and done == to // 2 and not Path(go).exists():
            report(done, to, f"number {done}")
            time.sleep(STEP_S)
    return {"counted": to, "process": os.getpid()}


def refuse(_arguments, _report):
    """Fail with a sentence."""
    raise ParameterError("to must be positive. Got -1.")


def break_down(_arguments, _report):
    """Fail in a way nobody foresaw."""
    raise ZeroDivisionError


def die(_arguments, _report):
    """End without a word."""
    os._exit(9)
