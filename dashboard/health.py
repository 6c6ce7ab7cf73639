"""For those who watch over the server: whether it can answer questions, and what it has done."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from dash import Dash
from flask import Response, jsonify

from analytics.errors import AnalyticsError
from dashboard.database import Database
from dashboard.jobs import Jobs
from dashboard.metrics import Metrics
from dashboard.queries import Queries
from dashboard.user import ANYBODY, acting_as

__all__ = ["Readiness", "register"]

TRUE_FOR_S = 1.0
"""Everybody may ask, so what was found is told again for a while."""

log = logging.getLogger(__name__)


class Readiness:
    """Looks whether recordings, cache and database can be used; the sentences name none of them."""

    def __init__(self, data_dir: Path, queries: Queries, database: Database) -> None:
        self._data_dir, self.queries, self._database = data_dir, queries, database
        self._lock = threading.Lock()
        self._found: list[str] = []
        self._looked = -TRUE_FOR_S

    def reasons(self) -> list[str]:
        """Return why questions cannot be answered at the moment; nothing where they can."""
        with self._lock:
            if time.monotonic() - self._looked >= TRUE_FOR_S:
                looks = (self._recordings, self.queries.cache.shared.problem, self._kept)
                self._found = [sentence for look in looks if (sentence := look())]
                self._looked = time.monotonic()
            return self._found

    def _recordings(self) -> str:
        try:
            os.scandir(self._data_dir).close()
        except OSError:
            return "The folder of recordings cannot be read."
        try:
            with acting_as(ANYBODY):
                recording = self.queries.recordings.smallest()
                if recording is not None:
                    recording.states(recording.state_names[0]).read(0, 1)
                elif self.queries.recordings.problems():
                    return "No recording can be opened."
        except (AnalyticsError, OSError) as error:
            log.warning("A recording could not be read: %s", error)
            return "A recording cannot be read."
        return ""

    def _kept(self) -> str:
        try:
            with self._database.reading():
                return ""
        except AnalyticsError as error:
            log.warning("The database could not be used: %s", error)
            return "The database cannot be used."


def register(app: Dash, readiness: Readiness, metrics: Metrics, jobs: Jobs) -> None:
    """Register `readyz` and `metrics`; liveness is Dash's own `healthz`."""
    prefix = app.config.routes_pathname_prefix
    gauges: dict[str, tuple[str, Callable[[], float]]] = {
        "cache_bytes": ("Bytes that the shared answers take", readiness.queries.cache.shared.n_bytes),
        "jobs_running": ("Pieces of long work at work", lambda: jobs.counts()[0]),
        "jobs_waiting": ("Pieces of long work that wait for their turn", lambda: jobs.counts()[1]),
    }

    @app.server.get(f"{prefix}readyz", endpoint="readyz")
    def ready() -> tuple[Response, int]:
        reasons = readiness.reasons()
        return jsonify({"ready": not reasons, "reasons": reasons}), 503 if reasons else 200

    @app.server.get(f"{prefix}metrics", endpoint="metrics")
    def tell_metrics() -> Response:
        return Response(metrics.text(gauges), mimetype="text/plain; version=0.0.4")
