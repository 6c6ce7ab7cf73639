"""The sums of Jacobians by torch's own operations, where they lie on a GPU and stay there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["add_on_device"]


def add_on_device(
    jacobians: Tensor, squares: NDArray[np.float64], pairs: NDArray[np.int64], total: Tensor
) -> None:
    """Add the Jacobians of one step to sums.

    Parameters
    ----------
    jacobians : Tensor of shape (n_lanes, n_units, at least n_carried * n_embedding)
    squares : ndarray of shape (n_lanes, n_carried)
        Filled with their squared Frobenius norms.
    pairs : ndarray of shape (n_pairs, 4)
        Lane, carried delay, place of the delay in `total`, row of `total`.
    total : Tensor of shape (n_rows, n_units, n_delays, n_embedding)
    """
    import torch

    n_lanes, n_carried = squares.shape
    n_rows, n_units, _, n_embedding = total.shape
    values = jacobians[..., : n_carried * n_embedding].reshape(n_lanes, n_units, n_carried, n_embedding)
    squares[:] = torch.linalg.vector_norm(values, dim=(1, 3), dtype=torch.float64).square().cpu().numpy()
    # What does not count may hold anything, and 0 times NaN is NaN.
    counts = np.zeros((n_rows, n_lanes, n_carried), bool)
    counts[pairs[:, 3], pairs[:, 0], pairs[:, 1]] = True
    weights = torch.from_numpy(counts).to(values.device)
    values = torch.where(weights.any(dim=0)[:, None, :, None], values, 0)
    added = torch.einsum("rld,lude->rude", weights.to(values.dtype), values)
    places = np.full(n_carried, -1)
    places[pairs[:, 1]] = pairs[:, 2]
    asked = np.flatnonzero(places >= 0)
    total.index_add_(2, torch.from_numpy(places[asked]).to(total.device), added[:, :, asked])
