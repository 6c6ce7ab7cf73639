from pathlib import Path

import numpy as np
import pytest
import torch

from analytics.corpora.corpus import Corpus
from analytics.errors import UnknownNameError
from analytics.ingest.recorder import record_language_model, recordable_states
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.store.recording import open_recording

VOCABULARY = ["<unk>", *"abcdefghij"]
LENGTHS = [7, 90, 1, 41, 64, 2, 33]


def small_model(kind: str = "lstm") -> LanguageModel:
    torch.manual_seed(3)
    shape = ModelShape(n_words=len(VOCABULARY), kind=kind, n_units=6, n_embedding=5, tied=False, dropout=0.5)
    return LanguageModel(shape).eval()


def small_corpus() -> Corpus:
    generator = np.random.default_rng(5)
    tokens = generator.choice([*VOCABULARY[1:], "zebra"], size=sum(LENGTHS)).tolist()
    starts = np.cumsum([0, *LENGTHS])[:-1]
    return Corpus(
        "small", tokens, starts, {"shout": [token.upper() for token in tokens], "n": np.arange(len(tokens))}
    )


def record(tmp_path: Path, model: LanguageModel, **options):
    options = {"dtype": "float32", "vocabulary": VOCABULARY, "name": "small"} | options
    record_language_model(model, small_corpus(), tmp_path / "small", **options)
    return open_recording(tmp_path / "small")


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("max_batch_positions", [40, 100, 10_000])
def test_states_are_those_of_torch_at_every_position(tmp_path, kind, max_batch_positions):
    model = small_model(kind)
    recording = record(tmp_path, model, max_batch_positions=max_batch_positions)
    hidden = recording.states("layer1.hidden").read(0, recording.n_positions)
    assert recording.sequence_starts.tolist() == np.cumsum([0, *LENGTHS])[:-1].tolist()
    for start, length in zip(recording.sequence_starts, LENGTHS, strict=True):
        ids = torch.from_numpy(recording.token_ids[start : start + length].astype(np.int64))
        with torch.no_grad():
            output, _ = model.layers(model.embedding(ids))
        np.testing.assert_allclose(hidden[start : start + length], output.numpy(), atol=1e-6, rtol=0)


def test_cells_are_those_of_torch(tmp_path):
    model = small_model()
    recording = record(tmp_path, model)
    for start, length in zip(recording.sequence_starts, LENGTHS, strict=True):
        ids = torch.from_numpy(recording.token_ids[start : start + length].astype(np.int64))
        with torch.no_grad():
            _, (_, cell) = model.layers(model.embedding(ids))
        for layer in range(2):
            last = recording.states(f"layer{layer}.cell").read(start + length - 1, start + length)[0]
            np.testing.assert_allclose(last, cell[layer].numpy(), atol=1e-6, rtol=0)


def test_gates_recompute_the_state(tmp_path):
    recording = record(tmp_path, small_model())
    n = recording.n_positions
    read = {
        kind: recording.states(f"layer1.{kind}").read(0, n)
        for kind in ("hidden", "cell", "input_gate", "forget_gate", "candidate_gate", "output_gate")
    }
    before = np.vstack([np.zeros((1, 6), np.float32), read["cell"][:-1]])
    before[recording.sequence_starts] = 0
    cell = read["forget_gate"] * before + read["input_gate"] * read["candidate_gate"]
    np.testing.assert_allclose(cell, read["cell"], atol=1e-6)
    np.testing.assert_allclose(read["output_gate"] * np.tanh(cell), read["hidden"], atol=1e-6)


def test_gates_of_a_gru_recompute_the_state(tmp_path):
    recording = record(tmp_path, small_model("gru"))
    n = recording.n_positions
    hidden, update, candidate = (
        recording.states(f"layer0.{kind}").read(0, n) for kind in ("hidden", "update_gate", "candidate_gate")
    )
    before = np.vstack([np.zeros((1, 6), np.float32), hidden[:-1]])
    before[recording.sequence_starts] = 0
    np.testing.assert_allclose((1 - update) * candidate + update * before, hidden, atol=1e-6)


def test_log_probability_is_that_of_the_next_token(tmp_path):
    model = small_model()
    recording = record(tmp_path, model)
    start, length = 7, 90
    ids = torch.from_numpy(recording.token_ids[start : start + length].astype(np.int64))[:, None]
    with torch.no_grad():
        log_probability = torch.log_softmax(model(ids)[0][:, 0], dim=1).numpy()
    wanted = log_probability[np.arange(length - 1), recording.token_ids[start + 1 : start + length]]
    np.testing.assert_allclose(recording.log_probability[start : start + length - 1], wanted, atol=1e-5)
    assert recording.targets[start + length - 1] == -1
    assert np.isnan(recording.log_probability[start + length - 1])
    best = recording.predictions.ids[start : start + length, 0]
    assert best.tolist() == log_probability.argmax(axis=1).tolist()


def test_probabilities_of_all_predictions_sum_to_one(tmp_path):
    recording = record(tmp_path, small_model(), top_k=99)
    assert recording.predictions.probabilities.shape == (recording.n_positions, len(VOCABULARY))
    np.testing.assert_allclose(recording.predictions.probabilities.sum(axis=1), 1, atol=1e-5)


def test_tokens_and_annotations_come_along(tmp_path):
    corpus = small_corpus()
    recording = record(tmp_path, small_model(), labels={"shout": sorted({t.upper() for t in corpus.tokens})})
    wanted = [token if token in VOCABULARY else "<unk>" for token in corpus.tokens]
    assert recording.tokens.tolist() == wanted
    assert recording.annotations["shout"].astype(str).tolist() == corpus.annotations["shout"]
    assert recording.annotations["n"].tolist() == list(range(len(wanted)))
    assert recording.annotations["shout"].cat.categories[0] == "A"


def test_only_the_states_asked_for_are_kept(tmp_path):
    recording = record(tmp_path, small_model(), states=["layer1.cell"])
    assert recording.state_names == ("layer1.cell",)


def test_a_state_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match=r"no state 'layer1\.cel'.*layer1\.cell"):
        record(tmp_path, small_model(), states=["layer1.cel"])
    assert not (tmp_path / "small").exists()


def test_an_lstm_of_two_layers_has_twelve_states():
    names = list(recordable_states(small_model()))
    assert len(names) == 12
    assert names[:2] == ["layer0.hidden", "layer0.cell"]
