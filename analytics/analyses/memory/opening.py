"""From a network and embedded inputs to engines that walk along them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.engines import Engine, LayerEngine
from analytics.analyses.memory.networks import as_layers, target_of
from analytics.analyses.memory.step_functions import StateParts, StepEngine, function_digest, initial_of
from analytics.errors import ParameterError, ShapeError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["Opened", "open_network"]

LANE_BYTES = 2 << 20
"""A lane's Jacobians should fill this: smaller networks take several lanes, so that products are large."""

MAX_LANES = 64
GPU_LANES = 256


@dataclass(frozen=True, slots=True)
class Opened:
    """A network ready to walk."""

    engine: Callable[[], Engine]
    """Makes an engine, one for each thread."""
    to_tensor: Callable[[NDArray], Tensor]
    dtype: np.dtype
    n_units: int
    n_lanes: int
    digest: str
    """Changes with the weights."""
    is_on_device: bool = False
    """Whether its Jacobians lie on a GPU."""
    is_parallel: bool = True
    """Whether several threads may walk at once."""


def open_network(
    network: Any,
    *,
    state: str,
    n_embedding: int,
    is_double: bool,
    n_delays: int,
    device: str = "auto",
    initial: Any = None,
) -> Opened:
    """Check a network at the door.

    Raises
    ------
    ParameterError, UnknownNameError, ShapeError
        If it is of no kind that can be walked along, has no such state, or reads inputs of another size.
    """
    import torch
    from torch import nn

    if not isinstance(network, nn.RNN | nn.GRU | nn.LSTM):
        return _open_function(network, initial, state=state, n_embedding=n_embedding)
    layers = as_layers(network)
    target = target_of(state, layers)
    wanted = layers[0].of_input.shape[1]
    if wanted != n_embedding:
        raise ShapeError(
            f"The network reads inputs of {wanted} numbers. Got embedded inputs of {n_embedding}."
        )
    is_double = is_double or layers[0].of_input.dtype == torch.float64
    place = _device(device)
    layers = [_moved(layer, torch.float64 if is_double else torch.float32, place) for layer in layers]
    is_on_device = place.type != "cpu"
    dtype = np.dtype(np.float64 if is_double else np.float32)
    n_units = layers[target.layer].n_units
    n_bytes = n_delays * n_units * n_embedding * dtype.itemsize
    return Opened(
        engine=lambda: LayerEngine(layers, target, is_on_device=is_on_device),
        to_tensor=lambda values: _to(values.astype(dtype, copy=False), place),
        dtype=dtype,
        n_units=n_units,
        n_lanes=GPU_LANES if is_on_device else int(np.clip(LANE_BYTES // n_bytes, 1, MAX_LANES)),
        digest=_digest(layers),
        is_on_device=is_on_device,
        # A GPU is kept busy by one thread, and two would hold twice the memory.
        is_parallel=not is_on_device,
    )


def _open_function(step: Any, initial: Any, *, state: str, n_embedding: int) -> Opened:
    import torch

    if not callable(step) or isinstance(step, torch.nn.RNNBase):
        raise ParameterError(
            "The network must be an nn.RNN, nn.GRU or nn.LSTM, or a step function. "
            f"Got {type(step).__name__}."
        )
    first = initial_of(step, initial)
    engine = StepEngine(step, first, state, n_embedding=n_embedding)
    vector = StateParts.of(first).joined(first)
    return Opened(
        engine=lambda: StepEngine(step, first, state, n_embedding=n_embedding),
        is_on_device=vector.device.type != "cpu",
        to_tensor=lambda values: torch.from_numpy(values).to(vector),
        dtype=vector.detach().cpu().numpy().dtype,
        n_units=engine.n_units,
        n_lanes=1,
        digest=function_digest(step),
        is_parallel=False,
    )


def _to(values: NDArray, place: torch.device) -> Tensor:
    import torch

    return torch.from_numpy(values).to(place)


def _device(device: str) -> torch.device:
    import torch

    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.device(device)
    except RuntimeError:
        raise ParameterError(f"device must be auto, cpu, cuda or cuda:0. Got {device!r}.") from None


def _moved(layer: Any, dtype: torch.dtype, place: torch.device) -> Any:
    names = ("of_input", "of_hidden", "input_bias", "hidden_bias")
    return replace(layer, **{name: getattr(layer, name).to(place, dtype).contiguous() for name in names})


def _digest(layers: list[Any]) -> str:
    found = hashlib.sha256()
    for layer in layers:
        for part in (layer.of_input, layer.of_hidden, layer.input_bias, layer.hidden_bias):
            found.update(part.cpu().numpy().tobytes())
    return found.hexdigest()
