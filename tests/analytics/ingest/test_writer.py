import hashlib
import json
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import NotARecordingError, ParameterError, RecordingWriteError, ShapeError
from analytics.ingest.writer import RecordingWriter
from analytics.store.recording import open_recording
from tests.recordings import random_states, small_recording

STATE = "layer0.cell"
WORDS = ["a", "b", "c"]


def writer(path, **options):
    return RecordingWriter(path, **({"name": "w", "states": {STATE: 2}, "vocabulary": WORDS} | options))


def block(n=3, **changes):
    return {"token_ids": np.arange(n) % 3, "states": {STATE: np.zeros((n, 2), np.float32)}} | changes


def refused(path, error, match, *, options=None, **changes):
    """Append a good block, then one that is refused; nothing is left."""
    with pytest.raises(error, match=match), writer(path / "r", **(options or {})) as opened:
        opened.append(**block(**changes))
    assert os.listdir(path) == []


# --- blocks and sequences ---


@settings(max_examples=25, deadline=None)
@given(
    n_positions=st.integers(1, 80),
    rows_per_group=st.integers(1, 30),
    blocks=st.lists(st.integers(0, 90), min_size=1, max_size=4),
)
def test_block_sizes_do_not_matter(tmp_path_factory, n_positions, rows_per_group, blocks):
    folder = tmp_path_factory.mktemp("blocks")
    values = random_states(n_positions, 3)
    whole = small_recording(
        folder / "whole", states={STATE: values}, rows_per_group=rows_per_group, block=1000
    )
    with RecordingWriter(
        folder / "parts",
        name="whole",
        states={STATE: 3},
        vocabulary=whole.vocabulary.tolist(),
        rows_per_group=rows_per_group,
    ) as parts:
        start = 0
        while start < n_positions:
            for length in [*blocks, 1]:
                part = slice(start, min(n_positions, start + length))
                parts.append(
                    token_ids=whole.token_ids[part],
                    states={STATE: values[part]},
                    sequence_starts=np.arange(n_positions)[part] % 20 == 0,
                )
                start = part.stop
    parts = open_recording(folder / "parts")
    np.testing.assert_array_equal(parts.states(STATE).read(0, n_positions), values)
    assert parts.sequence_starts.tolist() == list(range(0, n_positions, 20))
    assert parts.fingerprint == whole.fingerprint
    assert (
        parts.manifest["files"][f"states/{STATE}.parquet"]
        == whole.manifest["files"][f"states/{STATE}.parquet"]
    )


def test_sequences_by_flags_by_numbers_and_by_default(tmp_path):
    with writer(tmp_path / "flags") as opened:
        opened.append(**block(3), sequence_starts=[False, False, True])
        opened.append(**block(2))
        opened.append(**block(2), sequence_starts=[True, True])
    assert open_recording(tmp_path / "flags").sequence_starts.tolist() == [0, 2, 5, 6]
    with writer(tmp_path / "numbers") as opened:
        opened.append(**block(3), sequence_starts=[7, 7, 8])
        opened.append(**block(2), sequence_starts=[8, 7])
        opened.append(**block(0), sequence_starts=np.empty(0, int))
        opened.append(**block(2), sequence_starts=[7, 7])
    recording = open_recording(tmp_path / "numbers")
    assert recording.sequence_starts.tolist() == [0, 2, 4]
    assert recording.n_sequences == 3
    with writer(tmp_path / "one") as opened:
        opened.append(**block(3))
        opened.append(**block(3))
    assert open_recording(tmp_path / "one").sequence_starts.tolist() == [0]


def test_sequences_stand_in_the_tables(tmp_path):
    small_recording(tmp_path / "r")
    assert pd.read_parquet(tmp_path / "r/tokens.parquet")["sequence"].tolist() == [t // 20 for t in range(50)]
    sequences = pd.read_parquet(tmp_path / "r/sequences.parquet")
    assert sequences.to_numpy().tolist() == [[0, 0, 20], [1, 20, 20], [2, 40, 10]]


# --- what a fingerprint tells apart ---


def test_fingerprint_changes_with_everything_an_analysis_can_see(tmp_path):
    def fingerprint(folder, **changes):
        options = {key: changes.pop(key) for key in list(changes) if key not in block()}
        with writer(tmp_path / folder, annotations={"x": "numeric"}, **options) as opened:
            opened.append(**block(3, **changes), annotations={"x": [0.0, 1.0, changes and len(folder)]})
        return open_recording(tmp_path / folder).fingerprint

    def same(folder, **options):
        with writer(tmp_path / folder, annotations={"x": "numeric"}, **options) as opened:
            opened.append(**block(3), annotations={"x": [0.0, 1.0, 0.0]})
        return open_recording(tmp_path / folder).fingerprint

    base = same("base")
    assert same("again") == base
    assert same("described", description="other words", row_cache=False) == base
    other = np.zeros((3, 2), np.float32)
    other[2, 1] = 1e-6
    seen = [
        base,
        same("name", name="other"),
        same("vocabulary", vocabulary=["a", "b", "d"]),
        same("half", dtype="float16"),
        fingerprint("tokens", token_ids=[0, 1, 1]),
        fingerprint("states", states={STATE: other}),
    ]
    assert len(set(seen)) == len(seen)


# --- dtypes ---


@pytest.mark.parametrize(
    ("given", "asked", "stored"),
    [
        ("float16", None, "float16"),
        ("float32", None, "float32"),
        ("float64", None, "float32"),
        ("float32", np.float16, "float16"),
        ("float32", np.dtype("float64"), "float32"),
        (">f4", None, "float32"),
        ("float32", "float16", "float16"),
        ("float16", "float32", "float32"),
        ("int64", "float32", "float32"),
    ],
)
def test_dtype_is_that_of_the_states_unless_asked(tmp_path, given, asked, stored):
    values = np.arange(6).reshape(3, 2).astype(given)
    with writer(tmp_path / "r", dtype=asked) as opened:
        opened.append(**block(states={STATE: values}))
    states = open_recording(tmp_path / "r").states(STATE)
    assert states.dtype == stored
    np.testing.assert_array_equal(states.read(0, 3), values)


def test_integers_need_a_dtype(tmp_path):
    refused(
        tmp_path,
        ParameterError,
        "stored as float16 or float32. Got int64",
        states={STATE: np.zeros((3, 2), int)},
    )


def test_state_of_several_axes_comes_as_a_matrix_or_flat(tmp_path):
    values = random_states(6, 8)
    shaped = values.reshape(6, 4, 2)
    for name, states in {"shaped": {STATE: (4, 2)}, "listed": {STATE: [4, 2]}, "one": {STATE: (8,)}}.items():
        with writer(tmp_path / name, states=states) as opened:
            opened.append(**block(3, states={STATE: values[:3] if name == "one" else shaped[:3]}))
            opened.append(**block(3, states={STATE: values[3:]}))
        np.testing.assert_array_equal(open_recording(tmp_path / name).states(STATE).read(0, 6), values)
    shapes = [
        open_recording(tmp_path / name).states(STATE).unit_shape for name in ("shaped", "listed", "one")
    ]
    assert shapes == [(4, 2), (4, 2), (8,)]
    shaped, flat = open_recording(tmp_path / "shaped"), open_recording(tmp_path / "one")
    assert shaped.fingerprint != flat.fingerprint
    files = [recording.manifest["files"][f"states/{STATE}.parquet"] for recording in (shaped, flat)]
    assert files[0] == files[1]


def test_block_of_another_shape_is_refused(tmp_path):
    refused(
        tmp_path,
        ShapeError,
        r"needs a block of shape \(3, 2, 4\): positions by the shape of a unit\. Got \(3, 4, 2\)",
        options={"states": {STATE: (2, 4)}},
        states={STATE: np.zeros((3, 4, 2))},
    )


# --- refusals: each leaves nothing behind ---


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize(
    ("value", "named"), [(np.nan, "NaN"), (np.inf, "an infinite value"), (-np.inf, "an infinite")]
)
def test_values_that_are_no_numbers_are_refused_with_their_place(tmp_path, dtype, value, named):
    values = np.zeros((40, 2), dtype)
    values[31, 1] = value
    with (
        pytest.raises(ShapeError, match=rf"'layer0\.cell' has {named}.* at position 34, unit 1"),
        writer(tmp_path / "r", rows_per_group=8) as opened,
    ):
        opened.append(**block(3, states={STATE: np.zeros((3, 2), dtype)}))
        opened.append(**block(40, states={STATE: values}))
    assert os.listdir(tmp_path) == []


def test_too_large_for_half_floats_says_what_to_do(tmp_path):
    values = np.zeros((3, 2), np.float32)
    values[1, 0] = 70_000
    refused(
        tmp_path,
        ShapeError,
        r"value 70000 at position 1, unit 0, too large for float16\. Record it as float32",
        options={"dtype": "float16"},
        states={STATE: values},
    )


@pytest.mark.parametrize(
    ("error", "match", "changes"),
    [
        (ShapeError, r"shape \(3, 2\).*Got \(3, 3\)", {"states": {STATE: np.zeros((3, 3))}}),
        (ShapeError, r"Got \(2, 2\)", {"states": {STATE: np.zeros((2, 2))}}),
        (ParameterError, r"recording: layer0\.cell\. Got x", {"states": {"x": np.zeros((3, 2))}}),
        (ParameterError, "within the vocabulary of 3 tokens. Got 3 at position 2", {"token_ids": [0, 1, 3]}),
        (ParameterError, "Got -1 at position 0", {"token_ids": [-1, 1, 2]}),
        (ShapeError, "token_ids are whole numbers", {"token_ids": [0.5, 1, 2]}),
        (ShapeError, "token_ids have one axis", {"token_ids": [[0, 1, 2]]}),
        (ParameterError, r"\(-1: none\)\. Got -2 at position 1", {"targets": [0, -2, 1]}),
        (ShapeError, "targets has one value per position: 3 here", {"targets": [0, 1]}),
        (ShapeError, "log_probability has one value per position", {"log_probability": [-0.5]}),
        (ShapeError, "logarithm of a probability.*0.5 at position 1", {"log_probability": [-0.5, 0.5, 0]}),
        (ShapeError, "sequence_starts has one value per position", {"sequence_starts": [True]}),
        (ShapeError, "bool or whole numbers", {"sequence_starts": [0.5, 1, 2]}),
        (ParameterError, r"keeps top_k=0 predictions\. Got some", {"predictions": ([[0]] * 3, [[0.5]] * 3)}),
        (ParameterError, r"annotations of the recording: none\. Got p", {"annotations": {"p": ["x"] * 3}}),
    ],
)  # fmt: skip
def test_blocks_that_do_not_fit_are_refused(tmp_path, error, match, changes):
    refused(tmp_path, error, match, **changes)


@pytest.mark.parametrize(
    ("error", "match", "predictions"),
    [
        (ParameterError, r"top_k=2 predictions\. Got none", None),
        (ShapeError, r"shape \(3, 2\)\. Got \(3, 1\)", ([[0]] * 3, [[0.5]] * 3)),
        (ShapeError, "ids of predictions are whole numbers", ([[0.5, 0.1]] * 3, [[0, 1]] * 3)),
        (ParameterError, "within the vocabulary", ([[0, 9]] * 3, [[0.5, 0.1]] * 3)),
        (ShapeError, r"lie in \[0, 1\]", ([[0, 1]] * 3, [[0.5, 1.5]] * 3)),
        (ShapeError, r"lie in \[0, 1\]", ([[0, 1]] * 3, [[0.5, np.nan]] * 3)),
    ],
)
def test_predictions_that_do_not_fit_are_refused(tmp_path, error, match, predictions):
    refused(tmp_path, error, match, options={"top_k": 2}, predictions=predictions)


@pytest.mark.parametrize(
    ("error", "match", "kind", "values"),
    [
        (ShapeError, "'x' has one value per position: 3 here. Got 2", "categorical", ["a", "b"]),
        (
            ShapeError,
            "is numeric, and holds something else: make it 'categorical'",
            "numeric",
            ["a", "b", "c"],
        ),
        (ShapeError, "infinite value at position 1", "numeric", [0, np.inf, 1]),
        (ShapeError, "whole numbers of 32 bits. Got .*0.5.*: make it 'numeric'", "integer", [0, 1, 0.5]),
        (ShapeError, "whole numbers of 32 bits", "integer", [0, 1, 1 << 40]),
        (ShapeError, "whole numbers of 32 bits", "integer", [0, 1, np.nan]),
        (
            ParameterError,
            r"has the labels noun, verb\. Got 'adverb'",
            ["noun", "verb"],
            ["noun", None, "adverb"],
        ),
        (ParameterError, "not valid Unicode", "categorical", ["a", "\ud800", "b"]),
    ],
)
def test_annotations_that_do_not_fit_are_refused(tmp_path, error, match, kind, values):
    refused(tmp_path, error, match, options={"annotations": {"x": kind}}, annotations={"x": values})


@pytest.mark.parametrize(
    ("match", "options"),
    [
        ("at least one state", {"states": {}}),
        ("A state is named with letters", {"states": {"a/b": 2}}),
        ("A state is named with letters", {"states": {".hidden": 2}}),
        ("A state is named with letters", {"states": {"..": 2}}),
        (r"at least 1, or the shape of a matrix such as \(8, 64\)\. Got 0\.", {"states": {"h": 0}}),
        ("at least 1, or the shape of a matrix", {"states": {"h": (8, 0)}}),
        ("at least 1, or the shape of a matrix", {"states": {"h": ()}}),
        ("at least 1, or the shape of a matrix", {"states": {"h": (8, 0.5)}}),
        ("states maps names to numbers of units.*Got list", {"states": ["h"]}),
        ("job holds texts, numbers", {"job": {"seed": object()}}),
        ("dtype is 'float16' or 'float32'.* Got 'int64'", {"dtype": "int64"}),
        ("dtype is 'float16' or 'float32'.* Got 'half a float'", {"dtype": "half a float"}),
        ("top_k is a whole number, at least 0. Got -1", {"top_k": -1}),
        ("top_k is a whole number, at least 0. Got 2.5", {"top_k": 2.5}),
        ("rows_per_group is a whole number, at least 1. Got 0", {"rows_per_group": 0}),
        ("one line of at most", {"name": " "}),
        ("name is a text. Got 7", {"name": 7}),
        ("name is not valid Unicode", {"name": "\ud800"}),
        ("description is not valid Unicode", {"description": "\ud800"}),
        ("sequence's name is not valid Unicode", {"sequence_name": "\ud800"}),
        ("one line of at most", {"name": "two\nlines"}),
        ("at least one token", {"vocabulary": []}),
        ("Token id 1 is a text. Got 5", {"vocabulary": ["a", 5]}),
        ("Token id 0 is not valid Unicode", {"vocabulary": ["\ud800"]}),
        ("'categorical', 'numeric' or 'integer'", {"annotations": {"x": "colour"}}),
        ("names a label twice", {"annotations": {"x": ["a", "a"]}}),
        ("annotation's name is a text", {"annotations": {" ": "numeric"}}),
        ("model holds texts, numbers", {"model": {"weights": np.zeros(2)}}),
        ("corpus holds texts, numbers", {"corpus": {"loss": float("nan")}}),
        ("There is no file", {"weights": "nowhere.safetensors", "model": {"kind": "lstm"}}),
        ("weights come with model=", {"weights": b"x"}),
    ],
)
def test_openings_that_make_no_sense_are_refused(tmp_path, match, options):
    with pytest.raises(ParameterError, match=match):
        writer(tmp_path / "r", **options)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "folder",
    [".hidden", "a b", "ü", "x" * 101, "..", "a/..", "-rf", "a\\b", "a\n", "a\0b", "\ud800", "~", "*", "a:b"],
)
def test_folder_names_that_are_not_safe_are_refused(tmp_path, folder):
    with pytest.raises(ParameterError, match="A recording's folder is named with letters"):
        writer(f"{tmp_path}/{folder}")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("path", ["", ".", "/"])
def test_paths_without_a_name_are_refused(path):
    with pytest.raises(ParameterError, match="A recording's folder is named with letters"):
        writer(path)


@pytest.mark.parametrize("folder", ["a\0b", "\ud800"])
def test_paths_that_the_system_cannot_hold_are_refused(tmp_path, folder):
    with (
        pytest.raises(ParameterError, match="path is one that the system can hold"),
        writer(f"{tmp_path}/{folder}/r"),
    ):
        pass
    with pytest.raises(NotARecordingError, match="no path that the system can hold"):
        open_recording(f"{tmp_path}/{folder}/r")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("folder", ["a b", "ü", "x" * 255, "-", "a\nb", "a[b]*"])
def test_folders_above_it_may_have_any_name(tmp_path, folder):
    path = tmp_path / folder / "r"
    for _ in range(2):
        with writer(path, overwrite=True) as opened:
            opened.append(**block())
    assert open_recording(path).n_positions == 3
    assert os.listdir(path.parent) == ["r"]
    with pytest.raises(RecordingWriteError, match="File name too long"), writer(tmp_path / ("x" * 256) / "r"):
        pass


def test_empty_recording_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="at least one position"), writer(tmp_path / "r"):
        pass
    with pytest.raises(ParameterError, match="at least one position"), writer(tmp_path / "r") as opened:
        opened.append(**block(0))
    assert os.listdir(tmp_path) == []


def test_targets_come_with_every_block_or_with_none(tmp_path):
    with (
        pytest.raises(ParameterError, match=r"targets come with every block or with none\. .* had none"),
        writer(tmp_path / "r") as opened,
    ):
        opened.append(**block())
        opened.append(**block(), targets=[0, 1, 2])
    assert os.listdir(tmp_path) == []


def test_refused_block_can_be_put_right(tmp_path):
    with writer(tmp_path / "r", annotations={"x": "categorical"}) as opened:
        opened.append(**block(), annotations={"x": ["p", "q", "p"]})
        for wrong in ({"token_ids": [0, 1, 9]}, {"states": {STATE: np.full((3, 2), np.nan)}}):
            with pytest.raises((ParameterError, ShapeError)):
                opened.append(**block(**wrong), annotations={"x": ["p", "p", "p"]})
        for unseen in (["new", "newer"], ["new", "newer", "\ud800"]):
            with pytest.raises((ParameterError, ShapeError)):
                opened.append(**block(), annotations={"x": unseen})
        opened.append(**block(), annotations={"x": ["q", "q", "q"]})
        assert opened.n_positions == 6
    recording = open_recording(tmp_path / "r")
    assert recording.n_positions == 6
    assert recording.annotations["x"].tolist() == ["p", "q", "p", "q", "q", "q"]
    assert recording.manifest["annotations"]["x"]["labels"] == ["p", "q"]


def test_writer_works_only_inside_its_block(tmp_path):
    opened = writer(tmp_path / "r")
    with pytest.raises(RecordingWriteError, match="with statement"):
        opened.append(**block())
    with opened:
        opened.append(**block())
    with pytest.raises(RecordingWriteError, match="with statement"):
        opened.append(**block())


def test_manifest_lists_every_file_with_size_and_checksum(tmp_path):
    recording = small_recording(tmp_path / "r", model={"kind": "rnn"}, weights=b"1234")
    files = recording.manifest["files"]
    on_disk = {
        file.relative_to(recording.path).as_posix() for file in recording.path.rglob("*") if file.is_file()
    }
    derived = {f"rows/{STATE}.npy", "rows/stamp.json"}
    assert set(files) == on_disk - derived - {"recording.json"}
    for file, facts in files.items():
        content = (recording.path / file).read_bytes()
        assert facts == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert json.loads((recording.path / "recording.json").read_text())["format_version"] == 1
