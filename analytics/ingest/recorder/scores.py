"""Where the scores of a network come from: its output, a head, or the layer that made its last answer."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from analytics.errors import ParameterError
from analytics.ingest.recorder.network import Network
from analytics.ingest.recorder.options import RecordOptions
from analytics.ingest.recorder.run import Run

__all__ = ["scores_reader"]


def scores_reader(network: Network, found: Run, options: RecordOptions) -> Callable[[Run], Tensor] | None:
    """How logits are had from a run: the network's own output, through a head where one is needed."""
    if options.head is not None:
        from_output = found.output is not None and found.has_steps and _fits(options.head, found.output)

        def through_head(run: Run) -> Tensor:
            return options.head(run.output if from_output else run.last_hidden)

        if not from_output and (found.last_hidden is None or not _fits(options.head, found.last_hidden)):
            raise ParameterError(
                "head= takes the network's output at each step, or the hidden states of its last layer. It "
                "accepted neither: give call= so that the network returns what the head reads."
            )
        return through_head
    if found.output is None:
        return None
    if found.has_steps:
        return None if _is_hidden(found) else lambda run: run.output
    last = _last_linear(network, found)
    if last is None:
        return lambda run: run.output
    return lambda run: last(run.last_hidden)


def _is_hidden(found: Run) -> bool:
    """Whether the output is the last layer's hidden states themselves."""
    return (
        found.last_hidden is not None
        and found.last_hidden.shape == found.output.shape
        and torch.equal(found.last_hidden, found.output)
    )


def _last_linear(network: Network, found: Run) -> nn.Linear | None:
    """The layer that made one output for a sequence from its last hidden state: it can read every step's."""
    if found.last_hidden is None or network.choice.layers[-1].reverse:
        return None
    for module in network.model.modules():
        if isinstance(module, nn.Linear) and module.in_features == found.last_hidden.shape[2]:
            given = module(found.last_hidden[-1])
            if given.shape == found.output.shape and torch.allclose(
                given, found.output, rtol=1e-4, atol=1e-5
            ):
                return module
    return None


def _fits(head: Callable[[Tensor], Tensor], values: Tensor) -> bool:
    try:
        given = head(values)
    except Exception:  # the caller's own code
        return False
    return isinstance(given, Tensor) and given.ndim == 3 and given.shape[:2] == values.shape[:2]
