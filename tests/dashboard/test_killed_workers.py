"""A worker that is killed while it computes is not waited for, and the one in its place knows everything."""

from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard import create_app
from dashboard.queries.shared_files import WAIT_S
from dashboard.settings import Settings
from tests.gunicorn_server import serving
from tests.recordings import small_recording

ASKED = {"recording": "noise", "state": "layer0.cell", "clusters": 4, "words": 8}
USERS = 6
SECONDS = WAIT_S - 10
"""Shorter than anybody waits for a process that hangs."""


@pytest.fixture
def server(tmp_path):
    recordings = tmp_path / "recordings"
    small_recording(recordings / "noise", n_positions=20_000, n_units=48, rows_per_group=10_000, block=10_000)
    with serving(tmp_path, data_dir=recordings, workers=2, threads=4) as server:
        yield server


def until(condition):
    ends = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < ends
        time.sleep(0.005)
    return found


def asked_again(server, asked: dict) -> tuple[dict, int]:
    """Ask as the pages do: again where the connection broke. Return the answer and how often it did."""
    for broken in range(3):
        try:
            return server.ask("/ask/clusters", asked), broken
        except (OSError, http.client.HTTPException):
            time.sleep(0.3)
    raise AssertionError("The connection broke three times.")


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the kernel does not tell its locks")
def test_who_waits_for_a_worker_that_is_killed_gets_the_answer_of_another(server):
    with ThreadPoolExecutor(USERS) as users:
        for words in range(8, 40):
            asked = {**ASKED, "words": words}
            told = [users.submit(asked_again, server, asked) for _ in range(USERS)]
            if killed := server.kill_at_work(lambda told=told: all(each.done() for each in told)):
                break
        # Nobody waits for the dead: its lock is the kernel's, and ends with it.
        until(lambda: any(pid != killed for pid in server.computing()) or all(each.done() for each in told))
        answers = [each.result() for each in told]
    assert all(answer == answers[0][0] and "answer" in answer for answer, _ in answers)
    assert any(broken for _, broken in answers)
    until(lambda: len(server.workers()) == 2 and killed not in server.workers())


def test_the_first_requests_of_a_fresh_worker_find_everything_although_they_come_at_once(tmp_path):
    small_recording(tmp_path / "recordings" / "plays")
    settings = Settings(data_dir=tmp_path / "recordings", cache_dir=tmp_path / "cache")
    client = create_app(settings).server.test_client()
    script = "/_dash-component-suites/plotly/package_data/plotly.min.js"
    meeting = threading.Barrier(USERS)

    def loaded(_user: int) -> int:
        meeting.wait(SECONDS)
        return client.get(script).status_code

    with ThreadPoolExecutor(USERS) as users:
        assert list(users.map(loaded, range(USERS))) == [200] * USERS
