"""Who may come in, asked before every request, and the headers of every answer."""

from __future__ import annotations

import secrets

from dash import Dash

from analytics.errors import AnalyticsError
from dashboard.access.door import Door
from dashboard.access.guard import Guard
from dashboard.access.headers import add_headers
from dashboard.access.signing_in import SignedIn
from dashboard.access.ways import Everybody, NamedByProxy, ThisMachine, Way
from dashboard.database import Database
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError

__all__ = ["protect"]


def protect(app: Dash, settings: Settings, database: Database) -> None:
    """Put the guard before every address and the headers on every answer. Call it last."""
    server = app.server
    # Nothing is kept in Flask's own sessions.
    server.secret_key = secrets.token_bytes(32)
    way = _way(settings, database)
    guard = Guard(way, settings.prefix)
    if isinstance(way, SignedIn):
        way.register(server, guard, app.config.assets_folder)
    guard.stand_before(server)
    add_headers(app, settings)
    server.wsgi_app = Door(server.wsgi_app, settings)


def _way(settings: Settings, database: Database) -> Way:
    if settings.access == "accounts":
        try:
            return SignedIn(settings, database)
        except AnalyticsError as error:
            raise SettingsError(f"The accounts cannot be read: {error}") from None
    if settings.access == "proxy":
        return NamedByProxy(settings)
    return Everybody() if settings.access == "open" else ThisMachine()
