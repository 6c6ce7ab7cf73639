"""The dashboard: `create_app(settings)` puts queries, pages and callbacks together."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dash import Dash, html

from dashboard import health, messages, routing
from dashboard.access import protect
from dashboard.access.limits import RecordingLimits
from dashboard.bad_requests import refuse_bad_requests
from dashboard.callbacks import register_all
from dashboard.components.shell import START, index_page, shell
from dashboard.components.who import who
from dashboard.database import Database, DatabaseError
from dashboard.health import Readiness
from dashboard.jobs import Jobs
from dashboard.metrics import Metrics
from dashboard.observing import observe
from dashboard.packing import pack
from dashboard.pages import PAGES
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.secret_key import derived_key, secret_key
from dashboard.settings import Settings
from dashboard.settings_source import SettingsError, variable
from dashboard.user import current_user
from dashboard.warming import Warming

__all__ = ["create_app"]

ASSETS = Path(__file__).resolve().parents[1] / "assets"


def create_app(settings: Settings) -> Dash:
    """Return the app for these settings; nothing is read from the recordings yet."""
    database = _database(settings)
    limits = RecordingLimits(database)
    metrics = Metrics(settings.cache_dir / "metrics")
    queries = Queries(
        settings.data_dir, _cache(settings, metrics), lets_see=limits.lets_see, database=database
    )
    jobs = _jobs(settings, metrics)
    app = Dash(
        "stateroom",
        title="Stateroom",
        update_title=None,
        assets_folder=str(ASSETS),
        # theme.js runs in the head, before the first paint; the index page asks for it itself.
        assets_ignore=r"theme\.js|signin\.css|.*\.txt",
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
    app.renderer = START
    app.layout = partial(_layout, settings)
    routing.register(app, PAGES)
    register_all(app, queries, jobs)
    health.register(app, Readiness(settings.data_dir, queries, database), metrics, jobs)
    pack(app, queries.cache)
    warming = Warming(queries)
    app.server.extensions["stateroom-warming"] = warming
    app.server.extensions["stateroom-database"] = database
    app.server.before_request(warming.start)
    refuse_bad_requests(app, settings)
    # Last: the policy names the scripts of the index page, which are known only now.
    protect(app, settings, database)
    observe(app, metrics, in_log=settings.log_requests)
    # Or else the first request does it, and those beside it find neither scripts nor assets.
    app._setup_server()
    return app


def _layout(settings: Settings) -> html.Div:
    """The frame, as it is for whoever asks."""
    signed_in = who(current_user().name, signs_out=settings.access == "accounts")
    return shell(PAGES, portals=settings.embed_portals, who=signed_in)


def _database(settings: Settings) -> Database:
    try:
        return Database(settings.database_url, settings.data_dir)
    except DatabaseError as error:
        raise SettingsError(f"{variable('database_url')}: {error}") from None


def _jobs(settings: Settings, metrics: Metrics) -> Jobs:
    return Jobs(
        settings.cache_dir / "jobs",
        max_running=settings.jobs_running,
        max_waiting=settings.jobs_waiting,
        tell=lambda outcome: metrics.count("jobs_started", outcome),
    )


def _cache(settings: Settings, metrics: Metrics) -> AnswerCache:
    def tell(question: str, found: str, seconds: float) -> None:
        metrics.count("cache_answers", question, found)
        metrics.count("cache_seconds", question, found, by=seconds)

    try:
        return AnswerCache(
            settings.cache_dir,
            disk_megabytes=settings.cache_megabytes,
            memory_megabytes=settings.memory_megabytes,
            key=derived_key(secret_key(settings.secret_key_file), "answers"),
            url=settings.cache_url,
            tell=tell,
        )
    except ValueError:
        raise SettingsError(
            f"{variable('cache_url')} makes no sense. Wanted redis://host:6379/0, rediss:// or unix://."
        ) from None
    except OSError as error:
        raise SettingsError(
            f"{variable('cache_dir')} is '{settings.cache_dir}', where answers cannot be kept "
            f"({error.strerror}). Choose a folder of your own."
        ) from None
