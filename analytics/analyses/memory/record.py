"""What is known of a state's memory: mean Jacobians by delay, for all words and for groups of words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.drawing import Drawn
from analytics.errors import ParameterError, UnknownNameError, nearest

__all__ = ["BAND_LEVEL", "GroupGradients", "MeanGradients", "StateGradients"]

BAND_LEVEL = 0.95
"""Share of the bootstrap's replicates that lie within a band."""


@dataclass(frozen=True, kw_only=True)
class MeanGradients:
    r"""Mean Jacobians ``G[delay]`` of a state with respect to the embedded input `delay` positions before.

    Rows of delays that no position has (`count` 0) are NaN.
    """

    mean: NDArray[np.floating] | None
    """``G``, shape (n_delays, n_units, n_embedding); None where a stored result left it out."""
    mean_norm: NDArray[np.float64]
    """Mean of the single Jacobians' Frobenius norms, shape (n_delays,): what cancels in `mean` still
    counts."""
    count: NDArray[np.int64]
    """Positions that a mean is over, shape (n_delays,)."""
    singular_values: NDArray[np.float64]
    """Of `mean`, falling, shape (n_delays, min(n_units, n_embedding))."""
    largest_band: NDArray[np.float64]
    """Lower and upper end of the largest singular value's bootstrap band, shape (n_delays, 2)."""
    sum_band: NDArray[np.float64]
    """The same for the sum of the singular values, shape (n_delays, 2)."""
    unit_norm: NDArray[np.float64] | None
    """None as `mean`. Norm of each unit's row of `mean`: how much the unit holds of the input, shape
    (n_delays, n_units)."""

    @property
    def largest(self) -> NDArray[np.float64]:
        """Largest singular value by delay, shape (n_delays,)."""
        return self.singular_values[:, 0]

    @property
    def total(self) -> NDArray[np.float64]:
        """Sum of the singular values by delay, shape (n_delays,)."""
        return self.singular_values.sum(axis=1)

    @property
    def norm(self) -> NDArray[np.float64]:
        """Frobenius norm of the mean by delay, shape (n_delays,); at most `mean_norm`."""
        return np.sqrt((self.singular_values**2).sum(axis=1))

    def share(self, n: int) -> NDArray[np.float64]:
        """Share of the first n singular values in their sum by delay, shape (n_delays,), in [0, 1].

        Near n / n_embedding where all directions are kept alike, 1 where the memory is all on n directions.

        Raises
        ------
        ParameterError
            If there are not that many.
        """
        if not 1 <= n <= self.singular_values.shape[1]:
            raise ParameterError(
                f"The share is of 1 to {self.singular_values.shape[1]} singular values. Got {n}."
            )
        with np.errstate(invalid="ignore"):
            return self.singular_values[:, :n].sum(axis=1) / self.total


@dataclass(frozen=True, kw_only=True)
class GroupGradients(MeanGradients):
    """The means over positions whose *input* word, `delay` positions before, is of one group."""

    grouping: str
    """Such as `part of speech`."""
    label: str
    """Such as `NOUN`."""


@dataclass(frozen=True, kw_only=True)
class StateGradients(MeanGradients, Drawn):
    """The means over all counted positions, over groups of them, and what they were computed on."""

    state: str
    """Such as `layer0.cell`."""
    delays: NDArray[np.int64]
    """Shape (n_delays,)."""
    groups: tuple[GroupGradients, ...]
    n_positions: int
    """Positions of the corpus."""
    n_counted: int
    """Positions whose state was looked at."""
    spans: NDArray[np.int64]
    """First position and the one after the last of each counted stretch, shape (n_spans, 2)."""
    positions: int | None
    """How many positions were asked for; None: all."""
    seed: int
    """Of the sample of positions and of the bootstrap."""
    n_blocks: int
    """Blocks of text that the bootstrap drew from; below 2 there are no bands."""
    dtype: str
    """`float32` or `float64`: what it was computed in."""

    def group(self, grouping: str, label: str) -> GroupGradients:
        """Return one group.

        Raises
        ------
        UnknownNameError
            If there is none of that name.
        """
        for group in self.groups:
            if (group.grouping, group.label) == (grouping, label):
                return group
        known = [f"{group.grouping}: {group.label}" for group in self.groups]
        raise UnknownNameError(
            f"There is no group '{grouping}: {label}'.{nearest(f'{grouping}: {label}', known)}"
        )
