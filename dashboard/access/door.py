"""The outermost layer: says who really asks, and keeps one request's user from the next.

A server hands over what it was sent. Here the headers by which a proxy speaks for others are read if the
machine at the other end is a trusted proxy, and taken out if it is not; nothing behind this layer has to
ask again. Everything behind it runs in a context of its own, streamed answers included, and begins as
somebody who sees nothing that is limited.
"""

from __future__ import annotations

import contextvars
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dashboard.access.peers import TrustedProxies, is_loopback_address
from dashboard.access.slow_bodies import bound_body
from dashboard.settings import Settings
from dashboard.user import NOBODY, act_as

__all__ = ["PASSED_ON", "PEER_TRUSTED", "Door", "variable_of"]

Environ = dict[str, Any]
Application = Callable[[Environ, Callable], Iterable[bytes]]

PEER_TRUSTED = "stateroom.peer_trusted"
"""In the environment of a request: whether a trusted proxy sent it."""
PASSED_ON = "stateroom.passed_on"
"""Whether a machine that is not trusted says that it speaks for another one."""
FORWARDING = ("HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP", "HTTP_TRUE_CLIENT_IP")
HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


class Door:
    """A WSGI application around another one."""

    def __init__(self, application: Application, settings: Settings) -> None:
        self._application = application
        self._proxies = TrustedProxies(settings.trusted_proxies)
        self._named = {variable_of(settings.proxy_user_header), variable_of(settings.proxy_groups_header)}

    def __call__(self, environ: Environ, start_response: Callable) -> Iterable[bytes]:
        """Answer a request."""
        self._settle(environ)
        context = contextvars.copy_context()
        context.run(act_as, NOBODY)
        with bound_body(environ):
            answer = context.run(self._application, environ, start_response)
        file_wrapper = environ.get("wsgi.file_wrapper")
        if isinstance(file_wrapper, type) and isinstance(answer, file_wrapper):
            return answer  # A file; the server sends it faster than we could.
        return _Answer(answer, context)

    def _settle(self, environ: Environ) -> None:
        """Make the environment say what is true."""
        peer = environ.get("REMOTE_ADDR") or ""
        trusted = self._proxies.trusts(peer)
        environ[PEER_TRUSTED] = trusted
        environ[PASSED_ON] = not trusted and _speaks_for_another(environ)
        if trusted:
            environ["REMOTE_ADDR"] = self._proxies.client(peer, environ.get("HTTP_X_FORWARDED_FOR", ""))
            _believe(environ)
        kept = self._named if trusted else ()
        for name in list(environ):
            told = name.startswith("HTTP_X_FORWARDED_") or name in FORWARDING or name in self._named
            if told and name not in kept:
                del environ[name]


class _Answer:
    """The parts of an answer, made in the context of its request."""

    def __init__(self, parts: Iterable[bytes], context: contextvars.Context) -> None:
        self._parts, self._context = parts, context
        self._next = iter(parts)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return self._context.run(next, self._next)

    def close(self) -> None:
        """Let the answer end what it began."""
        if hasattr(self._parts, "close"):
            self._context.run(self._parts.close)


def variable_of(header: str) -> str:
    """Return the name of a header in the environment of a request.

    Examples
    --------
    >>> variable_of("X-Forwarded-User")
    'HTTP_X_FORWARDED_USER'
    """
    return "HTTP_" + header.strip().upper().replace("-", "_")


def _speaks_for_another(environ: Environ) -> bool:
    told = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return any(not is_loopback_address(part) for part in told)


def _believe(environ: Environ) -> None:
    """Take over what the nearest proxy says of the address that was asked for."""
    scheme = _nearest(environ.get("HTTP_X_FORWARDED_PROTO", "")).lower()
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme
    host = _nearest(environ.get("HTTP_X_FORWARDED_HOST", ""))
    if HOST.fullmatch(host):
        environ["HTTP_HOST"] = host


def _nearest(text: str) -> str:
    return text.rpartition(",")[2].strip()
