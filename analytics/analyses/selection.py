"""Which units carry a range: on throughout, off before and off after (LSTMVis, section 4.2)."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.threshold import on_rule
from analytics.arrays import StateReader, as_states
from analytics.errors import ParameterError, RangeError, UnknownNameError

__all__ = ["as_units", "as_whole", "count_on", "select_units", "sequence_of"]


def select_units(
    states: ArrayLike | StateReader,
    start: int,
    stop: int,
    *,
    threshold: float,
    off_before: int = 0,
    off_after: int = 0,
    transform: str = "raw",
    sequence_starts: ArrayLike | None = None,
) -> NDArray[np.int64]:
    r"""Units that are on over a range and off around it.

    :math:`S_1 = \{c : f(x_{tc}) \ge l \;\forall t \in [a, b)\} \cap
    \{c : f(x_{tc}) < l \;\forall t \in [a - p, a) \cup [b, b + q)\}`

    with `threshold` :math:`l`, `transform` :math:`f`, `off_before` :math:`p` and `off_after` :math:`q`.
    Beyond the ends of the sequence every unit counts as off.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    start, stop : int
        The range of positions ``[start, stop)``, inside one sequence.
    threshold : float
        Compared exactly with the stored numbers; see `on_rule`.
    off_before, off_after : int, default=0
        How many positions before and after the range the units have to be off.
    transform : {"raw", "tanh", "abs", "abs_tanh"}, default="raw"
    sequence_starts : array-like of shape (n_sequences,), optional
        Default: a reader's own; one sequence for an array.

    Returns
    -------
    ndarray of shape (n_selected,)
        Unit numbers, rising.

    Raises
    ------
    RangeError
        If the range is empty, outside the recording or crosses a sequence border.
    ShapeError, ParameterError
        If states hold NaN or an argument is out of bounds.

    References
    ----------
    H. Strobelt, S. Gehrmann, H. Pfister, A. M. Rush: LSTMVis. IEEE TVCG 24(1), 2018, section 4.2.
    doi:10.1109/TVCG.2017.2744158

    Examples
    --------
    >>> states = np.array([[0.0, 0.9], [0.8, 0.9], [0.7, 0.9], [0.1, 0.0]])
    >>> select_units(states, 1, 3, threshold=0.5).tolist()
    [0, 1]
    >>> select_units(states, 1, 3, threshold=0.5, off_before=1).tolist()
    [0]
    """
    reader = as_states(states, sequence_starts=sequence_starts)
    rule = on_rule(threshold, transform=transform, dtype=reader.dtype)
    start, stop = as_whole("start", start, minimum=None), as_whole("stop", stop, minimum=None)
    off_before, off_after = as_whole("off_before", off_before), as_whole("off_after", off_after)
    _, first, last = sequence_of(reader, start, stop)
    left, right = max(first, start - off_before), min(last, stop + off_after)
    on = rule.is_on(reader.read(left, right))
    inside = on[start - left : stop - left].all(axis=0)
    outside = on[: start - left].any(axis=0) | on[stop - left :].any(axis=0)
    return np.flatnonzero(inside & ~outside).astype(np.int64)


def count_on(
    states: ArrayLike | StateReader,
    units: ArrayLike,
    start: int,
    stop: int,
    *,
    threshold: float,
    transform: str = "raw",
) -> NDArray[np.int32]:
    """How many of the units are on at each position of ``[start, stop)``: shape ``(stop - start,)``.

    Examples
    --------
    >>> count_on(np.array([[0.9, 0.9], [0.1, 0.9]]), [0, 1], 0, 2, threshold=0.5).tolist()
    [2, 1]
    """
    reader = as_states(states)
    rule = on_rule(threshold, transform=transform, dtype=reader.dtype)
    units = as_units(units, n_units=reader.shape[1])
    if not 0 <= start <= stop <= reader.shape[0]:
        raise RangeError(f"The range must lie in 0 to {reader.shape[0]}. Got {start} to {stop}.")
    if len(units) == 0:
        return np.zeros(stop - start, dtype=np.int32)
    return rule.is_on(reader.read(start, stop, units)).sum(axis=1, dtype=np.int32)


def sequence_of(states: StateReader, start: int, stop: int) -> tuple[int, int, int]:
    """Return ``(sequence, first position, end)`` of the sequence that holds the whole range.

    Raises
    ------
    RangeError
        If the range is empty, outside the recording, or crosses a border.
    """
    n_positions = states.shape[0]
    if not 0 <= start < stop <= n_positions:
        raise RangeError(
            f"A range must hold at least one position and lie in 0 to {n_positions}. Got {start} to {stop}."
        )
    sequence = int(np.searchsorted(states.sequence_starts, start, side="right")) - 1
    first = int(states.sequence_starts[sequence])
    is_last = sequence + 1 == len(states.sequence_starts)
    end = n_positions if is_last else int(states.sequence_starts[sequence + 1])
    if stop > end:
        raise RangeError(
            f"The range {start} to {stop} crosses the sequence border at {end}. "
            "Choose a range inside one sequence."
        )
    return sequence, first, end


def as_units(units: ArrayLike, *, n_units: int) -> NDArray[np.int64]:
    """Check unit numbers; return each once, rising.

    Examples
    --------
    >>> as_units([3, 1, 3], n_units=4).tolist()
    [1, 3]
    """
    given = np.asarray(units)
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    if given.ndim != 1 or not np.issubdtype(given.dtype, np.integer):
        raise ParameterError(f"units must be a list of whole numbers. Got {units!r}.")
    outside = given[(given < 0) | (given >= n_units)]
    if len(outside):
        raise UnknownNameError(f"There is no unit {outside[0]}: the state has units 0 to {n_units - 1}.")
    return np.unique(given).astype(np.int64)


def as_whole(name: str, value: int, *, minimum: int | None = 0) -> int:
    """Check that a parameter is a whole number of at least `minimum`.

    Examples
    --------
    >>> as_whole("limit", 50, minimum=1)
    50
    """
    try:
        whole = operator.index(value)
    except TypeError:
        raise ParameterError(f"{name} must be a whole number. Got {value!r}.") from None
    if minimum is not None and whole < minimum:
        raise ParameterError(f"{name} must be at least {minimum}. Got {whole}.")
    return whole
