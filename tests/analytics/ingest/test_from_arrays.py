import os

import numpy as np
import pandas as pd
import pytest
import torch

from analytics.errors import ParameterError, RecordingWriteError, ShapeError
from analytics.ingest.from_arrays import write_recording
from tests.recordings import random_states, small_recording


def write(path, **changes):
    return write_recording(
        path / "r", **({"name": "r", "tokens": list("aba"), "states": {"h": np.zeros((3, 2))}} | changes)
    )


def test_tokens_as_texts_with_and_without_a_vocabulary(tmp_path):
    assert write(tmp_path).vocabulary.tolist() == ["a", "b"]
    recording = write(tmp_path, vocabulary=["c", "b", "a"], overwrite=True)
    assert recording.token_ids.tolist() == [2, 1, 2]
    recording = write(tmp_path, tokens=np.array(["x", "y", "x"]), overwrite=True)
    assert recording.tokens.tolist() == ["x", "y", "x"]
    recording = write(tmp_path, tokens=pd.Series(["x", "y", "x"]), overwrite=True)
    assert recording.tokens.tolist() == ["x", "y", "x"]
    recording = write(tmp_path, tokens=[1, 0, 1], vocabulary=["p", "q"], overwrite=True)
    assert recording.tokens.tolist() == ["q", "p", "q"]


def test_of_two_ids_of_a_text_the_first_is_meant(tmp_path):
    twice = ["a", "b", "a"]
    recording = write(tmp_path, vocabulary=twice, targets=["b", "a", None])
    assert recording.token_ids.tolist() == [0, 1, 0]
    assert recording.targets.tolist() == [1, 0, -1]
    recording = write(tmp_path, tokens=[0, 1, 2], vocabulary=twice, overwrite=True)
    assert recording.token_ids.tolist() == [0, 1, 2]


def test_annotations_as_a_frame(tmp_path):
    frame = pd.DataFrame(
        {"pos": ["n", "v", None], "depth": [1, 2, 3], "x": [0.5, np.nan, 1.0]}, index=[7, 8, 9]
    )
    frame["kind"] = pd.Categorical(["q", "p", "q"], categories=["z", "q", "p"])
    recording = write(tmp_path, annotations=frame)
    assert recording.manifest["annotations"] == {
        "pos": {"kind": "categorical", "labels": ["n", "v"]},
        "depth": {"kind": "integer"},
        "x": {"kind": "numeric"},
        "kind": {"kind": "categorical", "labels": ["z", "q", "p"]},
    }
    assert recording.annotations["kind"].tolist() == ["q", "p", "q"]


def test_whole_numbers_with_a_gap_are_numeric(tmp_path):
    frame = pd.DataFrame({"depth": pd.array([1, None, 3], dtype="Int64")})
    recording = write(tmp_path, annotations=frame)
    assert recording.manifest["annotations"] == {"depth": {"kind": "numeric"}}
    np.testing.assert_array_equal(recording.annotations["depth"], [1, np.nan, 3])


def test_tensors_as_a_network_gives_them(tmp_path):
    values = torch.tensor([[0.5, -1.0], [2.0, 0.25], [0.0, 1.0]])
    states = {"learning": values.clone().requires_grad_(), "short": values.to(torch.bfloat16)}
    recording = write(tmp_path, states=states, tokens=torch.tensor([0, 1, 0]), vocabulary=["a", "b"])
    for name in states:
        np.testing.assert_array_equal(recording.states(name).read(0, 3), values.numpy())


def test_a_state_of_another_recording_is_copied_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.ingest.from_arrays.ROWS_PER_GROUP", 7)
    values = random_states(50, 3)
    source = small_recording(tmp_path / "source", states={"h": values})
    recording = write(
        tmp_path, tokens=source.token_ids, vocabulary=source.vocabulary, states={"h": source.states("h")}
    )
    np.testing.assert_array_equal(recording.states("h").read(0, 50), values)


def test_a_matrix_at_each_position_is_stored_flat_with_its_shape(tmp_path):
    values = random_states(3 * 4, 2).reshape(3, 4, 2)
    recording = write(tmp_path, states={"heads": values, "h": values[:, :, 0]})
    heads = recording.states("heads")
    assert (heads.shape, heads.unit_shape) == ((3, 8), (4, 2))
    np.testing.assert_array_equal(heads.read(0, 3).reshape(-1, *heads.unit_shape), values)
    assert recording.manifest["states"]["heads"]["unit_shape"] == [4, 2]
    assert recording.states("h").unit_shape == (4,)
    assert "unit_shape" not in recording.manifest["states"]["h"]
    copy = write_recording(tmp_path / "copy", name="r", tokens=list("aba"), states={"heads": heads})
    assert copy.states("heads").unit_shape == (4, 2)


@pytest.mark.parametrize(
    ("error", "match", "changes"),
    [
        (ShapeError, "at least one. Got shape", {"tokens": []}),
        (ShapeError, "at least one. Got shape", {"tokens": [["a", "b", "c"]]}),
        (ParameterError, "Got ids without a vocabulary: 0 at position 0", {"tokens": [0, 1, 0]}),
        (ParameterError, "without a vocabulary: None at position 1", {"tokens": ["a", None, "b"]}),
        (ParameterError, "The vocabulary is a list.*Got a mapping", {"vocabulary": {"b": 1, "a": 0}}),
        (ParameterError, "states maps names to arrays.*Got ndarray", {"states": np.zeros((3, 2))}),
        (ShapeError, "'h' must be one array. Got rows of different", {"states": {"h": [[0], [0, 1], [0]]}}),
        (ShapeError, "too large for float32. Scale it down", {"states": {"h": np.full((3, 2), 1e300)}}),
        (ParameterError, "annotations map names to values.*Got list", {"annotations": [1, 2, 3]}),
        (ShapeError, r"each position. Got shape \(3, 2\)", {"annotations": {"x": np.ones((3, 2))}}),
        (ParameterError, "two columns 'x'", {"annotations": pd.DataFrame(np.ones((3, 2)), columns=[*"xx"])}),
        (ParameterError, "'b' at position 1 is not in the vocabulary", {"vocabulary": ["a"]}),
        (ShapeError, r"each of the 3 tokens.*Got shape \(4, 2\)", {"states": {"h": np.zeros((4, 2))}}),
        (ShapeError, r"Got shape \(3,\)", {"states": {"h": np.zeros(3)}}),
        (ShapeError, r"each of the 3 tokens.*Got shape \(2, 3, 4\)", {"states": {"h": np.zeros((2, 3, 4))}}),
        (ParameterError, r"shape of a matrix.*Got \(4, 0\)", {"states": {"h": np.zeros((3, 4, 0))}}),
        (ParameterError, "at least one state", {"states": {}}),
        (ShapeError, "sequence_starts must begin with 0", {"sequence_starts": [1]}),
        (ShapeError, "rise, and stay below n_positions=3", {"sequence_starts": [0, 3]}),
        (ShapeError, "'x' has one value for each of the 3 tokens", {"annotations": {"x": [1] * 4}}),
        (ShapeError, "targets has one value for each", {"targets": [0]}),
        (ParameterError, "target 'z' is not in the vocabulary", {"targets": ["a", "z", None]}),
        (ShapeError, "log_probability has one value for each", {"log_probability": [0.0]}),
        (ShapeError, r"predictions have shape \(3, top_k\)", {"predictions": ([0, 1, 0], [0.5] * 3)}),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_are_refused(tmp_path, error, match, changes):
    with pytest.raises(error, match=match):
        write(tmp_path, **changes)
    assert os.listdir(tmp_path) == []


def test_existing_recording_stays_unless_overwritten(tmp_path):
    first = write(tmp_path)
    with pytest.raises(RecordingWriteError, match=r"already something at .*overwrite=True"):
        write(tmp_path, states={"h": np.ones((3, 2))})
    first.check_unchanged()
    second = write(tmp_path, states={"h": np.ones((3, 2))}, overwrite=True)
    assert second.states("h").read(0, 1).tolist() == [[1.0, 1.0]]
    assert os.listdir(tmp_path) == ["r"]


def test_a_checkpoint_says_its_step_and_training(tmp_path):
    states = {"layer0.hidden": np.zeros((3, 2))}
    tiny = {"name": "tiny", "tokens": list("aba"), "states": states}
    made = write_recording(tmp_path / "one", **tiny, step=2000, training="run-3")
    assert (made.manifest["step"], made.manifest["training"]) == (2000, "run-3")
    made = write_recording(tmp_path / "two", **tiny, training="run-3")
    assert "step" not in made.manifest and made.manifest["training"] == "run-3"
    for wrong, sentence in (({"step": 3}, "name it too"), ({"step": -1, "training": "a"}, "at least 0")):
        with pytest.raises(ParameterError, match=sentence):
            write_recording(tmp_path / "three", **tiny, **wrong)
