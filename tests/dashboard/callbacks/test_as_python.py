"""The address at which a script asks for a view's lines of Python."""

from __future__ import annotations

import pytest

from dashboard import create_app
from dashboard.settings import Settings
from tests.recordings import small_recording


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    small_recording(folder / "small")
    settings = Settings(data_dir=folder, cache_dir=tmp_path_factory.mktemp("cache"))
    return create_app(settings).server.test_client()


def lines(client, **asked):
    return client.post("/ask/as-python", json=asked).get_json()


def test_a_view_becomes_lines(client):
    view = {"recording": "small", "state": "layer0.cell", "start": 2, "stop": 4}
    answer = lines(client, page="match", view=view)["answer"]
    assert "analytics.select_units(states, 2, 4, threshold=0.3)" in answer["lines"]
    compile(answer["lines"], "lines", "exec")


@pytest.mark.parametrize(
    "asked", [{}, {"page": "match"}, {"page": 7, "view": []}, {"page": "match", "view": {}}]
)
def test_nothing_shown_is_a_sentence(client, asked):
    assert "There is no recording" in lines(client, **asked)["error"]
