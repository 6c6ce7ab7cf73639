"""`analytics.record` with networks written in unannounced ways, each against its own computation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

import analytics
from analytics.errors import ParameterError

N_WORDS, UNITS = 20, 5
SEQUENCES = [np.random.default_rng(n).integers(0, N_WORDS, n).tolist() for n in (9, 30, 1, 14, 2)]
"""Of several lengths, one of them 1."""


def record(tmp_path, network, tokens=SEQUENCES, **options):
    """Record without a bar."""
    return analytics.record(network, tokens, tmp_path / "recording", progress=False, **options)


def values(recording, state):
    """All values of a state."""
    return recording.states(state).read(0, recording.n_positions)


def alone(network, sequences=SEQUENCES):
    """What a batch-first network gives each sequence by itself, one after the other."""
    with torch.no_grad():
        return np.concatenate([network(torch.tensor([sequence]))[0].numpy() for sequence in sequences])


class TestSteps:
    """A function of one step."""

    def test_each_sequence_begins_with_the_next_state_of_a_callable(self, tmp_path):
        firsts = np.arange(len(SEQUENCES) * UNITS, dtype=np.float32).reshape(-1, UNITS)
        waiting = iter(firsts)
        recording = record(tmp_path, lambda state, token: state + token, initial_state=lambda: next(waiting))
        expected = [first + np.cumsum(ids)[:, None] for first, ids in zip(firsts, SEQUENCES, strict=True)]
        assert_allclose(values(recording, "layer0.hidden"), np.concatenate(expected))


class WeightDropped(nn.Module):
    """Drops recurrent weights while it learns: they are made anew at each call from those it keeps."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.embedding, self.layer = nn.Embedding(N_WORDS, 4), nn.LSTM(4, UNITS, batch_first=True)
        kept = self.layer._parameters.pop("weight_hh_l0")
        self.kept = nn.Parameter(kept.data * 3)
        self.layer.weight_hh_l0 = torch.zeros_like(kept)

    def forward(self, ids):
        shares = nn.functional.dropout(torch.ones_like(self.kept), 0.5, self.training)
        self.layer.weight_hh_l0 = self.kept * shares
        return self.layer(self.embedding(ids))[0]


class TestWeights:
    """Weights that are not simply there."""

    def test_made_anew_at_each_call(self, tmp_path):
        network = WeightDropped()
        network(torch.tensor([[1, 2, 3]]))  # leaves weights with holes behind
        recording = record(tmp_path, network)
        assert_allclose(values(recording, "layer0.hidden"), alone(network.eval()), atol=1e-6)
        hidden = np.tanh(values(recording, "layer0.cell")) * values(recording, "layer0.output_gate")
        assert_allclose(hidden, values(recording, "layer0.hidden"), atol=1e-6)

    def test_normed_by_a_parametrization(self, tmp_path):
        torch.manual_seed(0)
        network = nn.Sequential(nn.Embedding(N_WORDS, 4), nn.GRU(4, UNITS, batch_first=True))
        nn.utils.parametrizations.weight_norm(network[1], "weight_hh_l0")
        network[1].parametrizations.weight_hh_l0.original0.data *= 2
        recording = record(tmp_path, network)
        own = nn.Sequential(network, First())
        assert_allclose(values(recording, "layer0.hidden"), alone(own), atol=1e-6)


class First(nn.Module):
    """The outputs, of what a layer returns."""

    def forward(self, given):
        return given[0]


class Own(nn.Module):
    """A recurrent layer of the user's own, with the steps first or the sequences."""

    def __init__(self, *, batch_first):
        super().__init__()
        self.cell, self.batch_first = nn.Linear(4 + UNITS, UNITS), batch_first

    def forward(self, given):
        given = given.transpose(0, 1) if self.batch_first else given
        state, found = given.new_zeros(given.shape[1], UNITS), []
        for row in given:
            state = torch.tanh(self.cell(torch.cat([row, state], dim=1)))
            found.append(state)
        found = torch.stack(found)
        return found.transpose(0, 1) if self.batch_first else found


def own_network(*, batch_first):
    torch.manual_seed(1)
    return nn.Sequential(nn.Embedding(N_WORDS, 4), Own(batch_first=batch_first))


class LookingBack(nn.Module):
    """A convolution that reads what was 16 steps ago (or will be, where it looks ahead), before the layer."""

    def __init__(self, *, ahead=0):
        super().__init__()
        torch.manual_seed(0)
        self.embedding, self.layer = nn.Embedding(N_WORDS, 4), nn.GRU(4, UNITS, batch_first=True)
        self.around = nn.Conv1d(4, 4, 2, dilation=16)
        self.padding = (16 - ahead, ahead)

    def forward(self, ids):
        vectors = nn.functional.pad(self.embedding(ids).transpose(1, 2), self.padding)
        return self.layer(self.around(vectors).transpose(1, 2))[0]


class Drawing(nn.Module):
    """Begins with a state drawn at random."""

    def __init__(self):
        super().__init__()
        self.embedding, self.layer = nn.Embedding(N_WORDS, 4), nn.GRU(4, UNITS, batch_first=True)

    def forward(self, ids):
        return self.layer(self.embedding(ids), torch.randn(1, len(ids), UNITS))[0]


class TestFoundOut:
    """What is told by running a network, never by its code."""

    @pytest.mark.parametrize("batch_first", [True, False])
    def test_the_axis_of_steps_of_a_layer_of_ones_own(self, tmp_path, batch_first):
        recording = record(tmp_path, own_network(batch_first=batch_first), states={"own": "1"})
        assert_allclose(values(recording, "own"), alone(own_network(batch_first=True)), atol=1e-6)

    @pytest.mark.parametrize("batch_first", [True, False])
    def test_the_axis_of_steps_of_a_cell_of_ones_own(self, tmp_path, batch_first):
        recording = record(tmp_path, own_network(batch_first=batch_first), states={"sums": "1.cell"})
        found = np.tanh(values(recording, "sums"))
        assert_allclose(found, alone(own_network(batch_first=True)), atol=1e-6)

    @pytest.mark.parametrize("ahead", [0, 16])
    def test_a_network_that_looks_further_than_a_few_steps_is_run_whole(self, tmp_path, ahead):
        text = [np.random.default_rng(0).integers(0, N_WORDS, 400).tolist()]
        network = LookingBack(ahead=ahead)
        recording = record(tmp_path, network, text, max_batch_positions=50)
        assert_allclose(values(recording, "layer0.hidden"), alone(network, text), atol=1e-6)

    def test_a_network_that_draws_its_first_state_is_refused(self, tmp_path):
        with pytest.raises(ParameterError, match="draws at random"):
            record(tmp_path, Drawing())
        assert not (tmp_path / "recording").exists()

    def test_and_recorded_with_the_same_draw_each_time(self, tmp_path):
        def seeded(network, ids):
            torch.manual_seed(0)
            return network(ids)

        network = Drawing()
        recording = record(tmp_path, network, [[3, 4, 5]], call=seeded)
        torch.manual_seed(0)
        assert_allclose(values(recording, "layer0.hidden"), alone(network, [[3, 4, 5]]), atol=1e-6)

    @pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
    def test_a_network_in_half_precision_is_run_in_pieces_and_side_by_side(self, tmp_path, half):
        torch.manual_seed(0)
        shapes = []

        def seen(network, ids):
            shapes.append(tuple(ids.shape))
            return network(ids)

        network = nn.Sequential(nn.Embedding(N_WORDS, 16), nn.LSTM(16, 64, 2, batch_first=True)).to(half)
        text = np.random.default_rng(0).integers(0, N_WORDS, (4, 700))
        record(tmp_path, network, text, call=seen, max_batch_positions=100)
        assert max(n_steps for _, n_steps in shapes[-28:]) == 100
        short = np.random.default_rng(0).integers(0, N_WORDS, (50, 20))
        record(tmp_path / "short", network, short, call=seen)
        assert shapes[-1] == (50, 20)


@dataclass
class Answer:
    """What some networks return."""

    loss: torch.Tensor | None
    scores: torch.Tensor


class Answering(nn.Module):
    """Returns its scores over the vocabulary packed in some way."""

    def __init__(self, packed):
        super().__init__()
        torch.manual_seed(0)
        self.embedding, self.layer = nn.Embedding(N_WORDS, 4), nn.GRU(4, UNITS, batch_first=True)
        self.scores, self.packed = nn.Linear(UNITS, N_WORDS), packed

    def forward(self, ids):
        return self.packed(self.scores(self.layer(self.embedding(ids))[0]))


@pytest.mark.parametrize(
    "packed",
    [
        lambda scores: Answer(None, scores),
        lambda scores: (None, scores),
        lambda scores: {"loss": None, "scores": scores},
        lambda scores: [(scores, scores.sum())],
    ],
)
def test_scores_are_found_in_what_a_network_returns(tmp_path, packed):
    recording = record(tmp_path, Answering(packed))
    expected = torch.log_softmax(torch.from_numpy(alone(Answering(lambda scores: scores))), dim=1)
    has_target = recording.targets >= 0
    known = expected[torch.arange(len(expected)), torch.from_numpy(recording.targets.clip(0).astype(int))]
    assert_allclose(recording.log_probability[has_target], known.numpy()[has_target], atol=1e-6)


class OwnForward(nn.LSTM):
    """A layer that does more than its base."""

    def forward(self, given, before=None):
        found, after = super().forward(given, before)
        return found * 2, after


def test_a_layer_with_a_forward_of_its_own_is_recorded_by_what_it_returns(tmp_path):
    network = nn.Sequential(nn.Embedding(N_WORDS, 4), OwnForward(4, UNITS, batch_first=True))
    with pytest.raises(ParameterError, match=r"states=\{'layer0.hidden': '1'\}"):
        record(tmp_path, network)
    recording = record(tmp_path, network, states={"layer0.hidden": "1"})
    assert_allclose(values(recording, "layer0.hidden"), alone(nn.Sequential(network, First())), atol=1e-6)


def test_a_layer_that_reads_twice_is_refused_with_a_way_out(tmp_path):
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.layer = nn.Embedding(N_WORDS, UNITS), nn.GRU(UNITS, UNITS, batch_first=True)

        def forward(self, ids):
            return self.layer(self.layer(self.embedding(ids))[0])[0]

    with pytest.raises(ParameterError, match="it is called twice"):
        record(tmp_path, Twice())


def test_a_network_that_gives_no_numbers_is_told_apart_from_one_that_draws(tmp_path):
    network = nn.Sequential(nn.Embedding(N_WORDS, 4), nn.GRU(4, UNITS, batch_first=True))
    network[1].weight_hh_l0.data.fill_(float("nan"))
    with pytest.raises(ParameterError, match="not a number"):
        record(tmp_path, network)


@pytest.mark.parametrize("option", ["sequence_starts", "inputs", "channels"])
def test_options_that_batches_cannot_heed_are_refused(tmp_path, option):
    network = nn.Sequential(nn.Embedding(N_WORDS, 4), nn.GRU(4, UNITS, batch_first=True))
    batches = iter([torch.zeros(3, 7, dtype=torch.long)])
    words = [str(number) for number in range(N_WORDS)]
    with pytest.raises(ParameterError, match=f"{option}= belongs to tokens"):
        record(tmp_path, network, batches, vocabulary=words, **{option: [0]})
