"""Loads the compiled scans before anybody waits for them.

The first match and the first clusters of a fresh installation compile for some seconds; later processes load
the result from disk.
"""

from __future__ import annotations

import logging
import sys
import threading

from dashboard.queries import Queries

__all__ = ["Warming"]

DELAY_S = 0.5
"""The first page goes first."""
TURN_S = 0.001
"""Longest that a thread computes in Python while others wait for their turn. Python's own five times as much
adds up: compiled code that reads a recording asks for a turn dozens of times."""

log = logging.getLogger(__name__)


class Warming:
    """Asks a small question of each kind in the background, once in a process."""

    def __init__(self, queries: Queries) -> None:
        self._queries, self._started = queries, threading.Event()

    def start(self) -> None:
        """Start it, once. The first request does, because a fork would lose the thread."""
        if not self._started.is_set():
            self._started.set()
            sys.setswitchinterval(TURN_S)
            # No daemon: ended in the middle of compiled code it could abort the process at its exit.
            threading.Timer(DELAY_S, self._run).start()

    def _run(self) -> None:
        try:
            for load in (self._queries.recordings.warm_up, self._queries.clusters.warm_up):
                if threading.main_thread().is_alive():
                    load()
        except Exception as error:
            # Whoever asks the real question is told; here nobody is waiting.
            log.info("The compiled scans were not loaded ahead: %s", error)
