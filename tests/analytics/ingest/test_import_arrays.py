"""Arrays of every format come back as they were; what is guessed is told; what is unsafe is refused."""

import json
import pickle
import struct

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_array_equal
from safetensors.numpy import save_file

from analytics.errors import ParameterError, ShapeError, SourceFileError, UnknownNameError
from analytics.ingest.import_arrays import import_arrays
from tests.recordings import random_states

TOKENS = np.array(["the", "cat", "<unk>", "שלום", " "])


def write_npz(path, arrays):
    np.savez(path, **arrays)


def write_packed_npz(path, arrays):
    np.savez_compressed(path, **arrays)


def write_safetensors(path, arrays):
    save_file({key: np.ascontiguousarray(values) for key, values in arrays.items()}, path)


def write_hdf5(path, arrays):
    with h5py.File(path, "w") as file:
        for key, values in arrays.items():
            file.create_dataset(key, data=values, chunks=True if values.size > 1 else None)


FORMATS = {
    "run.npz": write_npz,
    "packed.npz": write_packed_npz,
    "run.safetensors": write_safetensors,
    "run.h5": write_hdf5,
}


@settings(max_examples=15, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("file", FORMATS)
def test_random_arrays_come_back_as_they_were(tmp_path_factory, file, data):
    n = data.draw(st.integers(1, 60), label="positions")
    dtype = data.draw(st.sampled_from([np.float16, np.float32]), label="dtype")
    finite = st.floats(-100, 100, width=16)
    shape = st.tuples(st.just(n), st.integers(1, 5))
    h, c = (data.draw(hnp.arrays(dtype, data.draw(shape), elements=finite)) for _ in range(2))
    ids = data.draw(hnp.arrays(np.int32, n, elements=st.integers(0, 9)), label="ids")
    tag = data.draw(hnp.arrays(np.int16, n), label="tag")
    folder = tmp_path_factory.mktemp("arrays")
    FORMATS[file](folder / file, {"layer0/hidden": h, "c": c, "ids": ids, "tag": tag})
    vocabulary = [f"w{number}" for number in range(10)]
    recording = import_arrays(folder / file, folder / "mine", vocabulary=vocabulary).recording
    assert set(recording.state_names) == {"layer0.hidden", "c"}
    for name, values in (("layer0.hidden", h), ("c", c)):
        stored = recording.states(name).read(0, n)
        assert stored.dtype == dtype
        assert_array_equal(stored, values)
    assert recording.token_texts(0, n) == [f"w{number}" for number in ids]
    assert_array_equal(recording.annotations["tag"], tag)


def sample(n=5, **more):
    return {"hidden": random_states(n, 3), "tokens": TOKENS[:n], **more}


@pytest.fixture
def run(tmp_path):
    """Write arrays and import them."""

    def imported(arrays=None, *, file="run.npz", **options):
        FORMATS.get(file, write_npz)(tmp_path / file, sample() if arrays is None else arrays)
        report = import_arrays(tmp_path / file, tmp_path / "mine", **options)
        return report.recording, report.notes

    return imported


def test_the_plain_case(run):
    recording, notes = run()
    assert_array_equal(recording.states("hidden").read(0, 5), random_states(5, 3))
    assert recording.token_texts(0, 5) == TOKENS.tolist()
    assert recording.name == "mine"
    assert notes == ("The array 'tokens' holds the tokens.",)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "i4"])
def test_single_npy_files_of_every_layout(tmp_path, order, dtype):
    values = np.asarray(random_states(5, 3) * 100, dtype=dtype, order=order)
    np.save(tmp_path / "hidden.npy", values)
    report = import_arrays(
        tmp_path / "hidden.npy", tmp_path / "mine", tokens=list("abcab"), states=["hidden"]
    )
    assert_array_equal(report.recording.states("hidden").read(0, 5), values.astype("f4"))
    assert any("stored as float32" in note for note in report.notes) == (dtype in ("f8", "i4"))


def test_several_files_are_one_name_space(tmp_path):
    for name in ("a", "b"):
        np.savez(tmp_path / f"{name}.npz", h=random_states(5, 2, seed=ord(name)))
    np.save(tmp_path / "tokens.npy", TOKENS)
    files = [tmp_path / name for name in ("a.npz", "b.npz", "tokens.npy")]
    recording = import_arrays(files, tmp_path / "mine").recording
    assert recording.state_names == ("h", "b.h")
    assert_array_equal(recording.states("b.h").read(0, 5), random_states(5, 2, seed=ord("b")))


def test_bfloat16_is_read_as_float32(tmp_path):
    values = np.array([[1.5, -2.0], [0.0, 3.25]], dtype=np.float32)
    data = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    header = json.dumps({"h": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, len(data)]}}).encode()
    (tmp_path / "run.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + data)
    report = import_arrays(tmp_path / "run.safetensors", tmp_path / "mine", tokens=["a", "b"])
    assert_array_equal(report.recording.states("h").read(0, 2), values)


@pytest.mark.parametrize("file", FORMATS)
def test_three_axes_are_sequences_and_steps(run, file):
    ids = np.arange(12, dtype=np.int32).reshape(3, 4)
    recording, notes = run({"ids": ids, "h": random_states(12, 2).reshape(3, 4, 2)}, file=file)
    assert_array_equal(recording.states("h").read(0, 12), random_states(12, 2))
    assert recording.states("h").sequence_starts.tolist() == [0, 4, 8]
    assert recording.token_texts(5, 7) == ["5", "6"]
    assert any("Each row of 4 tokens is a sequence" in note for note in notes)


def test_axes_behind_the_positions_are_a_matrix_at_each(run):
    recording, _ = run(sample(memory=random_states(5, 6).reshape(5, 2, 3)))
    assert_array_equal(recording.states("memory").read(0, 5), random_states(5, 6))
    assert recording.manifest["states"]["memory"]["unit_shape"] == [2, 3]


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("sequence_starts", [0, 2]),
        ("lengths", [2, 3]),
        ("sequence_ids", [7, 7, 1, 1, 1]),
        ("starts", [True, False, True, False, False]),
    ],
)
def test_sequences_by_name(run, key, values):
    recording, notes = run(sample(**{key: np.array(values)}))
    assert recording.states("hidden").sequence_starts.tolist() == [0, 2]
    assert any(f"where '{key}' says" in note for note in notes)
    assert list(recording.annotations) == []


def test_sequences_as_given(run):
    recording, _ = run(sample(begin=np.array([0, 3])), sequence_starts="begin")
    assert recording.states("hidden").sequence_starts.tolist() == [0, 3]


@pytest.mark.parametrize("file", ["run.npz", "packed.npz"])
def test_other_arrays_become_annotations_or_are_told(run, file):
    more = {
        "tag": np.array(list("nvnvn")), "depth": np.arange(5), "on": np.arange(5) > 2,
        "p": np.linspace(0, 1, 5), "big": np.arange(5) + 2**40, "W": np.zeros((2, 2)), "step": np.array(3),
    }  # fmt: skip
    recording, notes = run(sample(**more), file=file)
    kinds = {name: facts["kind"] for name, facts in recording.manifest["annotations"].items()}
    assert kinds["tag"] == kinds["on"] == "categorical"
    assert recording.annotations["on"].tolist() == ["no", "no", "no", "yes", "yes"]
    assert kinds["p"] == kinds["big"] == "numeric"
    assert kinds["depth"] == "integer"
    assert any("'W' is left out" in note for note in notes)
    assert any("'step' of shape ()" in note for note in notes)


def test_chosen_annotations_and_states(run):
    arrays = sample(tag=np.arange(5), depth=np.arange(5), counts=np.arange(10).reshape(5, 2))
    recording, _ = run(arrays, annotations=["tag"], states={"layer0.cell": "hidden", "counts": "counts"})
    assert list(recording.annotations) == ["tag"]
    assert recording.state_names == ("layer0.cell", "counts")


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("a\nb\n\nd\ne\n", "5 lines"),
        ("a b\nc d e\n", "5 words"),
        ("ab\nd ", "5 characters"),
        ("ab cd\n", "line break"),
    ],
)
def test_tokens_from_a_text_file(run, tmp_path, text, way):
    (tmp_path / "text.txt").write_text(text)
    recording, notes = run({"hidden": random_states(5, 3)}, tokens=str(tmp_path / "text.txt"))
    assert recording.n_positions == 5
    assert any(way in note for note in notes)


def test_vocabulary_from_arrays_and_files(run, tmp_path):
    arrays = {"hidden": random_states(3, 2), "ids": np.array([2, 0, 1])}
    assert run({**arrays, "vocab": np.array(["x", "y", "z"])})[0].token_texts(0, 3) == ["z", "x", "y"]
    (tmp_path / "v.json").write_text(json.dumps({"x": 0, "y": 1, "z": 2}))
    (tmp_path / "v.dict").write_text("x 0\ny 1\nz 2\n")
    (tmp_path / "v.txt").write_text("x\ny\nz\n")
    for name in ("v.json", "v.dict", "v.txt"):
        recording, _ = run(arrays, vocabulary=tmp_path / name, overwrite=True)
        assert recording.token_texts(0, 3) == ["z", "x", "y"]


class Harmful:
    def __reduce__(self):
        raise AssertionError("pickled")


def refused(tmp_path, source, kind, why, **options):
    before = sorted(place.name for place in tmp_path.iterdir())
    with pytest.raises(kind, match=why) as caught:
        import_arrays(source, tmp_path / "mine", **options)
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith((".", "?"))
    assert sorted(place.name for place in tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["run.pt", "run.pkl", "run.npz", "run"])
def test_pickles_are_refused_with_the_way_to_convert(tmp_path, name):
    (tmp_path / name).write_bytes(pickle.dumps({"a": [1]}))
    refused(tmp_path, tmp_path / name, SourceFileError, "is a pickle.*weights_only=True")


def test_a_checkpoint_of_torch_is_refused_under_any_name(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"h": torch.zeros(2)}, tmp_path / "run.npz")
    refused(tmp_path, tmp_path / "run.npz", SourceFileError, "is a pickle")


@pytest.mark.parametrize("save", [np.save, lambda path, values: np.savez(path, hidden=values)])
def test_arrays_of_objects_are_never_unpickled(tmp_path, save):
    name = "run.npy" if save is np.save else "run.npz"
    save(tmp_path / name, np.array([{"a": 1}, None], dtype=object))
    kind, why = (SourceFileError, "Python objects") if save is np.save else (ShapeError, "no array of floats")
    refused(tmp_path, tmp_path / name, kind, why, tokens=["a", "b"])


@pytest.mark.parametrize("file", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_files_that_are_cut_short(tmp_path, file, share):
    FORMATS[file](tmp_path / file, {"hidden": random_states(2000, 3)})
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[: int(len(whole) * share)])
    refused(tmp_path, tmp_path / file, SourceFileError, "damaged|cut short", tokens=["a"] * 2000)


@pytest.mark.parametrize(
    ("arrays", "options", "kind", "why"),
    [
        ({"hidden": np.zeros((5, 2))}, {}, ParameterError, "Which tokens"),
        (
            {"hidden": np.zeros((5, 2))},
            {"tokens": "words"},
            UnknownNameError,
            "neither an array nor a text file",
        ),
        ({"hidden": np.zeros((5, 2))}, {"tokens": ["a"] * 4}, ShapeError, "4 tokens, and no array"),
        (
            {"hidden": np.zeros((2, 5))},
            {"tokens": ["a"] * 5, "states": ["hidden"]},
            ShapeError,
            "Transpose it",
        ),
        ({"hidden": np.zeros(5)}, {"tokens": ["a"] * 5, "states": ["hidden"]}, ShapeError, "row of numbers"),
        ({"hidden": np.full((5, 2), np.nan)}, {"tokens": ["a"] * 5}, ShapeError, "NaN at position 0"),
        (sample(), {"states": ["hiden"]}, UnknownNameError, "Did you mean 'hidden'"),
        (sample(), {"annotations": ["hidden"]}, ShapeError, "annotation 'hidden'"),
        (sample(), {"sequence_starts": [1]}, ShapeError, "begin with 0"),
        (
            {"hidden": np.zeros((2, 2)), "ids": [0, 3]},
            {"vocabulary": ["a", "b"]},
            ParameterError,
            "id 3 at position 1",
        ),
        ({"hidden": np.zeros((2, 2)), "ids": [0.5, 3]}, {}, ShapeError, "Got 0.5 at position 0"),
        ({"hidden": np.zeros((2, 2)), "ids": [0, -1]}, {"vocabulary": ["a"]}, ParameterError, "id -1"),
        ({"hidden": np.zeros((0, 2)), "tokens": np.array([], "U1")}, {}, ShapeError, "one or two axes"),
        (
            sample(),
            {"tokens": "tokens", "vocabulary": ["the"]},
            ParameterError,
            "'cat' at position 1 is not in",
        ),
    ],
)
def test_parts_that_do_not_fit_are_a_sentence(tmp_path, arrays, options, kind, why):
    write_npz(tmp_path / "run.npz", arrays)
    refused(tmp_path, tmp_path / "run.npz", kind, why, **options)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"hello", "none of the formats"),
        (struct.pack("<Q", 1 << 40), "none of the formats"),
        (struct.pack("<Q", 9) + b'{"h": {}}', "no shape|lacks shape"),
        (struct.pack("<Q", 4) + b"[[[[", "none of the formats"),
        (b"\x93NUMPY\x01\x00\x10\x00" + b"__import__('os')", "damaged"),
        (b"\x93NUMPY\x01\x00\x10\x00" + b"{'descr': '<f4'\0", "damaged"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\x89HDF\r\n\x1a\nbroken", "damaged"),
    ],
)
def test_what_is_no_file_of_arrays(tmp_path, content, why):
    (tmp_path / "run.x").write_bytes(content)
    refused(tmp_path, tmp_path / "run.x", SourceFileError, why, tokens=["a"])


def test_a_missing_file_suggests_its_neighbour(tmp_path):
    write_npz(tmp_path / "run.npz", sample())
    refused(tmp_path, tmp_path / "rum.npz", SourceFileError, r"Did you mean 'run\.npz'")


def test_a_header_that_promises_more_than_the_file_has(tmp_path):
    np.save(tmp_path / "h.npy", np.zeros((4, 2)))
    content = (tmp_path / "h.npy").read_bytes().replace(b"(4, 2)", b"(9, 2)")
    (tmp_path / "h.npy").write_bytes(content)
    refused(tmp_path, tmp_path / "h.npy", SourceFileError, "cut short", tokens=["a"] * 9)


def test_values_in_another_file_are_not_read(tmp_path):
    write_hdf5(tmp_path / "secret.h5", {"h": np.zeros((2, 2))})
    with h5py.File(tmp_path / "run.h5", "w") as file:
        file["h"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "/h")
        layout = h5py.VirtualLayout(shape=(2, 2), dtype="f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "h", shape=(2, 2))
        file.create_virtual_dataset("virtual", layout)
    refused(tmp_path, tmp_path / "run.h5", ShapeError, "no array of floats", tokens=["a", "b"])
