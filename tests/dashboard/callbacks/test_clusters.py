"""The addresses that answer the scripts of the Clusters page: a sentence for whatever cannot be answered."""

import json

import numpy as np
import pytest

import analytics
from dashboard import create_app
from dashboard.callbacks.clusters import QUESTIONS
from dashboard.links import ClustersView, read_match
from dashboard.settings import Settings
from tests.networks import lstm_recording

ASKED = {
    "recording": "plays", "state": "layer0.cell", "clusters": 4, "min_count": 1, "chosen": [1], "unit": 3,
    "find": "the", "beside_state": "layer0.hidden", "beside_unit": 2,
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clusters")
    lstm_recording(folder / "recordings" / "plays")
    return _client(folder)


def _client(folder):
    app = create_app(Settings(data_dir=folder / "recordings", cache_dir=folder / "cache"))
    return app.server.test_client()


def ask(client, question, asked):
    # Also nothing, which the client would send without a type.
    return client.post(f"/ask/{question}", data=json.dumps(asked), content_type="application/json")


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_every_question_has_an_answer_of_one_recording(client, question):
    reply = ask(client, question, ASKED)
    assert reply.status_code == 200
    assert set(reply.json) == {"answer"}
    other = ask(client, "clusters", ASKED).json["answer"]
    assert reply.json["answer"]["fingerprint"] == other["fingerprint"] != ""


def test_questions_are_asked_in_the_words_of_the_view():
    assert set(ASKED) <= set(ClustersView().to_dict())


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize(
    "asked",
    [
        None,
        [],
        "x",
        {},
        {**ASKED, "recording": "../plays"},
        {**ASKED, "state": "layer9.cell"},
        {**ASKED, "unit": 10**12},
        {**ASKED, "chosen": [10**12]},
        {**ASKED, "chosen": ["a"]},
        {**ASKED, "chosen": []},
        {**ASKED, "clusters": 20},
        {**ASKED, "clusters": 1},
        {**ASKED, "min_count": 10**12},
        {**ASKED, "named": [10**12]},
        {**ASKED, "color": "no such thing"},
        {**ASKED, "color": "letters"},
        {**ASKED, "beside": "../plays"},
        {**ASKED, "beside_state": "layer9.cell"},
        {**ASKED, "beside_unit": 10**12},
        {**ASKED, "beside_state": "", "beside": "plays"},
        {**ASKED, "linked": "no", "beside_clusters": 99},
        {**ASKED, "seed": -1},
        {**ASKED, "words": None, "top": {}, "find": 3},
    ],
)
def test_nonsense_is_a_sentence_or_the_default(client, question, asked):
    reply = ask(client, question, asked)
    assert reply.status_code == 200
    assert len(reply.json) == 1 and set(reply.json) <= {"answer", "error"}
    assert "went wrong" not in reply.json.get("error", "")


@pytest.mark.parametrize(
    "states",
    [np.zeros((9, 3)), np.arange(9.0)[:, None], np.full((9, 1), 7.0), np.eye(9)],
    ids=["nothing", "one unit", "constant", "more units than words"],
)
@pytest.mark.parametrize("tokens", ["aaaaaaaaa", "abcabcabc", "abcdefghi"])
def test_the_smallest_recordings_never_break_it(tmp_path, states, tokens):
    analytics.write_recording(
        tmp_path / "recordings" / "own", name="own", tokens=list(tokens), states={"s": states}
    )
    client = _client(tmp_path)
    asked = {"recording": "own", "state": "s", "chosen": [0], "unit": 0, "find": "a", "min_count": 1}
    for question in QUESTIONS:
        for method in ("signed", "spectral", "spectral-abs", "separate"):
            reply = ask(client, question, {**asked, "method": method})
            assert reply.status_code == 200
            assert "went wrong" not in reply.json.get("error", ""), (question, method)


def test_a_context_leads_to_the_same_place_in_match(client):
    for context in ask(client, "clusters-unit", ASKED).json["answer"]["contexts"]:
        path, _, query = context["address"].partition("?")
        view, problems = read_match(query)
        assert path == "/match" and problems == []
        assert (view.recording, view.state, view.pinned) == ("plays", "layer0.cell", (3,))
        assert (view.start, view.stop) == (context["position"], context["position"] + 1)
        assert view.at <= view.start < view.at + view.width


def test_unknown_questions_are_not_found(client):
    assert ask(client, "clusters-password", ASKED).status_code in (404, 405)


def test_the_address_becomes_a_view(client):
    asked = {
        "output": "clusters-view.data",
        "outputs": {"id": "clusters-view", "property": "data"},
        "inputs": [
            {"id": "clusters-address", "property": "data", "value": {"search": "?word=1&unit=99", "n": 4}}
        ],
        "changedPropIds": ["clusters-address.data"],
    }
    response = client.post("/_dash-update-component", json=asked).json
    view = response["response"]["clusters-view"]["data"]
    assert (view["recording"], view["state"], view["chosen"], view["asked"]) == (
        "plays",
        "layer0.cell",
        [1],
        4,
    )
    assert view["unit"] == -1
    assert "There is no unit 99" in str(response["sideUpdate"])
