"""The answers of the Compare page: what they hold, what is undefined, and where their links lead."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

import analytics
from analytics.analyses.comparison.states import CHANCE_SHIFTS
from dashboard import create_app
from dashboard.callbacks.compare import QUESTIONS
from dashboard.links import CompareView, read_clusters, read_match, read_memory
from dashboard.settings import Settings
from tests.recordings import small_recording

N, WORDS = 600, 12
STARTS = np.arange(0, N, 30)
NAN = "NaN"


def written(folder, key, *, seed, states=None, tokens=None, **options):
    rng = np.random.default_rng(seed)
    ids = np.random.default_rng(9).integers(0, WORDS, size=N) if tokens is None else tokens
    if states is None:
        states = {
            "layer0.cell": rng.normal(size=(N, 5)).astype(np.float32),
            "layer0.forget_gate": rng.uniform(size=(N, 5)).astype(np.float32),
            "layer1.cell": rng.normal(size=(N, 6)).astype(np.float16),
        }
    return analytics.write_recording(
        folder / key,
        name=options.pop("name", key),
        tokens=ids,
        vocabulary=[f"w{word}" for word in range(WORDS)],
        states=states,
        sequence_starts=STARTS[: 1 + (len(ids) - 1) // 30],
        **options,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare") / "recordings"
    a = written(
        folder, "a", seed=0, log_probability=np.full(N, -2.0), step=10, training="run",
        model={"network": {"kind": "lstm", "n_layers": 2, "n_embedding": 3}, "parameters": 77},
    )  # fmt: skip
    twin = {
        name: (a.states(name).read(0, N)[:, ::-1] * (-1 if name.endswith("cell") else 1))
        for name in a.state_names
    }
    written(folder, "b", seed=1, states=twin, log_probability=np.full(N, -1.0), step=20, training="run")
    written(folder, "c", seed=2, log_probability=np.full(N, -3.0), step=5, training="run")
    rnn = {"layer0.hidden": np.random.default_rng(3).uniform(-1, 1, size=(N, 4)).astype(np.float32)}
    rnn["layer0.hidden"][:, 2] = 0.5
    written(folder, "rnn", seed=3, states=rnn, name="<b>an RNN</b>")
    written(folder, "still", seed=4, states={"layer0.hidden": np.full((N, 3), 0.1, dtype=np.float32)})
    small_recording(folder / "other")
    return folder


@pytest.fixture(scope="module")
def app(folder):
    return create_app(Settings(data_dir=folder, cache_dir=folder.parent / "cache"))


@pytest.fixture(scope="module")
def ask(app):
    client = app.server.test_client()

    def asked(question, **view):
        answer = {"pending": 1}
        while answer.get("pending"):
            reply = client.post(f"/ask/compare-{question}", json=view)
            assert reply.status_code == 200
            assert NAN not in reply.text, "a number that is not defined is null, with the reason"
            found = reply.get_json()
            if "error" in found:
                return found
            answer = found["answer"]
        return answer

    return asked


def shares(coded):
    return np.frombuffer(base64.b64decode(coded["values"]), dtype="<f4")


def test_facts_say_what_each_network_is(ask):
    a, rnn, other = ask("facts", recordings=["a", "rnn", "other"])["rows"]
    assert (a["cell"], a["layers"], a["units"], a["embedding"], a["parameters"]) == ("LSTM", 2, 6, 3, 77)
    assert (a["state"], a["kind"], a["step"], a["training"]) == ("layer1.cell", "cell", 10, "run")
    assert a["perplexity"] == pytest.approx(np.exp(2), rel=1e-5) and a["nLoss"] == N
    assert a["common"]["how"] == "all" and a["common"]["n"] == N
    assert (rnn["name"], rnn["perplexity"], rnn["step"]) == ("<b>an RNN</b>", None, None)
    assert rnn["common"]["n"] == N and other["common"]["n"] == 0
    assert a["hex"] == {"light": "#0f766e", "dark": "#4cc3b5"}


def test_cells_and_layers_are_told_without_a_network(tmp_path):
    folder, states = tmp_path / "recordings", np.random.default_rng(0).normal(size=(N, 2))
    both = {f"layer{layer}{way}.cell": states for layer in (0, 1) for way in ("", "_reverse")}
    layers = {"layer0": "LSTM r", "layer1": "LSTM r"}
    written(folder, "bi", seed=0, states=both, model={"layers": layers, "n_embedding": 5})
    relu = {"layer0.hidden": states}
    written(folder, "relu", seed=0, states=relu, model={"layers": {"layer0": "RNNCell net.r"}})
    client = create_app(Settings(data_dir=folder, cache_dir=tmp_path / "cache")).server.test_client()
    reply = client.post("/ask/compare-facts", json={"recordings": ["bi", "relu"]}).get_json()
    told = [(row["cell"], row["layers"], row["embedding"]) for row in reply["answer"]["rows"]]
    assert told == [("LSTM, both directions", 2, 5), ("RNN", 1, None)]


def test_the_same_text_cut_into_other_sequences_is_compared(tmp_path):
    folder = tmp_path / "recordings"
    states, texts = np.random.default_rng(0).normal(size=(60, 2)), [f"w{place % 7}" for place in range(60)]
    for key, starts in (("stream", [0]), ("lines", list(range(0, 60, 6)))):
        analytics.write_recording(
            folder / key, tokens=texts, states={"layer0.hidden": states}, sequence_starts=starts, name=key
        )
    client = create_app(Settings(data_dir=folder, cache_dir=tmp_path / "cache")).server.test_client()
    answer = client.post("/ask/compare-layers", json={"recordings": ["stream", "lines"]}).get_json()["answer"]
    assert "cut into other sequences" in answer["common"]["text"] and answer["common"]["n"] == 60
    assert answer["cells"][0]["cka"] == 1 and len(answer["cells"][0]["shifts"]) == CHANCE_SHIFTS


def test_accuracy_of_documents_is_counted_at_their_ends(tmp_path):
    label = np.repeat(["good", "bad"], 30)
    predicted = label.copy()
    predicted[:29] = "bad"  # Wrong on the way, right at the end.
    predicted[59] = "good"
    made = written(
        tmp_path / "recordings", "reviews", seed=0, tokens=np.zeros(60, dtype=int),
        states={"layer0.hidden": np.ones((60, 2))},
        annotations={"label": label, "predicted class": predicted},
    )  # fmt: skip
    assert made.n_sequences == 2
    client = create_app(
        Settings(data_dir=tmp_path / "recordings", cache_dir=tmp_path / "cache")
    ).server.test_client()
    (row,) = client.post("/ask/compare-facts", json={"recordings": ["reviews"]}).get_json()["answer"]["rows"]
    assert (row["accuracy"], row["nAccuracy"], row["accuracyOf"]) == (0.5, 2, "document")


def test_activity_is_counted(ask, folder):
    answer = ask("activity", recordings=["a", "rnn"], state="layer0.cell", threshold=0.25, transform="abs")
    a, rnn = answer["rows"]
    states = analytics.open_recording(folder / "a").states("layer0.cell").read(0, N).astype(float)
    np.testing.assert_allclose(shares(a["on"]), (np.abs(states) >= 0.25).mean(axis=0), rtol=1e-6)
    cell, gate = a["saturation"]
    assert (cell["kind"], gate["kind"]) == ("cell", "forget_gate")
    np.testing.assert_allclose(shares(cell["right"]), (np.tanh(states) > 0.9).mean(axis=0), rtol=1e-6)
    gates = analytics.open_recording(folder / "a").states("layer0.forget_gate").read(0, N)
    np.testing.assert_allclose(shares(gate["left"]), (gates < 0.1).mean(axis=0), rtol=1e-6)
    assert rnn["state"] == "layer0.hidden" and "layer0.hidden is shown" in rnn["note"]
    assert a["on"]["quantiles"][0] == pytest.approx(shares(a["on"]).min(), rel=1e-5)


def test_responses_are_over_the_words_of_all(ask, folder):
    answer = ask("response", recordings=["a", "rnn"], states=["layer0.cell", ""])
    a, rnn = answer["rows"]
    assert answer["nWords"] == a["n"] == rnn["n"] == WORDS
    recording = analytics.open_recording(folder / "a")
    response = analytics.expected_response(
        recording.states("layer0.cell"), recording.token_ids, n_words=WORDS
    )
    assert a["strength"]["mean"] == pytest.approx(np.abs(response.mean).mean(), rel=1e-5)
    assert rnn["constant"] == 1
    none = ask("response", recordings=["a", "other"])
    assert "No word occurs at least 5 times" in none["why"] and none["nWords"] == 0
    still = ask("response", recordings=["still"])["rows"][0]
    assert still["relative"]["mean"] is None and still["step"] is None
    assert still["relative"]["why"].startswith("No unit ever varies")
    assert still["sparsity"]["mean"] == 0 and still["sparsity"]["n"] > 0


def test_a_recording_without_words_of_the_others_keeps_none_from_them(ask):
    answer = ask("response", recordings=["other", "a", "rnn"], states=["", "layer0.cell", ""])
    other, *both = answer["rows"]
    assert answer["nWords"] == WORDS and "why" not in answer
    alone = ask("response", recordings=["a", "rnn"], states=["layer0.cell", ""])["rows"]
    assert [row["strength"] for row in both] == [row["strength"] for row in alone]
    assert "in other does so in each of the others" in other["why"]


def test_a_memory_that_was_not_computed_says_where_it_can_be(ask):
    row = ask("memory", recordings=["a", "b"])["rows"][0]
    assert not row["ready"] and "has not been computed yet" in row["why"]
    view, problems = read_memory(urlsplit(row["href"]).query)
    assert (view.recording, view.beside, problems) == ("a", ("b:layer1.cell",), [])


def test_layers_are_compared_with_their_chance(ask):
    answer = ask("layers", recordings=["a", "b"])
    cells = {(cell["a"], cell["b"]): cell for cell in answer["cells"]}
    assert answer["first"]["layers"] == ["layer0.cell", "layer1.cell"] and len(cells) == 4
    same, crossed = cells["layer0.cell", "layer0.cell"], cells["layer0.cell", "layer1.cell"]
    assert same["cka"] == pytest.approx(1, abs=1e-5) and same["bestFirst"] == pytest.approx(1, abs=1e-5)
    assert crossed["cka"] < 0.1 and 0 < crossed["ckaChance"] < 0.1 and same["n"] == N
    view, _ = read_match(urlsplit(crossed["href"]).query)
    given = parse_qs(urlsplit(crossed["href"]).query)
    assert (view.recording, view.state) == ("a", "layer0.cell")
    assert (given["beside"], given["state2"]) == (["b"], ["layer1.cell"])


def test_units_of_a_permuted_network_come_back(ask):
    answer = ask("units", recordings=["rnn", "a", "b"], pair="1-2")
    assert (answer["first"]["key"], answer["second"]["key"]) == ("a", "b")
    assert answer["pairs"]["second"] == [5 - unit for unit in answer["pairs"]["first"]]
    assert answer["pairs"]["r"] == pytest.approx([-1] * 6, abs=1e-5)
    assert answer["mean"] == pytest.approx(1, abs=1e-5) and answer["meanChance"] < 0.3
    row = answer["rows"][0]
    view, problems = read_match(urlsplit(row["hrefFirst"]).query)
    assert (view.recording, view.start, view.pinned, problems) == ("a", row["at"], (row["first"],), [])
    assert view.start < N and row["token"].startswith("w")


def test_constant_units_are_left_over(ask):
    answer = ask("units", recordings=["rnn", "a"])
    assert answer["leftFirst"] == [2] and answer["nPairs"] == 3 and len(answer["leftSecond"]) == 3
    answer = ask("units", recordings=["still", "a"])
    assert "ever varies" in answer["why"] and answer["leftFirst"] == [0, 1, 2]
    cell = ask("layers", recordings=["still", "a"])["cells"][0]
    assert cell["cka"] is None and "constant" in cell["why"]


def test_pages_of_pairs_end(ask):
    assert ask("units", recordings=["a", "b"], page=99)["page"] == 0


def test_without_common_tokens_nothing_is_compared(ask):
    for question in ("layers", "units"):
        assert "no tokens in common" in ask(question, recordings=["a", "other"])["why"]


@pytest.mark.parametrize("scalar", ["perplexity", "on", "saturation", "relative", "sparsity", "cka", "best"])
def test_checkpoints_by_step(ask, scalar):
    answer = ask("steps", recordings=["a", "rnn"], scalar=scalar)
    (training,) = answer["trainings"]
    assert training["name"] == "run"
    assert [(row["step"], row["key"], row["place"]) for row in training["rows"]] == [
        (5, "c", -1), (10, "a", 0), (20, "b", -1),
    ]  # fmt: skip
    assert all(row["value"] is not None and row["n"] for row in training["rows"])
    assert {row["state"] for row in training["rows"]} == {"layer1.cell"}
    if scalar == "perplexity":
        values = [row["value"] for row in training["rows"]]
        assert values == pytest.approx(np.exp([3, 2, 1]), rel=1e-5)


def test_what_a_checkpoint_does_not_know_is_said(ask):
    rows = ask("steps", recordings=["a"], scalar="half-life")["trainings"][0]["rows"]
    assert all(row["value"] is None and "has not been computed yet" in row["why"] for row in rows)
    assert "checkpoint" in ask("steps", recordings=["rnn"])["why"]


def test_the_choice_groups_recordings_over_the_same_tokens(ask):
    answer = ask("recordings")
    groups = [[row["key"] for row in group["rows"]] for group in answer["groups"]]
    assert groups[0] == ["a", "b", "c", "rnn", "still"] and groups[1:] == [["other"]]
    assert [group["same"] for group in answer["groups"]] == [True, False]
    assert len(answer["opening"]) >= 2 and set(answer["opening"]) <= set(groups[0])


@pytest.mark.parametrize("question", [name.removeprefix("compare-") for name in QUESTIONS])
@pytest.mark.parametrize(
    "view",
    [
        {},
        {"recordings": ["a"]},
        {"recordings": ["a", "../secret"]},
        {"recordings": "a,b", "states": ["x", "y"], "pair": "4-5"},
        {"recordings": ["a", "b"], "state": "nothing", "first_state": "x" * 5000, "seed": -5, "scalar": "x"},
        {"recordings": {"a": 1}, "threshold": "1e999", "transform": 3, "page": 1e300},
        {"recordings": ["a"] * 50},
    ],
)
def test_whatever_is_sent_is_answered_with_a_sentence(app, question, view):
    reply = app.server.test_client().post(f"/ask/compare-{question}", json=view)
    assert reply.status_code == 200 and {"answer", "error"} & reply.get_json().keys()
    json.loads(reply.text, parse_constant=pytest.fail)


def test_links_to_clusters_are_read_there(ask):
    first, second = ask("response", recordings=["a", "b"])["rows"]
    view, problems = read_clusters(urlsplit(first["href"]).query)
    assert (view.recording, view.state, problems) == ("a", "layer1.cell", [])
    assert parse_qs(urlsplit(second["href"]).query)["beside"] == ["a"]


def test_the_whole_view_may_be_sent(ask):
    assert ask("facts", **CompareView(recordings=("a", "b")).to_dict())["rows"][1]["key"] == "b"
