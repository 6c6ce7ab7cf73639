"""The layers of a shipped network, and what they read at each position of the recording."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.errors import NetworkError
from analytics.live.opening import open_network
from analytics.store.recording import Recording

__all__ = ["EmbeddedTokens", "shipped_layers"]


class EmbeddedTokens:
    """Embedded inputs by position, looked up when asked for."""

    def __init__(self, embedding: NDArray[np.floating], ids: NDArray[np.integer]) -> None:
        self._embedding, self._ids = embedding, ids
        self.shape = (len(ids), embedding.shape[1])
        self.dtype = embedding.dtype

    def __getitem__(self, positions: NDArray[np.integer]) -> NDArray[np.floating]:
        """Rows of an array of positions."""
        return self._embedding[self._ids[positions]]


def shipped_layers(recording: Recording) -> tuple[Any, EmbeddedTokens]:
    """Return the recurrent layers of a recording's network and its embedded tokens.

    Raises
    ------
    NetworkError
        If none is shipped, or it reads in both directions.
    """
    module = open_network(recording).module
    if module.layers.bidirectional:
        raise NetworkError(
            f"The network of '{recording.name}' reads in both directions, so its state holds more than what "
            "came before. Take a network of one direction."
        )
    return module.layers, EmbeddedTokens(module.embedding.weight.detach().numpy(), recording.token_ids)
