"""The dashboard: `create_app(settings)` puts queries, pages and callbacks together."""

from __future__ import annotations

from pathlib import Path

from dash import Dash

from dashboard import messages, routing
from dashboard.access import protect
from dashboard.access.limits import RecordingLimits
from dashboard.bad_requests import refuse_bad_requests
from dashboard.callbacks import register_all
from dashboard.components.shell import index_page, shell
from dashboard.database import Database, DatabaseError
from dashboard.jobs import Jobs
from dashboard.pages import PAGES
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.settings import Settings, SettingsError, variable
from dashboard.warming import Warming

__all__ = ["create_app"]

ASSETS = Path(__file__).resolve().parents[1] / "assets"


def create_app(settings: Settings) -> Dash:
    """Return the app for these settings; nothing is read from the recordings yet."""
    database = _database(settings)
    limits = RecordingLimits(database)
    queries = Queries(settings.data_dir, _cache(settings), lets_see=limits.lets_see)
    jobs = Jobs(settings.cache_dir / "jobs")
    app = Dash(
        "stateroom",
        title="Stateroom",
        update_title=None,
        assets_folder=str(ASSETS),
        # theme.js runs in the head, before the first paint; the index page asks for it itself.
        assets_ignore=r"theme\.js|.*\.txt",
        requests_pathname_prefix=settings.prefix,
        routes_pathname_prefix=settings.prefix,
        use_pages=False,
        pages_folder="",
        compress=True,
        suppress_callback_exceptions=True,
        on_error=messages.show_error,
        health_endpoint="healthz",
        add_log_handler=False,
    )
    app.index_string = index_page(app.get_asset_url)
    app.layout = shell(PAGES, portals=settings.embed_portals)
    routing.register(app, PAGES)
    register_all(app, queries, jobs)
    warming = Warming(queries)
    app.server.extensions["stateroom-warming"] = warming
    app.server.extensions["stateroom-database"] = database
    app.server.before_request(warming.start)
    refuse_bad_requests(app, settings)
    # Last: the policy names the scripts of the index page, which are known only now.
    protect(app, settings, database)
    return app


def _database(settings: Settings) -> Database:
    try:
        return Database(settings.database_url, settings.data_dir)
    except DatabaseError as error:
        raise SettingsError(f"{variable('database_url')}: {error}") from None


def _cache(settings: Settings) -> AnswerCache:
    try:
        return AnswerCache(
            settings.cache_dir,
            disk_megabytes=settings.cache_megabytes,
            memory_megabytes=settings.memory_megabytes,
        )
    except OSError as error:
        raise SettingsError(
            f"{variable('cache_dir')} is '{settings.cache_dir}', where answers cannot be kept "
            f"({error.strerror}). Choose a folder of your own."
        ) from None
