"""A client that stops in the middle of what it sends does not keep a thread."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from gunicorn.config import Config
from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.http.unreader import SocketUnreader
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request

from dashboard.access import slow_bodies
from dashboard.access.slow_bodies import bound_body

FOR_EVER_S = 30


@pytest.fixture
def ends():
    """The ends of a connection: the client's and the server's."""
    client, server = socket.socketpair()
    with client, server:
        yield client, server


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(slow_bodies, "BODY_S", 0.4)


class _Message:
    """What gunicorn's reader of parts asks of a request."""

    cfg = Config()
    limit_request_field_size = limit_request_fields = 100
    max_buffer_headers = 1000
    trailers = ()


def read(server: socket.socket, length: int | None) -> bytes:
    """The body of a request as gunicorn reads it from a socket; without a length it comes in parts."""
    unreader = SocketUnreader(server)
    reader = LengthReader(unreader, length) if length else ChunkedReader(_Message(), unreader)
    told = {"CONTENT_LENGTH": str(length)} if length else {"HTTP_TRANSFER_ENCODING": "chunked"}
    environ = {
        "REQUEST_METHOD": "POST",
        "wsgi.input": Body(reader),
        "wsgi.input_terminated": True,
        "gunicorn.socket": server,
        **told,
    }
    with bound_body(environ):
        return Request(environ).get_data()


@pytest.mark.parametrize("length", [5000, None])
def test_a_body_that_stops_is_given_up(ends, length):
    client, server = ends
    client.sendall(b"name=a" if length else b"5\r\nname=\r\n")
    began = time.monotonic()
    with pytest.raises(ClientDisconnected):
        read(server, length)
    assert time.monotonic() - began < FOR_EVER_S


def test_a_body_that_comes_by_drops_is_given_up(ends):
    client, server = ends
    over = threading.Event()

    def drip() -> None:
        for _ in range(2000):
            try:
                client.sendall(b"a")
            except OSError:
                return
            if over.wait(0.05):
                return

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        began = time.monotonic()
        with pytest.raises(ClientDisconnected):
            read(server, 2000)
        assert time.monotonic() - began < FOR_EVER_S
    finally:
        over.set()
        dripping.join()


def test_a_body_in_time_is_read_and_the_connection_stays(ends):
    client, server = ends
    client.sendall(b"x" * 5000)
    assert read(server, 5000) == b"x" * 5000
    time.sleep(0.5)
    client.sendall(b"next")
    assert server.recv(4) == b"next"


def test_where_the_server_collects_a_body_nothing_is_added():
    body = object()
    environ = {"CONTENT_LENGTH": "5", "wsgi.input": body}
    with bound_body(environ):
        assert environ["wsgi.input"] is body
