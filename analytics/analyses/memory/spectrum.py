"""From sums over blocks to means, singular values and their bands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.blocks import Blocks
from analytics.analyses.memory.record import BAND_LEVEL

__all__ = ["N_REPLICATES", "means_of_row"]

N_REPLICATES = 1000
"""Of the bootstrap. They are drawn from a few numbers for each block, so many are cheap."""


def means_of_row(
    blocks: Blocks, keys: Sequence[tuple[int, int]], row: int, *, seed: int, is_kept: bool = True
) -> dict[str, NDArray | None]:
    r"""Means over all blocks of one row of sums, as the fields of `MeanGradients`.

    The band: with :math:`G = U S V^T` over all blocks, the singular values of a resample :math:`G^*` of
    blocks are to first order :math:`u_i^T G^* v_i`, which is linear in the blocks. So of each block b with
    sum
    :math:`S_b` only :math:`u_1^T S_b v_1` and :math:`\sum_i u_i^T S_b v_i` are needed, 1,000 resamples are
    cheap, and memory holds the sums of one block at a time. The band is the middle 95 % of the resamples. The
    noise of a resample, which would shift its own singular values upward, does not enter.

    Parameters
    ----------
    blocks : Blocks
    keys : list of (chain, block)
    row : int
        0: all counted positions, g + 1: group g.
    seed : int
        Of the resamples.
    is_kept : bool, default=True
        Whether to return `mean` and `unit_norm`; else they are None.
    """
    total = sum(blocks.jacobian(*key, row) for key in keys)
    counts = np.stack([blocks.counts(*key)[row] for key in keys])
    count = counts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.ascontiguousarray((total / count[:, None].astype(total.dtype)).transpose(1, 0, 2))
        mean_norm = sum(blocks.norms(*key)[row] for key in keys) / count
    values, shares = _decomposed(mean, (blocks.jacobian(*key, row) for key in keys), len(keys))
    resamples = _resamples(len(keys), seed)
    return {
        "mean": mean if is_kept else None,
        "mean_norm": mean_norm,
        "count": count,
        "singular_values": values,
        "largest_band": _band(shares[0], counts, resamples),
        "sum_band": _band(shares[1], counts, resamples),
        "unit_norm": np.linalg.norm(mean.astype(np.float64), axis=2) if is_kept else None,
    }


def _decomposed(mean: NDArray, sums: Iterator[NDArray], n_blocks: int) -> tuple[NDArray, NDArray]:
    """Return singular values by delay, and each block's share of the largest and of their sum.

    Shapes (n_delays, n_values) and (2, n_blocks, n_delays).
    """
    import torch

    n_delays, n_units, n_embedding = mean.shape
    values = np.full((n_delays, min(n_units, n_embedding)), np.nan)
    largest, every = (np.zeros_like(mean) for _ in range(2))
    there = np.isfinite(mean).all(axis=(1, 2))
    if there.any():
        left, found, right = torch.linalg.svd(torch.from_numpy(mean[there]).double(), full_matrices=False)
        values[there] = found.numpy()
        largest[there] = (left[..., :1] @ right[:, :1]).numpy()
        every[there] = (left @ right).numpy()
    largest, every = (np.ascontiguousarray(part.transpose(1, 0, 2)) for part in (largest, every))
    shares = np.zeros((2, n_blocks, n_delays))
    for block, jacobian in enumerate(sums):
        shares[0, block] = np.einsum("ude,ude->d", jacobian, largest)
        shares[1, block] = np.einsum("ude,ude->d", jacobian, every)
    return values, shares


def _resamples(n_blocks: int, seed: int) -> NDArray[np.int64]:
    """How often each resample holds each block, (N_REPLICATES, n_blocks)."""
    return np.random.default_rng(seed).multinomial(n_blocks, np.full(n_blocks, 1 / n_blocks), N_REPLICATES)


def _band(shares: NDArray, counts: NDArray, resamples: NDArray) -> NDArray[np.float64]:
    """Lower and upper end by delay, (n_delays, 2); NaN where fewer than two blocks hold anything."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (resamples @ shares) / (resamples @ counts)
    enough = (counts > 0).sum(axis=0) >= 2
    band = np.full((counts.shape[1], 2), np.nan)
    tails = [(1 - BAND_LEVEL) / 2, (1 + BAND_LEVEL) / 2]
    if enough.any():
        # To first order a resample can fall below 0, where no singular value is.
        band[enough] = np.maximum(np.nanquantile(found[:, enough], tails, axis=0).T, 0)
    return band
