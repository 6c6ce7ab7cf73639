"""`analytics.record` with networks written in unannounced ways, each against its own computation."""

from __future__ import annotations

import numpy as np
import torch
from numpy.testing import assert_allclose

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
