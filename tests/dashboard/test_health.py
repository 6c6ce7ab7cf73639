"""Readiness: yes, or no with the reasons, which name nothing of this machine."""

from __future__ import annotations

import pytest

from dashboard import create_app
from dashboard.settings import Settings
from tests.recordings import small_recording


def ready(tmp_path, **settings):
    place = {
        "data_dir": tmp_path / "data",
        "cache_dir": tmp_path / "cache",
        "secret_key_file": tmp_path / "key",
    }
    with create_app(Settings(**{**place, **settings})).server.test_client() as client:
        answer = client.get("/readyz")
        return answer.status_code, answer.json["reasons"]


@pytest.fixture
def data(tmp_path):
    small_recording(tmp_path / "data" / "hidden-name")
    return tmp_path / "data"


def test_with_a_recording_that_can_be_read_it_is_ready(tmp_path, data):
    assert ready(tmp_path) == (200, [])


def test_without_any_recording_it_is_ready_too(tmp_path):
    (tmp_path / "data").mkdir()
    assert ready(tmp_path) == (200, [])


def test_without_the_folder_it_is_not(tmp_path):
    assert ready(tmp_path) == (503, ["The folder of recordings cannot be read."])


def test_recordings_that_do_not_open(tmp_path, data):
    (data / "hidden-name" / "recording.json").write_text("{")
    assert ready(tmp_path) == (503, ["No recording can be opened."])


def test_a_recording_whose_states_are_gone(tmp_path, data):
    for file in (data / "hidden-name").rglob("*"):
        if file.is_file() and ("layer0" in file.name or "rows" in file.parts):
            file.unlink()
    status, (reason,) = ready(tmp_path)
    assert status == 503 and "hidden-name" not in reason


def test_a_cache_and_a_database_that_do_not_answer(tmp_path, data):
    status, reasons = ready(
        tmp_path,
        cache_url="redis://user:hidden@127.0.0.1:1/0",
        database_url="postgresql+psycopg://user:hidden@127.0.0.1:1/hidden",
    )
    assert (status, reasons) == (503, ["The cache does not answer.", "The database cannot be used."])


def test_a_url_of_a_cache_that_makes_no_sense_is_a_sentence(tmp_path):
    with pytest.raises(Exception, match="STATEROOM_CACHE_URL makes no sense"):
        ready(tmp_path, cache_url="http://cache")
