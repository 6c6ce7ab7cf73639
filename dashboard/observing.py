"""Sees every request go by: counts it, and writes a line about it where the settings say so.

A line tells when, what was asked by its route or the callback's output, how it ended, how long it took, how
many bytes went out and who asked: never what the question or the answer contained.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dash import Dash
from flask import request

from dashboard.logs import REQUESTS
from dashboard.metrics import Metrics

__all__ = ["observe"]

ROUTE, CALLBACK, USER = "stateroom.route", "stateroom.callback", "stateroom.user"
"""In the environment of a request; the last is whoever the guard let in."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNKNOWN = "unknown"

log = logging.getLogger(REQUESTS)
Environ = dict[str, Any]


def observe(app: Dash, metrics: Metrics, *, in_log: bool) -> None:
    """Observe every request. Call it last: nothing is around it."""
    prefix = app.config.routes_pathname_prefix
    server = app.server

    # Behind the guard, which is asked first: a request that it refuses has no callback.
    @server.before_request
    def name_callback() -> None:
        if request.path == f"{prefix}_dash-update-component":
            asked = request.get_json(silent=True)
            output = asked.get("output") if isinstance(asked, dict) else None
            known = isinstance(output, str) and output in app.callback_map
            request.environ[CALLBACK] = output if known else UNKNOWN

    def name_route() -> None:
        rule = request.url_rule
        request.environ[ROUTE] = "/" + rule.rule.removeprefix(prefix) if rule else UNKNOWN

    server.before_request_funcs.setdefault(None, []).insert(0, name_route)
    server.wsgi_app = _Observed(server.wsgi_app, metrics, in_log=in_log)


class _Observed:
    """A WSGI application around another one."""

    def __init__(self, application: Callable, metrics: Metrics, *, in_log: bool) -> None:
        self._application, self._metrics, self._in_log = application, metrics, in_log

    def __call__(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        """Answer a request."""
        began, sent = time.perf_counter(), _Sent()

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            sent.begin(status, headers)
            return start_response(status, headers, *rest)

        def tell() -> None:
            self._tell(environ, sent, time.perf_counter() - began)

        try:
            answer = self._application(environ, start)
        except Exception:
            logging.getLogger(__name__).exception("A request failed.")
            tell()
            raise
        if sent.has_length:
            # Not wrapped: a server may send a file faster than in parts.
            tell()
            return answer
        return _Counted(answer, sent, tell)

    def _tell(self, environ: Environ, sent: _Sent, seconds: float) -> None:
        method = environ.get("REQUEST_METHOD", "")
        method = method if method in METHODS else "other"
        route, callback = environ.get(ROUTE, UNKNOWN), environ.get(CALLBACK)
        self._metrics.count("requests", route, method, str(sent.status))
        self._metrics.count("response_bytes", route, by=sent.n_bytes)
        self._metrics.time("request_seconds", route, seconds=seconds)
        if callback:
            self._metrics.count("callbacks", callback, str(sent.status))
            self._metrics.time("callback_seconds", callback, seconds=seconds)
        if self._in_log:
            told = {
                "method": method,
                "route": route,
                **({"callback": callback} if callback else {}),
                "status": sent.status,
                "ms": round(seconds * 1000, 1),
                "bytes": sent.n_bytes,
                "user": getattr(environ.get(USER), "name", ""),
            }
            log.info("request", extra={"told": told})


class _Sent:
    """What went out so far."""

    def __init__(self) -> None:
        self.status, self.n_bytes, self.has_length = 500, 0, False

    def begin(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status = int(status.split(" ", 1)[0])
        length = next((value for name, value in headers if name.lower() == "content-length"), None)
        self.has_length = length is not None
        self.n_bytes = int(length) if length else 0


class _Counted:
    """The parts of an answer whose length nobody knows before it ends."""

    def __init__(self, parts: Iterable[bytes], sent: _Sent, tell: Callable[[], None]) -> None:
        self._parts, self._sent, self._tell = parts, sent, tell

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._sent.n_bytes += len(part)
            yield part

    def close(self) -> None:
        """Tell when all went out, or when nobody wants the rest."""
        try:
            if hasattr(self._parts, "close"):
                self._parts.close()
        finally:
            self._tell()
