import json
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.errors import (
    DamagedRecordingError,
    FormatVersionError,
    NotARecordingError,
    RangeError,
    RecordingChangedError,
    RecordingError,
    UnknownNameError,
)
from analytics.ingest.from_arrays import write_recording
from analytics.store.recording import open_recording
from tests.recordings import VOCABULARY, random_states, small_recording

STATE = "layer0.cell"
PARTS = ["tokens.parquet", "sequences.parquet", "vocabulary.parquet", f"states/{STATE}.parquet"]


def edit_manifest(path, change):
    facts = json.loads((path / "recording.json").read_text(encoding="utf-8"))
    change(facts)
    (path / "recording.json").write_text(json.dumps(facts), encoding="utf-8")


@pytest.fixture
def full(tmp_path):
    """A recording with everything in it: four positions, two sequences."""
    return write_recording(
        tmp_path / "full",
        name="Full, with a title",
        tokens=["a", "b", "a", "c"],
        states={"layer0.hidden": np.arange(8.0).reshape(4, 2), "layer0.cell": np.zeros((4, 1), np.float16)},
        sequence_starts=[0, 3],
        annotations={
            "pos": ["noun", None, "verb", "noun"],
            "depth": [0, -1, 2, 3],
            "loss": [0.5, np.nan, 1.5, 2.0],
            "inside": [True, False, False, True],
            "ordered": pd.Categorical(["low", "high", "low", None], categories=["low", "mid", "high"]),
        },
        predictions=([[0, 1], [1, 0], [2, 0], [0, 2]], np.full((4, 2), 0.25)),
        targets=["b", "a", None, "a"],
        log_probability=[-0.5, -1.0, np.nan, -2.0],
        description="four positions",
        model={"kind": "lstm", "n_layers": 1},
        corpus={"source": "by hand"},
        weights=b"weights",
        sequence_name="sentence",
    )


def test_everything_comes_back(full):
    assert (full.name, full.description) == ("Full, with a title", "four positions")
    assert full.path.name == "full"
    assert (full.n_positions, full.n_sequences) == (4, 2)
    assert full.sequence_starts.tolist() == [0, 3]
    assert full.sequence_starts.dtype == np.int64
    assert full.state_names == ("layer0.hidden", "layer0.cell")
    assert full.states("layer0.hidden").read(1, 3).tolist() == [[2.0, 3.0], [4.0, 5.0]]
    assert full.states("layer0.cell").dtype == np.float16
    assert full.tokens.tolist() == ["a", "b", "a", "c"]
    assert full.vocabulary.tolist() == ["a", "b", "c"]
    assert full.token_ids.tolist() == [0, 1, 0, 2]
    assert full.token_ids.dtype == full.targets.dtype == np.int32
    assert full.token_texts(1, 3) == ["b", "a"]
    assert full.targets.tolist() == [1, 0, -1, 0]
    np.testing.assert_array_equal(full.log_probability, np.float32([-0.5, -1.0, np.nan, -2.0]))
    assert full.manifest["model"] == {"kind": "lstm", "n_layers": 1}
    assert full.manifest["corpus"] == {"source": "by hand"}
    assert full.manifest["sequence_name"] == "sentence"
    assert full.weights_path.read_bytes() == b"weights"
    assert json.loads((full.path / "model.json").read_text()) == full.manifest["model"]


def test_annotations_come_back(full):
    frame = full.annotations
    assert frame.columns.tolist() == ["pos", "depth", "loss", "inside", "ordered"]
    assert frame["pos"].cat.categories.tolist() == ["noun", "verb"]
    assert frame["pos"].tolist() == ["noun", np.nan, "verb", "noun"]
    assert frame["depth"].tolist() == [0, -1, 2, 3]
    assert frame["depth"].dtype == np.int32
    assert frame["loss"].dtype == np.float32
    np.testing.assert_array_equal(frame["loss"], [0.5, np.nan, 1.5, 2.0])
    assert frame["inside"].tolist() == ["yes", "no", "no", "yes"]
    assert frame["ordered"].cat.categories.tolist() == ["low", "mid", "high"]


def test_annotations_written_to_by_a_caller_stay_as_they_are(full):
    mine = full.annotations
    mine.loc[0, "depth"] = 99
    mine["new"] = 1
    assert full.annotations["depth"].tolist() == [0, -1, 2, 3]
    assert "new" not in full.annotations


def test_predictions_come_back(full):
    ids, probabilities = full.predictions.read(1, 3)
    assert ids.tolist() == [[1, 0], [2, 0]]
    assert (ids.dtype, probabilities.dtype) == (np.int32, np.float32)
    assert full.predictions.shape == (4, 2)
    assert full.predictions.ids.tolist() == [[0, 1], [1, 0], [2, 0], [0, 2]]
    assert full.predictions.probabilities.tolist() == [[0.25, 0.25]] * 4
    assert full.predictions.read(2, 2)[0].shape == (0, 2)
    with pytest.raises(RangeError, match=r"within \[0, 4\)"):
        full.predictions.read(3, 5)


def test_shared_arrays_are_read_only(full):
    for array in (full.sequence_starts, full.token_ids, full.tokens, full.vocabulary, full.targets):
        assert not array.flags.writeable


def test_what_was_not_recorded_is_none(tmp_path):
    recording = small_recording(tmp_path / "r")
    assert recording.targets is None
    assert recording.log_probability is None
    assert recording.predictions is None
    assert recording.weights_path is None
    assert recording.annotations.shape == (50, 0)


def test_ordinary_tokens_of_every_kind_come_back(tmp_path):
    recording = small_recording(tmp_path / "r")
    assert recording.vocabulary.tolist() == VOCABULARY
    assert recording.token_texts(0, 8) == VOCABULARY
    frame = pd.read_parquet(tmp_path / "r" / "tokens.parquet")
    assert frame["token"].tolist()[:8] == VOCABULARY


def test_tables_across_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.ingest.writing.table_files.TABLE_ROWS_PER_GROUP", 16)
    n = 100
    rng = np.random.default_rng(0)
    labels = [f"label {position // 9}" for position in range(n)]
    predictions = rng.integers(0, 5, (n, 3)), rng.random((n, 3), dtype=np.float32)
    recording = write_recording(
        tmp_path / "r",
        name="r",
        tokens=rng.integers(0, 5, n),
        vocabulary=list("abcde"),
        states={"h": np.zeros((n, 1))},
        annotations={"label": labels, "number": rng.random(n)},
        predictions=predictions,
        targets=np.arange(n) % 6 - 1,
    )
    assert recording.annotations["label"].tolist() == labels
    assert recording.annotations["label"].cat.categories.tolist() == sorted(set(labels), key=labels.index)
    assert recording.targets.tolist() == [position % 6 - 1 for position in range(n)]
    for start, stop in [
        (0, 100),
        (0, 1),
        (15, 17),
        (16, 32),
        (31, 99),
        (99, 100),
        (96, 100),
        (50, 50),
        (100, 100),
    ]:
        ids, probabilities = recording.predictions.read(start, stop)
        np.testing.assert_array_equal(ids, predictions[0][start:stop])
        np.testing.assert_array_equal(probabilities, predictions[1][start:stop])


def test_unknown_state_names_the_nearest(full):
    with pytest.raises(UnknownNameError, match=r"no state 'layer0\.cel'\. Did you mean 'layer0\.cell'\?"):
        full.states("layer0.cel")


def test_positions_outside_are_refused(full):
    with pytest.raises(RangeError, match=r"within \[0, 4\)"):
        full.token_texts(0, 5)


# --- folders and files that do not open ---


def test_no_folder_and_no_manifest(tmp_path):
    with pytest.raises(NotARecordingError, match="There is no folder"):
        open_recording(tmp_path / "nothing")
    with pytest.raises(NotARecordingError, match=r"no finished recording: recording\.json"):
        open_recording(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotARecordingError, match="is a file"):
        open_recording(tmp_path / "file")


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"format": "other"}', "\x00\x01", ""])
def test_manifest_that_is_not_ours(tmp_path, content):
    (tmp_path / "recording.json").write_text(content)
    with pytest.raises(NotARecordingError, match=r"recording\.json"):
        open_recording(tmp_path)


def test_newer_format_is_refused(tmp_path):
    recording = small_recording(tmp_path / "r")
    edit_manifest(recording.path, lambda facts: facts.update(format_version=2))
    with pytest.raises(FormatVersionError, match=r"recording\.json was written in version 2.*reads up to 1"):
        open_recording(recording.path)


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.pop("n_positions"),
        lambda facts: facts.update(n_sequences=0),
        lambda facts: facts.update(states={}),
        lambda facts: facts.update(states=[]),
        lambda facts: facts["states"][STATE].update(dtype="float64"),
        lambda facts: facts["states"][STATE].update(n_units=0),
        lambda facts: facts["states"].update({"../up": facts["states"][STATE]}),
        lambda facts: facts["states"][STATE].update(file="../../other.parquet"),
        lambda facts: facts["states"][STATE].update(file="states/../../other.parquet"),
        lambda facts: facts["states"][STATE].update(file="states/a\0b"),
        lambda facts: facts["states"][STATE].update(file=["states"]),
        lambda facts: facts["states"][STATE].update(unit_shape=[2, 2]),
        lambda facts: facts["states"][STATE].update(unit_shape=[-1, -3]),
        lambda facts: facts["states"][STATE].update(unit_shape=[]),
        lambda facts: facts["states"][STATE].update(unit_shape="three"),
        lambda facts: facts["states"][STATE].update(file="/etc/passwd"),
        lambda facts: facts["files"].update({"../outside": {"bytes": 1}}),
        lambda facts: facts["files"].pop("tokens.parquet"),
        lambda facts: facts.update(annotations={"pos": {"kind": "other"}}),
    ],
)
def test_manifest_that_is_wrong(tmp_path, change):
    recording = small_recording(tmp_path / "r")
    edit_manifest(recording.path, change)
    with pytest.raises(DamagedRecordingError, match=r"recording\.json is incomplete or wrong"):
        open_recording(recording.path)


@pytest.mark.parametrize("part", PARTS)
def test_missing_truncated_and_foreign_files_are_named(tmp_path, part):
    recording = small_recording(tmp_path / "r")
    path = recording.path / part
    content = path.read_bytes()
    damages = {
        "is missing": path.unlink,
        "cut short": lambda: path.write_bytes(content[:-5]),
        "not a Parquet file": lambda: path.write_bytes(b"x" * len(content)),
    }
    for sentence, damage in damages.items():
        damage()
        with pytest.raises(DamagedRecordingError, match=sentence) as caught:
            open_recording(recording.path)
        assert str(path) in str(caught.value)
    path.write_bytes(content)
    open_recording(recording.path)


def test_foreign_table_of_the_right_size_is_a_sentence_when_read(tmp_path):
    recording = small_recording(tmp_path / "r")
    path = recording.path / "tokens.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * (len(content) - 8) + content[-4:])
    opened = open_recording(recording.path)
    with pytest.raises(DamagedRecordingError, match=r"tokens\.parquet cannot be read as Parquet"):
        _ = opened.token_ids


def test_text_that_is_no_text_is_a_sentence_when_read(tmp_path):
    recording = write_recording(
        tmp_path / "r",
        name="r",
        tokens=["first", "second"],
        states={"h": np.zeros((2, 1))},
        annotations={"pos": ["noun", "verb"]},
    )
    for file, text in {"vocabulary.parquet": b"second", "annotations.parquet": b"verb"}.items():
        content = (recording.path / file).read_bytes()
        assert text in content
        (recording.path / file).write_bytes(content.replace(text, b"\xff" * len(text)))
    opened = open_recording(recording.path)
    with pytest.raises(DamagedRecordingError, match=r"vocabulary\.parquet cannot be read as Parquet"):
        _ = opened.vocabulary
    with pytest.raises(DamagedRecordingError, match=r"annotations\.parquet cannot be read as Parquet"):
        _ = opened.annotations


def test_partial_folder_does_not_open(tmp_path):
    recording = small_recording(tmp_path / "r")
    partial = recording.path.rename(tmp_path / ".partial-r-0123abcd")
    with pytest.raises(NotARecordingError, match="being written, or whose writer was killed"):
        open_recording(partial)


# --- changes while it is open ---


def test_unchanged(full):
    full.check_unchanged()


def test_replaced_while_open(tmp_path):
    values = random_states(50, 3)
    old = small_recording(tmp_path / "r", states={STATE: values})
    opened = old.states(STATE)
    new = small_recording(tmp_path / "r", states={STATE: -values}, overwrite=True)
    with pytest.raises(RecordingChangedError, match="was replaced while it was open"):
        old.check_unchanged()
    np.testing.assert_array_equal(opened.read(0, 50), values)
    with pytest.raises(RecordingChangedError, match="replaced or removed while it was open"):
        _ = old.token_ids
    np.testing.assert_array_equal(new.states(STATE).read(0, 50), -values)
    assert old.fingerprint != new.fingerprint


def test_removed_while_open(tmp_path):
    recording = small_recording(tmp_path / "r")
    shutil.rmtree(recording.path)
    with pytest.raises(RecordingChangedError, match="was removed while it was open"):
        recording.check_unchanged()
    with pytest.raises(RecordingChangedError, match="replaced or removed"):
        recording.states(STATE)


def test_replaced_again_and_again_while_read(tmp_path):
    """Each open sees one recording whole: the states belong to the fingerprint."""
    path = tmp_path / "r"
    values = random_states(50, 3)
    known = {}
    for sign in (1, -1):
        recording = small_recording(path, states={STATE: sign * values}, overwrite=True)
        known[recording.fingerprint] = sign * values
    done = threading.Event()
    seen, wrong = set(), []

    def read():
        while not done.is_set():
            try:
                recording = open_recording(path)
                got = recording.states(STATE).read(0, 50)
            except RecordingChangedError:
                continue
            except RecordingError as error:
                wrong.append(error)
                continue
            seen.add(recording.fingerprint)
            if not np.array_equal(got, known[recording.fingerprint]):
                wrong.append(recording.fingerprint)

    reader = threading.Thread(target=read)
    reader.start()
    turn = 0
    while turn < 10 or (len(seen) < 2 and turn < 1000):
        small_recording(path, states={STATE: (-1) ** turn * values}, overwrite=True)
        turn += 1
    done.set()
    reader.join()
    assert not wrong
    assert seen == set(known)


# --- costs ---


def test_open_files_are_given_back(tmp_path):
    recording = small_recording(tmp_path / "r")

    def n_open():
        return sum(name.startswith(str(recording.path)) for name in open_files())

    before = n_open()
    for _ in range(20):
        opened = open_recording(recording.path)
        opened.states(STATE).read(0, 3)
        _ = opened.token_ids
    del opened
    assert n_open() == before


def open_files():
    """Names of the files that this process has open."""
    for descriptor in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):
            yield os.readlink(f"/proc/self/fd/{descriptor}")


def bytes_read():
    """How many bytes this process has read from files, from memory of the system or from a disk."""
    told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(told["rchar"])


def test_opening_reads_no_values(tmp_path):
    n = 300_000
    path = tmp_path / "r"
    rng = np.random.default_rng(0)
    write_recording(
        path,
        name="r",
        tokens=rng.integers(0, 7, n),
        vocabulary=list("abcdefg"),
        states={"h": rng.normal(size=(n, 4)).astype(np.float16)},
        sequence_starts=np.arange(0, n, 10),
    )
    sizes = []
    for _ in range(5):
        before = bytes_read()
        recording = open_recording(path)
        recording.states("h").read(n - 5, n)
        sizes.append(bytes_read() - before)
    assert min(sizes) < 20_000 < (path / "tokens.parquet").stat().st_size
    assert not {"token_ids", "sequence_starts", "vocabulary"} & set(vars(recording))
