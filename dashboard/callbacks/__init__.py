"""The wiring. Each module has `register(app, queries)`."""

from __future__ import annotations

from dash import Dash

from dashboard.callbacks import match, recordings, selection, shell
from dashboard.queries import Queries

__all__ = ["register_all"]

MODULES = (shell, recordings, selection, match)


def register_all(app: Dash, queries: Queries) -> None:
    """Register the callbacks of every module."""
    for module in MODULES:
        module.register(app, queries)
