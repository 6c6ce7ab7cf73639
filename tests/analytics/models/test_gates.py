"""Gates and cells against a step-by-step computation with torch's own cells, in float64."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from analytics.models.gates import cell_weights, layer_weights, run_cells, state_kinds, step_gates

INPUTS, UNITS, STEPS, STREAMS = 5, 7, 11, 3


def states_before(cell: nn.RNNCellBase, inputs: torch.Tensor) -> tuple[torch.Tensor, list]:
    """Hidden state before every step, and the state after each, by torch's own cell."""
    state, before, after = None, [], []
    for given in inputs:
        hidden = state[0] if isinstance(state, tuple) else state
        before.append(torch.zeros(STREAMS, UNITS) if hidden is None else hidden)
        state = cell(given, state)
        after.append(state)
    return torch.stack(before), after


@torch.no_grad()
def test_an_lstms_gates_give_its_own_next_state():
    torch.manual_seed(0)
    cell, inputs = nn.LSTMCell(INPUTS, UNITS), torch.randn(STEPS, STREAMS, INPUTS)
    before, after = states_before(cell, inputs)
    gates = step_gates(cell_weights(cell), inputs, before)
    cells = run_cells(gates, torch.zeros(STREAMS, UNITS))
    assert set(gates) | {"hidden", "cell"} == set(state_kinds("lstm"))
    assert torch.allclose(cells, torch.stack([cell_state for _, cell_state in after]), atol=1e-6, rtol=0)
    hidden = gates["output_gate"] * torch.tanh(cells)
    assert torch.allclose(hidden, torch.stack([hidden for hidden, _ in after]), atol=1e-6, rtol=0)


@torch.no_grad()
def test_a_grus_gates_give_its_own_next_state():
    torch.manual_seed(1)
    cell, inputs = nn.GRUCell(INPUTS, UNITS), torch.randn(STEPS, STREAMS, INPUTS)
    before, after = states_before(cell, inputs)
    gates = step_gates(cell_weights(cell), inputs, before)
    update, candidate = gates["update_gate"], gates["candidate_gate"]
    assert torch.allclose((1 - update) * candidate + update * before, torch.stack(after), atol=1e-6, rtol=0)
    reset = gates["reset_gate"]
    from_hidden = before @ cell.weight_hh[2 * UNITS :].T + cell.bias_hh[2 * UNITS :]
    from_input = inputs @ cell.weight_ih[2 * UNITS :].T + cell.bias_ih[2 * UNITS :]
    assert torch.allclose(torch.tanh(from_input + reset * from_hidden), candidate, atol=1e-6, rtol=0)


@torch.no_grad()
def test_a_layer_and_a_cell_of_the_same_weights_have_the_same_gates():
    torch.manual_seed(2)
    layer, cell = nn.GRU(INPUTS, UNITS), nn.GRUCell(INPUTS, UNITS)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).copy_(getattr(layer, f"{name}_l0"))
    inputs, before = torch.randn(STEPS, STREAMS, INPUTS), torch.randn(STEPS, STREAMS, UNITS)
    one = step_gates(layer_weights(layer, 0), inputs, before)
    other = step_gates(cell_weights(cell), inputs, before)
    assert all(torch.equal(one[kind], other[kind]) for kind in one)


@pytest.mark.parametrize("reverse", [False, True])
def test_each_direction_has_weights_of_its_own(reverse):
    layer = nn.LSTM(INPUTS, UNITS, num_layers=2, bidirectional=True, bias=False)
    weights = layer_weights(layer, 1, reverse=reverse)
    assert torch.equal(weights.of_hidden, getattr(layer, f"weight_hh_l1{'_reverse' if reverse else ''}"))
    assert not weights.input_bias.any()


def test_half_precision_weights_are_used_with_the_arithmetic_of_float32():
    assert layer_weights(nn.GRU(INPUTS, UNITS).half(), 0).of_input.dtype == torch.float32
