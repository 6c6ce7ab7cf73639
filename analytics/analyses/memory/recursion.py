r"""One step of a layer, and how its Jacobians follow from those one step before.

With :math:`J_x[\delta]` the Jacobian of a layer's state *x* with respect to the embedded input *delta* steps
ago, a prime for one step before, :math:`X[\delta]` that of the layer's own input (the unit matrix at delay 0
in the first layer), and products of vectors meant row by row:

======  =======================================================================================
LSTM    ``Jc[d] = f * Jc'[d-1] + A Jh'[d-1] + A_x X[d]``,  ``Jh[d] = k_c * Jc[d] + B Jh'[d-1] + B_x X[d]``
GRU     ``Jh[d] = z * Jh'[d-1] + A Jh'[d-1] + A_x X[d]``
RNN     ``Jh[d] = A Jh'[d-1] + A_x X[d]``
======  =======================================================================================

``A = k_i W_i + k_f W_f + k_g W_g`` and ``B = k_o W_o`` of an LSTM, with ``k_f = c' f (1-f)``,
``k_i = g i (1-i)``, ``k_g = i (1-g^2)``, ``k_o = tanh(c) o (1-o)``, ``k_c = o (1-tanh(c)^2)``, are one matrix
for all delays: it is made once a step, and the delays stand side by side in one product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.analyses.memory.networks import LayerMatrices

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LayerState", "LocalJacobian", "step_layer", "zero_state"]


@dataclass(frozen=True, slots=True)
class LayerState:
    """Hidden and (LSTM) cell state of one layer, each (n_lanes, n_units)."""

    hidden: Tensor
    cell: Tensor | None


@dataclass(frozen=True, slots=True)
class LocalJacobian:
    """How a layer's state answers to its own state one step before and to its input.

    `of_hidden` and `of_input` have shape (n_lanes, n_rows, n_units or n_inputs): an LSTM's rows are those of
    the cell, then those of what the output gate adds to the hidden state.
    """

    of_hidden: Tensor
    of_input: Tensor
    keep: Tensor
    """Share of the state before that is kept unit by unit, (n_lanes, n_units)."""
    shown: Tensor | None
    """``k_c`` of an LSTM: what of a change of the cell is seen in the hidden state, (n_lanes, n_units)."""


def zero_state(layer: LayerMatrices, n_lanes: int) -> LayerState:
    """Return the state at a sequence's start."""
    zeros = layer.of_hidden.new_zeros((n_lanes, layer.n_units))
    return LayerState(zeros, zeros if layer.kind == "lstm" else None)


def step_layer(
    layer: LayerMatrices, inputs: Tensor, before: LayerState, *, jacobian: bool = True
) -> tuple[LayerState, LocalJacobian | None]:
    """Read one input on every lane.

    Parameters
    ----------
    layer : LayerMatrices
    inputs : Tensor of shape (n_lanes, n_inputs)
    before : LayerState
    jacobian : bool, default=True
        Whether to return the local Jacobian too.
    """
    import torch

    given = torch.addmm(layer.input_bias, inputs, layer.of_input.T)
    carried = torch.addmm(layer.hidden_bias, before.hidden, layer.of_hidden.T)
    step = {"lstm": _lstm, "gru": _gru}.get(layer.kind, _rnn)
    return step(layer, given, carried, before, jacobian)


def _lstm(
    layer: LayerMatrices, given: Tensor, carried: Tensor, before: LayerState, jacobian: bool
) -> tuple[LayerState, LocalJacobian | None]:
    import torch

    sums = (given + carried).chunk(4, dim=1)
    entering, forgetting, candidate, leaving = (
        torch.tanh(part) if number == 2 else torch.sigmoid(part) for number, part in enumerate(sums)
    )
    cell = forgetting * before.cell + entering * candidate
    squashed = torch.tanh(cell)
    after = LayerState(leaving * squashed, cell)
    if not jacobian:
        return after, None
    factors = (
        candidate * entering * (1 - entering),
        before.cell * forgetting * (1 - forgetting),
        entering * (1 - candidate**2),
        squashed * leaving * (1 - leaving),
    )
    return after, LocalJacobian(
        of_hidden=_lstm_rows(factors, layer.of_hidden),
        of_input=_lstm_rows(factors, layer.of_input),
        keep=forgetting,
        shown=leaving * (1 - squashed**2),
    )


def _lstm_rows(factors: tuple[Tensor, ...], matrix: Tensor) -> Tensor:
    """Return ``A`` above ``B``, (n_lanes, 2 * n_units, n_columns)."""
    n_lanes, n_units = factors[0].shape
    rows = matrix.new_empty((n_lanes, 2 * n_units, matrix.shape[1]))
    first, second = rows[:, :n_units], rows[:, n_units:]
    gates = matrix.chunk(4)
    first.copy_(gates[0]).mul_(factors[0][..., None])
    for number in (1, 2):
        first.addcmul_(factors[number][..., None], gates[number])
    second.copy_(gates[3]).mul_(factors[3][..., None])
    return rows


def _gru(
    layer: LayerMatrices, given: Tensor, carried: Tensor, before: LayerState, jacobian: bool
) -> tuple[LayerState, LocalJacobian | None]:
    import torch

    n_units = layer.n_units
    reset, update = torch.sigmoid(given[:, : 2 * n_units] + carried[:, : 2 * n_units]).chunk(2, dim=1)
    recalled = carried[:, 2 * n_units :]
    candidate = torch.tanh(given[:, 2 * n_units :] + reset * recalled)
    after = LayerState((1 - update) * candidate + update * before.hidden, None)
    if not jacobian:
        return after, None
    through = (1 - update) * (1 - candidate**2)
    of_reset = through * recalled * reset * (1 - reset)
    of_update = (before.hidden - candidate) * update * (1 - update)
    return after, LocalJacobian(
        of_hidden=_sum_of_rows((of_reset, of_update, through * reset), layer.of_hidden),
        of_input=_sum_of_rows((of_reset, of_update, through), layer.of_input),
        keep=update,
        shown=None,
    )


def _rnn(
    layer: LayerMatrices, given: Tensor, carried: Tensor, before: LayerState, jacobian: bool
) -> tuple[LayerState, LocalJacobian | None]:
    import torch

    sums = given + carried
    if layer.kind == "rnn_relu":
        hidden = torch.relu(sums)
        slope = (sums > 0).to(sums.dtype)
    else:
        hidden = torch.tanh(sums)
        slope = 1 - hidden**2
    after = LayerState(hidden, None)
    if not jacobian:
        return after, None
    return after, LocalJacobian(
        of_hidden=slope[..., None] * layer.of_hidden,
        of_input=slope[..., None] * layer.of_input,
        keep=torch.zeros_like(slope),
        shown=None,
    )


def _sum_of_rows(factors: tuple[Tensor, ...], matrix: Tensor) -> Tensor:
    gates = matrix.chunk(len(factors))
    rows = factors[0][..., None] * gates[0]
    for factor, gate in zip(factors[1:], gates[1:], strict=True):
        rows.addcmul_(factor[..., None], gate)
    return rows
