import pytest
import torch
from torch import nn

from analytics.errors import ParameterError
from analytics.models.gates import layer_weights, run_layer, state_kinds


@pytest.mark.parametrize(
    "layers",
    [
        nn.RNN(3, 5, num_layers=2),
        nn.RNN(3, 5, nonlinearity="relu", bias=False),
        nn.GRU(3, 5, num_layers=3),
        nn.GRU(3, 5, bias=False),
        nn.LSTM(3, 5, num_layers=2),
        nn.LSTM(3, 5, bias=False),
    ],
    ids=str,
)
def test_hidden_states_and_what_is_carried_are_those_of_torch(layers):
    torch.manual_seed(0)
    inputs = torch.randn(11, 4, 3)
    with torch.no_grad():
        output, after = layers(inputs)
    hidden = inputs
    carried = []
    for weights in layer_weights(layers):
        states, layer_carried = run_layer(weights, hidden)
        assert tuple(states) == state_kinds(weights.kind)
        hidden = states["hidden"]
        carried.append(layer_carried)
    torch.testing.assert_close(hidden, output, atol=1e-6, rtol=0)
    after = after if isinstance(after, tuple) else (after,)
    for part, of_torch in enumerate(after):
        of_ours = torch.stack([layer[part] for layer in carried])
        torch.testing.assert_close(of_ours, of_torch, atol=1e-6, rtol=0)


def test_steps_may_be_run_in_pieces():
    torch.manual_seed(0)
    (weights,) = layer_weights(nn.LSTM(3, 5))
    inputs = torch.randn(9, 2, 3)
    whole, _ = run_layer(weights, inputs)
    first, carried = run_layer(weights, inputs[:4])
    second, _ = run_layer(weights, inputs[4:], carried)
    for kind, values in whole.items():
        torch.testing.assert_close(torch.cat([first[kind], second[kind]]), values, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    "layers",
    [nn.LSTM(3, 5, bidirectional=True), nn.LSTM(3, 5, proj_size=2)],
    ids=["bidirectional", "projected"],
)
def test_layers_with_other_formulas_are_refused(layers):
    with pytest.raises(ParameterError, match="one-directional"):
        layer_weights(layers)
