"""What of a word of a recording is still there: its influence on the recorded network's state after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.influence import influence_norms
from analytics.errors import RangeError

if TYPE_CHECKING:
    from analytics.live.network import LiveNetwork

__all__ = ["word_influence"]


def word_influence(
    network: LiveNetwork, position: int, *, state: str, n_after: int = 30
) -> NDArray[np.float64]:
    """Norm of the Jacobian of a state at a position and those after it, with respect to the position's input.

    Parameters
    ----------
    network : LiveNetwork
        Of `analytics.open_network`.
    position : int
        Of the recording. The network has read its sequence up to it.
    state : str
        `layer<k>.hidden`, or `layer<k>.cell` of an LSTM.
    n_after : int, default=30
        Positions after it, as far as the sequence goes.

    Returns
    -------
    ndarray of shape (n_after + 1,) or less
        Frobenius norms.

    Raises
    ------
    RangeError
        If there is no such position.
    NetworkError, ParameterError, UnknownNameError
        If the network cannot read up to there, reads in both directions, or has no such state.

    Examples
    --------
    >>> import analytics
    >>> network = analytics.open_network("data/recordings/parentheses")  # doctest: +SKIP
    >>> word_influence(network, 170, state="layer1.cell")[0]  # doctest: +SKIP
    """
    import torch

    recording = network.recording
    if not 0 <= position < recording.n_positions:
        raise RangeError(
            f"Positions of '{recording.name}' lie within [0, {recording.n_positions}). Got {position}."
        )
    borders = np.append(recording.sequence_starts, recording.n_positions)
    end = int(borders[np.searchsorted(borders, position, side="right")])
    embedding = network.module.embedding.weight.detach().numpy()
    embedded = embedding[recording.token_ids[position : min(end, position + n_after + 1)]]
    before = network.carried_to(position)
    n_threads = torch.get_num_threads()
    # These products are too small to share, and threads that wait for each other on a busy machine are slow.
    torch.set_num_threads(1)
    try:
        return influence_norms(network.module.layers, embedded, state=state, before=before)
    finally:
        torch.set_num_threads(n_threads)
