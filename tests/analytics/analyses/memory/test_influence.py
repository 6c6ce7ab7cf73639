"""The influence of one input on later states: against autograd, and where it is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from analytics.analyses.memory.influence import influence_norms
from analytics.errors import ParameterError, ShapeError, UnknownNameError

KINDS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}
STEPS, EMBEDDING, UNITS = 6, 3, 4


def made(kind, n_layers, seed=0, **options):
    torch.manual_seed(seed)
    return KINDS[kind](EMBEDDING, UNITS, num_layers=n_layers, **options).double()


def states_of(network, values, before, state):
    """Every state of one name, by running the network a step at a time."""
    layer, kind = int(state[5]), state.partition(".")[2]
    found, carried = [], before
    for value in values:
        _, carried = network(value[None, None], carried)
        hidden, cell = carried if isinstance(carried, tuple) else (carried, None)
        found.append((cell if kind == "cell" else hidden)[layer, 0])
    return torch.stack(found)


def expected(network, values, before, state):
    def of_first(first):
        return states_of(network, torch.cat([first[None], values[1:]]), before, state)

    jacobian = torch.autograd.functional.jacobian(of_first, values[0], vectorize=True)
    return jacobian.flatten(1).norm(dim=1).numpy()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n_layers", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_autograd_gives_the_same(kind, n_layers, seed):
    network = made(kind, n_layers, seed)
    values = torch.randn(STEPS, EMBEDDING, dtype=torch.float64)
    carried = torch.randn(2 if kind == "lstm" else 1, n_layers, 1, UNITS, dtype=torch.float64)
    before = tuple(carried) if kind == "lstm" else carried[0]
    for part in ("hidden", "cell") if kind == "lstm" else ("hidden",):
        state = f"layer{n_layers - 1}.{part}"
        norms = influence_norms(network, values.numpy(), state=state, before=tuple(carried))
        assert_allclose(norms, expected(network, values, before, state), rtol=1e-9)
        plain = influence_norms(network, values.numpy(), state=state)
        assert_allclose(plain, expected(network, values, None, state), rtol=1e-9)
        assert not np.allclose(plain, norms)


def test_single_precision_is_near():
    network = made("lstm", 2)
    values = torch.randn(STEPS, EMBEDDING, dtype=torch.float64).numpy()
    single = influence_norms(network, values.astype(np.float32), state="layer1.cell")
    assert_allclose(single, influence_norms(network, values, state="layer1.cell"), rtol=1e-4)


def test_the_network_stays_as_it_is():
    network = made("gru", 1)
    before = [value.clone() for value in network.parameters()]
    influence_norms(network, np.ones((3, EMBEDDING)), state="layer0.hidden")
    assert all(torch.equal(one, other) for one, other in zip(before, network.parameters(), strict=True))
    assert all(value.grad is None for value in network.parameters())


@pytest.mark.parametrize(
    ("options", "values", "error", "sentence"),
    [
        ({"state": "layer1.cell"}, np.ones((3, 3)), UnknownNameError, "layer0.hidden, layer0.cell"),
        ({}, np.ones((3, 2)), ShapeError, r"shape \(n_steps, 3\).*Got \(3, 2\)"),
        ({}, np.ones((0, 3)), ShapeError, "with a step at least"),
        ({}, np.ones(3), ShapeError, "n_steps, 3"),
        ({"before": [torch.zeros(1, 4)]}, np.ones((2, 3)), ShapeError, "2 tensors"),
        ({"before": [torch.zeros(1, 5)] * 2}, np.ones((2, 3)), ShapeError, r"\(n_layers, 4\)"),
    ],
)
def test_what_does_not_fit_is_refused(options, values, error, sentence):
    with pytest.raises(error, match=sentence):
        influence_norms(made("lstm", 1), values, **options)


def test_gradients_that_are_not_finite_are_refused():
    network = made("rnn", 1, nonlinearity="relu")
    with torch.no_grad():
        network.weight_hh_l0.fill_(1e100)
        network.weight_ih_l0.fill_(1.0)
    with pytest.raises(ParameterError, match="not finite 2 steps after"):
        influence_norms(network, np.ones((5, EMBEDDING)), state="layer0.hidden")
