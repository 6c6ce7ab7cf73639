"""The example for nginx, in a real one: where a connection breaks, it asks again, and gives nobody up."""

from __future__ import annotations

import http.client
import socketserver
import threading
from urllib.parse import urlsplit

import pytest

from tests.nginx import PREFIX, free_port, in_front, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

BODY = b'{"recording": "plays"}'


class Server(socketserver.ThreadingTCPServer):
    """Takes requests, and hangs up on the first `n_broken` of them as a worker does that is killed."""

    daemon_threads = True
    allow_reuse_address = True
    n_broken = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.seen: list[bytes] = []


class Request(socketserver.StreamRequestHandler):
    """One request, with its body."""

    def handle(self) -> None:
        method = self.rfile.readline().split()[0]
        headers = http.client.parse_headers(self.rfile)
        self.server.seen.append(method + b" " + self.rfile.read(int(headers.get("Content-Length", 0))))
        if len(self.server.seen) > self.server.n_broken:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nit")


@pytest.fixture
def server():
    with Server() as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


@pytest.fixture
def ask(server, tmp_path):
    """Ask nginx in front of the server; return the status."""
    upstream = f"http://127.0.0.1:{server.server_address[1]}"
    with in_front(upstream, tmp_path / "nginx", port=free_port()) as url:

        def asked(method: str, body: bytes = b"") -> int:
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=180)
            connection.request(method, f"{PREFIX}ask/window", body=body or None)
            status = connection.getresponse().status
            connection.close()
            return status

        yield asked


@pytest.mark.parametrize(("method", "body"), [("POST", BODY), ("GET", b"")])
def test_a_connection_that_breaks_is_tried_again(server, ask, method, body):
    server.n_broken = 1
    assert ask(method, body) == 200
    assert server.seen == [method.encode() + b" " + body] * 2


def test_a_server_that_is_gone_for_a_moment_is_asked_the_next_time(server, ask):
    server.n_broken = 2
    assert ask("POST", BODY) == 502
    assert ask("POST", BODY) == 200
    assert len(server.seen) == 3
