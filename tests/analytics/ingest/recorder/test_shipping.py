"""A user's own network goes with its recording where it can be built again, and nothing else does."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

import analytics
from analytics.errors import ParameterError

WORDS = ["<unk>", "the", "cat", "sat", "on", "mat", "."]
TOKENS = ["the", "cat", "sat", "on", "the", "mat", ".", "the", "mat", "sat", ".", "a", "cat"]
IDS = [WORDS.index(token) if token in WORDS else 0 for token in TOKENS]
STARTS = [0, 7, 11]


class Network(nn.Module):
    """Embedding, recurrent layers, a linear layer; `wrap` says what becomes of its output."""

    def __init__(self, layers, *, n_out=7, size=5, bias=True, wrap=None, tie=False, last=False):
        super().__init__()
        torch.manual_seed(5)
        self.words = nn.Embedding(len(WORDS), size)
        self.rnn = layers
        self.out = nn.Linear(layers.hidden_size, n_out, bias=bias)
        self.wrap, self.last = wrap or (lambda values: values), last
        if tie:
            self.out.weight = self.words.weight

    def forward(self, ids):
        hidden, _ = self.rnn(self.words(ids))
        if self.last:
            hidden = hidden[:, -1] if self.rnn.batch_first else hidden[-1]
        return self.wrap(self.out(hidden))


class Stacked(nn.Module):
    """Two layers that are modules of their own, with dropout between them."""

    def __init__(self, second=None):
        super().__init__()
        torch.manual_seed(5)
        self.encoder = nn.Embedding(len(WORDS), 4, padding_idx=0)
        self.first, self.second = nn.GRU(4, 6, batch_first=True), second or nn.GRU(6, 6, batch_first=True)
        self.drop, self.decoder = nn.Dropout(0.5), nn.Linear(6, len(WORDS))

    def forward(self, ids):
        return self.decoder(self.second(self.drop(self.first(self.encoder(ids))[0]))[0])


class Cells(nn.Module):
    """One cell, a step at a time."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(5)
        self.words, self.cell, self.out = (
            nn.Embedding(len(WORDS), 4),
            nn.LSTMCell(4, 6),
            nn.Linear(6, len(WORDS)),
        )

    def forward(self, ids):
        state, outputs = None, []
        for step in self.words(ids):
            state = self.cell(step, state)
            outputs.append(self.out(state[0]))
        return torch.stack(outputs)


class Through(nn.Module):
    """What passes through something between the parts is another network."""

    def __init__(self, between=None, after=None, scale=1.0):
        super().__init__()
        torch.manual_seed(5)
        self.words, self.rnn, self.out = nn.Embedding(len(WORDS), 4), nn.LSTM(4, 6), nn.Linear(6, len(WORDS))
        self.between, self.after, self.scale = between or nn.Identity(), after or nn.Identity(), scale

    def forward(self, ids):
        return self.out(self.after(self.rnn(self.between(self.words(ids) * self.scale))[0]))


def made(network, path, /, **options):
    return analytics.record(
        network, IDS, path, vocabulary=WORDS, sequence_starts=STARTS, progress=False, **options
    )


def equals_recorded(recording, *, atol=1e-5):
    """Each sequence typed gives the recorded states, and the verification finds the weights in order."""
    network = analytics.open_network(recording)
    assert network.state_names == recording.state_names
    borders = [*recording.sequence_starts.tolist(), recording.n_positions]
    for start, stop in pairwise(borders):
        sentence = network.run(network.encode(recording.token_texts(start, stop)))
        for name, values in sentence.states.items():
            np.testing.assert_allclose(
                values, recording.states(name).read(start, stop), atol=atol, err_msg=name
            )
        if sentence.next_words is not None:
            logs = recording.log_probability[start:stop]
            np.testing.assert_allclose(sentence.next_words.log_probability, logs, atol=1e-4)
        else:
            shares = [recording.annotations[f"P({name})"][start:stop] for name in network.classes]
            np.testing.assert_allclose(sentence.class_probabilities.T, shares, atol=1e-5)
    checks = analytics.verify(recording.path).checks
    (check,) = [check for check in checks if check.what == "agreement with the weights"]
    assert check.passed, check.sentence
    return network


LANGUAGE_MODELS = {
    "lstm": lambda: Network(nn.LSTM(5, 8)),
    "gru of two layers, batch first": lambda: Network(nn.GRU(5, 8, num_layers=2, batch_first=True)),
    "rnn without biases": lambda: Network(nn.RNN(5, 8, bias=False), bias=False),
    "tied": lambda: Network(nn.LSTM(8, 8), size=8, tie=True),
    "log-probabilities": lambda: Network(nn.GRU(5, 8), wrap=lambda logits: logits.log_softmax(-1)),
    "probabilities": lambda: Network(nn.GRU(5, 8), wrap=lambda logits: logits.softmax(-1)),
    "a tuple": lambda: Network(nn.GRU(5, 8), wrap=lambda logits: (logits, None)),
    "sequential": lambda: Through(between=nn.Dropout(0.5)),
    "stacked": Stacked,
    "cells": Cells,
}


@pytest.mark.parametrize("build", LANGUAGE_MODELS.values(), ids=LANGUAGE_MODELS)
def test_a_language_model_of_ones_own_runs_on_other_text(tmp_path, build):
    network = equals_recorded(made(build(), tmp_path / "made"))
    assert network.task == "language model"
    assert network.module.embedding.weight.dtype == torch.float32
    assert network.run("the dog sat").tokens.unknown.tolist() == [False, True, False]


def test_what_is_written_says_what_it_is(tmp_path):
    recording = made(Network(nn.LSTM(8, 8), size=8, tie=True), tmp_path / "made", model={"made by": "me"})
    facts = recording.manifest["model"]
    network = {"n_words": 7, "kind": "lstm", "n_layers": 1, "n_units": 8, "n_embedding": 8, "tied": True}
    assert network.items() <= facts["network"].items()
    assert (facts["title"], facts["task"]) == ("1 x 8 LSTM language model", "language model")
    assert (facts["made by"], facts["class"]) == ("me", "Network")


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_a_classifier_of_ones_own_runs_on_other_text(tmp_path, kind, last):
    model = Network(kind(5, 8, batch_first=True), n_out=3, last=last)
    recording = made(model, tmp_path / "made", classes=["a", "b", "c"])
    assert equals_recorded(recording).classes == ("a", "b", "c")


@pytest.mark.parametrize("wrap", [None, torch.sigmoid])
def test_one_answer_about_two_classes_is_run_as_two(tmp_path, wrap):
    model = Network(nn.GRU(5, 8), n_out=1, wrap=wrap)
    nn.init.constant_(model.out.bias, -1.0)
    recording = made(model, tmp_path / "made", classes=["bad", "good"])
    assert equals_recorded(recording).module.shape.n_classes == 2


def test_a_head_beside_the_network_goes_with_it(tmp_path):
    torch.manual_seed(5)
    model, head = nn.Sequential(nn.Embedding(len(WORDS), 4), nn.LSTM(4, 6)), nn.Linear(6, len(WORDS))
    equals_recorded(made(model, tmp_path / "made", head=head))


def test_a_network_recorded_from_padded_batches_is_shipped(tmp_path):
    ids = torch.tensor([[1, 2, 3, 4], [5, 6, 0, 0]])
    recording = analytics.record(
        Network(nn.GRU(5, 8, batch_first=True)), iter([(ids, torch.tensor([4, 2]))]), tmp_path / "made",
        vocabulary=WORDS, progress=False,
    )  # fmt: skip
    equals_recorded(recording)


def test_ids_without_texts_are_typed_as_numbers(tmp_path):
    recording = analytics.record(Network(nn.GRU(5, 8)), IDS, tmp_path / "made", progress=False)
    sentence = analytics.open_network(recording).run(" ".join(map(str, IDS)))
    np.testing.assert_allclose(
        sentence.states["layer0.hidden"], recording.states("layer0.hidden").read(0, len(IDS)), atol=1e-6
    )


def test_half_precision_states_agree_to_a_thousandth(tmp_path):
    equals_recorded(made(Network(nn.LSTM(5, 8)), tmp_path / "made", dtype="float16"), atol=1e-3)


def test_states_that_were_not_recorded_are_not_offered(tmp_path):
    network = equals_recorded(made(Network(nn.LSTM(5, 8)), tmp_path / "made", states=["layer0.cell"]))
    assert network.state_names == ("layer0.cell",)


def test_nothing_is_shipped_where_it_is_not_wanted(tmp_path):
    assert made(Network(nn.LSTM(5, 8)), tmp_path / "made", ship=False).weights_path is None


def test_weights_that_the_caller_gives_are_kept(tmp_path):
    recording = made(Network(nn.LSTM(5, 8)), tmp_path / "made", weights=b"own", model={"is": "mine"})
    assert recording.weights_path.read_bytes() == b"own"
    assert "network" not in recording.manifest["model"]


def chaotic():
    network = Network(nn.RNN(5, 40))
    with torch.no_grad():
        network.rnn.weight_hh_l0.normal_(std=1.5)
    return network


FOREIGN = {
    "both directions": (
        lambda: Network(nn.LSTM(5, 4, bidirectional=True), n_out=7).requires_grad_(False),
        {"call": lambda model, ids: model.out(model.rnn(model.words(ids))[0][..., :4])},
        "reads in both directions",
    ),
    "relu": (lambda: Network(nn.RNN(5, 8, nonlinearity="relu")), {}, "no tanh layer"),
    "layers of two kinds": (lambda: Stacked(nn.LSTM(6, 6, batch_first=True)), {}, "differ in kind or size"),
    "a norm": (lambda: Through(after=nn.LayerNorm(6)), {}, "weights outside its embedding"),
    "a second linear layer": (lambda: Through(between=nn.Linear(4, 4)), {}, "has 2 linear layers"),
    "two embeddings": (lambda: Through(between=Unused()), {}, "has 2 embeddings"),
    "something between": (lambda: Through(after=nn.Tanh()), {}, "it does more than they say"),
    "scaled embeddings": (lambda: Through(scale=2.0), {}, "it does more than they say"),
    "an answer to something else": (lambda: Network(nn.GRU(5, 8), n_out=3), {}, "as wide as the vocabulary"),
    "facts of the caller": (
        lambda: Network(nn.GRU(5, 8)), {"model": {"task": "mine"}}, "task or network itself"
    ),
    "no linear layer": (
        lambda: nn.Sequential(nn.Embedding(len(WORDS), 4), nn.LSTM(4, len(WORDS))), {}, "has no linear layer"
    ),
    "chaos": (chaotic, {}, "rounding errors grow in it"),
}  # fmt: skip


class Unused(nn.Module):
    """Holds an embedding and passes its input on."""

    def __init__(self):
        super().__init__()
        self.more = nn.Embedding(2, 2)

    def forward(self, values):
        return values


@pytest.mark.parametrize(("build", "options", "why"), FOREIGN.values(), ids=FOREIGN)
def test_what_cannot_be_built_again_is_recorded_without(tmp_path, build, options, why):
    model = build()
    assert made(model, tmp_path / "made", **options).weights_path is None
    with pytest.raises(ParameterError, match=f"This one cannot be: .*{why}"):
        made(model, tmp_path / "other", ship=True, **options)
    assert not (tmp_path / "other").exists()


def test_numbers_are_no_text(tmp_path):
    series = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    assert analytics.record(nn.LSTM(2, 3), series, tmp_path / "made", progress=False).weights_path is None
    with pytest.raises(ParameterError, match="ship=True is for networks that read tokens"):
        analytics.record(nn.LSTM(2, 3), series, tmp_path / "other", ship=True, progress=False)
