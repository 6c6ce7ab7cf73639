"""Sees what happens inside a network while it runs, and leaves the network as it was.

The recurrent layers are run by torch's own kernels, one layer at a time, so that the hidden states between
them are seen too; their gates and cells are computed afterwards for all steps at once
(`analytics.models.gates`). Any other module is seen through a hook on its output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from analytics.ingest.recorder.layers import FoundLayer
from analytics.models.gates import cell_weights, step_gates
from analytics.models.layer_states import direction_states, one_layer

__all__ = ["Capture", "Carried", "LayerStates"]

Carried = dict[str, tuple[Tensor, ...]]
"""By module path what the module hands to its next step: (hidden,) or (hidden, cell)."""


@dataclass(frozen=True, slots=True)
class LayerStates:
    """One layer's states over one run of the network."""

    values: dict[str, Tensor]
    """By state name, each (n_steps, n_streams, n_units)."""
    lengths: Tensor | None
    """(n_streams,), the steps of each stream where the layer was given packed sequences."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of one layer (both directions) or cell."""

    inputs: Tensor | PackedSequence
    outputs: Tensor | PackedSequence
    before: tuple[Tensor, ...] | None
    after: tuple[Tensor, ...]


class Capture:
    """Watches chosen layers and modules of a network; a context manager.

    Parameters
    ----------
    model : nn.Module
    layers : sequence of FoundLayer
        Those whose states are wanted.
    states : collection of str
        Which of their states.
    hooks : mapping of str to (str, int or None)
        For each other state the path of a module, and which part of its output where that is a tuple.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        layers: Sequence[FoundLayer],
        states: Sequence[str],
        hooks: Mapping[str, tuple[str, int | None]],
    ) -> None:
        self._model, self._layers, self._states, self._hooks = model, list(layers), set(states), hooks
        self._modules = {layer.path: layer.module for layer in layers}
        self._calls: dict[tuple[str, int], list[_Call]] = {}
        self._seen: dict[str, list[Tensor]] = {}
        self._handles: list[Any] = []
        self._first: Carried = {}
        self._instance_forwards: dict[str, Any] = {}

    def __enter__(self) -> Self:
        for path, module in self._modules.items():
            self._instance_forwards[path] = module.__dict__.get("forward")
            forward = _CellForward if isinstance(module, nn.RNNCellBase) else _LayerForward
            module.forward = forward(self, path, module)
        named = dict(self._model.named_modules())
        for state, (path, part) in self._hooks.items():
            hook = _OutputHook(self._seen, state, part)
            self._handles.append(named[path].register_forward_hook(hook))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path, module in self._modules.items():
            del module.forward
            if self._instance_forwards[path] is not None:
                module.forward = self._instance_forwards[path]
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def begin(self, carried: Carried | None = None) -> None:
        """Forget the last run; the next one goes on from `carried`, or begins as the network begins."""
        self._calls.clear()
        self._seen.clear()
        self._first = dict(carried or {})

    def layers(self) -> dict[str, LayerStates]:
        """By layer name what was seen in this run; a layer called several times goes on where it stopped."""
        return {layer.name: self._layer_states(layer) for layer in self._layers}

    def outputs(self, state: str) -> list[Tensor]:
        """What the module of a hooked state gave at each of its calls."""
        return self._seen.get(state, [])

    def carried(self) -> Carried:
        """What every layer would hand to the step after this run."""
        after: Carried = {}
        for path, module in self._modules.items():
            if (path, 0) not in self._calls:
                continue
            n_parts = getattr(module, "num_layers", 1)
            last = [self._calls[path, number][-1].after for number in range(n_parts)]
            after[path] = tuple(torch.cat(parts) for parts in zip(*last, strict=True))
        return after

    def given(self, path: str, before: Any) -> Any:
        """State a module starts from: what is carried at its first call, else what the network gives it."""
        carried = self._first.pop(path, None)
        if carried is None:
            return before
        return carried if len(carried) == 2 else carried[0]

    def saw(self, path: str, number: int, call: _Call) -> None:
        """Keep one call of a layer."""
        self._calls.setdefault((path, number), []).append(call)

    def _layer_states(self, layer: FoundLayer) -> LayerStates:
        calls = self._calls.get((layer.path, layer.number), [])
        wanted = [name for name in layer.states if name in self._states]
        if not calls or not wanted:
            return LayerStates({}, None)
        if isinstance(layer.module, nn.RNNCellBase):
            return LayerStates(_cell_states(layer, calls, wanted), None)
        pieces = [_call_states(layer, call, wanted) for call in calls]
        lengths = pieces[0][1] if len(pieces) == 1 else None
        return LayerStates(
            {name: torch.cat([piece[0][name] for piece in pieces]) for name in wanted}, lengths
        )


class _LayerForward:
    """Stands for the `forward` of an `nn.RNN`, `nn.GRU` or `nn.LSTM`: the same, one layer at a time."""

    def __init__(self, capture: Capture, path: str, module: nn.RNNBase) -> None:
        self._capture, self._path = capture, path
        self._n_directions = 2 if module.bidirectional else 1
        self._module, self._weights = module, _weights_now(module)
        self._parts = [one_layer(module, number) for number in range(module.num_layers)]
        self._paired = isinstance(module, nn.LSTM)
        self._batch_first = module.batch_first

    def __call__(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        self._take_new_weights()
        # As torch does: turned once before the first layer and once after the last.
        turned = self._batch_first and isinstance(input, Tensor) and input.ndim == 3
        input = input.transpose(0, 1) if turned else input
        hx = self._capture.given(self._path, hx)
        before = None if hx is None else hx if self._paired else (hx,)
        after = []
        for number, part in enumerate(self._parts):
            rows = slice(number * self._n_directions, (number + 1) * self._n_directions)
            own = None if before is None else tuple(state[rows] for state in before)
            given = None if own is None else own if self._paired else own[0]
            output, last = part(input, given)
            last = last if self._paired else (last,)
            self._capture.saw(self._path, number, _Call(input, output, own, last))
            after.append(last)
            input = output
        joined = tuple(torch.cat(states) for states in zip(*after, strict=True))
        output = output.transpose(0, 1) if turned else output
        return output, joined if self._paired else joined[0]

    def _take_new_weights(self) -> None:
        """A wrapper may make weights anew at each call, as weight dropping and weight norm do."""
        weights = _weights_now(self._module)
        if any(new is not old for new, old in zip(weights, self._weights, strict=True)):
            self._weights = weights
            self._parts = [one_layer(self._module, number) for number in range(self._module.num_layers)]


class _CellForward:
    """Stands for the `forward` of a cell: the same, remembered."""

    def __init__(self, capture: Capture, path: str, module: nn.RNNCellBase) -> None:
        self._capture, self._path, self._module = capture, path, module
        self._paired = isinstance(module, nn.LSTMCell)

    def __call__(self, input: Tensor, hx: Any = None) -> Any:
        hx = self._capture.given(self._path, hx)
        after = type(self._module).forward(self._module, input, hx)
        states = after if self._paired else (after,)
        before = None if hx is None else hx if self._paired else (hx,)
        self._capture.saw(self._path, 0, _Call(input, states[0], before, tuple(states)))
        return after


class _OutputHook:
    """Keeps what a module returns."""

    def __init__(self, seen: dict[str, list[Tensor]], state: str, part: int | None) -> None:
        self._seen, self._state, self._part = seen, state, part

    def __call__(self, module: nn.Module, inputs: Any, output: Any) -> None:
        found = output if self._part is None else output[self._part]
        while isinstance(found, tuple | list) and found:
            found = found[0]
        if isinstance(found, Tensor):
            # A network may go on to change its output in place.
            self._seen.setdefault(self._state, []).append(found.detach().clone())


def _weights_now(module: nn.RNNBase) -> list[Tensor]:
    return [weight for layer in module.all_weights for weight in layer]


def _call_states(
    layer: FoundLayer, call: _Call, wanted: Sequence[str]
) -> tuple[dict[str, Tensor], Tensor | None]:
    """States of one direction over one call, each (n_steps, n_streams, n_units), and the lengths."""
    outputs, lengths = _padded(call.outputs)
    direction = int(layer.reverse)
    values = direction_states(
        layer.module,
        layer.number,
        kinds=[name.rpartition(".")[2] for name in wanted],
        inputs=_padded(call.inputs)[0],
        outputs=outputs,
        reverse=layer.reverse,
        first=[_two_axes(state[direction]) for state in call.before] if call.before else None,
        lengths=lengths,
    )
    return {name: values[name.rpartition(".")[2]] for name in wanted}, lengths


def _cell_states(layer: FoundLayer, calls: Sequence[_Call], wanted: Sequence[str]) -> dict[str, Tensor]:
    """States of a cell over its calls, one for each step."""
    hidden = torch.stack([_two_axes(call.outputs) for call in calls])
    kinds = [name.rpartition(".")[2] for name in wanted]
    values = {"hidden": hidden}
    if layer.kind == "lstm":
        values["cell"] = torch.stack([_two_axes(call.after[1]) for call in calls])
    if any(kind not in values for kind in kinds):
        inputs = torch.stack([_two_axes(call.inputs) for call in calls])
        zeros = torch.zeros_like(hidden[0])
        before = torch.stack([zeros if call.before is None else _two_axes(call.before[0]) for call in calls])
        values |= step_gates(cell_weights(layer.module), inputs.float(), before.float())
    return {name: values[kind] for name, kind in zip(wanted, kinds, strict=True)}


def _padded(values: Tensor | PackedSequence) -> tuple[Tensor, Tensor | None]:
    """What a layer took or gave as (n_steps, n_streams, n_features), and the lengths if it was packed."""
    if isinstance(values, PackedSequence):
        return pad_packed_sequence(values)
    return (values[:, None] if values.ndim == 2 else values), None


def _two_axes(values: Tensor) -> Tensor:
    return values[None] if values.ndim == 1 else values
