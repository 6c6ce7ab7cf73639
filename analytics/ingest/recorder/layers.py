"""The recurrent layers inside a network, under the names their states are recorded by.

Layers are numbered through the whole network in the order in which its modules are registered:
`layer0`, `layer1`, ...; the backward direction of a layer is `layer0_reverse`. A state is `layer0.hidden`,
`layer0.cell`, `layer0.forget_gate`: what there is for which kind stands in `analytics.models.gates`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from analytics.errors import ParameterError, UnknownNameError, nearest
from analytics.models.gates import state_kinds

__all__ = ["Choice", "FoundLayer", "choose_states", "find_layers", "is_recurrent", "recordable_states"]

_MODULES = {
    nn.RNN: "rnn", nn.GRU: "gru", nn.LSTM: "lstm", nn.RNNCell: "rnn", nn.GRUCell: "gru", nn.LSTMCell: "lstm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundLayer:
    """One direction of one recurrent layer."""

    name: str
    """`layer0`, `layer0_reverse`, ..."""
    path: str
    """Where its module lies in the network; empty for the network itself."""
    module: nn.Module
    number: int
    """Of the layer within its module."""
    reverse: bool
    kind: str
    """`rnn`, `gru` or `lstm`."""

    @property
    def n_units(self) -> int:
        """Of its gates and cells."""
        return self.module.hidden_size

    @property
    def states(self) -> dict[str, int]:
        """Number of units of each of its states, by name."""
        n_hidden = getattr(self.module, "proj_size", 0) or self.n_units
        return {
            f"{self.name}.{kind}": n_hidden if kind == "hidden" else self.n_units
            for kind in state_kinds(self.kind)
        }


def is_recurrent(module: nn.Module) -> bool:
    """Whether its states can be taken apart: torch's own layers and cells, and what inherits their step."""
    base = next((known for known in _MODULES if isinstance(module, known)), None)
    return base is not None and type(module).forward is base.forward


def find_layers(model: nn.Module) -> list[FoundLayer]:
    """All recurrent layers of a network, in the order of its modules.

    Examples
    --------
    >>> [layer.name for layer in find_layers(nn.GRU(3, 5, num_layers=2, bidirectional=True))]
    ['layer0', 'layer0_reverse', 'layer1', 'layer1_reverse']
    """
    found: list[FoundLayer] = []
    first = 0
    for path, module in model.named_modules():
        if not is_recurrent(module):
            continue
        kind = next(kind for known, kind in _MODULES.items() if isinstance(module, known))
        n_layers = getattr(module, "num_layers", 1)
        for number in range(n_layers):
            for reverse in (False, True) if getattr(module, "bidirectional", False) else (False,):
                name = f"layer{first + number}{'_reverse' if reverse else ''}"
                found.append(FoundLayer(name, path, module, number, reverse, kind))
        first += n_layers
    return found


def recordable_states(model: nn.Module) -> dict[str, int]:
    """Number of units of every state that `record` finds in a network by itself.

    Examples
    --------
    >>> recordable_states(nn.LSTM(3, 5))
    ... # doctest: +NORMALIZE_WHITESPACE
    {'layer0.hidden': 5, 'layer0.cell': 5, 'layer0.input_gate': 5, 'layer0.forget_gate': 5,
     'layer0.candidate_gate': 5, 'layer0.output_gate': 5}
    """
    return {name: n_units for layer in find_layers(model) for name, n_units in layer.states.items()}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which states of a network are recorded."""

    layers: list[FoundLayer]
    """All layers found, in order: those not recorded carry the state on all the same."""
    sources: dict[str, str]
    """By the name a state is recorded under, the name it has in its layer."""
    hooks: dict[str, tuple[str, int | None]]
    """By state, the path of the module that gives it and which part of its output."""

    @property
    def states(self) -> list[str]:
        """All names, those of layers first."""
        return [*self.sources, *self.hooks]


def choose_states(model: nn.Module, states: Sequence[str] | Mapping[str, str] | None) -> Choice:
    """Find the states a user asks for.

    Parameters
    ----------
    model : nn.Module
    states : sequence of str or mapping, optional
        Names among `recordable_states`; or by name a module's path or one of those names. ``"blocks.3[1]"``
        is the second part of what the module ``blocks.3`` returns. Default: all of `recordable_states`.

    Raises
    ------
    ParameterError
        If the network has no recurrent layer and `states` is None.
    UnknownNameError
        If there is no such state or module.

    Examples
    --------
    >>> choose_states(nn.GRU(3, 5), {"memory": "layer0.hidden"}).sources
    {'memory': 'layer0.hidden'}
    """
    layers = find_layers(model)
    known = {name for layer in layers for name in layer.states}
    if states is None:
        if not known:
            raise ParameterError(_nothing_found(model))
        return Choice(layers, {name: name for layer in layers for name in layer.states}, {})
    wanted = dict(states) if isinstance(states, Mapping) else {name: name for name in _listed(states)}
    if not wanted:
        raise ParameterError("states names at least one state. Got none.")
    modules = dict(model.named_modules())
    sources, hooks = {}, {}
    for name, source in wanted.items():
        if source in known:
            sources[name] = source
            continue
        path, part = _path_and_part(source)
        if path not in modules or not isinstance(states, Mapping):
            names = [*known, *filter(None, modules)] if isinstance(states, Mapping) else sorted(known)
            raise UnknownNameError(f"The network has no state {source!r}.{nearest(source, names)}")
        hooks[name] = (path, part)
    return Choice(layers, sources, hooks)


def _listed(states: Sequence[str]) -> list[str]:
    if isinstance(states, str):
        raise ParameterError(f"states is a list of names, such as [{states!r}]. Got one text.")
    return list(states)


def _path_and_part(source: str) -> tuple[str, int | None]:
    """`blocks.3[1]` is part 1 of what `blocks.3` returns; `.` is the network itself."""
    found = re.fullmatch(r"(.*?)(?:\[(\d+)\])?", source)
    path = "" if found[1] == "." else found[1]
    return path, None if found[2] is None else int(found[2])


def _nothing_found(model: nn.Module) -> str:
    if isinstance(model, torch.jit.ScriptModule):
        return (
            "A scripted network keeps its layers out of reach. Record the Python network it was made from, "
            "or a function of one step: record(step, ..., initial_state=...)."
        )
    own = [path for path, part in model.named_modules() if path and isinstance(part, tuple(_MODULES))]
    if own:
        return (
            f"The layer {own[0]!r} has a forward of its own, so its gates are not known. Record what it "
            f"returns: states={{'layer0.hidden': {own[0]!r}}}."
        )
    paths = [path for path, _ in model.named_modules() if path]
    return (
        "The network has no torch RNN, GRU or LSTM layer or cell. Name modules to record, such as "
        f"states={{'layer0.output': {paths[0] if paths else '.'!r}}}; it has: "
        f"{', '.join(paths[:12]) or 'no modules inside'}{', ...' if len(paths) > 12 else ''}."
    )
