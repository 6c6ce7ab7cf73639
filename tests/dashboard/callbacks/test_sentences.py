"""The addresses that answer the scripts of the Sentences page: a sentence for whatever cannot be answered."""

import itertools
import json
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import analytics
from dashboard import create_app
from dashboard.callbacks.sentences import QUESTIONS
from dashboard.links import SentencesView
from dashboard.settings import Settings
from tests.live_networks import TEXTS, classifier_recording, language_recording
from tests.networks import lstm_recording
from tests.torch_threads import one_thread

__all__ = ["one_thread"]

ASKED = {
    "recording": "tiny", "state": "layer1.cell", "clusters": 3, "min_count": 1, "find": "the", "unit": 1,
    "entry": "c0-5", "index": 2,
}  # fmt: skip
WAIT_S = 180


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sentences")
    language_recording(folder / "recordings" / "tiny")
    classifier_recording(folder / "recordings" / "reviews", kind="gru")
    lstm_recording(folder / "recordings" / "plays")
    return _client(folder)


def _client(folder):
    app = create_app(Settings(data_dir=folder / "recordings", cache_dir=folder / "cache"))
    return app.server.test_client()


def ask(client, question, asked):
    # Also nothing, which the client would send without a type.
    return client.post(f"/ask/{question}", data=json.dumps(asked), content_type="application/json")


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize("entry", ["c0-5", "t" + TEXTS[1], "e4-6:the cat sat", "+c0-5", "+tthe cat not"])
def test_every_question_has_an_answer_of_one_recording(client, question, entry):
    reply = ask(
        client, question, {**ASKED, "entry": entry, "beside": "reviews", "beside_state": "layer0.hidden"}
    )
    assert reply.status_code == 200
    assert set(reply.json) == {"answer"}
    other = ask(client, "clusters", ASKED).json["answer"]
    assert reply.json["answer"]["fingerprint"] == other["fingerprint"] != ""


def test_questions_are_asked_in_the_words_of_the_view():
    assert set(ASKED) - {"entry", "index"} <= set(SentencesView().to_dict())


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize(
    "asked",
    [
        None,
        [],
        "x",
        {},
        {**ASKED, "recording": "../tiny"},
        {**ASKED, "recording": "plays"},
        {**ASKED, "state": "layer9.cell"},
        {**ASKED, "unit": 10**12},
        {**ASKED, "index": 10**12},
        {**ASKED, "index": -1},
        {**ASKED, "index": "2"},
        {**ASKED, "index": True},
        {**ASKED, "index": 1.5},
        {**ASKED, "entry": None},
        {**ASKED, "entry": ["c0-5"]},
        {**ASKED, "entry": "c0-999999999999999"},
        {**ASKED, "entry": "c0-9999999999999999999999"},
        {**ASKED, "entry": "t"},
        {**ASKED, "entry": "t" + "cat " * 10_000},
        {**ASKED, "entry": "t" + "x" * 1_000_000},
        {**ASKED, "entry": "t\u0000\ud800"},
        {**ASKED, "entry": "t<script>alert(1)</script> &amp; שלום 🙂"},
        {**ASKED, "entry": "e0-2:"},
        {**ASKED, "entry": "e2-4:the"},
        {**ASKED, "entry": "+c0-5", "beside": "nothing"},
        {**ASKED, "entry": "+c0-5", "beside_state": "nothing"},
        {**ASKED, "clusters": 20, "min_count": 10**12},
        {**ASKED, "label": "nothing=nothing", "find": "/(/", "order": "random", "page": 10**12},
        {**ASKED, "rows": ["nothing", "entropy", "<b>"], "gate": "maybe", "words": None},
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
    asked = {"recording": "own", "state": "s", "unit": 0, "min_count": 1, "entry": "c0-9", "index": 0}
    for question in QUESTIONS:
        for method in ("signed", "spectral", "spectral-abs", "separate"):
            reply = ask(client, question, {**asked, "method": method})
            assert reply.status_code == 200
            assert "went wrong" not in reply.json.get("error", ""), (question, method)


def test_markup_travels_as_text(client):
    text = "<script>alert(1)</script> &amp; <b> שלום 🙂"
    answer = ask(client, "sentences-glyphs", {**ASKED, "entry": f"t{text}"}).json["answer"]
    assert [token["text"] for token in answer["tokens"]] == text.split()


def test_two_who_type_at_once_get_their_own(client):
    texts = [" ".join(words) for words in itertools.permutations(["the", "cat", "sat", "not"])][:8]
    app = client.application

    def typed(text):
        with app.test_client() as own:
            return own.post("/ask/sentences-glyphs", json={**ASKED, "entry": f"t{text}"}).json["answer"]

    with ThreadPoolExecutor(8) as pool:
        for text, answer in zip(texts * 3, pool.map(typed, texts * 3), strict=True):
            assert [token["text"] for token in answer["tokens"]] == text.split()
            assert answer["entry"] == f"t{text}"
            alone = ask(client, "sentences-glyphs", {**ASKED, "entry": f"t{text}"}).json["answer"]
            assert answer["positive"] == alone["positive"]


def test_a_page_learns_when_the_network_is_ready(tmp_path):
    language_recording(tmp_path / "recordings" / "tiny")
    client = _client(tmp_path)
    first = ask(client, "sentences-network", ASKED).json["answer"]
    assert (first["task"], first["how"], first["why"]) == ("language model", "at white space", "")
    until = time.monotonic() + WAIT_S
    while not ask(client, "sentences-network", ASKED).json["answer"]["ready"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert ask(client, "sentences-glyphs", {**ASKED, "entry": first["example"]}).json["answer"]


def test_a_page_learns_why_there_is_no_network_and_what_it_tells_apart(client):
    answer = ask(client, "sentences-network", {**ASKED, "recording": "plays"}).json["answer"]
    assert answer["ready"] is False and "'plays' ships no network" in answer["why"]
    answer = ask(client, "sentences-network", {**ASKED, "recording": "reviews"}).json["answer"]
    assert (answer["task"], answer["classes"]) == ("classifier", ["bad", "good"])
    second = ask(client, "sentences-network", {**ASKED, "entry": "+", "beside": "reviews"}).json["answer"]
    assert second["task"] == "classifier"


def _reweighted(recording, change):
    """Change the shipped weights, and the size that the manifest notes, so that the recording opens."""
    weights = change(load_file(recording.weights_path))
    save_file(weights, recording.weights_path)
    manifest = json.loads((recording.path / "recording.json").read_text())
    manifest["files"][recording.weights_path.name]["bytes"] = recording.weights_path.stat().st_size
    (recording.path / "recording.json").write_text(json.dumps(manifest))


def test_a_network_that_gives_nan_is_a_sentence(tmp_path):
    recording = language_recording(tmp_path / "recordings" / "tiny")
    _reweighted(recording, lambda weights: {name: torch.full(w.shape, 3e38) for name, w in weights.items()})
    assert "NaN or infinity from word 1 ('the')" in _sentence(_client(tmp_path), "tthe cat")


def test_weights_that_do_not_fit_are_a_sentence_and_recorded_words_are_drawn_all_the_same(tmp_path):
    recording = language_recording(tmp_path / "recordings" / "tiny")
    _reweighted(recording, lambda weights: {name: w[:-1].clone() for name, w in weights.items()})
    client = _client(tmp_path)
    assert "The network of 'tiny' does not fit" in _sentence(client, "tthe cat")
    assert "answer" in ask(client, "sentences-glyphs", ASKED).json


def _sentence(client, entry):
    return ask(client, "sentences-glyphs", {**ASKED, "entry": entry}).json["error"]


def test_unknown_questions_are_not_found(client):
    assert ask(client, "sentences-password", ASKED).status_code in (404, 405)


def test_the_address_becomes_a_view(client):
    search = "?recording=tiny&s=c0-5%2Ctthe%252C+cat%2Cc90-99&unit=99&word=b1"
    asked = {
        "output": "sentences-view.data",
        "outputs": {"id": "sentences-view", "property": "data"},
        "inputs": [{"id": "sentences-address", "property": "data", "value": {"search": search, "n": 4}}],
        "changedPropIds": ["sentences-address.data"],
    }
    response = client.post("/_dash-update-component", json=asked).json
    view = response["response"]["sentences-view"]["data"]
    assert (view["recording"], view["state"], view["asked"]) == ("tiny", "layer1.cell", 4)
    assert view["entries"] == ["c0-5", "tthe, cat"] and view["unit"] == -1
    assert "There is no unit 99" in str(response["sideUpdate"])
    assert "tiny has positions 0 to" in str(response["sideUpdate"])
