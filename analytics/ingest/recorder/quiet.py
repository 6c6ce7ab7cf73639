"""Running a network without a trace: its device, its gradients and all random states are as before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from torch import nn

from analytics.errors import ParameterError

__all__ = ["as_device", "device_of", "quiet"]


@contextmanager
def as_device(model: nn.Module, device: str) -> Iterator[None]:
    """Put the network on a device for a while: `auto` takes a GPU where there is one."""
    before = device_of(model)
    if device == "auto":
        device = "cuda" if before.type == "cpu" and torch.cuda.is_available() else str(before)
    try:
        model.to(device)
    except (RuntimeError, AssertionError) as error:
        raise ParameterError(f"The network cannot be put on device {device!r}: {error}") from None
    try:
        yield
    finally:
        model.to(before)


@contextmanager
def quiet() -> Iterator[None]:
    """Run a network without a trace: no gradients, and all random states as before."""
    python, numpy = random.getstate(), np.random.get_state()
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(torch.random.fork_rng(devices=range(torch.cuda.device_count())))
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)


def device_of(model: nn.Module) -> torch.device:
    """Where a network's parameters are."""
    parameter = next(model.parameters(), None)
    return torch.device("cpu") if parameter is None else parameter.device
