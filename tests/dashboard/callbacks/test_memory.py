"""The addresses of the Memory page: runs in processes of their own, answers, figures, sentences."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from analytics.derived.recording_memory import recording_memory
from dashboard import create_app
from dashboard.callbacks.memory import FIGURES, QUESTIONS
from dashboard.ids import Memory
from dashboard.links import MemoryView
from dashboard.queries.memory.run import MemoryRunQueries
from dashboard.queries.verification import Work
from dashboard.settings import Settings
from tests.memory_recordings import memory_corpus, memory_recording
from tests.recordings import small_recording

FIRST, SECOND = "a" * 32, "b" * 32
SECONDS = 240
ASKED = {
    "recording": "queens", "state": "layer0.cell", "delays": 8, "positions": 0, "by": "tag", "words": [1],
    "properties": ["tag=NN|tag=NNS"], "delay": 2, "n": 2, "position": 50, "find": "e", "property": 0,
    "beside": [],
}  # fmt: skip
TWICE = {"beside": ["again:layer0.hidden"]}
NOT_OF_THE_VIEW = {"find", "property"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    memory_recording(folder / "recordings" / "queens")
    again = memory_recording(folder / "recordings" / "again", kind="gru", seed=4)
    recording_memory(again, state="layer0.hidden", delays=8, by=("tag",), words=(1,))
    small_recording(folder / "recordings" / "plain")
    return folder


@pytest.fixture(scope="module")
def app(folder):
    return create_app(Settings(data_dir=folder / "recordings", cache_dir=folder / "cache"))


@pytest.fixture(scope="module")
def client(app):
    return app.server.test_client()


@pytest.fixture(scope="module")
def computed(client):
    """The memory of `queens`, computed once as the page does it."""
    run(client, "start")
    return until(client, "done")


def run(client, action, tab=FIRST, **changed):
    reply = client.post(f"/memory-run/{action}", json={**ASKED, **changed, "tab": tab})
    assert reply.status_code == 200
    return reply.get_json()


def until(client, state, **asked):
    ends = time.monotonic() + SECONDS
    while (found := run(client, "status", **asked)["answer"])["state"] != state:
        assert time.monotonic() < ends and found["state"] in ("waiting", "running"), found
        time.sleep(0.1)
    return found


def ask(client, question, asked):
    # Also nothing, which the client would send without a type.
    reply = client.post(f"/ask/{question}", data=json.dumps(asked), content_type="application/json")
    assert reply.status_code == 200
    return reply.get_json()


def answer(client, question, **changed):
    reply = ask(client, question, {**ASKED, **changed})
    assert set(reply) == {"answer"}, reply
    return reply["answer"]


def test_questions_are_asked_in_the_words_of_the_view():
    assert set(ASKED) - NOT_OF_THE_VIEW <= set(MemoryView().to_dict())


@pytest.mark.usefixtures("computed")
@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_every_question_has_an_answer_of_one_recording(client, question):
    found = answer(client, question, **(TWICE if question.endswith("-second") else {}))
    assert found["fingerprint"] == answer(client, "memory-status")["fingerprint"] != ""


@pytest.mark.usefixtures("computed")
def test_what_was_computed_is_what_was_asked_for(client):
    status = answer(client, "memory-status")
    result = status["result"]
    assert {name: result[name] for name in ("state", "delays", "positions", "by", "words")} == {
        name: ASKED[name] for name in ("state", "delays", "positions", "by", "words")
    }
    assert result["nPositions"] == 240 and status["missing"] == []
    assert status["stored"] == [result]


@pytest.mark.usefixtures("computed")
def test_asked_again_it_is_there_at_once(client):
    assert run(client, "start", tab=SECOND)["answer"]["state"] == "done"


@pytest.mark.usefixtures("computed")
@pytest.mark.parametrize("question", sorted(QUESTIONS))
@pytest.mark.parametrize(
    "asked",
    [
        None,
        [],
        "x",
        {},
        {**ASKED, "recording": "../queens"},
        {**ASKED, "recording": "plain"},
        {**ASKED, "state": "layer9.cell"},
        {**ASKED, "state": "layer0.input_gate"},
        {**ASKED, "by": "no such thing"},
        {**ASKED, "by": "letters"},
        {**ASKED, "classes": ["no such label"]},
        {**ASKED, "words": [10**12]},
        {**ASKED, "words": ["a"]},
        {**ASKED, "properties": ["w:1|w:1", "w:99|w:1", "tag=|w:1", "x=y|z=1", "tag=NN|tag=NN"]},
        {**ASKED, "properties": [], "property": 3},
        {**ASKED, "property": "first"},
        {**ASKED, "property": -1},
        {**ASKED, "delay": 199},
        {**ASKED, "delays": 200},
        {**ASKED, "delays": 0},
        {**ASKED, "n": 1000},
        {**ASKED, "position": 10**12},
        {**ASKED, "unit": 10**12},
        {**ASKED, "positions": 7},
        {**ASKED, "whitened": True},
        {**ASKED, "types": False},
        {**ASKED, "measure": "share"},
        {**ASKED, "measure": "sum", "sort": "half-life"},
        {**ASKED, "sort": "n", "control": False},
        {**ASKED, "beside": ["queens:layer0.hidden", "plain:layer0.cell", "nowhere:layer0.cell", "x"]},
        {**ASKED, "find": 3, "delays": None, "seed": {}},
    ],
)
def test_nonsense_is_a_sentence_or_the_default(client, question, asked):
    reply = ask(client, question, asked)
    assert len(reply) == 1 and set(reply) <= {"answer", "error"}
    assert "went wrong" not in reply.get("error", "")


def figure(client, graph, **changed):
    store = FIGURES[graph][0]
    asked = {
        "output": f"..{graph}.figure...{graph}.style..",
        "outputs": [{"id": graph, "property": "figure"}, {"id": graph, "property": "style"}],
        "inputs": [{"id": store, "property": "data", "value": {**ASKED, "theme": "dark", **changed}}],
        "changedPropIds": [f"{store}.data"],
    }
    reply = client.post("/_dash-update-component", json=asked)
    assert reply.status_code == 200
    return reply.get_json()["response"][graph]


@pytest.mark.usefixtures("computed")
@pytest.mark.parametrize("graph", sorted(FIGURES))
@pytest.mark.parametrize("changed", [{}, {"scale": "linear", "measure": "share"}, {"whitened": True}])
def test_every_figure_is_drawn(client, graph, changed):
    # What is beside is drawn where the first was not computed, too.
    beside = {"state": "layer0.hidden", "beside": ["queens:layer0.cell"]}
    drawn = figure(client, graph, **changed, **(beside if graph == Memory.CLASSES_SECOND else {}))
    assert drawn["figure"]["data"] and drawn["style"]["height"].endswith("px")


@pytest.mark.usefixtures("computed")
@pytest.mark.parametrize("graph", sorted(FIGURES))
def test_what_was_not_computed_is_not_drawn(client, graph):
    if "properties" not in graph:
        assert figure(client, graph, state="layer0.hidden")["style"] == {"display": "none"}


@pytest.mark.usefixtures("computed")
def test_figures_tables_and_addresses_speak_of_the_same_numbers(client):
    drawn = figure(client, "memory-decay", scale="linear")
    [line] = [trace for trace in drawn["figure"]["data"] if trace["mode"].startswith("lines+")]
    [curve] = answer(client, "memory-decay")["curves"]
    assert line["y"] == curve["largest"] and len(line["y"]) == 8
    assert curve["hex"]["dark"] == line["line"]["color"]
    assert [row[0] for row in line["customdata"]] == curve["n"]


def test_without_a_network_it_says_how_to_ship_one(client):
    asked = {"recording": "plain", "state": "layer0.cell"}
    status = ask(client, "memory-status", asked)["answer"]
    assert status["network"] is False and "analytics.record ships networks" in status["why"]
    assert "ships no network" in run(client, "start", **asked)["error"]


def test_what_is_beside_is_computed_from_there(client, monkeypatch):
    meant, work = [], Work("c0ffee", "tests.counting:count", {"to": 1})
    monkeypatch.setattr(MemoryRunQueries, "work", lambda _, asked: meant.append(asked) or work)
    run(client, "status", **TWICE, second=True)
    run(client, "status", **TWICE)
    assert [(asked.recording, asked.state) for asked in meant] == [
        ("again", "layer0.hidden"),
        ("queens", "layer0.cell"),
    ]
    assert meant[0].by == "tag" and meant[0].words == (1,)
    assert "Nothing is shown beside" in run(client, "start", second=True)["error"]


@pytest.fixture
def slow(monkeypatch):
    """Work that lasts, in place of a computation that ends before anybody could cancel it."""
    work = Work("c0ffee", "tests.counting:count", {"to": 100_000})
    monkeypatch.setattr(MemoryRunQueries, "work", lambda *_: work)


@pytest.mark.usefixtures("slow")
def test_two_pages_do_not_disturb_each_other(client):
    run(client, "start")
    run(client, "start", tab=SECOND)
    until(client, "running")
    assert "goes on" in run(client, "cancel")["answer"]["sentence"]
    assert not run(client, "status")["answer"]["may_cancel"]
    assert run(client, "status", tab=SECOND)["answer"]["may_cancel"]
    assert run(client, "cancel", tab=SECOND)["answer"]["sentence"] == "Cancelled."
    until(client, "cancelled")


@pytest.mark.parametrize("tab", ["", "../../etc", "A" * 32, None, {"a": 1}])
def test_a_page_name_that_could_be_a_path_is_refused(client, tab):
    assert "tab must be 8 to 64 hexadecimal digits" in run(client, "start", tab=tab)["error"]


def test_unknown_questions_are_not_found(client):
    assert client.post("/ask/memory-password", json=ASKED).status_code in (404, 405)
    assert client.post("/memory-run/destroy", json=ASKED).status_code in (404, 405)


def test_the_address_becomes_a_view(client):
    asked = {
        "output": "memory-view.data",
        "outputs": {"id": "memory-view", "property": "data"},
        "inputs": [
            {
                "id": "memory-address",
                "property": "data",
                "value": {"search": "?recording=queens&unit=99&word=1", "n": 4},
            }
        ],
        "changedPropIds": ["memory-address.data"],
    }
    response = client.post("/_dash-update-component", json=asked).json
    view = response["response"]["memory-view"]["data"]
    assert (view["recording"], view["state"], view["words"], view["asked"]) == (
        "queens",
        "layer0.cell",
        [1],
        4,
    )
    assert view["unit"] == -1
    assert "There is no unit 99" in str(response["sideUpdate"])


# ---- what goes wrong meanwhile ----------------------------------------------------------------------------


@pytest.fixture
def long(tmp_path, monkeypatch):
    """An app with a recording whose memory stands still half-way, to be disturbed, and how to ask it."""
    memory_recording(tmp_path / "recordings" / "queens", n_layers=2, corpus=memory_corpus(20_000))
    held = {"go": str(tmp_path / "go"), "least": 10_000, "begun": str(tmp_path / "begun")}
    work = MemoryRunQueries.work

    def standing_still(*given):
        found = work(*given)
        return Work(found.key, "tests.held_memory:held", {**found.arguments, **held})

    monkeypatch.setattr(MemoryRunQueries, "work", standing_still)
    app = create_app(Settings(data_dir=tmp_path / "recordings", cache_dir=tmp_path / "cache"))
    yield app.server.test_client(), tmp_path
    (tmp_path / "go").touch()


LONG = {"delays": 100, "by": "", "words": []}


def counting(client, least=1):
    """Wait until so many positions are counted."""
    ends = time.monotonic() + SECONDS
    while (found := run(client, "status", **LONG)["answer"])["done"] < least:
        assert time.monotonic() < ends and found["state"] in ("waiting", "running"), found
        time.sleep(0.05)
    return found


def processes_of(folder):
    """Ids of the jobs' processes of one cache folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                line = (entry / "cmdline").read_bytes().decode()
                if "job_process.py" in line and str(folder) in line:
                    found.append(int(entry.name))
    return found


def test_killed_from_outside_it_says_so_and_goes_on_when_started_again(long):
    client, folder = long
    run(client, "start", **LONG)
    counting(client, least=10_000)
    [process] = processes_of(folder)
    os.kill(process, signal.SIGKILL)
    killed = until(client, "failed", **LONG)
    assert "Start it again" in killed["sentence"]
    assert answer(client, "memory-status", **LONG)["result"] is None
    run(client, "start", **LONG)
    counting(client, least=10_000)
    assert int((folder / "begun").read_text()) > 4_000, "what was finished is not computed again"
    run(client, "cancel", **LONG)
    assert until(client, "cancelled", **LONG)["sentence"] == "Cancelled."
    assert answer(client, "memory-status", **LONG)["result"] is None


def test_a_recording_replaced_meanwhile_takes_no_foreign_result(long):
    client, folder = long
    run(client, "start", **LONG)
    counting(client)
    before = answer(client, "memory-status", **LONG)
    memory_recording(folder / "recordings" / "queens", n_layers=2, seed=9, overwrite=True)
    after = answer(client, "memory-status", **LONG)
    assert after["fingerprint"] != before["fingerprint"]
    assert after["result"] is None and after["nPositions"] == 240
    assert run(client, "status", **LONG)["answer"]["state"] == "none", "that was another recording's"
    run(client, "start", **LONG)
    assert until(client, "done", **LONG)["result"]["n_counted"] == 240
    assert answer(client, "memory-status", **LONG)["result"]["nPositions"] == 240


def test_a_network_that_gives_nan_is_a_sentence(tmp_path):
    recording = memory_recording(tmp_path / "recordings" / "queens")
    break_weights(recording.path)
    app = create_app(Settings(data_dir=tmp_path / "recordings", cache_dir=tmp_path / "cache"))
    client = app.server.test_client()
    run(client, "start")
    assert "NaN or infinity" in until(client, "failed")["sentence"]
    assert "NaN or infinity" in ask(client, "memory-where", ASKED)["error"]


def break_weights(path):
    """Write NaN into the weights, behind the manifest's back but in the same number of bytes."""
    file = path / "model.safetensors"
    tensors = load_file(file)
    tensors["layers.weight_hh_l0"][0, 0] = np.nan
    size = file.stat().st_size
    save_file(tensors, file)
    assert file.stat().st_size == size
