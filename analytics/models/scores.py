"""What a row of a network's output says: probabilities, their entropy, the likeliest tokens."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["entropy", "log_probabilities", "token_scores"]

CHUNK_VALUES = 1 << 18
"""Logits looked at together: a megabyte, with its logarithms and shares, stays in the processor's cache."""


def token_scores(
    rows: Tensor, targets: NDArray[np.int32], *, top_k: int
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
    """Return what logits (or probabilities) over a vocabulary say of the next token.

    Parameters
    ----------
    rows : Tensor of shape (n_rows, n_words)
    targets : ndarray of shape (n_rows,)
        The id to be predicted at each, -1 where there is none.
    top_k : int

    Returns
    -------
    log_probability : ndarray of shape (n_rows,)
        Of the target (natural logarithm), NaN where there is none.
    ids, probabilities : ndarray of shape (n_rows, top_k)
        The likeliest tokens, the likeliest first.
    entropy : ndarray of shape (n_rows,)
        In nats.

    Examples
    --------
    >>> logs, ids, shares, nats = token_scores(torch.zeros(1, 4), np.array([2]), top_k=1)
    >>> np.exp(logs).tolist(), shares.tolist()
    ([0.25], [[0.25]])
    """
    n_rows = max(1, CHUNK_VALUES // rows.shape[1])
    pieces = [
        _piece(rows[start : start + n_rows], targets[start : start + n_rows], top_k)
        for start in range(0, len(rows), n_rows)
    ]
    return tuple(np.concatenate(part) for part in zip(*pieces, strict=True))


def log_probabilities(rows: Tensor) -> Tensor:
    """Natural logarithms of probabilities, whether the rows are logits, probabilities or logarithms already.

    Examples
    --------
    >>> shares = torch.tensor([[0.25, 0.75]])
    >>> [torch.allclose(log_probabilities(rows).exp(), shares) for rows in (shares, shares.log() + 3)]
    [True, True]
    """
    rows = rows.float()
    lowest = float(rows.min()) if rows.numel() else -1.0
    if lowest >= 0 and bool(((rows.sum(dim=1) - 1).abs() < 1e-3).all()):
        return rows.clamp_min(torch.finfo(torch.float32).tiny).log()
    return torch.log_softmax(rows, dim=1)


def entropy(logs: Tensor) -> NDArray[np.float32]:
    """Entropy of each row of log-probabilities, in nats."""
    shares = logs.exp()
    # Where a share is 0 its logarithm may be -inf; the term is 0.
    return -torch.linalg.vecdot(shares, logs.clamp_min(-1e4)).numpy()


def _piece(rows: Tensor, targets: NDArray[np.int32], top_k: int) -> tuple[NDArray, ...]:
    logs = log_probabilities(rows)
    known = torch.from_numpy(np.maximum(targets, 0).astype(np.int64))
    # A probability of exactly 0 has no finite logarithm; the smallest that float32 knows stands for it.
    floor = float(np.log(np.finfo(np.float32).tiny))
    chosen = logs.gather(1, known[:, None])[:, 0].clamp(floor, 0).numpy()
    best, ids = logs.topk(top_k, dim=1)
    shares = best.exp().clamp(0, 1).numpy()
    log_probability = np.where(targets >= 0, chosen, np.nan).astype(np.float32)
    return log_probability, ids.numpy().astype(np.int32), shares, entropy(logs)
