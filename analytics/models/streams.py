"""The state of each stream between two windows."""

from __future__ import annotations

import torch
from torch import Tensor

from analytics.models.windows import Window

__all__ = ["StateOfStreams"]


class StateOfStreams:
    """Keeps, cuts from the gradient and resets the states of sequences that run side by side."""

    def __init__(self, n_streams: int) -> None:
        self._n_streams = n_streams
        self._parts: tuple[Tensor, ...] | None = None
        self._paired = False

    def take(self, window: Window) -> Tensor | tuple[Tensor, ...] | None:
        """State of the window's streams, zero where a sequence starts."""
        if self._parts is None:
            return None
        streams = torch.from_numpy(window.streams)
        kept = torch.from_numpy(~window.fresh).to(torch.float32)[None, :, None]
        parts = tuple(part[:, streams] * kept for part in self._parts)
        return parts if self._paired else parts[0]

    def keep(self, window: Window, state: Tensor | tuple[Tensor, ...]) -> None:
        """Remember the state after a window, without its history."""
        self._paired = isinstance(state, tuple)
        parts = state if isinstance(state, tuple) else (state,)
        if self._parts is None:
            self._parts = tuple(part.new_zeros(len(part), self._n_streams, part.shape[-1]) for part in parts)
        streams = torch.from_numpy(window.streams)
        for kept, part in zip(self._parts, parts, strict=True):
            kept[:, streams] = part.detach()
