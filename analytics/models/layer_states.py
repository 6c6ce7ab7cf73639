"""Every kind of state of a layer over one run: what torch's own kernel gave, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from analytics.models.gates import layer_weights, run_cells, step_gates

__all__ = ["direction_states", "one_layer"]


def one_layer(module: nn.RNNBase, number: int) -> nn.RNNBase:
    """Return a layer of a module as a module of its own, with the same weights, for evaluation.

    Examples
    --------
    >>> both = nn.GRU(3, 5, num_layers=2)
    >>> first, second = one_layer(both, 0), one_layer(both, 1)
    >>> inputs = torch.ones(4, 1, 3)
    >>> torch.equal(second(first(inputs)[0])[0], both(inputs)[0])
    True
    """
    options: dict[str, Any] = {
        "bias": module.bias, "bidirectional": module.bidirectional, "device": "meta",
    }  # fmt: skip
    if isinstance(module, nn.LSTM):
        options["proj_size"] = module.proj_size
    if isinstance(module, nn.RNN):
        options["nonlinearity"] = module.nonlinearity
    n_outputs = (module.proj_size or module.hidden_size) * (2 if module.bidirectional else 1)
    kind = next(base for base in (nn.LSTM, nn.GRU, nn.RNN) if isinstance(module, base))
    part = kind(module.input_size if number == 0 else n_outputs, module.hidden_size, **options)
    for name, _ in list(part.named_parameters()):
        weight = getattr(module, name.replace("_l0", f"_l{number}")).detach()
        setattr(part, name, nn.Parameter(weight, requires_grad=False))
    part.flatten_parameters()
    return part.eval()


def direction_states(
    module: nn.RNNBase,
    number: int,
    *,
    kinds: Sequence[str],
    inputs: Tensor,
    outputs: Tensor,
    reverse: bool = False,
    first: Sequence[Tensor] | None = None,
    lengths: Tensor | None = None,
) -> dict[str, Tensor]:
    """Return states of one direction of one layer over a run.

    Parameters
    ----------
    module : nn.RNNBase
        That the layer belongs to.
    number : int
        Of the layer, from 0.
    kinds : sequence of str
        Of `analytics.models.gates.state_kinds`.
    inputs : Tensor of shape (n_steps, n_streams, n_inputs)
        What the layer read.
    outputs : Tensor of shape (n_steps, n_streams, n_outputs)
        What it gave, both directions side by side.
    reverse : bool, default=False
        The backward direction.
    first : (hidden,) or (hidden, cell), each (n_streams, n_units), optional
        The direction's state before its first step. Default: zeros.
    lengths : LongTensor of shape (n_streams,), optional
        Steps of each stream, where some are padded.

    Returns
    -------
    dict from kind to Tensor of shape (n_steps, n_streams, n_units)
    """
    n_hidden = module.proj_size or module.hidden_size
    hidden = outputs[:, :, int(reverse) * n_hidden : (int(reverse) + 1) * n_hidden]
    if list(kinds) == ["hidden"]:
        return {"hidden": hidden}
    if reverse:
        inputs, hidden = _reversed(inputs, lengths), _reversed(hidden, lengths)
    weights = layer_weights(module, number, reverse=reverse)
    h_first = hidden.new_zeros(hidden.shape[1:]) if first is None else first[0]
    before = torch.cat([h_first[None].to(hidden.dtype), hidden[:-1]])
    values = step_gates(weights, inputs.float(), before.float())
    if "cell" in kinds:
        c_first = torch.zeros(hidden.shape[1], module.hidden_size) if first is None else first[1].float()
        values["cell"] = run_cells(values, c_first)
    values["hidden"] = hidden
    return {kind: _reversed(values[kind], lengths) if reverse else values[kind] for kind in kinds}


def _reversed(values: Tensor, lengths: Tensor | None) -> Tensor:
    """Each stream backwards; what lies behind its end stays where it is."""
    if lengths is None:
        return values.flip(0)
    steps = torch.arange(len(values))[:, None]
    places = torch.where(steps < lengths, lengths - 1 - steps, steps).to(values.device)
    return values.gather(0, places[:, :, None].expand_as(values))
