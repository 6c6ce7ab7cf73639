"""A client that stops in the middle of what it sends does not keep a thread."""

from __future__ import annotations

import socket
import threading

import pytest
from gunicorn.config import Config
from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.http.unreader import SocketUnreader
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request

from dashboard.access import slow_bodies
from dashboard.access.slow_bodies import bound_body


@pytest.fixture
def ends():
    """The ends of a connection: the client's and the server's."""
    client, server = socket.socketpair()
    with client, server:
        yield client, server


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(slow_bodies, "BODY_S", 0.4)


@pytest.fixture
def watches(monkeypatch):
    """The clocks that run while bodies are read."""
    begun, timer = [], threading.Timer

    def made(*given) -> threading.Timer:
        begun.append(timer(*given))
        return begun[-1]

    monkeypatch.setattr(slow_bodies.threading, "Timer", made)
    return begun


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


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("length", [5000, None])
def test_a_body_that_stops_is_given_up(ends, length):
    client, server = ends
    client.sendall(b"name=a" if length else b"5\r\nname=\r\n")
    with pytest.raises(ClientDisconnected):
        read(server, length)


@pytest.mark.parametrize("parts", [b"zz\r\nname", b"-1\r\n", b"4\r\nname!!0\r\n\r\n"])
def test_parts_that_are_none_are_the_fault_of_the_client(ends, parts):
    client, server = ends
    client.sendall(parts)
    with pytest.raises(ClientDisconnected):
        read(server, None)


@pytest.mark.usefixtures("soon")
def test_a_body_that_comes_by_drops_is_given_up(ends):
    client, server = ends
    over = threading.Event()

    def drip() -> None:
        while not over.wait(0.05):
            try:
                client.sendall(b"a")
            except OSError:
                return

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with pytest.raises(ClientDisconnected):
            read(server, 2000)
    finally:
        over.set()
        dripping.join()


def test_a_body_in_time_is_read_and_the_connection_stays(ends, watches):
    client, server = ends
    client.sendall(b"x" * 5000)
    assert read(server, 5000) == b"x" * 5000
    (watch,) = watches
    watch.join()
    client.sendall(b"next")
    assert server.recv(4) == b"next"


def test_where_the_server_collects_a_body_nothing_is_added():
    body = object()
    environ = {"CONTENT_LENGTH": "5", "wsgi.input": body}
    with bound_body(environ):
        assert environ["wsgi.input"] is body
