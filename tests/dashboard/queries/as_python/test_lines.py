"""The lines behind each page run, and give what the page shows."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from dashboard.links import (
    clusters_from_dict,
    compare_from_dict,
    match_from_dict,
    memory_from_dict,
    sentences_from_dict,
)
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.question import ClustersQuestion
from dashboard.queries.compare.question import CompareQuestion
from dashboard.queries.match.question import MatchQuestion
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.sentences.question import SentencesQuestion
from tests.memory_recordings import memory_recording

STATE = "layer0.cell"
VIEWS = {
    "compare": compare_from_dict,
    "match": match_from_dict,
    "clusters": clusters_from_dict,
    "sentences": sentences_from_dict,
    "memory": memory_from_dict,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    memory_recording(folder / "queens")
    memory_recording(folder / "kings", kind="gru", seed=5)
    return folder


@pytest.fixture
def queries(folder, tmp_path):
    return Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))


def view_of(page, **fields):
    return VIEWS[page]({"recording": "queens", "state": STATE, **fields}).to_dict()


def run(queries, page, **fields):
    names = {}
    exec(queries.as_python.lines(page, view_of(page, **fields)), names)
    return names


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"dropped": [0], "pinned": [5, 3]},
        {"off_after": 1, "transform": "abs", "max_length": 4, "limit": 3, "pinned": [0, 1, 2, 3]},
    ],
)
def test_the_lines_of_a_match_give_its_units_and_rows(queries, fields):
    fields = {"start": 20, "stop": 22, "threshold": 0.05, "matched": True, **fields}
    names = run(queries, "match", **fields)
    asked = MatchQuestion.of(view_of("match", **fields))
    units, _ = queries.selection.units("queens", STATE, **asked.pattern)
    found = queries.match.found(asked).matches
    assert len(found) > 0
    assert names["units"].tolist() == units.tolist() != []
    assert names["matches"].to_frame().equals(found.to_frame())


def test_what_was_not_asked_for_is_not_written(queries):
    assert "select_units" not in queries.as_python.lines("match", view_of("match"))
    assert "match_pattern" not in queries.as_python.lines("match", view_of("match", start=3, stop=5))
    assert run(queries, "match", at=3, width=10)["window"].shape == (10, 6)
    assert run(queries, "match", pinned=[4, 1])["units"].tolist() == [1, 4]


@pytest.mark.parametrize(
    "fields", [{"clusters": 2}, {"clusters": 2, "method": "separate", "seed": 3, "named": [9]}]
)
def test_the_lines_of_clusters_give_the_clusters(queries, fields):
    fields = {"min_count": 2, **fields}
    names = run(queries, "clusters", **fields)
    found = queries.clusters.found(ClustersQuestion.of(view_of("clusters", **fields))).clusters
    assert names["clusters"].words.tolist() == found.words.tolist()
    assert names["clusters"].unit_labels.tolist() == found.unit_labels.tolist()
    assert names["clusters"].stability == found.stability


def test_as_many_clusters_are_asked_for_as_the_page_could_tell_apart(queries):
    names = run(queries, "clusters", clusters=40, min_count=1)
    found = queries.clusters.found(
        ClustersQuestion.of(view_of("clusters", clusters=40, min_count=1))
    ).clusters
    assert names["clusters"].n_clusters == found.n_clusters < 40


@pytest.mark.parametrize(
    ("entry", "gate"),
    [("c40-50", False), ("c45-90", True), ("tthe queen sleeps", True), ("e45-50:never the queens", False)],
)
def test_the_lines_of_a_sentence_give_its_glyphs(queries, entry, gate):
    fields = {"entries": [entry], "clusters": 2, "min_count": 1, "gate": gate}
    measures = run(queries, "sentences", **fields)["measures"]
    asked = SentencesQuestion.of(view_of("sentences", **fields), entry=entry)
    shown = queries.sentences.glyphs(asked)
    sizes = np.maximum(measures.sizes, 1)
    for name, values in (
        ("positive", measures.positive / sizes),
        ("updateNegative", measures.update_negative / sizes),
        ("preservedShare", measures.preserved_share),
    ):
        np.testing.assert_allclose(values, _decoded(shown[name], values.shape), rtol=1e-5, atol=1e-6)


def test_the_lines_of_two_sentences_give_the_glyphs_of_both(queries):
    second = {"beside": "kings", "beside_state": "layer0.hidden"}
    fields = {"entries": ["c40-50", "+c40-50"], "clusters": 2, "min_count": 1, **second}
    names = run(queries, "sentences", **fields)
    for ending, entry in zip(("", "_b"), fields["entries"], strict=True):
        measures = names[f"measures{ending}"]
        shown = queries.sentences.glyphs(SentencesQuestion.of(view_of("sentences", **fields), entry=entry))
        values = measures.positive / np.maximum(measures.sizes, 1)
        np.testing.assert_allclose(values, _decoded(shown["positive"], values.shape), rtol=1e-5, atol=1e-6)
    assert names["recording_b"].name == "kings"


def test_two_sentences_of_one_network_are_read_through_the_same_clusters(queries):
    fields = {"entries": ["c40-50", "c60-66"], "clusters": 2, "min_count": 1}
    lines = queries.as_python.lines("sentences", view_of("sentences", **fields))
    assert lines.count("analytics.cocluster(") == 1
    names = run(queries, "sentences", **fields)
    assert [len(names[name]) for name in ("tokens", "tokens_b")] == [10, 6]
    assert names["measures_b"].positive.shape[0] == 6


def test_without_a_sentence_the_lines_end_with_the_clusters(queries):
    lines = queries.as_python.lines("sentences", view_of("sentences", entries=[], clusters=2))
    assert "analytics.cocluster(" in lines
    assert "sequence_measures" not in lines


@pytest.mark.parametrize("tab", ["decay", "classes", "directions"])
def test_what_is_beside_a_memory_stays_beside_it(queries, tab):
    fields = {"delays": 4, "view": tab, "delay": 1, "beside": ["kings:layer0.hidden"]}
    names = run(queries, "memory", **fields)
    assert (names["recording"].name, names["recording_b"].name) == ("queens", "kings")
    assert names["memory_b"].largest.tolist() != names["memory"].largest.tolist()


def test_a_place_is_followed_in_both_where_both_read_the_same(queries):
    lines = queries.as_python.lines(
        "memory", view_of("memory", view="where", position=50, beside=["kings:layer0.hidden"])
    )
    assert lines.count("word_influence(network, 50") == 1
    assert "word_influence(network_b, 50, state='layer0.hidden')" in lines


def test_the_lines_of_a_memory_give_its_curves_and_are_quick_the_next_time(queries):
    names = run(queries, "memory", delays=4, by="tag")
    asked = MemoryQuestion.of(view_of("memory", delays=4, by="tag"))
    curves, _, _ = queries.memory.curves(asked)
    assert curves[0].value == pytest.approx(names["memory"].largest.tolist(), rel=1e-5)
    assert names["memory"].group("tag", "NN").count.sum() > 0
    directions = run(queries, "memory", delays=4, by="tag", view="directions", delay=2)
    assert directions["memory"].mean.shape == (4, 6, 4)


@pytest.mark.parametrize("text", ["tag=NN|tag=VB;VBZ", "w:2|w:4;5", "w:2|tag=VB"])
@pytest.mark.parametrize("types", [True, False])
def test_the_lines_of_a_property_give_its_direction(queries, text, types):
    fields = {"delays": 4, "view": "properties", "properties": [text], "types": types}
    run(queries, "memory", delays=4, by="tag")
    lines = queries.as_python.lines("memory", view_of("memory", **fields))
    names = {}
    exec(lines.replace("analytics.relative_memory(", "left = analytics.relative_memory("), names)
    shown = queries.memory_properties.table(MemoryQuestion.of(view_of("memory", **fields)))["properties"][0]
    np.testing.assert_allclose(names["left"], shown["relative"], rtol=1e-4)


def test_the_lines_of_a_place_give_its_influence(queries):
    lines = queries.as_python.lines("memory", view_of("memory", view="where", position=50))
    names = {}
    exec(lines.replace("analytics.word_influence(", "norms = analytics.word_influence("), names)
    shown = queries.memory_where.where(MemoryQuestion.of(view_of("memory", position=50)))
    np.testing.assert_allclose(names["norms"][: len(shown["norms"])], shown["norms"], rtol=1e-4)


@pytest.mark.parametrize(
    "own", [{}, {"linked": False, "beside_start": 60, "beside_stop": 61, "beside_pinned": [2]}]
)
def test_what_is_beside_a_selection_stays_beside_it(queries, own):
    beside = {"beside": "kings", "beside_state": "layer0.hidden", **own}
    names = run(queries, "match", start=20, stop=22, threshold=0.05, matched=True, **beside)
    assert names["recording"].name == "queens"
    assert names["recording_b"].name == "kings"
    start, stop = (60, 61) if own else (20, 22)
    pinned = (2,) if own else ()
    asked = {"start": start, "stop": stop, "threshold": 0.05, "pinned": pinned}
    units, _ = queries.selection.units("kings", "layer0.hidden", **asked)
    assert names["units_b"].tolist() == units.tolist() != names["units"].tolist()
    assert len(names["matches"]) and len(names["matches_b"])


@pytest.mark.parametrize("own", [{}, {"linked": False, "beside_clusters": 3, "beside_seed": 4}])
def test_what_is_beside_clusters_stays_beside_them(queries, own):
    fields = {
        "clusters": 2,
        "min_count": 2,
        "named": [9],
        "beside": "kings",
        "beside_state": "layer0.hidden",
        **own,
    }
    names = run(queries, "clusters", **fields)
    second = queries.clusters_beside.second(ClustersQuestion.of(view_of("clusters", **fields)))
    found = queries.clusters.found(second).clusters
    assert names["clusters_b"].unit_labels.tolist() == found.unit_labels.tolist()
    assert names["clusters"].unit_labels.tolist() != found.unit_labels.tolist()


def test_the_lines_of_a_comparison_give_its_numbers(queries):
    view = compare_from_dict({"recordings": ["queens", "kings"], "state": "layer0.hidden"}).to_dict()
    names = {}
    exec(queries.as_python.lines("compare", view), names)
    cell = queries.compare_layers.layers(CompareQuestion.of(view))["cells"][0]
    assert (names["alike"].n, names["alike"].correlation.shape) == (cell["n"], (6, 6))
    assert names["alike"].cka == pytest.approx(cell["cka"], abs=1e-5)
    assert len(names["pairs"].first) == 6


def test_the_lines_of_a_comparison_give_the_activity_of_all(queries):
    chosen = {"recordings": ["queens", "kings"], "states": [STATE, "layer0.hidden"], "threshold": 0.1}
    view = compare_from_dict(chosen).to_dict()
    names = {}
    exec(queries.as_python.lines("compare", view), names)
    rows = queries.compare_activity.activity(CompareQuestion.of(view))["rows"]
    for row, name in zip(rows, ("activity", "activity_b"), strict=True):
        assert names[name].on.mean() == pytest.approx(row["on"]["mean"])
        assert names[name].saturated.mean() == pytest.approx(row["saturation"][0]["both"]["mean"])


def test_any_other_page_opens_its_recording(queries):
    names = {}
    exec(queries.as_python.lines("", {"recording": "queens", "beside": "kings"}), names)
    assert names["recording"].n_positions == 240
    assert (names["recording"].name, names["recording_b"].name) == ("queens", "kings")
    assert "_b" not in queries.as_python.lines("recordings", {"recording": "queens", "beside": ""})


def _decoded(text, shape):
    return np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(shape)
