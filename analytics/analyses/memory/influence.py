"""What is left of one word in the state at each of the next positions?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.memory.networks import LayerMatrices, as_layers, target_of
from analytics.analyses.memory.recursion import LayerState, LocalJacobian, step_layer, zero_state
from analytics.analyses.selection import as_whole
from analytics.arrays import as_array
from analytics.errors import ParameterError, RangeError, ShapeError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Influence", "influence"]


@dataclass(frozen=True, slots=True)
class Influence:
    """How much the state at a position and those after it still depends on one input. Shape (n_delays,)."""

    state: str
    position: int
    norms: NDArray[np.float64]
    """Frobenius norm of the Jacobian of the state `delay` positions later: over all directions together."""
    largest: NDArray[np.float64]
    """Its largest singular value: along the best-remembered direction."""


def influence(
    network: Any,
    embedded: ArrayLike,
    position: int,
    *,
    state: str = "layer0.cell",
    n_after: int = 29,
    sequence_start: int = 0,
) -> Influence:
    r"""Return :math:`\|\partial\, state[t + k] / \partial\, embedded[t]\|` for one t and k = 0 ... `n_after`.

    Parameters
    ----------
    network : torch.nn.RNN, GRU or LSTM
        Of one direction, without a projection.
    embedded : array-like of shape (n_positions, n_embedding)
        What the network read. Only the part from `sequence_start` to ``position + n_after`` is used; where
        the sequence ends before, give it up to its end, and there are fewer values.
    position : int
        The position t of the word.
    state : str, default="layer0.cell"
    n_after : int, default=29
    sequence_start : int, default=0
        First position of the sequence of t.

    Raises
    ------
    RangeError
        If the position is not in the sequence.
    ShapeError, ParameterError, UnknownNameError
        As `state_gradients`.

    Examples
    --------
    >>> import torch
    >>> network = torch.nn.RNN(1, 1, nonlinearity="relu", bias=False)
    >>> with torch.no_grad():
    ...     _ = network.weight_ih_l0.fill_(3.0), network.weight_hh_l0.fill_(0.5)
    >>> influence(network, np.ones((4, 1)), 1, state="layer0.hidden").norms.tolist()
    [3.0, 1.5, 0.75]
    """
    import torch

    n_after = as_whole("n_after", n_after)
    values = as_array(embedded, what="embedded")
    if values.ndim != 2:
        raise ShapeError(f"embedded must have shape (n_positions, n_embedding). Got shape {values.shape}.")
    if not 0 <= sequence_start <= position < len(values):
        raise RangeError(
            f"The position must be from {sequence_start} to {len(values) - 1}, in its sequence. Got "
            f"{position}."
        )
    if not isinstance(network, torch.nn.RNN | torch.nn.GRU | torch.nn.LSTM):
        raise ParameterError(
            f"The network must be an nn.RNN, nn.GRU or nn.LSTM. Got {type(network).__name__}."
        )
    layers = as_layers(network)
    target = target_of(state, layers)
    layers = layers[: target.layer + 1]
    inputs = torch.from_numpy(np.array(values[sequence_start : position + n_after + 1])).to(
        layers[0].of_input
    )
    with torch.no_grad():
        found = _carried(layers, inputs, position - sequence_start, 0 if target.kind == "hidden" else 1)
    if not np.isfinite(found).all():
        raise ShapeError(
            f"The gradient by the input at position {position} is not finite: the network's weights, states "
            "or inputs are NaN or grow without bound."
        )
    norms, largest = (np.ascontiguousarray(part) for part in found.T)
    return Influence(state, int(position), norms, largest)


def _carried(layers: list[LayerMatrices], inputs: Tensor, first: int, place: int) -> NDArray[np.float64]:
    """Norm and largest singular value at each step from `first` on, (n_steps, 2)."""
    import torch

    states = [zero_state(layer, 1) for layer in layers]
    for values in inputs[:first]:
        _step(layers, states, values[None], jacobian=False)
    jacobians: list[tuple[Tensor, ...] | None] = [None] * len(layers)
    found = []
    for values in inputs[first:]:
        below = None
        local = _step(layers, states, values[None], jacobian=True)
        for number, here in enumerate(local):
            if number == 0 and jacobians[0] is None:
                below = torch.eye(here.of_input.shape[2], dtype=inputs.dtype, device=inputs.device)
            jacobians[number] = _one_step(here, jacobians[number], below)
            below = jacobians[number][0]
        found.append(_sizes(jacobians[-1][place]))
    return np.array(found)


def _sizes(jacobian: Tensor) -> tuple[float, float]:
    import torch

    if not torch.isfinite(jacobian).all():
        return float("nan"), float("nan")
    return float(torch.linalg.vector_norm(jacobian)), float(torch.linalg.matrix_norm(jacobian, 2))


def _step(
    layers: list[LayerMatrices], states: list[LayerState], inputs: Tensor, *, jacobian: bool
) -> list[LocalJacobian | None]:
    local = []
    for number, layer in enumerate(layers):
        states[number], found = step_layer(layer, inputs, states[number], jacobian=jacobian)
        inputs = states[number].hidden
        local.append(found)
    return local


def _one_step(
    local: LocalJacobian, before: tuple[Tensor, ...] | None, below: Tensor | None
) -> tuple[Tensor, ...]:
    """Jacobians of hidden state and, for an LSTM, cell by the one input, each (n_units, n_embedding)."""
    product = 0 if below is None else local.of_input[0] @ below
    if before is not None:
        product = product + local.of_hidden[0] @ before[0]
    if local.shown is None:
        return (product if before is None else product + local.keep[0][:, None] * before[0],)
    cell, leaving = product.chunk(2)
    if before is not None:
        cell = cell + local.keep[0][:, None] * before[1]
    return leaving + local.shown[0][:, None] * cell, cell
