"""What the Memory page shows is what the analyses give, by delay, class, property and direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analytics.analyses.memory.half_life import half_life
from analytics.analyses.memory.subspace import relative_memory, singular_values, subspace_cosine
from analytics.analyses.whitening import embedding_whitening
from analytics.derived.recording_memory import memory_job, recording_memory
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.told import MINIMUM
from tests.memory_recordings import WORDS, memory_corpus, memory_recording

DELAYS = 6
N = 600
ASKED = MemoryQuestion("queens", "layer0.cell", delays=DELAYS, by="tag", words=(1, 9), delay=2, n=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    recording = memory_recording(folder / "queens", corpus=memory_corpus(N))
    recording_memory(recording, state="layer0.cell", delays=DELAYS, by=("tag",), words=(1, 9))
    recording_memory(recording, state="layer0.cell", delays=[0, 1, 3], positions=100, seed=4)
    gru = memory_recording(folder / "gru", kind="gru", corpus=replace(memory_corpus(), annotations={}))
    recording_memory(gru, state="layer0.hidden", delays=3)
    return folder


@pytest.fixture
def queries(folder, tmp_path):
    return Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=8, memory_megabytes=64))


@pytest.fixture
def stored(queries):
    """The largest stored result, and the recording."""
    recording = queries.recordings.open("queens")
    return recording_memory(
        recording, state="layer0.cell", delays=DELAYS, by=("tag",), words=(1, 9)
    ), recording


def close(shown, expected):
    found = [np.nan if value is None else value for value in shown]
    assert_allclose(found, expected, rtol=2e-5, atol=1e-12)


def test_curves_are_those_of_the_analysis(queries, stored):
    [curve] = queries.memory.decay(ASKED)["curves"]
    found = stored[0]
    close(curve["largest"], found.largest)
    close(curve["sum"], found.total)
    close(curve["share"], found.share(2))
    close(curve["largestLow"], found.largest_band[:, 0])
    close(curve["sumHigh"], found.sum_band[:, 1])
    close(curve["meanNorm"], found.mean_norm)
    close(curve["normOfMean"], found.norm)
    close([curve["halfLife"]], [half_life(found.largest)])
    assert curve["n"] == found.count.tolist()
    assert curve["atDelay"]["n"] == found.count[2]


def test_whitened_curves_are_those_of_whitened_gradients(queries, stored):
    found, recording = stored
    counts = np.bincount(recording.token_ids, minlength=len(WORDS))
    embedding = queries.networks.open("queens").module.embedding.weight.detach().numpy()
    whitening = embedding_whitening(embedding, counts)
    [curve] = queries.memory.decay(replace(ASKED, whitened=True))["curves"]
    close(curve["largest"], singular_values(whitening.gradient(found.mean))[:, 0])
    assert curve["largestLow"] == [None] * DELAYS
    assert queries.memory.norms(replace(ASKED, whitened=True)) == queries.memory.norms(ASKED)


def test_curves_of_others_stand_beside(queries):
    beside = ("gru:layer0.hidden", "queens:layer0.hidden", "nowhere:layer0.cell", "queens:layer0.cell")
    found = queries.memory.decay(replace(ASKED, beside=beside))
    assert [(curve["name"], curve["color"], curve["ready"]) for curve in found["curves"]] == [
        ("queens layer0.cell", "first", True),
        ("gru layer0.hidden", "second", True),
        ("queens layer0.hidden", "category 1", False),
        ("nowhere layer0.cell", "category 0", False),
    ]
    assert "has not been computed yet" in found["curves"][2]["why"]
    assert "There is no recording 'nowhere'" in found["curves"][3]["why"]
    assert len(found["delays"]) == DELAYS and len(found["curves"][1]["n"]) == 3
    assert [curve.name for curve in queries.memory.curves(replace(ASKED, beside=beside))[0]] == [
        "queens layer0.cell", "gru layer0.hidden",
    ]  # fmt: skip


def test_what_lies_beyond_a_gap_in_the_delays_is_left_out(queries):
    asked = MemoryQuestion("queens", "layer0.cell", delays=30, positions=100, seed=4)
    [curve] = queries.memory.decay(asked)["curves"]
    assert len(curve["largest"]) == 2
    status = queries.memory_status.status(asked)
    assert status["result"]["delays"] == 2
    assert any("2 delays were computed; 30 are asked for." in sentence for sentence in status["missing"])


def test_a_result_of_other_positions_or_seed_is_none_of_those_asked_for(queries):
    for changed in ({"positions": 100, "seed": 5}, {"positions": 99, "seed": 4}, {"state": "layer0.hidden"}):
        assert queries.memory_status.status(replace(ASKED, **changed))["result"] is None
    assert queries.memory_status.status(ASKED)["result"]["nPositions"] == N, "the largest"


def test_classes_are_the_groups_and_their_controls(queries, stored):
    found = stored[0]
    rows = queries.memory_classes.table(ASKED)["rows"]
    assert (rows[0]["kind"], rows[0]["text"]) == ("all", "all words")
    classes = {row["text"]: row for row in rows if row["kind"] == "class"}
    assert set(classes) == {"X", "DET", "NN", "NNS", "VB", "VBZ"}
    total = sum(found.group("tag", name).largest[2] for name in classes)
    for name, row in classes.items():
        group, control = found.group("tag", name), found.group("tag (control)", name)
        close([row["value"], row["normalised"]], [group.largest[2], group.largest[2] / total])
        close([row["control"]["value"]], [control.largest[2]])
        assert (row["n"], row["control"]["n"]) == (group.count[2], control.count[2])
    assert sum(row["normalised"] for row in classes.values()) == pytest.approx(1, abs=1e-4)


def test_a_class_of_few_members_shows_its_n_and_no_curve(queries, stored):
    rows = queries.memory_classes.table(ASKED)["rows"]
    words = {row["key"]: row for row in rows if row["kind"] == "word"}
    assert words["9"]["few"] and words["9"]["curve"] is None and not words["9"]["shown"]
    assert 0 < words["9"]["n"] < MINIMUM
    assert words["1"]["shown"] and len(words["1"]["curve"]) == DELAYS
    assert "%{y}" not in [curve.name for curve in queries.memory_classes.curves(ASKED)[0]]


def test_words_that_were_not_asked_for_are_told(queries):
    asked = replace(ASKED, words=(1, 6))
    rows = {row["key"]: row for row in queries.memory_classes.table(asked)["rows"]}
    assert rows["1"]["inResult"] and not rows["6"]["inResult"]
    assert rows["6"]["n"] == memory_corpus(N).tokens.count("<b>")
    assert queries.memory_status.status(asked)["missing"] == [
        "'<b>' was not asked for when this was computed."
    ]


@pytest.mark.parametrize(("sort", "of"), [("strength", "value"), ("half-life", "halfLife"), ("n", "n")])
def test_rows_are_sorted(queries, sort, of):
    rows = queries.memory_classes.table(replace(ASKED, sort=sort))["rows"][1:]
    shown = [row[of] for row in rows if not row["few"] and row.get(of) is not None]
    assert shown == sorted(shown, reverse=True)


def test_chosen_classes_are_shown_and_the_strongest_otherwise(queries):
    chosen = queries.memory_classes.curves(replace(ASKED, classes=("NN", "DET"), words=()))[0]
    assert sorted(curve.name for curve in chosen) == ["DET", "NN", "all words"]
    assert len(queries.memory_classes.curves(replace(ASKED, words=()))[0]) == 7


def test_a_recording_without_labels_has_the_row_of_all(queries):
    asked = MemoryQuestion("gru", "layer0.hidden", delays=3)
    table = queries.memory_classes.table(asked)
    assert table["by"] == "" and [row["kind"] for row in table["rows"]] == ["all"]
    assert queries.memory_status.status(asked)["suggested"] == []


@pytest.mark.parametrize("types", [True, False])
def test_properties_are_measured_as_the_paper_does(queries, stored, types):
    found = stored[0]
    recording = stored[1]
    embedding = queries.networks.open("queens").module.embedding.weight.detach().numpy().astype(float)
    nouns, plurals = [2, 9], [3]
    counts = np.bincount(recording.token_ids, minlength=len(WORDS))
    weights = np.ones(2) if types else counts[nouns]
    difference = np.average(embedding[nouns], axis=0, weights=weights) - embedding[plurals].mean(axis=0)
    asked = replace(ASKED, properties=("w:2;9|tag=NNS", "w:1|w:1"), types=types)
    table = queries.memory_properties.table(asked)
    first, second = table["properties"]
    close(first["relative"], relative_memory(found.mean, difference))
    close(first["cosine"], subspace_cosine(found.mean, difference, 2))
    assert (first["a"]["nTypes"], first["b"]["nTokens"]) == (2, counts[3])
    assert "in both lists" in second["error"]
    assert table["between"] == [[1.0, None], [None, None]]
    close(table["share"]["n"], found.share(2))
    assert any("'queens' is one word" in note or "NNS" in note for note in first["notes"])


def test_classes_of_few_words_are_not_told_apart(queries):
    asked = replace(ASKED, properties=("tag=NN|tag=NNS",))
    answer = queries.memory_properties.separability(asked, 0)
    assert "4 words or more in each class" in answer["error"]


def test_directions_name_words_at_both_ends(queries, stored):
    answer = queries.memory_directions.directions(ASKED)
    found = stored[0]
    close([row["value"] for row in answer["directions"]], found.singular_values[2])
    assert sum(row["share"] for row in answer["directions"]) == pytest.approx(1, abs=1e-4)
    for row in answer["directions"]:
        assert all(word["cosine"] > 0 for word in row["positive"])
        assert all(word["cosine"] < 0 for word in row["negative"])
        assert {"absent", "rare"}.isdisjoint(word["text"] for word in row["positive"] + row["negative"])
    assert answer["n"] == found.count[2]


def test_units_have_their_gates_beside_their_half_lives(queries, stored):
    found, recording = stored
    answer = queries.memory_units.table(ASKED)
    close([unit["strength"] for unit in answer["units"]], found.unit_norm[0])
    close([unit["atDelay"] for unit in answer["units"]], found.unit_norm[2])
    gates = {name: recording.states(f"layer0.{name}").read(0, N).mean(axis=0) for name in
             ("input_gate", "forget_gate")}  # fmt: skip
    close([unit["write"] for unit in answer["units"]], gates["input_gate"])
    close([unit["keep"] for unit in answer["units"]], gates["forget_gate"])
    assert (answer["writeName"], answer["keepName"]) == ("input gate", "forget gate")


def test_a_gru_writes_what_it_does_not_keep(queries):
    answer = queries.memory_units.table(MemoryQuestion("gru", "layer0.hidden", delays=3))
    for unit in answer["units"]:
        assert unit["write"] + unit["keep"] == pytest.approx(1, abs=1e-4)
    assert answer["keepName"] == "update gate"


def test_delays_beyond_every_sequence_have_no_numbers(queries):
    recording = queries.recordings.open("queens")
    recording_memory(recording, state="layer0.hidden", delays=45)
    asked = MemoryQuestion("queens", "layer0.hidden", delays=45, delay=44)
    [curve] = queries.memory.decay(asked)["curves"]
    assert curve["n"][39] == N // 40 and curve["n"][40:] == [0] * 5
    assert curve["largest"][39] is not None and curve["largest"][40:] == [None] * 5
    assert queries.memory.spectra(asked) == []
    assert queries.memory_directions.directions(asked)["directions"] == []
    assert "delays from 40 on have no curve" in queries.memory_status.status(asked)["notes"][0]


def test_a_first_place_is_chosen_where_none_is(queries):
    answer = queries.memory_where.where(MemoryQuestion("queens", "layer0.cell"))
    assert answer["position"] == 20 or answer["norms"][0] > 0
    assert len(answer["norms"]) == answer["stop"] - answer["position"]
    assert [token["position"] for token in answer["tokens"]] == list(range(answer["start"], answer["stop"]))


def test_a_smaller_run_takes_nothing_larger_from_view(tmp_path):
    recording = memory_recording(tmp_path / "queens", corpus=memory_corpus(N))
    queries = Queries(tmp_path, AnswerCache(tmp_path / "cache", disk_megabytes=8, memory_megabytes=64))
    asked = MemoryQuestion("queens", "layer0.cell", delays=4, words=(1,), by="tag")
    recording_memory(recording, state="layer0.cell", delays=4, positions=500)
    recording_memory(recording, state="layer0.cell", delays=4, by=("tag",), positions=300)
    recording_memory(recording, state="layer0.cell", delays=4, by=("tag",), words=(1,), positions=100)
    assert queries.memory.decay(asked)["curves"][0]["n"][0] == 500
    status, table = queries.memory_status.status(asked), queries.memory_classes.table(asked)
    assert status["result"]["nPositions"] == 500
    assert status["missing"] == ["'the' was not asked for when this was computed."]
    rows = {row["text"]: row for row in table["rows"] if row["kind"] != "class"}
    assert rows["all words"]["n"] == 300 and not rows["the"]["inResult"]
    assert "over 300 positions, the decay above over 500" in table["notes"][0]
    assert queries.memory_classes.find(asked, "the")["words"][0]["inResult"] is False


def test_a_run_that_adds_a_word_is_over_no_fewer_positions(tmp_path, monkeypatch):
    monkeypatch.setattr("dashboard.queries.memory.run.FIRST_RUN_SECONDS", 0)
    recording = memory_recording(tmp_path / "queens", corpus=memory_corpus(N))
    queries = Queries(tmp_path, AnswerCache(tmp_path / "cache", disk_megabytes=8, memory_megabytes=64))
    recording_memory(recording, state="layer0.cell", delays=4, by=("tag",), positions=500)
    asked = MemoryQuestion("queens", "layer0.cell", delays=4, words=(1,))
    status = queries.memory_status.status(asked)
    assert status["defaults"]["positions"] == status["estimate"]["positions"] == 500
    memory_job(queries.memory_run.work(asked).arguments, lambda *said: None)
    status = queries.memory_status.status(asked)
    assert (status["result"]["nPositions"], status["result"]["words"], status["missing"]) == (500, [1], [])
