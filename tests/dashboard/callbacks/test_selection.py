"""The address that answers the scripts of the select page."""

import numpy as np
import pytest

import analytics
from dashboard import create_app
from dashboard.callbacks.selection import QUESTIONS
from dashboard.links import MatchView
from dashboard.settings import Settings

ASKED = {"recording": "small", "state": "s", "start": 1, "stop": 2, "threshold": 0.5, "search": "b",
         "beside_state": "s"}  # fmt: skip


@pytest.fixture
def client(tmp_path):
    values = np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0]], dtype=np.float16)
    analytics.write_recording(
        tmp_path / "recordings" / "small", name="small", tokens=["a", "b", "c"], states={"s": values}
    )
    app = create_app(Settings(data_dir=tmp_path / "recordings", cache_dir=tmp_path / "cache"))
    return app.server.test_client()


def ask(client, question, asked):
    return client.post(f"/ask/{question}", json=asked)


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_every_question_has_an_answer(client, question):
    reply = ask(client, question, ASKED)
    assert reply.status_code == 200
    assert set(reply.json) == {"answer"}


def test_an_answer_says_which_recording_it_is_of(client, tmp_path):
    before = ask(client, "window", ASKED).json["answer"]["fingerprint"]
    assert ask(client, "share", ASKED).json["answer"]["fingerprint"] == before
    analytics.write_recording(
        tmp_path / "recordings" / "small",
        name="small",
        tokens=["a", "b", "c"],
        states={"s": np.zeros((3, 2), dtype=np.float16)},
        overwrite=True,
    )
    assert ask(client, "window", ASKED).json["answer"]["fingerprint"] != before


def test_selected_units(client):
    assert ask(client, "selected", ASKED).json["answer"]["units"] == [0, 1]


def test_an_error_is_a_sentence(client):
    reply = ask(client, "window", {**ASKED, "state": "t"})
    assert reply.status_code == 200
    assert "has no state 't'" in reply.json["error"]


@pytest.mark.parametrize(
    "asked", [{}, [], "x", {"width": "abc", "pinned": "1;2", **ASKED}, {"at": -5, **ASKED}]
)
def test_nonsense_never_breaks_it(client, asked):
    reply = ask(client, "selected", asked)
    assert reply.status_code == 200
    assert set(reply.json) <= {"answer", "error"}
    assert "went wrong" not in reply.json.get("error", "")


def test_unknown_questions_are_not_found(client):
    assert ask(client, "password", {}).status_code in (404, 405)


def test_a_window_of_hundred_positions_by_650_units_is_below_200_kilobytes(client, tmp_path):
    values = np.random.default_rng(0).normal(size=(2000, 650)).astype(np.float16)
    analytics.write_recording(
        tmp_path / "recordings" / "wide", name="wide", tokens=["a"] * 2000, states={"s": values}
    )
    reply = ask(client, "window", {"recording": "wide", "state": "s", "at": 500, "width": 100})
    assert len(reply.json["answer"]["tokens"]) == 100
    assert len(reply.data) < 200_000


def test_questions_are_asked_in_the_words_of_the_view():
    assert set(ASKED) <= set(MatchView().to_dict())
