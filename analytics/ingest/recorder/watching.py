"""A network while it is recorded: in evaluation mode, on its device, its layers watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import torch
from torch import nn

from analytics.ingest.recorder.capture import Capture
from analytics.ingest.recorder.layers import choose_states
from analytics.ingest.recorder.network import Network
from analytics.ingest.recorder.options import RecordOptions
from analytics.ingest.recorder.probe import Probe
from analytics.ingest.recorder.quiet import as_device, quiet

__all__ = ["watched"]


@contextmanager
def watched(model: nn.Module, options: RecordOptions) -> Iterator[Probe]:
    """The network in evaluation mode, on its device, with its layers watched; all as before afterwards."""
    model = getattr(model, "_orig_mod", model)  # what torch.compile wraps
    choice = choose_states(model, options.states)
    modes = {module: module.training for module in model.modules()}
    own_hidden = {f"{layer.name}.hidden" for layer in choice.layers}
    with ExitStack() as stack:
        stack.callback(_restore_modes, modes)
        stack.enter_context(torch.compiler.set_stance("force_eager"))
        stack.enter_context(as_device(model, options.device))
        stack.enter_context(quiet())
        model.eval()
        capture = stack.enter_context(
            Capture(model, layers=choice.layers, states=own_hidden | set(choice.sources.values()),
                    hooks=choice.hooks)
        )  # fmt: skip
        network = Network(model, choice, capture, call=options.call)
        yield Probe(network, batch_first=options.batch_first, time_axis=options.time_axis)


def _restore_modes(modes: Mapping[nn.Module, bool]) -> None:
    for module, mode in modes.items():
        module.training = mode
