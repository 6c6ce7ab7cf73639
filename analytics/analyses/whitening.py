"""Embeddings measured in their own standard deviations, so that a rare scale does not pass for a memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ParameterError, ShapeError

__all__ = ["Whitening", "embedding_whitening"]

SMALLEST_VARIANCE = 1e-9
"""Share of the largest variance below which the words do not differ along a direction."""


@dataclass(frozen=True, slots=True)
class Whitening:
    """Coordinates in which the embedded words of a text have mean 0 and covariance 1."""

    mean: NDArray[np.float64]
    """Mean embedding over the positions, shape (n_embedding,)."""
    root: NDArray[np.float64]
    """Square root of the covariance, symmetric, shape (n_embedding, n_embedding)."""
    inverse_root: NDArray[np.float64]
    """Its inverse where the words differ, 0 elsewhere."""
    n_directions: int
    """Directions along which the words differ."""

    def embedding(self, embedding: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return embeddings in these coordinates, shape (n_words, n_embedding)."""
        return (embedding - self.mean) @ self.inverse_root

    def gradient(self, mean: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return mean gradients by these coordinates, shape (..., n_units, n_embedding)."""
        return mean @ self.root


def embedding_whitening(embedding: ArrayLike, count: ArrayLike) -> Whitening:
    r"""Whiten embeddings by their covariance over the positions of a text.

    With mean :math:`\mu` and covariance :math:`C` over positions, an embedding becomes
    :math:`C^{-1/2} (e - \mu)` and a gradient :math:`G C^{1/2}`: a step of length 1 is one standard deviation
    in whichever direction.

    Parameters
    ----------
    embedding : array-like of shape (n_words, n_embedding)
    count : array-like of shape (n_words,)
        Positions of each word.

    Returns
    -------
    Whitening

    Raises
    ------
    ShapeError
        If the shapes do not fit each other.
    ParameterError
        If fewer than two words occur, or all have one embedding: they differ in nothing.

    Examples
    --------
    >>> found = embedding_whitening([[0.0, 5.0], [4.0, 5.0]], [3, 3])
    >>> found.mean.tolist(), found.root.tolist(), found.n_directions
    ([2.0, 5.0], [[2.0, 0.0], [0.0, 0.0]], 1)
    >>> found.embedding(np.array([[4.0, 5.0]])).tolist()
    [[1.0, 0.0]]
    """
    values, weights = np.asarray(embedding, dtype=float), np.asarray(count, dtype=float)
    if values.ndim != 2 or weights.shape != values.shape[:1]:
        raise ShapeError(
            "embedding must have shape (n_words, n_embedding) and count (n_words,). "
            f"Got {values.shape} and {weights.shape}."
        )
    if np.count_nonzero(weights) < 2:
        raise ParameterError("Whitening needs two words that occur. Take a longer text.")
    mean = np.average(values, axis=0, weights=weights)
    centred = values - mean
    covariance = (centred * (weights / weights.sum())[:, None]).T @ centred
    variances, axes = np.linalg.eigh(covariance)
    kept = variances > SMALLEST_VARIANCE * max(variances[-1], np.finfo(float).tiny)
    if not kept.any() or variances[-1] <= 0:
        raise ParameterError("All words have one embedding, so there is nothing to whiten.")
    deviations = np.sqrt(variances[kept])
    axes = axes[:, kept]
    return Whitening(
        mean=mean,
        root=(axes * deviations) @ axes.T,
        inverse_root=(axes / deviations) @ axes.T,
        n_directions=int(kept.sum()),
    )
