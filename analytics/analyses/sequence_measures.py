"""What do groups of units hold, take in and keep at each word? What RNNVis draws as glyphs (section 5.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.changes import blocks_of_rows, starts_in
from analytics.arrays import StateReader, as_array, as_states
from analytics.drawing import Drawn
from analytics.errors import ParameterError, ShapeError

__all__ = ["SequenceMeasures", "sequence_measures"]


@dataclass(frozen=True, slots=True)
class SequenceMeasures(Drawn):
    """Sums over the units of each cluster, at every position. Each array has shape (n_positions, n_clusters).

    Divided by `sizes` they are the averages that a glyph draws.
    """

    positive: NDArray[np.float64]
    """``a+``, the sum of the positive states; 0 or more."""
    negative: NDArray[np.float64]
    """``a-``, the sum of the negative states; 0 or less."""
    update_positive: NDArray[np.float64]
    """``a+[t] - a+[t-1]``."""
    update_negative: NDArray[np.float64]
    """``a-[t] - a-[t-1]``."""
    preserved: NDArray[np.float64]
    """What remains of the position before; 0 or more, at most ``a+[t-1] - a-[t-1]``."""
    preserved_share: NDArray[np.float64]
    """``preserved / (a+[t-1] - a-[t-1])``, in [0, 1]; NaN where nothing was there to be kept."""
    sizes: NDArray[np.int64]
    """Units of each cluster, shape (n_clusters,)."""


def sequence_measures(
    states: ArrayLike | StateReader,
    unit_labels: ArrayLike,
    *,
    sequence_starts: ArrayLike | None = None,
    gate: ArrayLike | StateReader | None = None,
    before: ArrayLike | None = None,
) -> SequenceMeasures:
    r"""Aggregates, updates and preserved values of clusters of units, at every position.

    For the units :math:`H_i` of cluster :math:`i`:

    :math:`a^+_{ti} = \sum_{c \in H_i} \max(x_{tc}, 0), \quad a^-_{ti} = \sum_{c \in H_i} \min(x_{tc}, 0)`

    :math:`p_{ti} = \sum_{c \in H_i} |x_{t-1,c}| \, \mathrm{clip}(x_{tc} / x_{t-1,c}, 0, 1)`

    where a term with :math:`x_{t-1,c} = 0` is 0, as everything in front of a sequence is.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    unit_labels : array-like of int, shape (n_units,)
        Cluster of each unit, from 0; -1 for a unit that belongs to none.
    sequence_starts : array-like of shape (n_sequences,), optional
        First position of each sequence. Default: a reader's own; one sequence for an array.
    gate : array-like of shape (n_positions, n_units), or a reader, optional
        What the network itself keeps of each unit, in [0, 1]: the forget gate of an LSTM's cells, the update
        gate of a GRU. It takes the place of the clipped ratio.
    before : array-like of shape (n_units,), optional
        The state one position before the first, where the positions begin inside a sequence. Default: zeros.

    Returns
    -------
    SequenceMeasures

    Raises
    ------
    ShapeError
        If the parts do not fit each other, or hold NaN.
    ParameterError
        If a gate lies outside [0, 1], or there is no cluster.

    References
    ----------
    Y. Ming, S. Cao, R. Zhang, Z. Li, Y. Chen, Y. Song, H. Qu: Understanding Hidden Memories of Recurrent
    Neural Networks. IEEE VAST, 2017, section 5.3, equations 6 and 7. arXiv:1710.10777. The paper divides what
    is preserved by the aggregate at the position itself, which may be smaller; here it is the one before.

    Examples
    --------
    >>> measures = sequence_measures([[4.0, -1.0], [1.0, -2.0]], [0, 0])
    >>> measures.positive.ravel().tolist(), measures.negative.ravel().tolist()
    ([4.0, 1.0], [-1.0, -2.0])
    >>> measures.update_positive.ravel().tolist()
    [4.0, -3.0]
    >>> measures.preserved.ravel().tolist(), measures.preserved_share.ravel().tolist()
    ([0.0, 2.0], [nan, 0.4])
    """
    reader = as_states(states, sequence_starts=sequence_starts)
    n_positions, n_units = reader.shape
    members, sizes = _members(unit_labels, n_units)
    gates = None if gate is None else _as_gates(gate, reader.shape)
    last = _as_before(before, n_units)
    positive, negative, preserved, positive_before, negative_before = (
        np.empty((n_positions, len(sizes))) for _ in range(5)
    )
    for start, stop in blocks_of_rows(reader):
        now = reader.read(start, stop).astype(np.float64)
        old = np.concatenate([last[None], now[:-1]])
        is_start = starts_in(reader, start, stop)
        if start == 0 and before is not None:
            is_start[0] = False
        old[is_start] = 0
        last = now[-1]
        kept = _kept(now, old) if gates is None else np.abs(old) * _gate_values(gates, start, stop)
        here = slice(start, stop)
        positive[here], negative[here] = np.maximum(now, 0) @ members, np.minimum(now, 0) @ members
        positive_before[here], negative_before[here] = (
            np.maximum(old, 0) @ members,
            np.minimum(old, 0) @ members,
        )
        preserved[here] = kept @ members
    found = {
        "positive": positive,
        "negative": negative,
        "update_positive": positive - positive_before,
        "update_negative": negative - negative_before,
        "preserved": preserved,
        "preserved_share": _share(preserved, positive_before - negative_before),
        "sizes": sizes,
    }
    for values in found.values():
        values.setflags(write=False)
    return SequenceMeasures(**found)


def _kept(now: NDArray[np.float64], old: NDArray[np.float64]) -> NDArray[np.float64]:
    """``|old| * clip(now / old, 0, 1)`` without dividing: the smaller of two values of one sign."""
    return np.where((now > 0) == (old > 0), np.minimum(np.abs(now), np.abs(old)), 0.0)


def _share(preserved: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.full(preserved.shape, np.nan)
    np.divide(preserved, there, out=share, where=there > 0)
    return np.minimum(share, 1.0, out=share)  # sums in another order may differ in the last bit


def _members(unit_labels: ArrayLike, n_units: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Which unit belongs to which cluster, (n_units, n_clusters), and the units of each."""
    labels = np.asarray(unit_labels)
    if labels.shape != (n_units,) or not np.issubdtype(labels.dtype, np.integer):
        raise ShapeError(
            f"unit_labels must be one whole number for each of the {n_units} units. "
            f"Got shape {labels.shape} of {labels.dtype}."
        )
    if labels.min() < -1 or labels.max() < 0:
        raise ParameterError(
            "unit_labels must count clusters from 0, with -1 for units of none, and have a cluster. "
            f"Got {labels.min()} to {labels.max()}."
        )
    members = (labels[:, None] == np.arange(labels.max() + 1)).astype(np.float64)
    return members, members.sum(axis=0).astype(np.int64)


def _as_gates(gate: ArrayLike | StateReader, shape: tuple[int, int]) -> StateReader:
    gates = as_states(gate)
    if tuple(gates.shape) != tuple(shape):
        raise ShapeError(
            f"A gate must have a value for each state, shape {tuple(shape)}. Got {tuple(gates.shape)}."
        )
    return gates


def _gate_values(gates: StateReader, start: int, stop: int) -> NDArray[np.float64]:
    values = gates.read(start, stop).astype(np.float64)
    if values.min() < 0 or values.max() > 1:
        raise ParameterError(
            f"A gate must lie in [0, 1]: a forget gate or an update gate. Got {values.min():.3g} to "
            f"{values.max():.3g}."
        )
    return values


def _as_before(before: ArrayLike | None, n_units: int) -> NDArray[np.float64]:
    if before is None:
        return np.zeros(n_units)
    values = as_array(before, what="before").astype(np.float64)
    if values.shape != (n_units,) or not np.isfinite(values).all():
        raise ShapeError(
            f"before must be {n_units} finite numbers, one for each unit. Got shape {values.shape}."
        )
    return values
