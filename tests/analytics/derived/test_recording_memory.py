"""The memory of a recording: computed, stored, found again, and never of another content."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import analytics
from analytics.derived import recording_memory as module
from analytics.derived.recording_memory import (
    load_memory,
    memory_job,
    recording_memory,
    stored_memories,
    stored_memory,
)
from analytics.errors import (
    BusyError,
    DamagedRecordingError,
    NetworkError,
    ParameterError,
    RecordingChangedError,
    RecordingWriteError,
    UnknownNameError,
)
from analytics.ingest.annotate import annotate
from analytics.store.memory_results import work_alone
from analytics.store.recording import open_recording
from tests.memory_recordings import memory_corpus, memory_recording
from tests.processes import start

STATE = "layer1.cell"
OPTIONS = {"state": STATE, "delays": 6, "by": ["tag"], "words": [2, 1], "positions": 200, "seed": 3}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return memory_recording(tmp_path_factory.mktemp("memory") / "queens", n_layers=2)


@pytest.fixture
def recording(shared, tmp_path):
    return open_recording(shutil.copytree(shared.path, tmp_path / "queens"))


def directly(recording, **options):
    network = analytics.open_network(recording).module
    embedded = network.embedding.weight.detach().numpy()[recording.token_ids]
    return analytics.state_gradients(
        network.layers, embedded, sequence_starts=recording.sequence_starts, **options
    )


def test_it_is_that_of_the_shipped_network(recording):
    found = recording_memory(recording, **OPTIONS)
    groups = {
        "tag": recording.annotations["tag"],
        ("word", "2"): recording.token_ids == 2,
    }
    expected = directly(recording, state=STATE, delays=range(6), positions=200, seed=3, groups=groups)
    assert_allclose(found.mean, expected.mean, atol=1e-7)
    assert_array_equal(found.count, expected.count)
    noun, own = found.group("tag", "NN"), expected.group("tag", "NN")
    assert_array_equal(noun.count, own.count)
    assert_allclose(noun.singular_values, own.singular_values, atol=1e-7)
    assert_allclose(found.group("word", "2").largest, expected.group("word", "2").largest, atol=1e-7)
    assert noun.mean is None
    assert_array_equal(found.spans, expected.spans)
    controls = [group.label for group in found.groups if group.grouping == "tag (control)"]
    assert controls == [group.label for group in found.groups if group.grouping == "tag"]


def test_it_is_computed_once(recording, monkeypatch):
    assert stored_memory(recording, **OPTIONS) is None
    first = recording_memory(recording, **OPTIONS)

    def refuse(*given, **options):
        raise AssertionError("computed again")

    monkeypatch.setattr(module, "state_gradients", refuse)
    for again in (recording_memory(recording, **OPTIONS), stored_memory(recording, **OPTIONS)):
        for field in ("mean", "mean_norm", "count", "singular_values", "largest_band", "sum_band", "delays"):
            assert_array_equal(getattr(again, field), getattr(first, field))
        assert [g.label for g in again.groups] == [g.label for g in first.groups]
        assert not again.mean.flags.writeable
    for change in (
        {"seed": 4},
        {"positions": 150},
        {"delays": 5},
        {"by": []},
        {"words": []},
        {"controls": False},
    ):
        assert stored_memory(recording, **OPTIONS | change) is None
    (stored,) = stored_memories(recording)
    assert stored.parameters.words == (2, 1)
    assert (stored.n_counted, stored.parameters.positions, stored.left_out) == (200, 200, {})


def test_pandas_reads_it_alone(recording):
    found = recording_memory(recording, **OPTIONS)
    folder = stored_memories(recording)[0].path
    decay = pd.read_parquet(folder / "decay.parquet")
    own = decay[(decay.grouping == "tag") & (decay.label == "VB")]
    assert_allclose(own.singular_value_1, found.group("tag", "VB").largest)
    assert own.delay.tolist() == list(range(6))
    gradients = pd.read_parquet(folder / "gradients.parquet")
    third = gradients[gradients.delay == 3].drop(columns=["delay", "unit"]).to_numpy()
    assert_array_equal(third, found.mean[3])
    facts = json.loads((folder / "memory.json").read_text())
    assert facts["fingerprint"] == recording.fingerprint


def test_the_recording_stays_sound_and_the_same(recording):
    recording_memory(recording, **OPTIONS)
    assert analytics.verify(recording.path).is_sound
    assert open_recording(recording.path).fingerprint == recording.fingerprint


def test_a_result_of_another_content_is_never_shown(recording, tmp_path):
    recording_memory(recording, **OPTIONS)
    stale = recording.path / "memory"
    kept = shutil.copytree(stale, tmp_path / "kept")
    annotate(recording.path, {"more": len})
    changed = open_recording(recording.path)
    assert changed.fingerprint != recording.fingerprint
    assert stored_memories(changed) == ()
    shutil.copytree(kept, changed.path / "memory", dirs_exist_ok=True)
    assert stored_memories(changed) == ()
    assert stored_memory(changed, **OPTIONS) is None
    # The other recording in the same place, with the first one's results beside it.
    other = memory_recording(tmp_path / "other", n_layers=2, seed=8, corpus=memory_corpus(seed=2))
    shutil.copytree(kept, other.path / "memory")
    assert stored_memories(other) == ()


def test_a_folder_of_its_own_where_the_recording_may_not_be_written(recording, tmp_path, monkeypatch):
    found = recording_memory(recording, folder=tmp_path / "cache", **OPTIONS)
    assert not (recording.path / "memory").exists()
    assert stored_memory(recording, **OPTIONS) is None
    again = stored_memory(recording, folder=tmp_path / "cache", **OPTIONS)
    assert_array_equal(again.mean, found.mean)
    (recording.path / "memory").write_text("in the way")
    with pytest.raises(RecordingWriteError, match="name another folder for results"):
        recording_memory(recording, **OPTIONS)


def test_only_one_process_computes_and_the_other_finds_its_result(recording):
    asked = module.memory_parameters(recording, **OPTIONS)
    folder, digest = recording.path / "memory", asked.digest(recording.fingerprint)
    with work_alone(folder, digest), pytest.raises(BusyError, match="Another process computes the same"):
        recording_memory(recording, **OPTIONS)
    waited = []

    class GaveUpError(Exception):
        pass

    def give_up(done, total, what):
        waited.append(what)
        raise GaveUpError

    with work_alone(folder, digest), pytest.raises(GaveUpError):
        recording_memory(recording, waits=True, progress=give_up, **OPTIONS)
    assert waited == ["another process computes the same"]
    program = """
        import sys
        from analytics.derived.recording_memory import recording_memory
        from analytics.store.recording import open_recording
        recording = open_recording(sys.argv[1])
        print("ready", flush=True)
        options = {"state": "layer1.cell", "delays": 6, "positions": 200, "seed": 3}
        found = recording_memory(recording, waits=True, by=["tag"], words=[2, 1], **options)
        print(float(found.largest[0]), flush=True)
        """
    both = [start(program, recording.path) for _ in range(2)]
    answers = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert len({out for out, _ in answers}) == 1
    assert len(stored_memories(recording)) == 1


def test_a_killed_job_goes_on(recording, monkeypatch):
    options = OPTIONS | {"positions": None, "controls": False}
    process = start(
        """
        import sys
        from analytics.derived.recording_memory import recording_memory
        from analytics.store.recording import open_recording
        from tests.held_memory import stop_at_mark
        stop_at_mark(2)
        options = {"state": "layer1.cell", "delays": 6, "by": ["tag"], "words": [2, 1], "seed": 3}
        recording_memory(open_recording(sys.argv[1]), controls=False, **options)
        """,
        recording.path,
    )
    marks = recording.path / "memory"
    process.kill()
    process.communicate()
    assert len(list(marks.glob(".marks-*/*-count.npy"))) == 2
    assert stored_memories(recording) == ()
    seen = []
    found = recording_memory(recording, progress=lambda *at: seen.append(at), **options)
    assert next(done for done, _, what in seen if what == "positions") > 0
    assert not list(marks.glob(".marks-*"))
    fresh = directly(recording, state=STATE, delays=range(6))
    assert_allclose(found.mean, fresh.mean, atol=1e-7)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(recording, small_disk):
    filler = small_disk / "filler"
    status = os.statvfs(small_disk)
    filler.write_bytes(bytes(status.f_bavail * status.f_bsize - 16384))
    with pytest.raises(analytics.errors.AnalyticsError, match="No space left on device"):
        recording_memory(recording, folder=small_disk / "results", **OPTIONS)
    left = [path.name for path in (small_disk / "results").rglob("*") if path.is_file()]
    assert not [name for name in left if name.startswith(".partial")]
    assert stored_memories(recording, folder=small_disk / "results") == ()


def test_a_damaged_result_says_what_to_do(recording):
    recording_memory(recording, **OPTIONS)
    (stored,) = stored_memories(recording)
    (stored.path / "decay.parquet").write_bytes(b"PAR1")
    with pytest.raises(DamagedRecordingError, match="Delete that folder"):
        load_memory(stored)
    (stored.path / "memory.json").write_text("{")
    assert stored_memories(recording) == ()


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (
            {"state": "layer2.cell"},
            UnknownNameError,
            "layer0.hidden, layer0.cell, layer1.hidden, layer1.cell",
        ),
        ({"by": ["tga"]}, UnknownNameError, "Did you mean 'tag'"),
        ({"by": ["letters"]}, ParameterError, "'letters' has numbers"),
        ({"words": [999]}, UnknownNameError, "ids below 11. Got 999"),
        ({"delays": 0}, ParameterError, "at least 1"),
        ({"positions": 0}, ParameterError, "at least 1"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(recording, change, error, sentence):
    with pytest.raises(error, match=sentence):
        recording_memory(recording, **OPTIONS | change)
    assert stored_memories(recording) == ()


def test_a_recording_without_a_network_says_how_to_ship_one(tmp_path):
    recording = analytics.write_recording(
        tmp_path / "r", name="r", tokens=["a", "b"], states={"layer0.cell": np.zeros((2, 2))}
    )
    with pytest.raises(NetworkError, match="ships no network"):
        recording_memory(recording, state="layer0.cell")


def test_a_job_computes_for_the_recording_it_was_started_for(recording):
    seen = []
    arguments = {"recording": str(recording.path), "fingerprint": recording.fingerprint, **OPTIONS}
    done = memory_job(arguments, lambda *at: seen.append(at))
    assert json.loads(json.dumps(done))["n_counted"] == 200
    assert seen[-1][:2] == (200, 200)
    assert stored_memory(recording, **OPTIONS) is not None
    with pytest.raises(RecordingChangedError, match="replaced meanwhile"):
        memory_job(arguments | {"fingerprint": "0" * 64}, lambda *at: None)


def test_results_are_found_without_torch(recording):
    recording_memory(recording, **OPTIONS)
    code = (
        "import sys; from analytics.store.recording import open_recording;"
        "from analytics.derived.recording_memory import load_memory, stored_memories;"
        "print(load_memory(stored_memories(open_recording(sys.argv[1]))[0]).largest.shape, 'torch' in "
        "sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code, recording.path], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(6,) False"


def test_labels_beyond_what_memory_holds_are_said(recording, monkeypatch):
    monkeypatch.setattr("analytics.derived.memory_groups.MOST_LABELS", 2)
    found = recording_memory(recording, **OPTIONS | {"words": []})
    (stored,) = stored_memories(recording)
    labels = [group.label for group in found.groups if group.grouping == "tag"]
    counts = recording.annotations["tag"].value_counts()
    assert set(labels) == set(counts.index[:2])
    assert stored.left_out == {"tag": int((counts > 0).sum()) - 2}
