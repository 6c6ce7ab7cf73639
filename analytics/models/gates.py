"""Every gate and cell of a recurrent layer at every step, from what went in and what came out.

`torch` returns a layer's hidden states and its last cell; gates and earlier cells are not kept. They follow
from the inputs, the hidden states and the weights, by the formulas in the documentation of `torch.nn`, for
all steps at once: the hidden state before each step is known already. Only an LSTM's cells need a walk
through time, which multiplies and adds. So the hidden states are the network's own, to the last bit, and
nothing is run twice.

=======  ============================================================  ================================
layer    kinds of state, each of shape (n_steps, n_streams, n_units)   range
=======  ============================================================  ================================
RNN      hidden                                                        [-1, 1] with tanh, [0, inf) relu
GRU      hidden, reset_gate, update_gate, candidate_gate               gates [0, 1], candidate [-1, 1]
LSTM     hidden, cell, input_gate, forget_gate, candidate_gate,        gates [0, 1], candidate [-1, 1]
         output_gate
=======  ============================================================  ================================
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

__all__ = ["LayerWeights", "cell_weights", "layer_weights", "run_cells", "state_kinds", "step_gates"]

_KINDS = {
    "rnn": ("hidden",),
    "gru": ("hidden", "reset_gate", "update_gate", "candidate_gate"),
    "lstm": ("hidden", "cell", "input_gate", "forget_gate", "candidate_gate", "output_gate"),
}


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One direction of one layer: its matrices, gates stacked along the first axis in torch's order."""

    kind: str
    """`rnn`, `gru` or `lstm`."""
    n_units: int
    of_input: Tensor
    """(n_gates * n_units, n_inputs)"""
    of_hidden: Tensor
    """(n_gates * n_units, n_outputs); `n_outputs` differs from `n_units` where the layer projects."""
    input_bias: Tensor
    hidden_bias: Tensor
    """Both (n_gates * n_units,). A GRU's reset gate acts on the hidden part only, so they stay apart."""


def state_kinds(kind: str) -> tuple[str, ...]:
    """Return the kinds of state of a layer.

    Examples
    --------
    >>> state_kinds("gru")
    ('hidden', 'reset_gate', 'update_gate', 'candidate_gate')
    """
    return _KINDS[kind]


def layer_weights(layers: nn.RNNBase, number: int, *, reverse: bool = False) -> LayerWeights:
    """Weights of one layer (counted from 0) and direction of an `nn.RNN`, `nn.GRU` or `nn.LSTM`."""
    ending = f"_l{number}{'_reverse' if reverse else ''}"
    kind = layers.mode.lower().partition("_")[0]
    return _weights(layers, kind, layers.hidden_size, ending=ending)


def cell_weights(cell: nn.RNNCellBase) -> LayerWeights:
    """Weights of an `nn.RNNCell`, `nn.GRUCell` or `nn.LSTMCell`."""
    return _weights(cell, _kind_of_cell(cell), cell.hidden_size, ending="")


@torch.no_grad()
def step_gates(weights: LayerWeights, inputs: Tensor, before: Tensor) -> dict[str, Tensor]:
    """Gates at every step from the step's input and the hidden state before it.

    Parameters
    ----------
    weights : LayerWeights
        Of a GRU or an LSTM.
    inputs : Tensor of shape (n_steps, n_streams, n_inputs)
    before : Tensor of shape (n_steps, n_streams, n_outputs)
        The layer's hidden state before each step.

    Returns
    -------
    dict from kind to float32 Tensor of shape (n_steps, n_streams, n_units)
    """
    shape = (*inputs.shape[:2], weights.n_units)
    given = torch.addmm(weights.input_bias, inputs.reshape(-1, inputs.shape[2]), weights.of_input.T)
    flat = before.reshape(-1, before.shape[2])
    if weights.kind == "gru":
        gates = _gru_gates(given, torch.addmm(weights.hidden_bias, flat, weights.of_hidden.T))
    else:
        # Both biases act alike; the product is added where the other one lies.
        gates = _lstm_gates(given.add_(weights.hidden_bias).addmm_(flat, weights.of_hidden.T))
    return {kind: values.reshape(shape) for kind, values in gates.items()}


def run_cells(gates: dict[str, Tensor], first: Tensor) -> Tensor:
    """An LSTM's cells from its gates: ``c[t] = forget[t] * c[t-1] + input[t] * candidate[t]``.

    Parameters
    ----------
    gates : dict from kind to Tensor of shape (n_steps, n_streams, n_units)
    first : Tensor of shape (n_streams, n_units)
        The cell before the first step.

    Returns
    -------
    Tensor of shape (n_steps, n_streams, n_units)
    """
    entering, forgetting, candidate = (
        gates[kind].cpu().numpy() for kind in ("input_gate", "forget_gate", "candidate_gate")
    )
    cells = np.empty_like(entering, order="C")
    n_steps = len(cells)
    flat = (part.reshape(n_steps, -1) for part in (entering, forgetting, candidate, cells))
    _walk(*flat, np.array(first.cpu().numpy(), dtype=cells.dtype).reshape(-1))
    return torch.from_numpy(cells)


@numba.njit(cache=True, nogil=True)
def _walk(entering: NDArray, forgetting: NDArray, candidate: NDArray, cells: NDArray, cell: NDArray) -> None:
    for step in range(len(cells)):
        for unit in range(len(cell)):
            cell[unit] = forgetting[step, unit] * cell[unit] + entering[step, unit] * candidate[step, unit]
            cells[step, unit] = cell[unit]


def _lstm_gates(sums: Tensor) -> dict[str, Tensor]:
    entering, forgetting, candidate, leaving = sums.chunk(4, dim=1)
    return {
        "input_gate": torch.sigmoid(entering),
        "forget_gate": torch.sigmoid(forgetting),
        "candidate_gate": torch.tanh(candidate),
        "output_gate": torch.sigmoid(leaving),
    }


def _gru_gates(given: Tensor, from_hidden: Tensor) -> dict[str, Tensor]:
    n_units = given.shape[1] // 3
    reset, update = torch.sigmoid(given[:, : 2 * n_units] + from_hidden[:, : 2 * n_units]).chunk(2, dim=1)
    candidate = torch.tanh(given[:, 2 * n_units :] + reset * from_hidden[:, 2 * n_units :])
    return {"reset_gate": reset, "update_gate": update, "candidate_gate": candidate}


def _kind_of_cell(cell: nn.RNNCellBase) -> str:
    if isinstance(cell, nn.LSTMCell):
        return "lstm"
    return "gru" if isinstance(cell, nn.GRUCell) else "rnn"


def _weights(module: nn.Module, kind: str, n_units: int, *, ending: str) -> LayerWeights:
    def of(name: str) -> Tensor:
        # Half-precision networks: their numbers, with the arithmetic of float32.
        return getattr(module, f"{name}{ending}").detach().float()

    matrix = of("weight_ih")
    none = matrix.new_zeros(len(matrix))
    return LayerWeights(
        kind=kind,
        n_units=n_units,
        of_input=matrix,
        of_hidden=of("weight_hh"),
        input_bias=of("bias_ih") if module.bias else none,
        hidden_bias=of("bias_hh") if module.bias else none,
    )
