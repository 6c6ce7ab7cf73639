"""Work for the tests of background jobs: it counts, slowly enough to be watched."""

from __future__ import annotations

import os
import time

from analytics.errors import ParameterError

STEP_S = 0.05


def count(arguments, report):
    """Count to `to`; the process's number tells whether two results are of one piece of work."""
    for done in range(arguments["to"]):
        report(done, arguments["to"], f"number {done}")
        time.sleep(STEP_S)
    return {"counted": arguments["to"], "process": os.getpid()}


def refuse(_arguments, _report):
    """Fail with a sentence."""
    raise ParameterError("to must be positive. Got -1.")


def break_down(_arguments, _report):
    """Fail in a way nobody foresaw."""
    raise ZeroDivisionError


def die(_arguments, _report):
    """End without a word."""
    os._exit(9)
