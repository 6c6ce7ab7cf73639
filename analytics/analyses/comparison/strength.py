"""How strongly, and with how many of its units, does a state respond to words?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.response import Response
from analytics.errors import ParameterError, ShapeError

__all__ = ["HELD", "ResponseStrength", "response_strength"]

HELD = 0.9
"""Part of a response that `share_of_units` units hold."""


@dataclass(frozen=True, slots=True)
class ResponseStrength:
    """Strength and sparsity of the expected response to each of some words. Shapes (n_words,)."""

    words: NDArray[np.int64]
    strength: NDArray[np.float64]
    """Mean over units of ``|s(w)_c|``, in the state's own unit."""
    relative: NDArray[np.float64]
    """The same with each unit in its own standard deviations; NaN where no unit varies."""
    share_of_units: NDArray[np.float64]
    """Smallest share of units that hold 90 % of the sum of ``|s(w)_c|``; NaN where nothing responds."""
    sparsity: NDArray[np.float64]
    """Hoyer's measure, from 0 (all units alike) to 1 (one unit only); NaN where nothing responds, or with
    one unit."""
    step: float
    """Root mean square change from a position to the next over all positions and varying units, each in its
    own standard deviations: how intensively the state is updated. NaN where no unit varies."""
    within: float
    """The same of changes about the mean of their word: how much they differ where the word is the same."""
    n_constant: int
    """Units that never vary, left out of what is relative."""

    @property
    def n_words(self) -> int:
        """Words that the means are over."""
        return len(self.words)


def response_strength(
    response: Response,
    deviation: ArrayLike,
    *,
    words: Sequence[int] | NDArray | None = None,
) -> ResponseStrength:
    r"""Strength and sparsity of expected responses.

    Strength is :math:`\frac{1}{n} \sum_c |s(w)_c|`, and relative to the deviation :math:`\sigma_c` of each
    unit :math:`\frac{1}{n} \sum_c |s(w)_c| / \sigma_c`, so that networks whose states have other ranges can
    be compared. The share of units is the smallest k/n for which the k largest :math:`|s(w)_c|` make 90 % of
    their sum. Hoyer's sparsity is :math:`(\sqrt{n} - \|s\|_1 / \|s\|_2) / (\sqrt{n} - 1)`.

    Parameters
    ----------
    response : Response
        Of every word that occurs: `expected_response`.
    deviation : array-like of shape (n_units,)
        Standard deviation of each unit over the corpus: `unit_moments`.
    words : sequence of int, optional
        Words to tell of, for example those that several recordings share. Default: all that occur.

    Raises
    ------
    UnknownNameError
        If the response has no such word.
    ShapeError, ParameterError
        If there is not one deviation of at least 0 for each unit, or no word.

    References
    ----------
    Y. Ming, S. Cao, R. Zhang, Z. Li, Y. Chen, Y. Song, H. Qu: Understanding Hidden Memories of Recurrent
    Neural Networks. IEEE VAST, 2017, section 7.1. arXiv:1710.10777. There strength and sparsity are read off
    the colours of a picture; here they are numbers.
    N. Hurley, S. Rickard: Comparing Measures of Sparsity. IEEE Transactions on Information Theory 55(10),
    2009. doi:10.1109/TIT.2009.2027527

    Examples
    --------
    >>> from analytics.analyses.response import expected_response
    >>> response = expected_response(np.array([[3.0, 0.0], [3.0, 0.0], [0.0, 4.0]]), [0, 1, 2], n_words=3)
    >>> found = response_strength(response, [1.5, 2.0], words=[0, 2])
    >>> found.strength.tolist(), found.relative.tolist()
    ([1.5, 3.5], [1.0, 2.0])
    >>> found.share_of_units.tolist(), found.sparsity.round(3).tolist()
    ([0.5, 1.0], [1.0, 0.034])
    """
    scale = _as_deviation(deviation, n_units=response.n_units)
    chosen = response.words[response.count > 0] if words is None else np.asarray(words)
    if not len(chosen):
        raise ParameterError("A strength is a mean over words. Got none: choose a word that occurs.")
    part = response.of_words(chosen)
    if not (part.count > 0).all():
        raise ParameterError(f"Word {part.words[part.count == 0][0]} never occurs, so it has no response.")
    size = np.abs(part.mean)
    varying = scale > 0
    step, within = _changes(response, scale)
    found = (size.mean(axis=1), _relative(size, scale), _share_of_units(size), _sparsity(size))
    return ResponseStrength(
        part.words, *map(_frozen, found), step=step, within=within, n_constant=int((~varying).sum())
    )


def _as_deviation(deviation: ArrayLike, *, n_units: int) -> NDArray[np.float64]:
    scale = np.asarray(deviation, dtype=np.float64)
    if scale.shape != (n_units,):
        raise ShapeError(
            f"deviation must be one number for each of {n_units} units. Got shape {scale.shape}."
        )
    if not (scale >= 0).all():
        raise ParameterError("Each deviation must be at least 0. Got a negative one, or NaN.")
    return scale


def _relative(size: NDArray, scale: NDArray) -> NDArray[np.float64]:
    varying = scale > 0
    if not varying.any():
        return np.full(len(size), np.nan)
    return (size[:, varying] / scale[varying]).mean(axis=1)


def _share_of_units(size: NDArray) -> NDArray[np.float64]:
    held = np.cumsum(-np.sort(-size, axis=1), axis=1)
    # What a sum of rounded numbers lacks is no part of the response.
    enough = held >= HELD * held[:, -1:] * (1 - 1e-12)
    return np.where(held[:, -1] > 0, (enough.argmax(axis=1) + 1) / size.shape[1], np.nan)


def _sparsity(size: NDArray) -> NDArray[np.float64]:
    n_units = size.shape[1]
    largest = size.max(axis=1, keepdims=True)
    if n_units == 1:
        return np.full(len(size), np.nan)
    # In parts of the largest, so that no square is too small or large to write.
    parts = np.divide(size, largest, out=np.zeros_like(size), where=largest > 0)
    squares = np.sqrt((parts**2).sum(axis=1))
    ratio = np.divide(parts.sum(axis=1), squares, out=np.full(len(size), np.nan), where=squares > 0)
    return np.clip((np.sqrt(n_units) - ratio) / (np.sqrt(n_units) - 1), 0.0, 1.0)


def _changes(response: Response, scale: NDArray) -> tuple[float, float]:
    """Root mean square change, and change about the word's mean, in standard deviations of the units."""
    varying = scale > 0
    occurs = response.count > 0
    n = response.count[occurs].astype(np.float64)
    if not varying.any():
        return float("nan"), float("nan")
    # standard_error**2 * n * (n - 1) is the sum of squared deviations from the word's mean; 0 for one change.
    error = np.nan_to_num(response.standard_error[occurs].astype(np.float64))
    inside = ((n * (n - 1))[:, np.newaxis] * error**2).sum(axis=0)
    between = (n[:, np.newaxis] * response.mean[occurs] ** 2).sum(axis=0)
    shares = [each[varying] / n.sum() / scale[varying] ** 2 for each in (inside + between, inside)]
    return tuple(float(np.sqrt(share.mean())) for share in shares)


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
