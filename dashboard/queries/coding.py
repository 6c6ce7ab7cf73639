"""Arrays as text for the browser: base64 of single precision, or of whole numbers with a stated scale."""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BYTE", "SHORT", "largest", "single", "whole"]

BYTE, SHORT = ("i1", 127), ("<i2", 32767)
"""Type of whole numbers, and the one that the scale is the value of."""


def largest(*arrays: ArrayLike) -> float:
    """Return the largest magnitude, so that it divides: 1 where there is none.

    Examples
    --------
    >>> largest([0.5, -2.0], [1.0]), largest([0.0])
    (2.0, 1.0)
    """
    return max(float(np.abs(values).max(initial=0)) for values in map(np.asarray, arrays)) or 1.0


def whole(values: NDArray, scale: float, kind: tuple[str, int]) -> str:
    """Return values from `-scale` to `scale` as whole numbers of a kind.

    Examples
    --------
    >>> whole(np.array([1.0, -2.0]), 2.0, BYTE)
    'QIE='
    """
    dtype, most = kind
    return base64.b64encode(np.rint(values / scale * most).astype(dtype).tobytes()).decode()


def single(values: ArrayLike) -> str:
    """Return numbers in single precision, row after row; NaN stays NaN.

    Examples
    --------
    >>> single([1.0])
    'AACAPw=='
    """
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()
