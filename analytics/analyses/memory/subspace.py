"""Which directions of the embedding does a state remember, and is a property among them?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.arrays import as_array
from analytics.errors import ParameterError, ShapeError

__all__ = ["property_direction", "relative_memory", "singular_values", "subspace_cosine"]


def singular_values(gradients: ArrayLike) -> NDArray[np.float64]:
    r"""Singular values of mean Jacobians, falling.

    Parameters
    ----------
    gradients : array-like of shape (..., n_units, n_embedding)
        Such as `StateGradients.mean`. Matrices that hold NaN (delays that no position has) give NaN.

    Returns
    -------
    ndarray of shape (..., min(n_units, n_embedding))

    Examples
    --------
    >>> singular_values([[3.0, 0.0], [0.0, 4.0], [0.0, 0.0]]).tolist()
    [4.0, 3.0]
    """
    checked = _as_gradients(gradients)
    return _decomposed(checked)[0]


def subspace_cosine(gradients: ArrayLike, direction: ArrayLike, n: int) -> NDArray[np.float64]:
    r"""Cosine between a direction and the n best-remembered directions.

    :math:`\cos(d, H_n) = \|V_n^T d\| / \|d\|`, where the columns of :math:`V_n` are the first n right
    singular vectors of `gradients`.

    Parameters
    ----------
    gradients : array-like of shape (..., n_units, n_embedding)
    direction : array-like of shape (n_embedding,)
        Not zero. Its length does not matter.
    n : int
        From 1 to min(n_units, n_embedding).

    Returns
    -------
    ndarray of shape (...)
        In [0, 1]. A direction without any relation to the memory has about ``sqrt(n / n_embedding)``.

    Raises
    ------
    ShapeError, ParameterError
        If shapes do not fit, the direction is zero, or there are no n singular values.

    References
    ----------
    L. Verwimp, H. Van hamme, V. Renkens, P. Wambacq: State Gradients for RNN Memory Analysis. Interspeech
    2018, section 2.2, equations 3 and 4.

    Examples
    --------
    >>> float(subspace_cosine([[2.0, 0.0], [0.0, 1.0]], [3.0, 4.0], 1))
    0.6
    """
    checked = _as_gradients(gradients)
    unit = _as_unit_vector(direction, checked.shape[-1])
    n_values = min(checked.shape[-2:])
    if not 1 <= n <= n_values:
        raise ParameterError(f"n must be from 1 to {n_values}, the number of singular values. Got {n}.")
    right = _decomposed(checked)[1]
    return np.minimum(np.linalg.norm(right[..., :n, :] @ unit, axis=-1), 1.0)


def relative_memory(gradients: ArrayLike, direction: ArrayLike) -> NDArray[np.float64]:
    r"""How much of a direction reaches the state, relative to the best-remembered direction.

    :math:`m = \|G d\| / (\|d\|\, s_1)`, with :math:`s_1` the largest singular value of G.

    Parameters
    ----------
    gradients : array-like of shape (..., n_units, n_embedding)
    direction : array-like of shape (n_embedding,)

    Returns
    -------
    ndarray of shape (...)
        In [0, 1]; 1 for the best-remembered direction itself; NaN where G is zero.

    Raises
    ------
    ShapeError, ParameterError
        If shapes do not fit, or the direction is zero.

    References
    ----------
    L. Verwimp, H. Van hamme, V. Renkens, P. Wambacq: State Gradients for RNN Memory Analysis. Interspeech
    2018, section 2.2, equations 5 to 7.

    Examples
    --------
    >>> float(relative_memory([[2.0, 0.0], [0.0, 1.0]], [0.0, 5.0]))
    0.5
    """
    checked = _as_gradients(gradients)
    unit = _as_unit_vector(direction, checked.shape[-1])
    largest = _decomposed(checked)[0][..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.minimum(np.linalg.norm(checked @ unit, axis=-1) / largest, 1.0)


def property_direction(
    embedding: ArrayLike, first: ArrayLike, second: ArrayLike, *, counts: ArrayLike | None = None
) -> NDArray[np.float64]:
    r"""Direction of a property: mean embedding of one class of words minus that of another (equation 2).

    Parameters
    ----------
    embedding : array-like of shape (n_words, n_embedding)
    first, second : array-like of int
        Ids of the words of each class; no word may be in both.
    counts : array-like of shape (n_words,), optional
        Occurrences of each word: then means are over tokens. Default: over types, each word once.

    Raises
    ------
    ParameterError
        If a class is empty, holds no occurrence, or shares a word with the other.

    Examples
    --------
    >>> property_direction([[1.0, 0.0], [3.0, 0.0], [0.0, 4.0]], [0, 1], [2]).tolist()
    [2.0, -4.0]
    """
    vectors = as_array(embedding, what="embedding").astype(np.float64)
    classes = [np.unique(np.asarray(words, dtype=np.int64)) for words in (first, second)]
    shared = np.intersect1d(*classes)
    if len(shared):
        raise ParameterError(
            f"The two classes share {len(shared)} words, the first is number {shared[0]}: a property needs "
            "classes apart."
        )
    weights = np.ones(len(vectors)) if counts is None else np.asarray(counts, dtype=np.float64)
    means = []
    for number, words in enumerate(classes):
        weight = weights[words]
        if not weight.sum() > 0:
            raise ParameterError(
                f"The {('first', 'second')[number]} class has no word that occurs. Name some."
            )
        means.append(weight @ vectors[words] / weight.sum())
    return means[0] - means[1]


def _as_gradients(gradients: ArrayLike) -> NDArray[np.float64]:
    checked = as_array(gradients, what="gradients")
    if checked.ndim < 2 or 0 in checked.shape[-2:]:
        raise ShapeError(f"gradients must have shape (..., n_units, n_embedding). Got shape {checked.shape}.")
    return checked.astype(np.float64)


def _as_unit_vector(direction: ArrayLike, n_embedding: int) -> NDArray[np.float64]:
    vector = np.asarray(as_array(direction, what="direction"), dtype=np.float64)
    if vector.shape != (n_embedding,):
        raise ShapeError(f"direction must have shape ({n_embedding},), as the embedding. Got {vector.shape}.")
    # Scaled first, so that tiny and huge vectors keep their direction.
    largest = np.abs(vector).max()
    if not (np.isfinite(largest) and largest > 0):
        raise ParameterError(f"direction must be finite and not zero. Its largest number is {largest}.")
    vector = vector / largest
    return vector / np.linalg.norm(vector)


def _decomposed(gradients: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Singular values, and right singular vectors as rows; NaN where the matrix holds some."""
    n_values = min(gradients.shape[-2:])
    values = np.full((*gradients.shape[:-2], n_values), np.nan)
    right = np.full((*gradients.shape[:-2], n_values, gradients.shape[-1]), np.nan)
    whole = np.isfinite(gradients).all(axis=(-2, -1))
    if whole.any():
        _, values[whole], right[whole] = np.linalg.svd(gradients[whole], full_matrices=False)
    return values, right
