"""gunicorn with two workers over real recordings: what changes is noticed, who is killed is not missed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.gunicorn_server import serving
from tests.networks import lstm_recording

NOTICED_S = 20
"""It takes a request or two, but machines are slow at times; the promise is five seconds."""
SECONDS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    for name in ("plays", "other"):
        lstm_recording(folder / name, name=name)
    return folder


@pytest.fixture(scope="module")
def server(folder, tmp_path_factory):
    with serving(tmp_path_factory.mktemp("host"), data_dir=folder, log_requests=1, threads=4) as server:
        yield server


def until(condition, *, seconds=SECONDS, what="it"):
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, f"{what} did not happen in {seconds} s"
        time.sleep(0.05)
    return found


def catalog(server) -> str:
    outputs = [
        {"id": "home-catalog", "property": "data"},
        {"id": "home-list-notes", "property": "children"},
    ]
    asked = {
        "output": "..home-catalog.data...home-list-notes.children..",
        "outputs": outputs,
        "inputs": [{"id": "home-refresh", "property": "n_clicks", "value": None}],
        "changedPropIds": [],
    }
    return json.dumps(server.ask("/_dash-update-component", asked))


def verification(server, action, recording, tab):
    return server.ask(f"/verification/{action}", {"recording": recording, "tab": tab})


def test_it_has_two_workers_and_answers_ready(server):
    until(lambda: len(server.workers()) == 2)
    assert server.get("/healthz")[0] == 200
    assert server.get("/readyz") == (200, b'{"ready":true,"reasons":[]}\n')


def test_no_thread_and_no_connection_is_there_before_the_fork(server):
    process = Path(f"/proc/{server.process.pid}")
    names = {(task / "comm").read_text().strip() for task in process.glob("task/*")}
    # The allocator of pyarrow has one, and looks after forks itself.
    assert len(names - {"jemalloc_bg_thd"}) == 1
    opened = [os.readlink(file) for file in process.glob("fd/*")]
    assert not [path for path in opened if "sqlite" in path]
    assert len([path for path in opened if path.startswith("socket:")]) == 1


def everybody(answers):
    """Whether it holds of many answers asked for at once, so that every worker has to give some."""
    with ThreadPoolExecutor(8) as threads:
        return all(threads.map(lambda _: answers(), range(16)))


def test_every_worker_notices_what_is_added_replaced_and_removed(server, folder):
    def all_say(text, *, there):
        return everybody(lambda: (text in catalog(server)) == there)

    lstm_recording(folder / "late", name="late")
    until(lambda: all_say('"late"', there=True), seconds=NOTICED_S, what="noticing")
    shutil.rmtree(folder / "late")
    lstm_recording(folder / "late", name="replaced")
    until(lambda: all_say('"replaced"', there=True), seconds=NOTICED_S, what="noticing")
    shutil.rmtree(folder / "late")
    until(lambda: all_say('"replaced"', there=False), seconds=NOTICED_S, what="noticing")


def test_a_data_folder_that_disappears_is_one_sentence_and_comes_back(server, folder):
    asked = {"recording": "plays", "state": "", "at": 0, "width": 20}
    away = folder.with_name("away")
    folder.rename(away)
    try:
        # Each worker tells what it found again for a second.
        until(lambda: everybody(lambda: server.get("/readyz")[0] == 503), seconds=NOTICED_S)
        told = json.loads(server.get("/readyz")[1])
        assert told == {"ready": False, "reasons": ["The folder of recordings cannot be read."]}
        said = verification(server, "start", "plays", "0" * 16)["error"]
        assert said.startswith("The folder of recordings,")
        assert said.endswith("cannot be read at the moment. Once it is back, so are its recordings.")
        assert server.ask("/ask/window", asked) == {"error": said}
        assert "There is no recording in" in catalog(server)
    finally:
        away.rename(folder)
    until(lambda: everybody(lambda: server.get("/readyz")[0] == 200), seconds=NOTICED_S)
    assert '"plays"' in catalog(server)
    assert "Traceback" not in server.output.read_text()


def test_two_clients_that_press_the_same_button_each_get_their_own_result(server, folder):
    """With two workers, pairs of pages start the same and different work at the same moment."""
    fingerprints = {
        name: json.loads((folder / name / "recording.json").read_text())["fingerprint"]
        for name in ("plays", "other")
    }
    wrong = []

    def press(number, recording, meeting):
        tab = f"{number:016x}"
        meeting.wait(SECONDS)
        status = verification(server, "again", recording, tab)["answer"]
        while status["state"] in ("waiting", "running"):
            time.sleep(0.1)
            status = verification(server, "status", recording, tab)["answer"]
        if status["state"] != "done" or status["result"]["fingerprint"] != fingerprints[recording]:
            wrong.append((number, recording, status))

    for pair in range(6):
        meeting = threading.Barrier(2)
        pressed = ("plays", "plays" if pair % 2 else "other")
        pages = [
            threading.Thread(target=press, args=(2 * pair + side, pressed[side], meeting))
            for side in range(2)
        ]
        for page in pages:
            page.start()
        for page in pages:
            page.join()
    assert wrong == []


def test_a_killed_worker_is_replaced(server):
    for worker in server.workers():
        os.kill(worker, signal.SIGKILL)
        until(lambda worker=worker: len(server.workers()) == 2 and worker not in server.workers())
    assert server.get("/readyz")[0] == 200


def test_the_cache_may_be_deleted_while_it_serves(server):
    cache = server.output.parent / "cache"
    shutil.rmtree(cache)
    assert server.get("/readyz")[0] == 200
    assert verification(server, "start", "plays", "a" * 16)["answer"]["state"] in (
        "waiting",
        "running",
        "done",
    )
    assert server.get("/metrics")[0] == 200
    assert "Traceback" not in server.output.read_text()


def test_a_body_that_is_too_large_is_refused(server):
    assert "error" in server.ask("/ask/window", {"recording": "x" * 3_000_000})


def test_settings_that_make_no_sense_are_a_sentence(tmp_path):
    sentence = r"Stateroom did not start\. There is no setting"
    with pytest.raises(AssertionError, match=sentence), serving(tmp_path, wokers=3):
        pass
