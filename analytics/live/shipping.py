"""How a recording comes to ship its network: said wherever one is missing, and known without torch."""

from __future__ import annotations

__all__ = ["HOW_TO_SHIP"]

HOW_TO_SHIP = (
    "Record it again: analytics.record ships networks of an embedding, RNN, GRU or LSTM layers and a linear "
    "layer by itself (ship=True says why it cannot ship another), `python -m analytics record --network` all "
    "that were trained here."
)
