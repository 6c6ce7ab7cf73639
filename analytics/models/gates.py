"""Every quantity inside the layers of a recurrent network, step by step, from its weights.

`torch` returns a layer's hidden states and its last cell; gates and earlier cells are not kept. Here one
layer is run again from its weights, by the formulas in the documentation of `torch.nn`, and everything is
kept. The hidden states agree with torch's to float32 rounding.

=======  ===================================================================================
layer    kinds of state, each of shape (n_steps, n_streams, n_units)
=======  ===================================================================================
RNN      hidden
GRU      hidden, reset_gate, update_gate, candidate_gate
LSTM     hidden, cell, input_gate, forget_gate, candidate_gate, output_gate
=======  ===================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from analytics.errors import ParameterError

__all__ = ["LayerWeights", "layer_weights", "run_layer", "state_kinds"]

Carried = tuple[Tensor, ...]
"""What a layer hands to its next step: (hidden,) or (hidden, cell), each (n_streams, n_units)."""


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One layer's matrices, gates stacked along the first axis in torch's order."""

    kind: str
    """`rnn_tanh`, `rnn_relu`, `gru` or `lstm`."""
    n_units: int
    of_input: Tensor
    """(n_gates * n_units, n_inputs)"""
    of_hidden: Tensor
    """(n_gates * n_units, n_units)"""
    input_bias: Tensor
    hidden_bias: Tensor
    """Both (n_gates * n_units,). A GRU's reset gate acts on the hidden part only, so they stay apart."""


_KINDS = {
    "rnn_tanh": ("hidden",),
    "rnn_relu": ("hidden",),
    "gru": ("hidden", "reset_gate", "update_gate", "candidate_gate"),
    "lstm": ("hidden", "cell", "input_gate", "forget_gate", "candidate_gate", "output_gate"),
}


def layer_weights(layers: nn.RNNBase) -> list[LayerWeights]:
    """Return the weights of each layer of an `nn.RNN`, `nn.GRU` or `nn.LSTM`, first layer first.

    Raises
    ------
    ParameterError
        If the network is bidirectional or projects its hidden states.
    """
    kind = layers.mode.lower()
    if kind not in _KINDS or layers.bidirectional or layers.proj_size:
        raise ParameterError(
            "Gates are known for one-directional RNN, GRU and LSTM layers without projection. "
            f"Got {layers}: record its outputs only."
        )
    return [_weights(layers, number, kind) for number in range(layers.num_layers)]


def state_kinds(kind: str) -> tuple[str, ...]:
    """Return the kinds of state of a layer.

    Examples
    --------
    >>> state_kinds("gru")
    ('hidden', 'reset_gate', 'update_gate', 'candidate_gate')
    """
    return _KINDS[kind]


@torch.no_grad()
def run_layer(
    weights: LayerWeights, inputs: Tensor, carried: Carried | None = None
) -> tuple[dict[str, Tensor], Carried]:
    """Run one layer over some steps and keep everything.

    Parameters
    ----------
    weights : LayerWeights
    inputs : Tensor of shape (n_steps, n_streams, n_inputs)
    carried : what this function returned for the steps before; None: zeros

    Returns
    -------
    states : dict from kind to Tensor of shape (n_steps, n_streams, n_units)
    carried : the state after the last step
    """
    n_steps, n_streams, _ = inputs.shape
    if carried is None:
        zero = inputs.new_zeros(n_streams, weights.n_units)
        carried = (zero, zero) if weights.kind == "lstm" else (zero,)
    # All steps' input part at once: one large product instead of n_steps small ones.
    from_input = inputs @ weights.of_input.T + weights.input_bias
    states = {kind: inputs.new_empty(n_steps, n_streams, weights.n_units) for kind in _KINDS[weights.kind]}
    step = _STEPS[weights.kind]
    for number in range(n_steps):
        from_hidden = torch.addmm(weights.hidden_bias, carried[0], weights.of_hidden.T)
        values = step(from_input[number], from_hidden, carried)
        for kind, value in zip(states, values, strict=True):
            states[kind][number] = value
        carried = values[: len(carried)]
    return states, carried


def _weights(layers: nn.RNNBase, number: int, kind: str) -> LayerWeights:
    matrix = getattr(layers, f"weight_ih_l{number}").detach()
    none = matrix.new_zeros(len(matrix))
    return LayerWeights(
        kind=kind,
        n_units=layers.hidden_size,
        of_input=matrix,
        of_hidden=getattr(layers, f"weight_hh_l{number}").detach(),
        input_bias=getattr(layers, f"bias_ih_l{number}").detach() if layers.bias else none,
        hidden_bias=getattr(layers, f"bias_hh_l{number}").detach() if layers.bias else none,
    )


def _lstm_step(from_input: Tensor, from_hidden: Tensor, carried: Carried) -> Carried:
    entering, forgetting, candidate, leaving = (from_input + from_hidden).chunk(4, dim=1)
    entering, forgetting = torch.sigmoid(entering), torch.sigmoid(forgetting)
    candidate, leaving = torch.tanh(candidate), torch.sigmoid(leaving)
    cell = forgetting * carried[1] + entering * candidate
    return leaving * torch.tanh(cell), cell, entering, forgetting, candidate, leaving


def _gru_step(from_input: Tensor, from_hidden: Tensor, carried: Carried) -> Carried:
    n_units = carried[0].shape[1]
    both = from_input[:, : 2 * n_units] + from_hidden[:, : 2 * n_units]
    reset, update = torch.sigmoid(both).chunk(2, dim=1)
    candidate = torch.tanh(from_input[:, 2 * n_units :] + reset * from_hidden[:, 2 * n_units :])
    return candidate + update * (carried[0] - candidate), reset, update, candidate


def _tanh_step(from_input: Tensor, from_hidden: Tensor, carried: Carried) -> Carried:
    return (torch.tanh(from_input + from_hidden),)


def _relu_step(from_input: Tensor, from_hidden: Tensor, carried: Carried) -> Carried:
    return (torch.relu(from_input + from_hidden),)


_STEPS: dict[str, Callable[[Tensor, Tensor, Carried], Carried]] = {
    "lstm": _lstm_step,
    "gru": _gru_step,
    "rnn_tanh": _tanh_step,
    "rnn_relu": _relu_step,
}
