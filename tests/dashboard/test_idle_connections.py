"""Connections that say nothing, or not all: browsers open some ahead, and strangers many."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.gunicorn_server import serving

WORKERS, THREADS = 2, 2
SILENT = 60
PROMPT_S = 40
"""gunicorn itself waits five seconds for each that says nothing, and for ever for the rest of a request."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    with serving(
        tmp_path_factory.mktemp("host"), data_dir=folder, workers=WORKERS, threads=THREADS
    ) as server:
        server.get("/healthz")
        yield server


def opened(stack: ExitStack, server, many: int, said: bytes) -> None:
    where = urlsplit(server.url)
    for _ in range(many):
        connection = stack.enter_context(socket.create_connection((where.hostname, where.port)))
        connection.sendall(said)


def seconds_to_answer(server) -> float:
    began = time.monotonic()
    assert server.get("/healthz")[0] == 200
    return time.monotonic() - began


def test_who_says_nothing_takes_no_thread(server):
    with ExitStack() as stack:
        opened(stack, server, SILENT, b"")
        assert seconds_to_answer(server) < PROMPT_S


def test_who_says_half_is_cut_off(server):
    with ExitStack() as stack:
        opened(stack, server, WORKERS * THREADS, b"GET /healthz HTTP/1.1\r\nHost: ")
        assert server.get("/healthz")[0] == 200
