"""The layers of a torch network as plain matrices, and which of its states is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.errors import ParameterError, UnknownNameError, nearest

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LayerMatrices", "Target", "as_layers", "state_names", "target_of"]

_NAME = re.compile(r"layer(\d+)\.(\w+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class LayerMatrices:
    """One layer: gates stacked along the first axis in torch's order."""

    kind: str
    """`lstm`, `gru`, `rnn_tanh` or `rnn_relu`."""
    of_input: Tensor
    """(n_gates * n_units, n_inputs)"""
    of_hidden: Tensor
    """(n_gates * n_units, n_units)"""
    input_bias: Tensor
    hidden_bias: Tensor
    """Both (n_gates * n_units,)."""

    @property
    def n_units(self) -> int:
        """Units of the layer."""
        return self.of_hidden.shape[1]


@dataclass(frozen=True, slots=True)
class Target:
    """The state whose memory is asked for."""

    layer: int
    kind: str
    """`hidden` or `cell`."""


def as_layers(network: Any) -> list[LayerMatrices]:
    """Take the weights out of an `nn.RNN`, `nn.GRU` or `nn.LSTM`.

    Raises
    ------
    ParameterError
        If it reads in both directions or projects its hidden state.
    """
    if network.bidirectional:
        raise ParameterError(
            "State gradients follow what was read up to a position. Got a network that reads in both "
            "directions: give one of one direction."
        )
    if getattr(network, "proj_size", 0):
        raise ParameterError(
            f"State gradients need hidden states as wide as the cells. Got proj_size={network.proj_size}: "
            "give a network without a projection, or a step function of it."
        )
    return [_layer(network, number) for number in range(network.num_layers)]


def state_names(layers: list[LayerMatrices]) -> list[str]:
    """Return the states whose memory can be asked for."""
    return [
        f"layer{number}.{kind}"
        for number, layer in enumerate(layers)
        for kind in (("hidden", "cell") if layer.kind == "lstm" else ("hidden",))
    ]


def target_of(state: str, layers: list[LayerMatrices]) -> Target:
    """Read the name of a state.

    Raises
    ------
    UnknownNameError
        If the network has no such state; gates are no memory and are none of them.
    """
    known = state_names(layers)
    if state not in known:
        raise UnknownNameError(
            f"The network's states are {', '.join(known)}. Got {state!r}.{nearest(str(state), known)}"
        )
    number, kind = _NAME.fullmatch(state).groups()
    return Target(int(number), kind)


def _layer(network: Any, number: int) -> LayerMatrices:
    def of(name: str) -> Tensor:
        return getattr(network, f"{name}_l{number}").detach()

    matrix = of("weight_ih")
    none = matrix.new_zeros(len(matrix))
    return LayerMatrices(
        kind=network.mode.lower(),
        of_input=matrix,
        of_hidden=of("weight_hh"),
        input_bias=of("bias_ih") if network.bias else none,
        hidden_bias=of("bias_hh") if network.bias else none,
    )
