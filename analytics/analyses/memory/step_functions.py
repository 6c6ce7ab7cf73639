"""A network of one's own, given as the function that reads one input: its Jacobians through `torch.func`."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.errors import ParameterError, UnknownNameError, nearest

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["StateParts", "StepEngine", "function_digest", "initial_of"]

_TWO_NAMES = ("layer0.hidden", "layer0.cell")


@dataclass(frozen=True, slots=True)
class StateParts:
    """How a step function's state becomes one vector and back."""

    kind: type
    """`dict`, `tuple`, or `torch.Tensor`."""
    names: tuple[str, ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, initial: Any) -> StateParts:
        """Read them off the state before a sequence.

        Raises
        ------
        ParameterError
            If it is of another kind.
        """
        import torch

        if isinstance(initial, Mapping):
            kind, names, parts = dict, tuple(map(str, initial)), list(initial.values())
        elif isinstance(initial, tuple | list):
            kind, parts = tuple, list(initial)
            two = len(parts) == len(_TWO_NAMES)
            names = _TWO_NAMES if two else tuple(f"state{number}" for number in range(len(parts)))
        else:
            kind, names, parts = torch.Tensor, _TWO_NAMES[:1], [initial]
        if not parts or not all(isinstance(part, torch.Tensor) and part.ndim == 1 for part in parts):
            raise ParameterError(
                "The initial state must be a tensor of shape (n_units,), or a tuple or dict of such tensors. "
                f"Got {type(initial).__name__}."
            )
        return cls(kind, names, tuple(len(part) for part in parts))

    def part_of(self, state: str) -> slice:
        """Where a state lies in the vector.

        Raises
        ------
        UnknownNameError
            If there is none of that name.
        """
        if state not in self.names:
            raise UnknownNameError(
                f"The step function's states are {', '.join(self.names)}. Got {state!r}."
                f"{nearest(state, self.names)}"
            )
        place = self.names.index(state)
        begin = sum(self.sizes[:place])
        return slice(begin, begin + self.sizes[place])

    def joined(self, state: Any) -> Tensor:
        """Return the parts as one vector."""
        import torch

        parts = [state[name] for name in self.names] if self.kind is dict else state
        return torch.cat(list(parts)) if self.kind in (dict, tuple) else state

    def parted(self, vector: Tensor) -> Any:
        """Return a vector's parts as the step function wants them."""
        parts = vector.split(self.sizes)
        if self.kind is dict:
            return dict(zip(self.names, parts, strict=True))
        return tuple(parts) if self.kind is tuple else vector


class StepEngine:
    """Walks one lane of a step function; see `analytics.analyses.memory.engines.Engine`.

    At each step the Jacobian of the state by the state before is made once, by forward differentiation
    (backward where a function has no forward formula), and multiplies the Jacobians of all delays.
    """

    def __init__(self, step: Callable, initial: Any, state: str, *, n_embedding: int) -> None:
        self._step, self._parts = step, StateParts.of(initial)
        self._initial = self._parts.joined(initial).detach()
        self._part = self._parts.part_of(state)
        self._is_forward = True
        _load_quietly()
        self.n_units, self.n_embedding = self._part.stop - self._part.start, n_embedding

    def start(self, n_lanes: int, n_delays: int) -> None:
        """Put the lane at the start of a sequence."""
        self._states = [self._initial] * n_lanes
        shape = (n_lanes, len(self._initial), n_delays * self.n_embedding)
        self._jacobians = self._initial.new_zeros(shape)

    def put(self, lane: int, state: Tensor | None) -> None:
        """Set a lane's state and forget its Jacobians."""
        self._states[lane] = self._initial if state is None else state
        self._jacobians[lane] = 0

    def state_of(self, lane: int) -> Tensor:
        """A lane's state, for `put`."""
        return self._states[lane]

    def read(self, inputs: Tensor) -> None:
        """Read one input on each lane without Jacobians."""
        self._states = [
            self._next(given, state).detach() for given, state in zip(inputs, self._states, strict=True)
        ]

    def advance(self, inputs: Tensor, n_delays: int, seen: Callable[[Tensor, int, int], None]) -> None:
        """Read one input on each lane, carry the Jacobians of delays below n_delays on, and show them."""
        width, kept = self.n_embedding, (n_delays - 1) * self.n_embedding
        for lane, given in enumerate(inputs):
            by_input, by_state = self._local(given, self._states[lane])
            carried = by_state @ self._jacobians[lane, :, :kept]
            self._jacobians[lane, :, width : width + kept] = carried
            self._jacobians[lane, :, :width] = by_input
        self.read(inputs)
        seen(self._jacobians[:, self._part].contiguous(), 0, n_delays)

    def _next(self, given: Tensor, state: Tensor) -> Tensor:
        after = self._parts.joined(self._step(given, self._parts.parted(state)))
        if after.shape != state.shape:
            raise ParameterError(
                f"The step function must return a state like the one it is given, of {len(state)} numbers. "
                f"Got {tuple(after.shape)}."
            )
        return after

    def _local(self, given: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Jacobians of the state after a step by its input and by the state before."""
        from torch.func import jacfwd, jacrev

        if self._is_forward:
            try:
                return tuple(part.detach() for part in jacfwd(self._next, argnums=(0, 1))(given, state))
            except (NotImplementedError, RuntimeError):
                self._is_forward = False
        return tuple(part.detach() for part in jacrev(self._next, argnums=(0, 1))(given, state))


def _load_quietly() -> None:
    """Load torch's forward formulas: it warns about itself when it does."""
    import torch
    from torch.func import jacfwd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        jacfwd(torch.tanh)(torch.zeros(1))


def initial_of(step: Any, initial: Any) -> Any:
    """Return the state before a sequence: what was given, or zeros of an `nn.RNNCell`, `GRUCell` or
    `LSTMCell`.

    Raises
    ------
    ParameterError
        If none was given and the function is none of torch's cells.
    """
    from torch import nn

    if initial is not None:
        return initial
    if not isinstance(step, nn.RNNCellBase):
        raise ParameterError(
            "A step function needs the state before each sequence. Give it as `initial`: a tensor of shape "
            "(n_units,), or a tuple or dict of such tensors."
        )
    zeros = step.weight_hh.new_zeros(step.hidden_size).detach()
    return (zeros, zeros.clone()) if isinstance(step, nn.LSTMCell) else zeros


def function_digest(step: Any) -> str:
    """Return what changes with a function's name, code and weights; not with what else it may use."""
    found = hashlib.sha256(f"{type(step).__qualname__} {getattr(step, '__qualname__', '')}".encode())
    found.update(getattr(getattr(step, "__code__", None), "co_code", b""))
    for value in getattr(step, "parameters", list)():
        found.update(value.detach().cpu().numpy().tobytes())
    return found.hexdigest()
