"""The influence of a word of a recording: after what its sequence read, and no further than it goes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

import analytics
from analytics.analyses.memory.influence import influence_norms
from analytics.derived.influence import word_influence
from analytics.errors import RangeError, UnknownNameError
from tests.memory_recordings import N_POSITIONS, SEQUENCE, memory_recording


@pytest.fixture(scope="module", params=["lstm", "gru", "rnn"])
def network(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    return analytics.open_network(memory_recording(folder / "queens", kind=request.param, n_layers=2))


def read_to(network, position):
    """The state before a position, by reading its sequence from the start."""
    begin = position // SEQUENCE * SEQUENCE
    if begin == position:
        return None
    ids = torch.tensor(network.recording.token_ids[begin:position].astype(np.int64))[:, None]
    with torch.no_grad():
        carried = network.module.layers(network.module.embedding(ids))[1]
    return carried if isinstance(carried, tuple) else (carried,)


@pytest.mark.parametrize("position", [0, 1, SEQUENCE + 5, 2 * SEQUENCE - 1, N_POSITIONS - 3])
def test_it_is_that_of_the_network_after_what_it_read(network, position):
    norms = word_influence(network, position, state="layer1.hidden", n_after=10)
    last = min(position + 11, position // SEQUENCE * SEQUENCE + SEQUENCE)
    embedding = network.module.embedding.weight.detach().numpy()
    embedded = embedding[network.recording.token_ids[position:last]]
    expected = influence_norms(
        network.module.layers, embedded, state="layer1.hidden", before=read_to(network, position)
    )
    assert len(norms) == last - position
    assert_allclose(norms, expected, rtol=1e-5)


def test_threads_are_as_many_as_before(network):
    torch.set_num_threads(2)
    word_influence(network, 3, state="layer0.hidden")
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)


@pytest.mark.parametrize("position", [-1, N_POSITIONS])
def test_positions_outside_are_refused(network, position):
    with pytest.raises(RangeError, match=f"Got {position}"):
        word_influence(network, position, state="layer0.hidden")


def test_gates_are_refused(network):
    with pytest.raises(UnknownNameError, match=r"layer0\.hidden"):
        word_influence(network, 3, state="layer0.input_gate")
