"""Which recordings there are: the folder is looked at again with each question."""

from __future__ import annotations

import shutil

import pytest

from analytics.errors import UnknownNameError
from dashboard.queries.recordings import RecordingQueries
from tests.networks import UNITS, lstm_recording
from tests.recordings import small_recording


@pytest.fixture
def queries(tmp_path):
    return RecordingQueries(tmp_path)


def test_facts_come_from_the_recording(queries, tmp_path):
    recording = lstm_recording(tmp_path / "folder", name="plays")
    (facts,) = queries.all()
    assert (facts.key, facts.name, facts.fingerprint) == ("folder", "plays", recording.fingerprint)
    assert (facts.n_positions, facts.n_sequences) == (recording.n_positions, recording.n_sequences)
    assert facts.states == {"layer0.hidden": UNITS, "layer0.cell": UNITS}
    assert facts.annotations == {"part_of_speech": "categorical", "letters": "numeric"}
    assert facts.top_k == 5 and facts.sequence_name == "scene"
    files = [file for file in recording.path.rglob("*.parquet") if file.name != "recording.json"]
    assert facts.n_bytes == sum(file.stat().st_size for file in files)
    rows = (recording.path / "rows").iterdir()
    assert facts.n_derived_bytes == sum(file.stat().st_size for file in rows) > 0
    assert facts.opening_view["title"] == "queen of"


def test_facts_for_the_browser_are_plain(queries, tmp_path):
    small_recording(tmp_path / "small")
    (facts,) = queries.all()
    assert facts.for_browser() == {
        "name": "small",
        "positions": 50,
        "sequences": 3,
        "sequenceName": "sequence",
        "states": {"layer0.cell": 3},
        "annotations": {},
        "opening": {},
    }


def test_detail_adds_up(queries, tmp_path):
    recording = lstm_recording(tmp_path / "plays")
    detail = queries.detail("plays")
    assert detail.facts == queries.all()[0] and detail.facts.created
    assert [(state.name, state.n_units, state.dtype) for state in detail.states] == [
        ("layer0.hidden", UNITS, "float32"),
        ("layer0.cell", UNITS, "float32"),
    ]
    groups = {group.name: group for group in detail.groups}
    assert set(groups) == {"states", "derived rows", "tokens and sequences", "annotations", "predictions"}
    assert groups["states"].n_bytes == sum(state.n_bytes for state in detail.states)
    assert groups["derived rows"].n_bytes == detail.facts.n_derived_bytes
    assert (
        sum(group.n_bytes for group in detail.groups if group.name != "derived rows") == detail.facts.n_bytes
    )
    rows = (recording.path / "rows" / "layer0.cell.npy").stat().st_size
    assert [state.n_derived_bytes for state in detail.states] == [rows, rows]
    shutil.rmtree(recording.path / "rows")
    assert [state.n_derived_bytes for state in queries.detail("plays").states] == [0, 0]


def test_no_detail_of_what_is_not_there(queries):
    assert queries.detail("nowhere") is None


def test_new_removed_and_replaced_recordings_are_noticed(queries, tmp_path):
    assert queries.all() == []
    small_recording(tmp_path / "a")
    first = queries.all()
    assert [facts.key for facts in first] == ["a"]
    small_recording(tmp_path / "a", n_positions=60, overwrite=True)
    assert queries.all()[0].n_positions == 60
    assert queries.all()[0].fingerprint != first[0].fingerprint
    shutil.rmtree(tmp_path / "a")
    assert queries.all() == []


def test_two_recordings_of_one_name_are_both_there_and_said(queries, tmp_path):
    small_recording(tmp_path / "a", name="same")
    small_recording(tmp_path / "b", name="same")
    assert [facts.key for facts in queries.all()] == ["a", "b"]
    assert all("2 recordings are named 'same'" in sentence for _, sentence in queries.problems())


def test_a_damaged_recording_is_a_problem_not_a_failure(queries, tmp_path):
    small_recording(tmp_path / "good")
    small_recording(tmp_path / "bad")
    (tmp_path / "bad" / "tokens.parquet").unlink()
    assert [facts.key for facts in queries.all()] == ["good"]
    ((folder, sentence),) = queries.problems()
    assert folder == "bad" and "tokens.parquet" in sentence


def test_an_unknown_recording_is_refused_with_the_nearest_name(queries, tmp_path):
    small_recording(tmp_path / "plays")
    with pytest.raises(UnknownNameError, match="Did you mean 'plays'"):
        queries.open("plaxs")


def test_warming_up_leaves_recordings_as_they_are(queries, tmp_path):
    queries.warm_up()
    recording = small_recording(tmp_path / "plays")
    before = {file: file.stat().st_mtime_ns for file in recording.path.rglob("*")}
    queries.warm_up()
    assert {file: file.stat().st_mtime_ns for file in recording.path.rglob("*")} == before
