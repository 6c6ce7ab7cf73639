"""What walks along the text: the states of all lanes, and the Jacobians that are carried forward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from analytics.analyses.memory.carrying import CarriedJacobians, TensorJacobians
from analytics.analyses.memory.networks import LayerMatrices, Target
from analytics.analyses.memory.recursion import LayerState, step_layer, zero_state

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Engine", "LayerEngine", "Seen"]


Seen = Callable[["Tensor", int, int], None]
"""Called with Jacobians, (n_lanes, n_units, at least stop * n_embedding), delays side by side: the first
delay that is shown, and the one after the last."""


class Engine(Protocol):
    """A network on several lanes at once."""

    n_units: int
    n_embedding: int

    def start(self, n_lanes: int, n_delays: int) -> None:
        """Put every lane at the start of a sequence; 0 delays: Jacobians are not wanted."""
        ...

    def put(self, lane: int, state: Any | None) -> None:
        """Set a lane's state (None: that of a sequence's start) and forget its Jacobians."""
        ...

    def state_of(self, lane: int) -> Any:
        """A lane's state, for `put`."""
        ...

    def read(self, inputs: Tensor) -> None:
        """Read one input on each lane without Jacobians."""
        ...

    def advance(self, inputs: Tensor, n_delays: int, seen: Seen) -> None:
        """Read one input on each lane, carry the Jacobians of delays below n_delays on, and show them to
        `seen`."""
        ...


class LayerEngine:
    """The layers of an RNN, GRU or LSTM up to the one that is asked for."""

    def __init__(self, layers: list[LayerMatrices], target: Target, *, is_on_device: bool = False) -> None:
        self._carried = TensorJacobians if is_on_device else CarriedJacobians
        self._layers = layers[: target.layer + 1]
        self._place = 0 if target.kind == "hidden" else 1
        self.n_units = self._layers[-1].n_units
        self.n_embedding = layers[0].of_input.shape[1]

    def start(self, n_lanes: int, n_delays: int) -> None:
        """Put every lane at the start of a sequence."""
        self._states = [zero_state(layer, n_lanes) for layer in self._layers]
        sizes = {"n_embedding": self.n_embedding, "n_delays": n_delays}
        self._jacobians = (
            [self._carried(layer, n_lanes, **sizes) for layer in self._layers] if n_delays else []
        )

    def put(self, lane: int, state: list[LayerState] | None) -> None:
        """Set a lane's state and forget its Jacobians."""
        for number, old in enumerate(self._states):
            # The tensors of the step before may be shared; a lane's start is rare enough for a copy.
            parts = [part if part is None else part.clone() for part in (old.hidden, old.cell)]
            given = (None, None) if state is None else (state[number].hidden, state[number].cell)
            for part, value in zip(parts, given, strict=True):
                if part is not None:
                    part[lane] = 0 if value is None else value
            self._states[number] = LayerState(*parts)
        for jacobians in self._jacobians:
            jacobians.forget(lane)

    def state_of(self, lane: int) -> list[LayerState]:
        """A lane's state, for `put`."""
        return [
            LayerState(state.hidden[lane].clone(), None if state.cell is None else state.cell[lane].clone())
            for state in self._states
        ]

    def read(self, inputs: Tensor) -> None:
        """Read one input on each lane without Jacobians."""
        for number, layer in enumerate(self._layers):
            self._states[number], _ = step_layer(layer, inputs, self._states[number], jacobian=False)
            inputs = self._states[number].hidden

    def advance(self, inputs: Tensor, n_delays: int, seen: Seen) -> None:
        """Read one input on each lane, carry the Jacobians of delays below n_delays on, and show them."""
        below = None

        def show(parts: Sequence[Tensor], first: int, stop: int) -> None:
            seen(parts[self._place], first, stop)

        for number, layer in enumerate(self._layers):
            is_last = number == len(self._layers) - 1
            self._states[number], local = step_layer(layer, inputs, self._states[number])
            self._jacobians[number].advance(local, below, n_delays, show if is_last else None)
            inputs, below = self._states[number].hidden, self._jacobians[number][0]
