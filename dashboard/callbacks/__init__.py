"""The wiring. Each module has `register(app, queries)`; those with background work take the jobs as well."""

from __future__ import annotations

from dash import Dash

from dashboard.callbacks import (
    as_python,
    clusters,
    compare,
    findings,
    match,
    memory,
    recordings,
    selection,
    sentences,
    shell,
    verification,
)
from dashboard.jobs import Jobs
from dashboard.queries import Queries

__all__ = ["register_all"]

MODULES = (shell, as_python, recordings, selection, match, clusters, sentences, compare, findings)


def register_all(app: Dash, queries: Queries, jobs: Jobs) -> None:
    """Register the callbacks of every module."""
    for module in MODULES:
        module.register(app, queries)
    verification.register(app, queries, jobs)
    memory.register(app, queries, jobs)
