"""`analytics.record` with networks written in unannounced ways, each against its own computation."""

from __future__ import annotations

import numpy as np
import torch
from numpy.testing import assert_allclose
from torch import nn

import analytics

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
