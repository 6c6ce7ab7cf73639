"""Nobody comes in unless a way lets them: asked before every request, whatever it asks for."""

from __future__ import annotations

import logging

from flask import Flask, Response, request

from analytics.errors import AnalyticsError
from dashboard.access.origin import check_origin
from dashboard.access.refusal import Refused, refused
from dashboard.access.ways import Way
from dashboard.database import DatabaseError
from dashboard.user import NOBODY, act_as

__all__ = ["HEALTH", "USER", "Guard"]

HEALTH = ("healthz", "readyz")
"""Addresses, below the prefix, that answer without asking who it is: for those who watch over the server."""
USER = "stateroom.user"
"""In the environment of a request: its `User`, once that is known."""

log = logging.getLogger(__name__)


class Guard:
    """Asks a way in for the user of each request.

    Parameters
    ----------
    prefix : str
        Of every address.
    """

    def __init__(self, way: Way, prefix: str) -> None:
        self._way = way
        self._public: set[tuple[str, str]] = set()
        self._forms: set[str] = set()
        for name in HEALTH:
            self.open("GET", prefix + name)

    def open(self, method: str, path: str) -> None:
        """Let everybody ask an address in this way; it has to look after itself."""
        self._public.add((method, path))

    def take_forms(self, path: str) -> None:
        """Let an address be sent a form instead of JSON."""
        self._forms.add(path)

    def stand_before(self, server: Flask) -> None:
        """Ask before anything else that is done before a request."""
        server.before_request_funcs.setdefault(None, []).insert(0, self._look)
        server.register_error_handler(DatabaseError, _unknown)

    def _look(self) -> Response | None:
        try:
            user = NOBODY if self._is_public() else self._way.user()
            check_origin(is_form=request.path in self._forms)
        except Refused as refusal:
            return refused(refusal)
        except AnalyticsError as error:
            return _unknown(error)
        request.environ[USER] = user
        act_as(user)
        return None

    def _is_public(self) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        return (method, request.path) in self._public


def _unknown(error: AnalyticsError) -> Response:
    log.error("It could not be found out who asks: %s", error)
    return refused(Refused(503, "It cannot be found out at the moment who asks. Try again."))
