"""Where does a unit change most, or stand highest? The strongest contexts of a unit in the corpus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.changes import as_unit, changes_of_unit
from analytics.analyses.selection import as_whole
from analytics.arrays import StateReader, as_states
from analytics.errors import ParameterError, nearest

__all__ = ["MEASURES", "SIGNS", "UnitContexts", "strongest_contexts"]

MEASURES = ("change", "state")
SIGNS = ("both", "positive", "negative")


@dataclass(frozen=True, slots=True)
class UnitContexts:
    """Places of the corpus, strongest first. Arrays have shape (n_found,)."""

    unit: int
    measure: str
    sign: str
    positions: NDArray[np.int64]
    """Where the unit changes, or stands, so."""
    values: NDArray[np.float64]
    """Change or state there, with its sign."""
    starts: NDArray[np.int64]
    """First position of each context: the place and some positions in front, inside its sequence."""
    stops: NDArray[np.int64]
    """End of each context, not part of it."""


def strongest_contexts(
    states: ArrayLike | StateReader,
    unit: int,
    *,
    limit: int = 10,
    measure: str = "change",
    sign: str = "both",
    before: int = 8,
    after: int = 4,
    sequence_starts: ArrayLike | None = None,
) -> UnitContexts:
    """Find the places where a unit changes most, or stands furthest from 0.

    A context is a place with the `before` positions in front of it and the `after` behind it, as far as its
    sequence goes. Contexts never share a position: places are taken from the strongest on, the earlier first
    among equals, and one whose context meets a taken one is passed over. Places of value 0, or of the other
    sign, are none.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    unit : int
    limit : int, default=10
    measure : {"change", "state"}, default="change"
        ``d[t] = x[t] - x[t-1]``, or ``x[t]``.
    sign : {"both", "positive", "negative"}, default="both"
    before, after : int, default=8 and 4
    sequence_starts : array-like of shape (n_sequences,), optional

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    ParameterError
        If another argument is out of bounds.

    Examples
    --------
    >>> states = np.array([[0.0], [3.0], [3.0], [-4.0]])
    >>> found = strongest_contexts(states, 0, before=1, after=0)
    >>> found.positions.tolist(), found.values.tolist(), found.starts.tolist()
    ([3, 1], [-7.0, 3.0], [2, 0])
    """
    reader = as_states(states, sequence_starts=sequence_starts)
    unit = as_unit(unit, n_units=reader.shape[1])
    limit = as_whole("limit", limit, minimum=1)
    before, after = as_whole("before", before), as_whole("after", after)
    for name, given, known in (("measure", measure, MEASURES), ("sign", sign, SIGNS)):
        if given not in known:
            raise ParameterError(f"{name} {given!r} is unknown.{nearest(str(given), known)}")
    if measure == "change":
        values = changes_of_unit(reader, unit)
    else:
        values = reader.read(0, reader.shape[0], [unit])[:, 0].astype(np.float64)
    strength = {"both": np.abs(values), "positive": values, "negative": -values}[sign]
    candidates = _candidates(strength, limit * (2 * (before + after) + 1))
    borders = np.append(reader.sequence_starts, reader.shape[0])
    sequence = np.searchsorted(borders, candidates, side="right") - 1
    starts = np.maximum(candidates - before, borders[sequence])
    stops = np.minimum(candidates + after + 1, borders[sequence + 1])
    kept = _apart(starts, stops, limit)
    found = (candidates[kept], values[candidates[kept]], starts[kept], stops[kept])
    for array in found:
        array.setflags(write=False)
    return UnitContexts(unit, measure, sign, *found)


def _candidates(strength: NDArray[np.float64], n_wanted: int) -> NDArray[np.int64]:
    """Positions that can be among the answers, strongest first.

    A taken context of w positions rules out at most 2w - 1 places, so more than `limit` times as many, and
    those that are as strong as the last, are never needed.
    """
    positions = np.flatnonzero(strength > 0)
    if len(positions) > n_wanted:
        least = np.partition(strength[positions], -n_wanted)[-n_wanted]
        positions = positions[strength[positions] >= least]
    return positions[np.argsort(-strength[positions], kind="stable")]


def _apart(starts: NDArray[np.int64], stops: NDArray[np.int64], limit: int) -> list[int]:
    """Indices of the first contexts that share no position with one taken before."""
    kept: list[int] = []
    for index, (start, stop) in enumerate(zip(starts.tolist(), stops.tolist(), strict=True)):
        if all(stop <= starts[other] or start >= stops[other] for other in kept):
            kept.append(index)
            if len(kept) == limit:
                break
    return kept
