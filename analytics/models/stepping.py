"""A network run over some ids: every state of every layer, its outputs, and the state to go on from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from torch import Tensor, nn

from analytics.models.classifier import Classifier
from analytics.models.gates import state_kinds
from analytics.models.language_model import LanguageModel
from analytics.models.layer_states import direction_states, one_layer

__all__ = ["Carried", "Stepper", "Steps"]

Carried = tuple[Tensor, ...]
"""(hidden,) or (hidden, cell), each of shape (n_layers, n_streams, n_units): what a network goes on from."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What was seen in one run."""

    states: dict[str, Tensor]
    """By name, each (n_steps, n_streams, n_units)."""
    logits: Tensor
    """(n_steps, n_streams, n_words or n_classes)."""


class Stepper:
    """Runs a network, inside `torch.no_grad`; may be used by several threads at once.

    Parameters
    ----------
    module : LanguageModel or Classifier
        In evaluation mode.
    """

    def __init__(self, module: LanguageModel | Classifier) -> None:
        self._module = module
        self._layers: nn.RNNBase = module.layers
        self._parts = [one_layer(self._layers, number) for number in range(self._layers.num_layers)]
        self._directions = (False, True) if self._layers.bidirectional else (False,)

    @property
    def units(self) -> dict[str, int]:
        """Units of each state that the network has, by name."""
        kinds = state_kinds(self._layers.mode.lower().partition("_")[0])
        return {
            f"{_name(number, reverse)}.{kind}": self._layers.hidden_size
            for number in range(self._layers.num_layers)
            for reverse in self._directions
            for kind in kinds
        }

    def run(self, ids: Tensor, *, first: Carried | None = None, wanted: Collection[str]) -> Steps:
        """Run over ids of shape (n_steps, n_streams) from a state, or from zeros."""
        values = self._module.embedding(ids)
        states: dict[str, Tensor] = {}
        for number, part in enumerate(self._parts):
            own = None if first is None else tuple(state[number : number + 1] for state in first)
            outputs, _ = part(values, own if own is None or len(own) == 2 else own[0])
            for reverse in self._directions:
                name = _name(number, reverse)
                kinds = [state.rpartition(".")[2] for state in wanted if state.startswith(f"{name}.")]
                found = direction_states(
                    self._layers, number, kinds=kinds, inputs=values, outputs=outputs, reverse=reverse,
                    first=None if own is None else [state[0] for state in own],
                ) if kinds else {}  # fmt: skip
                states |= {f"{name}.{kind}": found[kind] for kind in kinds}
            values = outputs
        if isinstance(self._module, Classifier):
            values = self._module.pooled(values)
        return Steps(states, self._module.projection(values))

    def read(self, ids: Tensor) -> Carried:
        """Read ids of shape (n_steps, n_streams) from zeros and return the state after the last."""
        _, after = self._layers(self._module.embedding(ids))
        return after if isinstance(after, tuple) else (after,)


def _name(number: int, reverse: bool) -> str:
    return f"layer{number}{'_reverse' if reverse else ''}"
