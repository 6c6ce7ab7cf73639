"""What is sent has to arrive in time: a thread does not wait for the rest of a request for ever.

Gunicorn lets its threads wait; a few clients that stop in the middle, on purpose or because a telephone lost
its network, would take all of them. Waitress collects a request before a thread has it, and needs nothing.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from werkzeug.exceptions import ClientDisconnected

__all__ = ["bound_body"]

BODY_S = 30.0
"""From the first look at a body until all of it is there."""
SOCKET = "gunicorn.socket"


@contextmanager
def bound_body(environ: dict[str, Any]) -> Iterator[None]:
    """Put a limit on how long reading the body of a request may take, where the server has none."""
    connection = environ.get(SOCKET)
    # What has no body is not read, and most requests have none.
    sent = environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ
    if connection is None or not sent:
        yield
        return
    bounded = environ["wsgi.input"] = _Bounded(environ["wsgi.input"], connection)
    try:
        yield
    finally:
        bounded.is_over()


class _Bounded:
    """A body that is cut off when its time is over; whoever reads is told that the client went away."""

    def __init__(self, body: Any, connection: socket.socket) -> None:
        # Imported here because nobody else's bodies are bounded.
        from gunicorn.http.errors import ParseException

        self._broken = (OSError, ParseException)
        self._body, self._connection = body, connection
        self._watch: threading.Timer | None = None
        self._is_cut_off = False

    def read(self, *given: int) -> bytes:
        """Read so many bytes."""
        return self._in_time(self._body.read, *given)

    def readline(self, *given: int) -> bytes:
        """Read a line."""
        return self._in_time(self._body.readline, *given)

    def readlines(self, *given: int) -> list[bytes]:
        """Read all lines."""
        return self._in_time(self._body.readlines, *given)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def is_over(self) -> None:
        """Let the connection be; other requests may come by it."""
        if self._watch is not None:
            self._watch.cancel()

    def _in_time(self, read: Callable[..., Any], *given: int) -> Any:
        if self._watch is None:
            # A timeout of the socket would begin anew with every byte.
            self._watch = threading.Timer(BODY_S, self._cut_off)
            self._watch.daemon = True
            self._watch.start()
        try:
            found = read(*given)
        except self._broken:
            # What comes in parts that are none ends here, too.
            raise ClientDisconnected from None
        if self._is_cut_off:
            raise ClientDisconnected
        return found

    def _cut_off(self) -> None:
        self._is_cut_off = True
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RD)
