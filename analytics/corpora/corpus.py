"""A corpus: tokens in order, the sequences they fall into, and one label per token of each annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.arrays import as_sequence_starts
from analytics.errors import ShapeError

__all__ = ["Corpus"]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Tokens with their sequences and annotations, before any network has seen them.

    Examples
    --------
    >>> corpus = Corpus("tiny", ["a", "b", "a"], np.array([0, 2]))
    >>> [corpus.tokens[part] for part in corpus.sequences()]
    [['a', 'b'], ['a']]
    """

    name: str
    tokens: list[str]
    sequence_starts: NDArray[np.int64]
    annotations: Mapping[str, Sequence[str] | NDArray] = field(default_factory=dict)
    """Per name one label (text) or number for every token."""

    def __post_init__(self) -> None:
        as_sequence_starts(self.sequence_starts, n_positions=len(self.tokens))
        for name, values in self.annotations.items():
            if len(values) != len(self.tokens):
                raise ShapeError(
                    f"Annotation {name!r} must have one value for each of {len(self.tokens)} tokens. "
                    f"Got {len(values)}."
                )

    def sequences(self) -> list[slice]:
        """Slices of the sequences, in order; together they cover every position once."""
        borders = [*self.sequence_starts.tolist(), len(self.tokens)]
        return [slice(start, stop) for start, stop in pairwise(borders)]
