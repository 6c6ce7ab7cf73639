"""What was seen in one run of a network, and what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any

from torch import Tensor

__all__ = ["Run", "find_scores", "reason_of"]


@dataclass(frozen=True, slots=True)
class Run:
    """What was seen in one run."""

    states: dict[str, Tensor]
    """Each (n_steps, n_streams, n_units), on the CPU, in the network's precision."""
    output: Tensor | None
    """(n_steps, n_streams, n_outputs), or (n_streams, n_outputs): one for a whole sequence."""
    has_steps: bool
    """Whether the output has an axis of steps."""
    last_hidden: Tensor | None = None
    """(n_steps, n_streams, n_units) of the last recurrent layer, both directions beside each other."""

    @property
    def n_steps(self) -> int:
        """Steps of the run."""
        return len(next(iter(self.states.values())))

    def part(self, steps: slice) -> Run:
        """Some of its steps."""
        states = {state: values[steps] for state, values in self.states.items()}
        return Run(states, self.output[steps] if self.has_steps else self.output, self.has_steps)

    def stream(self, number: int) -> Run:
        """One of its streams."""
        here = slice(number, number + 1)
        states = {state: values[:, here] for state, values in self.states.items()}
        return Run(states, self.output[:, here] if self.has_steps else self.output, self.has_steps)

    def is_same(self, other: Run, *, share: float) -> bool:
        """Whether it equals another run but for rounding, a share of the largest value."""
        pairs = [(self.states[state], other.states[state]) for state in self.states]
        if self.has_steps:
            pairs.append((self.output, other.output))
        return all(_close(*pair, share) for pair in pairs)


def find_scores(output: Any) -> Tensor | None:
    """The tensor among what a network returns: what is called logits, else the first, however deep."""
    if isinstance(output, Tensor):
        return output if output.is_floating_point() else None
    if is_dataclass(output) or (hasattr(output, "logits") and not isinstance(output, Mapping)):
        output = vars(output) if hasattr(output, "__dict__") else {"logits": output.logits}
    if isinstance(output, Mapping):
        output = [output["logits"]] if "logits" in output else list(output.values())
    if isinstance(output, tuple | list):
        return next((found for part in output if (found := find_scores(part)) is not None), None)
    return None


def reason_of(error: Exception) -> str:
    """The first line of what a network says."""
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__


def _close(one: Tensor, other: Tensor, share: float) -> bool:
    if one.shape != other.shape:
        return False
    largest = float(other.abs().max().float()) if other.numel() else 0.0
    allowed = share * max(largest, 1e-3)
    return bool(((one.float() - other.float()).abs() <= allowed).all())
