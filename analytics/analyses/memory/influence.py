"""What of one input is still there: the influence of a position on the states after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.memory.networks import LayerMatrices, Target, as_layers, target_of
from analytics.analyses.memory.recursion import LayerState, step_layer, zero_state
from analytics.analyses.selection import as_whole
from analytics.arrays import as_array
from analytics.errors import ParameterError, RangeError, ShapeError

if TYPE_CHECKING:
    from torch import Tensor

    from analytics.analyses.memory.recursion import LocalJacobian

__all__ = ["influence", "influence_norms"]


def influence(
    network: Any,
    embedded: ArrayLike,
    position: int,
    *,
    state: str = "layer0.cell",
    n_after: int = 29,
    sequence_start: int = 0,
) -> NDArray[np.float64]:
    r"""Norm of what each state from a position on still depends on the input there.

    :math:`\|\partial\, state[t + k] / \partial\, embedded[t]\|_F` for one position t and k from 0 to
    `n_after`.

    Parameters
    ----------
    network : torch.nn.RNN, GRU or LSTM
    embedded : array-like of shape (n_positions, n_embedding)
        What the network read, from `sequence_start` on, where its state was zero, up to the sequence's end.
    position : int
        The position t.
    state : str, default="layer0.cell"
    n_after : int, default=29
    sequence_start : int, default=0
        First position of the sequence of t.

    Returns
    -------
    ndarray of shape (n_after + 1,), or less where `embedded` ends before

    Raises
    ------
    RangeError
        If the position is not between `sequence_start` and the end.
    ParameterError, UnknownNameError, ShapeError
        As `influence_norms`.

    Examples
    --------
    >>> import torch
    >>> network = torch.nn.RNN(1, 1, nonlinearity="relu", bias=False)
    >>> with torch.no_grad():
    ...     _ = network.weight_ih_l0.fill_(3.0), network.weight_hh_l0.fill_(0.5)
    >>> influence(network, np.ones((4, 1)), 1, state="layer0.hidden").tolist()
    [3.0, 1.5, 0.75]
    """
    import torch

    inputs = as_array(embedded, what="embedded")
    if not 0 <= sequence_start <= position < len(inputs):
        raise RangeError(
            f"The position must be in its sequence, from {sequence_start} to {len(inputs) - 1}. Got "
            f"{position}."
        )
    stop = position + as_whole("n_after", n_after) + 1
    before = None
    if sequence_start < position:
        layers = as_layers(network)
        dtype = torch.float64 if inputs.dtype == np.float64 else torch.float32
        layers = [_as(layer, dtype) for layer in layers]
        read = torch.from_numpy(np.array(inputs[sequence_start:position])).to(dtype)
        with torch.no_grad():
            before = _read(layers, read)
    return influence_norms(network, inputs[position:stop], state=state, before=before)


def influence_norms(
    network: Any, embedded: ArrayLike, *, state: str = "layer0.cell", before: Sequence[Any] | None = None
) -> NDArray[np.float64]:
    r"""Norm of the Jacobian of each state with respect to the first input.

    :math:`\|\partial\, state[k] / \partial\, embedded[0]\|_F` for k from 0 on: the total derivative, through
    all that the network carries on.

    Parameters
    ----------
    network : torch.nn.RNN, GRU or LSTM
        Of any number of layers, in one direction, without a projection.
    embedded : array-like of shape (n_steps, n_embedding)
        The input that is followed, then those after it. float64 is computed in float64, anything else in
        float32.
    state : str, default="layer0.cell"
        `layer<k>.hidden`, or `layer<k>.cell` of an LSTM.
    before : sequence of tensor, optional
        Hidden state, and cell of an LSTM, before the first input, each (n_layers, n_units) or with an axis of
        length 1 between. Default: zeros.

    Returns
    -------
    ndarray of shape (n_steps,)

    Raises
    ------
    ParameterError, UnknownNameError, ShapeError
        If the network is of another kind or has no such state, shapes do not fit, or a norm is not finite.

    Examples
    --------
    >>> import torch
    >>> network = torch.nn.RNN(1, 1, nonlinearity="relu", bias=False)
    >>> with torch.no_grad():
    ...     _ = network.weight_ih_l0.fill_(1.0), network.weight_hh_l0.fill_(0.5)
    >>> influence_norms(network, np.ones((4, 1)), state="layer0.hidden").tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    import torch

    inputs = as_array(embedded, what="embedded")
    layers = as_layers(network)
    target = target_of(state, layers)
    if inputs.ndim != 2 or not len(inputs) or inputs.shape[1] != layers[0].of_input.shape[1]:
        raise ShapeError(
            f"embedded must have shape (n_steps, {layers[0].of_input.shape[1]}), with a step at least. "
            f"Got {inputs.shape}."
        )
    dtype = torch.float64 if inputs.dtype == np.float64 else torch.float32
    layers = [_as(layer, dtype) for layer in layers[: target.layer + 1]]
    given = torch.from_numpy(np.ascontiguousarray(inputs)).to(dtype)
    with torch.no_grad():
        norms = _walked(layers, given, _states(layers, before, dtype), target).double().numpy()
    if not np.isfinite(norms).all():
        place = int(np.flatnonzero(~np.isfinite(norms))[0])
        raise ParameterError(
            f"The gradients are not finite {place} steps after the input. Train the network again, with "
            "smaller weights."
        )
    return norms


def _read(layers: list[LayerMatrices], inputs: Tensor) -> list[Tensor]:
    """Hidden state, and cell of an LSTM, after some inputs, each (n_layers, 1, n_units)."""
    import torch

    states = [zero_state(layer, 1) for layer in layers]
    for values in inputs.split(1):
        for number, layer in enumerate(layers):
            states[number], _ = step_layer(layer, values, states[number], jacobian=False)
            values = states[number].hidden
    parts = [[state.hidden for state in states], [state.cell for state in states]]
    return [torch.stack(part) for part in parts if part[0] is not None]


def _walked(layers: list[LayerMatrices], given: Tensor, states: list[LayerState], target: Target) -> Tensor:
    """Norms by step, with the Jacobians of every layer carried forward."""
    import torch

    jacobians, norms = [None] * len(layers), []
    # By the followed input: the unit matrix at its own step, nothing at those after it.
    answer = torch.eye(given.shape[1], dtype=given.dtype)
    for values in given.split(1):
        for number, layer in enumerate(layers):
            states[number], local = step_layer(layer, values, states[number])
            jacobians[number] = _carried(local, jacobians[number], answer)
            values, answer = states[number].hidden, jacobians[number][0]
        answer = None
        norms.append(torch.linalg.matrix_norm(jacobians[-1][0 if target.kind == "hidden" else 1]))
    return torch.stack(norms)


def _carried(
    local: LocalJacobian, before: tuple[Tensor, Tensor] | None, answer: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Jacobians of the hidden state and (LSTM) cell after a step, each (n_units, n_embedding).

    `before` are those one step before, `answer` is that of the layer's own input; None: zero.
    """
    change = sum(
        matrix[0] @ part
        for matrix, part in ((local.of_hidden, before and before[0]), (local.of_input, answer))
        if part is not None
    )
    n_units = local.keep.shape[1]
    kept = 0 if before is None else local.keep[0, :, None] * before[1]
    if local.shown is None:
        return (kept + change,) * 2
    cell = kept + change[:n_units]
    return local.shown[0, :, None] * cell + change[n_units:], cell


def _as(layer: LayerMatrices, dtype: Any) -> LayerMatrices:
    names = ("of_input", "of_hidden", "input_bias", "hidden_bias")
    return replace(layer, **{name: getattr(layer, name).cpu().to(dtype) for name in names})


def _states(layers: list[LayerMatrices], before: Sequence[Any] | None, dtype: Any) -> list[LayerState]:
    if before is None:
        return [zero_state(layer, 1) for layer in layers]
    n_parts = 2 if layers[0].kind == "lstm" else 1
    n_units = layers[0].n_units
    if len(before) != n_parts or any(part.shape[-1] != n_units or len(part) < len(layers) for part in before):
        raise ShapeError(
            f"before must hold {n_parts} tensors of shape (n_layers, {n_units}). "
            f"Got {[tuple(part.shape) for part in before]}."
        )
    parts = [part.detach().cpu().to(dtype).reshape(len(part), 1, n_units) for part in before]
    return [
        LayerState(parts[0][number], parts[1][number] if n_parts == 2 else None)
        for number in range(len(layers))
    ]
