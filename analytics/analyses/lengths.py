"""How long are the matches? A histogram with one bin for each length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.match import Matches

__all__ = ["LengthHistogram", "length_histogram"]


@dataclass(frozen=True, slots=True)
class LengthHistogram:
    """Number of matches by length. Arrays have shape (n_lengths,), lengths rise."""

    length: NDArray[np.int64]
    """Lengths that occur, in positions."""
    count: NDArray[np.int64]

    @property
    def n_matches(self) -> int:
        """Matches counted."""
        return int(self.count.sum())


def length_histogram(matches: Matches) -> LengthHistogram:
    """Count the matches of each length.

    Examples
    --------
    >>> from analytics.analyses.match import match_pattern
    >>> matches = match_pattern([[1.0], [1.0], [0.0], [1.0]], [0], threshold=0.5)
    >>> histogram = length_histogram(matches)
    >>> histogram.length.tolist(), histogram.count.tolist()
    ([1, 2], [1, 1])
    """
    length, count = np.unique(matches.length, return_counts=True)
    count = count.astype(np.int64)
    for values in (length, count):
        values.setflags(write=False)
    return LengthHistogram(length=length, count=count)
