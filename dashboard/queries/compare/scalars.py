"""The numbers of the Compare page that are drawn against the step of a training."""

from __future__ import annotations

__all__ = ["SCALARS"]

SCALARS = {
    "perplexity": "perplexity",
    "loss": "loss in nats",
    "accuracy": "accuracy",
    "on": "mean share of positions at which a unit is on",
    "saturation": "mean share of positions at which a unit is saturated",
    "relative": "strength of the response, in standard deviations",
    "sparsity": "sparsity of the response (Hoyer)",
    "share_of_units": "share of units that hold 90 % of the response",
    "step": "change from position to position, in standard deviations",
    "within": "change about the mean of the word, in standard deviations",
    "half-life": "half-life of memory in positions",
    "cka": "linear CKA with A",
    "best": "mean best |correlation| of A's units",
}
"""Name in addresses -> what it is, for the axis."""
