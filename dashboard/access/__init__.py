"""Who may come in, asked before every request, and the headers of every answer."""

from __future__ import annotations

import secrets

from dash import Dash

from dashboard.access.door import Door
from dashboard.access.guard import Guard
from dashboard.access.headers import add_headers
from dashboard.access.ways import Everybody, NamedByProxy, ThisMachine
from dashboard.database import Database
from dashboard.settings import Settings, SettingsError, variable

__all__ = ["protect"]


def protect(app: Dash, settings: Settings, database: Database) -> None:
    """Put the guard before every address and the headers on every answer. Call it last."""
    server = app.server
    server.secret_key = secrets.token_bytes(32)
    guard = Guard(_way(settings), settings.prefix)
    guard.stand_before(server)
    add_headers(app, settings)
    server.wsgi_app = Door(server.wsgi_app, settings)


def _way(settings: Settings) -> ThisMachine | NamedByProxy | Everybody:
    if settings.access == "open":
        return Everybody()
    if settings.access == "proxy":
        return NamedByProxy(settings)
    if settings.access:
        raise SettingsError(f"{variable('access')}={settings.access} is not there yet.")
    return ThisMachine()
