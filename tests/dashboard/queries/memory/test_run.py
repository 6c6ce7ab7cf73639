"""What a run is remembered by, how long it takes, and the command that does the same."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from analytics.cli import cli
from analytics.derived.recording_memory import memory_job, stored_memories
from analytics.errors import NetworkError, UnknownNameError
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.run import (
    MemoryRunQueries,
    command,
    default_positions,
    run_of,
    run_seconds,
)
from dashboard.queries.recordings import RecordingQueries
from tests.memory_recordings import N_POSITIONS, memory_corpus, memory_recording
from tests.recordings import small_recording

ASKED = MemoryQuestion("queens", "layer0.cell", delays=3, positions=0, words=(1, 6))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory") / "recordings"
    memory_recording(folder / "queens")
    memory_recording(folder / "long", n_layers=2, corpus=memory_corpus(2000))
    small_recording(folder / "plain")
    return folder


@pytest.fixture
def recordings(folder):
    return RecordingQueries(folder)


@pytest.fixture
def results(tmp_path):
    return MemoryResults(AnswerCache(tmp_path / "cache", disk_megabytes=8, memory_megabytes=8))


def test_the_same_question_the_same_work(recordings, results):
    queries = MemoryRunQueries(recordings, results)
    keys = [
        queries.work(MemoryQuestion(recording, "layer0.cell", **asked)).key
        for recording in ("queens", "long")
        for asked in ({}, {"delays": 4}, {"positions": 60}, {"positions": 70}, {"words": (1,)})
    ]
    seeds = [
        queries.work(MemoryQuestion("queens", "layer0.cell", positions=60, seed=seed)).key for seed in (0, 1)
    ]
    assert len({*keys, *seeds}) == len(keys) + 1
    assert queries.work(ASKED) == queries.work(ASKED)
    shown = MemoryQuestion(
        "queens", "layer0.cell", delays=3, positions=0, words=(1, 6), delay=2, measure="sum"
    )
    assert queries.work(shown) == queries.work(ASKED), "what is shown of it does not matter"


def test_a_recording_replaced_is_other_work(tmp_path, results):
    queries = MemoryRunQueries(RecordingQueries(tmp_path), results)
    memory_recording(tmp_path / "queens")
    before = queries.work(ASKED).key
    memory_recording(tmp_path / "queens", seed=9, overwrite=True)
    assert queries.work(ASKED).key != before


def test_the_command_computes_what_the_page_would(recordings, results, folder):
    recording = recordings.open("queens")
    run = run_of(recording, ASKED, results)
    line = command(recording, run)
    program, *arguments = shlex.split(line)[2:]
    assert (program, arguments[0]) == ("analytics", "memory")
    assert stored_memories(recording) == ()
    cli(arguments, standalone_mode=False)
    [stored] = stored_memories(recording)
    parameters = stored.parameters
    assert (parameters.by, parameters.words, parameters.positions) == (("tag",), (1, 6), None)
    assert results.best(recording, ASKED) == stored and results.missing(recording, ASKED, stored) == []


def test_a_first_run_takes_less_than_a_minute(recordings, results):
    recording = recordings.open("long")
    for state in ("layer0.hidden", "layer1.cell"):
        run = run_of(recording, MemoryQuestion("long", state), results)
        assert run_seconds(recording, run) < 60
        assert 0 < default_positions(recording, run) <= recording.n_positions


@pytest.mark.parametrize(
    ("recording", "asked", "error", "sentence"),
    [
        ("plain", {}, NetworkError, "ships no network, and gradients are taken by running it"),
        ("queens", {"state": "layer1.cell"}, NetworkError, "layer1.cell is no hidden state or cell"),
        (
            "queens",
            {"state": "layer0.input_gate"},
            NetworkError,
            "no hidden state or cell of the network's 1",
        ),
        ("queens", {"by": "letters"}, UnknownNameError, "no categorical annotation 'letters'"),
        ("nowhere", {}, UnknownNameError, "There is no recording"),
    ],
)
def test_what_cannot_be_computed_is_a_sentence(recordings, results, recording, asked, error, sentence):
    asked = MemoryQuestion(recording, **{"state": "layer0.cell", **asked})
    with pytest.raises(error, match=sentence):
        MemoryRunQueries(recordings, results).work(asked)


def test_where_a_recording_may_not_be_written_results_lie_with_the_answers(tmp_path):
    memory_recording(tmp_path / "written" / "queens")
    shown = tmp_path / "shown"
    shown.mkdir()
    mount = ["mount", "--bind", str(tmp_path / "written"), str(shown)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(shown)], check=True)
        queries = Queries(shown, AnswerCache(tmp_path / "cache", disk_megabytes=8, memory_megabytes=8))
        work = queries.memory_run.work(ASKED)
        memory_job(work.arguments, lambda *said: None)
        status = queries.memory_status.status(ASKED)
        assert (status["result"]["nPositions"], status["missing"]) == (N_POSITIONS, [])
        assert f"--results {tmp_path / 'cache' / 'memory'}" in status["command"]
        assert queries.memory.decay(ASKED)["curves"][0]["ready"]
        assert queries.memory_view.opening() == "queens"
    finally:
        subprocess.run(["umount", "-l", str(shown)], check=True)
