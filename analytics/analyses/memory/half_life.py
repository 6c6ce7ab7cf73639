"""After how many positions is half of a memory left?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ShapeError

__all__ = ["half_life"]


def half_life(values: ArrayLike, *, start: ArrayLike | None = None) -> NDArray[np.float64]:
    r"""Delay at which a falling quantity is first at half of what it is at delay 0.

    Between the last delay above the half and the first at or below it, the line between both is followed.

    Parameters
    ----------
    values : array-like of shape (n_delays, ...)
        By delay, from 0 on, in steps of one position.
    start : array-like of shape (...), optional
        Half of what. Default: ``values[0]``. For a band's ends: the value that the band is around.

    Returns
    -------
    ndarray of shape (...)
        In positions. NaN where the half is not reached up to the last delay or the first NaN, or where the
        start is not above 0.

    Raises
    ------
    ShapeError
        If there is no delay.

    Examples
    --------
    >>> float(half_life([8.0, 6.0, 2.0, 1.0]))
    1.5
    >>> half_life([[4.0, 4.0], [2.0, 3.0], [1.0, 2.5]]).tolist()
    [1.0, nan]
    """
    by_delay = np.asarray(values, dtype=np.float64)
    if by_delay.ndim == 0 or not len(by_delay):
        raise ShapeError(f"values must have shape (n_delays, ...). Got {by_delay.shape}.")
    first = by_delay[0] if start is None else np.broadcast_to(np.asarray(start, float), by_delay.shape[1:])
    half = first / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        # A NaN ends what is known: it counts as reached, and what is interpolated with it is NaN.
        reached = ~(by_delay > half)
        place = reached.argmax(axis=0)
        after = np.take_along_axis(by_delay, place[None], axis=0)[0]
        before = np.take_along_axis(by_delay, np.maximum(place - 1, 0)[None], axis=0)[0]
        part = np.where(place > 0, place - 1 + (before - half) / (before - after), 0.0)
    found = np.where(reached.any(axis=0) & (first > 0), part, np.nan)
    return np.where(np.isnan(after), np.nan, found)
