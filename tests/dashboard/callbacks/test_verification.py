"""The address that verifies: two pages, cancelling, questions that make no sense."""

from __future__ import annotations

import time

import pytest

from dashboard import create_app
from dashboard.queries.verification import VerificationQueries, Work
from dashboard.settings import Settings
from tests.recordings import small_recording

FIRST, SECOND = "a" * 32, "b" * 32
SECONDS = 180


@pytest.fixture
def app(tmp_path):
    small_recording(tmp_path / "recordings" / "plays")
    return create_app(Settings(data_dir=tmp_path / "recordings", cache_dir=tmp_path / "cache"))


@pytest.fixture
def ask(app):
    client = app.server.test_client()

    def asked(action: str, tab: object = FIRST, recording: object = "plays") -> dict:
        reply = client.post(f"/verification/{action}", json={"recording": recording, "tab": tab})
        assert reply.status_code == 200
        return reply.get_json()

    return asked


@pytest.fixture
def slow(monkeypatch):
    """Work that lasts, in place of a verification that ends before anybody could cancel it."""
    work = Work("c0ffee", "tests.counting:count", {"to": 100_000})
    monkeypatch.setattr(VerificationQueries, "work", lambda *_: work)


def until(ask, state: str, **asked) -> dict:
    ends = time.monotonic() + SECONDS
    while (found := ask("status", **asked)["answer"])["state"] != state:
        assert time.monotonic() < ends, f"still {found['state']}"
        time.sleep(0.1)
    return found


def test_a_verification_from_the_button_to_the_table(ask):
    assert ask("status")["answer"]["state"] == "none"
    assert ask("start")["answer"]["state"] in ("waiting", "running")
    found = until(ask, "done")
    assert {"part", "what", "passed", "sentence"} == set(found["result"]["checks"][0])
    assert ask("status", tab=SECOND)["answer"]["result"] == found["result"]
    assert ask("start", tab=SECOND)["answer"]["result"] == found["result"], "remembered"
    assert ask("again", tab=SECOND)["answer"]["state"] in ("waiting", "running")
    assert until(ask, "done")["result"]["finished"] > found["result"]["finished"]


@pytest.mark.usefixtures("slow")
def test_two_pages_do_not_disturb_each_other(ask):
    ask("start")
    ask("start", tab=SECOND)
    until(ask, "running")
    assert "goes on" in ask("cancel")["answer"]["sentence"]
    assert not ask("status")["answer"]["may_cancel"]
    assert ask("status", tab=SECOND)["answer"]["may_cancel"]
    assert ask("cancel", tab=SECOND)["answer"]["sentence"] == "Cancelled."
    until(ask, "cancelled")


@pytest.mark.usefixtures("slow")
def test_nothing_waits_for_it(ask, app):
    ask("start")
    until(ask, "running")
    assert app.server.test_client().get("/healthz").status_code == 200
    assert ask("status")["answer"]["state"] == "running"
    ask("cancel")
    until(ask, "cancelled")


@pytest.mark.parametrize("tab", ["", "../../etc", "A" * 32, "a" * 65, None, 7, {"a": 1}])
def test_a_page_name_that_could_be_a_path_is_refused(ask, tab):
    assert "tab must be 8 to 64 hexadecimal digits" in ask("start", tab=tab)["error"]


@pytest.mark.parametrize("recording", ["", "nowhere", "../plays", None, ["plays"]])
def test_an_unknown_recording_is_refused(ask, recording):
    assert "There is no recording" in ask("start", recording=recording)["error"]


def test_a_question_that_is_none_is_answered(app):
    client = app.server.test_client()
    malformed = client.post("/verification/status", data=b"]", content_type="application/json")
    assert client.post("/verification/destroy", json={}).status_code in (404, 405)
    assert "is not the JSON" in malformed.get_json()["error"]
    assert (
        "content type application/json" in client.post("/verification/status", data=b"]").get_json()["error"]
    )
    # Looking at it changes nothing: an address opened by hand is that of a page.
    assert client.get("/verification/start").mimetype == "text/html"
