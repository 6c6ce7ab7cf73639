"""Ids as other tools write them (any numbers, also as floats) and the dense codes that recordings have."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from analytics.errors import ShapeError

__all__ = ["IdCodes", "as_ids", "whole_numbers"]

_LARGEST = 1 << 62


class IdCodes:
    """Numbers ids from 0, in rising order.

    Examples
    --------
    >>> codes = IdCodes([7, 3, 2**40])
    >>> codes.ids.tolist()
    [3, 7, 1099511627776]
    >>> codes.of(np.array([7, 5, 3])).tolist()
    [1, -1, 0]
    """

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids: NDArray[np.int64] = np.unique(np.fromiter(ids, dtype=np.int64))

    def of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Code of each id, -1 for those that have none."""
        if not len(self.ids):
            return np.full(ids.shape, -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[places] == ids, places, -1)


def whole_numbers(values: NDArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return whole numbers, and where the values are whole numbers at all.

    Examples
    --------
    >>> numbers, is_whole = whole_numbers(np.array([1.0, 2.5, np.nan]))
    >>> numbers.tolist(), is_whole.tolist()
    ([1, 0, 0], [True, False, False])
    """
    values = np.asarray(values)
    if values.dtype.kind == "f":
        # Comparing with NaN gives False, so NaN and infinity are no whole numbers here.
        is_whole = (np.abs(values) < _LARGEST) & (np.floor(np.nan_to_num(values)) == values)
    elif values.dtype.kind == "u":
        is_whole = values < np.uint64(_LARGEST)
    else:
        is_whole = np.ones(values.shape, dtype=bool)
    return np.where(is_whole, values, 0).astype(np.int64), is_whole


def as_ids(values: NDArray, *, what: str, start: int = 0) -> NDArray[np.int64]:
    """Return ids as whole numbers, or refuse the first value that is none; `start` is its position.

    Raises
    ------
    ShapeError
    """
    numbers, is_whole = whole_numbers(values)
    if not is_whole.all():
        place = np.argwhere(~is_whole)[0]
        raise ShapeError(
            f"{what} holds ids, whole numbers. Got {np.asarray(values)[tuple(place)]} at position "
            f"{start + int(place[0])}."
        )
    return numbers
