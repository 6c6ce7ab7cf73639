import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import analytics
from analytics.errors import NetworkError, NotARecordingError, RecordingChangedError
from tests.live_networks import WORDS, classifier_recording, language_recording
from tests.recordings import small_recording


@pytest.fixture
def made(tmp_path):
    return language_recording(tmp_path / "made").path


def change_facts(folder, **changes):
    """Rewrite what stands in model.json, and the manifest's notes of it, so that it opens."""
    facts = json.loads((folder / "model.json").read_text())
    facts = {name: value for name, value in (facts | changes).items() if value is not None}
    rewrite(folder, "model.json", json.dumps(facts).encode())


def change_weights(folder, change):
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "changed")
    content = (folder / "changed").read_bytes()
    (folder / "changed").unlink()
    rewrite(folder, "model.safetensors", content)


def rewrite(folder, file, content):
    (folder / file).write_bytes(content)
    manifest = json.loads((folder / "recording.json").read_text())
    manifest["files"][file]["bytes"] = len(content)
    (folder / "recording.json").write_text(json.dumps(manifest))


def test_a_recording_or_its_folder_is_opened(made):
    recording = analytics.open_recording(made)
    network = analytics.open_network(recording)
    assert network.recording is recording
    assert network.vocabulary == tuple(WORDS)
    assert network.task == "language model"
    assert network.classes == ()
    assert (network.module.training, network.module.embedding.weight.dtype) == (False, torch.float32)
    assert network.facts["network"]["n_units"] == 6
    assert (
        repr(analytics.open_network(made))
        == "<LiveNetwork of 'made': a language model that reads at white space>"
    )


def test_without_a_network_the_sentence_says_how_to_ship_one(tmp_path):
    with pytest.raises(NetworkError, match=r"'small' ships no network\. Record it again: analytics\.record"):
        analytics.open_network(small_recording(tmp_path / "small"))
    with pytest.raises(NotARecordingError):
        analytics.open_network(tmp_path)


def nan(weights):
    weights["layers.weight_hh_l1"][3, 2] = np.nan


def infinite(weights):
    weights["projection.bias"][0] = np.inf


def smaller(weights):
    weights["layers.weight_hh_l1"] = weights["layers.weight_hh_l1"][:, :5].contiguous()


def missing(weights):
    del weights["layers.bias_hh_l0"]


def unknown(weights):
    weights["attention.weight"] = torch.zeros(2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (nan, r"holds NaN or infinity in 'layers\.weight_hh_l1'\. Train it again"),
        (infinite, r"holds NaN or infinity in 'projection\.bias'"),
        (smaller, r"'layers\.weight_hh_l1' has the shape \(24, 5\) where model\.json tells \(24, 6\)"),
        (missing, r"'layers\.bias_hh_l0' has the shape None where model\.json tells \(24,\)"),
        (unknown, r"does not fit: model\.json tells no 'attention\.weight'\. Record it again"),
    ],
)
def test_weights_that_do_not_fit_are_refused(made, change, sentence):
    change_weights(made, change)
    with pytest.raises(NetworkError, match=sentence):
        analytics.open_network(made)


SHAPE = {"n_words": 9, "kind": "lstm", "n_layers": 2, "n_units": 6, "n_embedding": 6, "tied": True}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"network": None}, r"model\.json describes no network that is known here\. Record it again"),
        ({"network": "an LSTM"}, "describes no network that is known here"),
        ({"task": "tagger"}, "describes no network that is known here"),
        ({"network": SHAPE | {"kind": "transformer"}}, "kind must be one of rnn, gru, lstm"),
        ({"network": SHAPE | {"heads": 2}}, "unexpected keyword argument 'heads'"),
        ({"network": SHAPE | {"n_units": "6"}}, "tells no network"),
        ({"network": SHAPE | {"n_words": 9.0}}, "cannot be built"),
        ({"network": SHAPE | {"n_words": 10**12}}, r"'embedding\.weight' has the shape \(9, 6\)"),
        ({"network": SHAPE | {"n_layers": 10**9}}, r"'layers\.weight_ih_l2' has the shape None"),
        ({"network": SHAPE | {"kind": "gru"}}, r"'layers\.weight_ih_l0' has the shape \(24, 6\)"),
        ({"task": "classifier"}, "tells no network"),
    ],
)
def test_facts_that_tell_another_network_are_refused(made, changes, sentence):
    change_facts(made, **changes)
    with pytest.raises(NetworkError, match=sentence):
        analytics.open_network(made)


def test_a_vocabulary_of_another_size_is_refused(tmp_path, made):
    other = small_recording(tmp_path / "other").path
    for file in ("model.json", "model.safetensors"):
        shutil.copyfile(made / file, other / file)
        manifest = json.loads((other / "recording.json").read_text())
        manifest["files"][file] = {"bytes": (made / file).stat().st_size, "sha256": ""}
        (other / "recording.json").write_text(json.dumps(manifest))
    with pytest.raises(NetworkError, match="knows 9 words where the recording's vocabulary has 8"):
        analytics.open_network(other)


def test_states_of_another_size_are_refused(tmp_path):
    torch.manual_seed(0)
    path = language_recording(
        tmp_path / "made", states={"layer0.hidden": "embedding"}, tied=False, n_embedding=4
    ).path
    with pytest.raises(
        NetworkError, match=r"'layer0\.hidden' was recorded with 4 units, and the network has 6"
    ):
        analytics.open_network(path)


def test_names_of_classes_that_do_not_fit_are_refused(tmp_path):
    path = classifier_recording(tmp_path / "made").path
    change_facts(path, classes=["bad"])
    with pytest.raises(NetworkError, match="tells 2 classes apart, and 1 are named"):
        analytics.open_network(path)


def test_classes_without_names_are_numbered(tmp_path):
    path = classifier_recording(tmp_path / "made").path
    change_facts(path, classes=None)
    assert analytics.open_network(path).classes == ("0", "1")


def test_a_file_that_is_no_safetensors_is_refused(made):
    rewrite(made, "model.safetensors", b"pickled")
    with pytest.raises(NetworkError, match=r"cannot be read \(.*Record it again"):
        analytics.open_network(made)
    rewrite(made, "model.json", b"{")
    with pytest.raises(NetworkError, match="cannot be read"):
        analytics.open_network(made)


def test_a_recording_that_was_replaced_meanwhile_says_so(tmp_path):
    old = language_recording(tmp_path / "made")
    shutil.rmtree(tmp_path / "made-network")
    classifier_recording(tmp_path / "made", overwrite=True)
    with pytest.raises(RecordingChangedError, match="was replaced while it was open"):
        analytics.open_network(old)


def test_a_network_that_gives_nan_says_from_which_word_on(tmp_path):
    def large(weights):
        weights["embedding.weight"] = weights["embedding.weight"].float()
        weights["embedding.weight"][WORDS.index("cat")] = 3e38
        weights["layers.weight_ih_l0"] *= 100

    path = language_recording(tmp_path / "made", tied=False, n_embedding=4).path
    change_weights(path, large)
    with pytest.raises(NetworkError, match=r"gives NaN or infinity from word 2 \('cat'\) on"):
        analytics.open_network(path).run("the cat sat")
