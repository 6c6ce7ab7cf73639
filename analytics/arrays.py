"""The words for axes, and the checks at the door.

========  ==================================================================================
axis      meaning
========  ==================================================================================
position  index of a token in the recording, 0-based, corpus order; `n_positions` of them
unit      one column of a state, 0-based; `n_units` of them
sequence  a maximal run of positions over which the state was carried on
word      a token id of the vocabulary
========  ==================================================================================

A *state* is a matrix of shape ``(n_positions, n_units)``. Analyses that scan a corpus take an array
or a `StateReader`: anything that hands it out in blocks.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ShapeError

__all__ = ["ArrayStates", "StateReader", "as_array", "as_sequence_starts", "as_states"]

CHECK_BLOCK_VALUES = 1 << 22
"""How many values are looked at at once for NaN: a few megabytes stay in the processor's cache."""


@runtime_checkable
class StateReader(Protocol):
    """A state that is read in blocks. A recording's reader and `ArrayStates` are of this kind."""

    shape: tuple[int, int]
    dtype: np.dtype
    sequence_starts: NDArray[np.int64]

    def read(self, start: int, stop: int, units: ArrayLike | None = None) -> NDArray:
        """Values of shape ``(stop - start, n_units or len(units))``, in any memory order."""
        ...

    def read_ranges(self, starts: ArrayLike, stops: ArrayLike) -> NDArray:
        """All units of many ranges one after the other: ``(sum(stops - starts), n_units)``."""
        ...


class ArrayStates:
    """A plain array with the interface of a reader.

    Examples
    --------
    >>> states = ArrayStates(np.arange(6.0).reshape(3, 2))
    >>> states.read(1, 3, units=[1]).tolist()
    [[3.0], [5.0]]
    """

    def __init__(self, values: NDArray, sequence_starts: NDArray[np.int64] | None = None) -> None:
        self._values = values
        self.shape: tuple[int, int] = values.shape
        self.dtype = values.dtype
        self.sequence_starts = np.zeros(1, dtype=np.int64) if sequence_starts is None else sequence_starts

    def read(self, start: int, stop: int, units: ArrayLike | None = None) -> NDArray:
        """Values of shape ``(stop - start, n_units or len(units))``."""
        rows = self._values[start:stop]
        return rows if units is None else rows[:, np.asarray(units, dtype=np.intp)]

    def read_ranges(self, starts: ArrayLike, stops: ArrayLike) -> NDArray:
        """All units of many ranges one after the other: ``(sum(stops - starts), n_units)``."""
        pieces = [self._values[start:stop] for start, stop in zip(starts, stops, strict=True)]
        return np.concatenate(pieces) if pieces else self._values[:0]


def as_states(states: ArrayLike | StateReader, *, sequence_starts: ArrayLike | None = None) -> StateReader:
    """Check a state at the door and return it as a reader.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
        float16, float32 or float64; anything else is converted to float64.
    sequence_starts : array-like of shape (n_sequences,), optional
        First position of each sequence. Default: the reader's own, or one sequence for an array.

    Raises
    ------
    ShapeError
        If there are not two axes, no position, no unit, or a NaN.
    """
    if isinstance(states, StateReader) and not isinstance(states, np.ndarray):
        if sequence_starts is None:
            return states
        return _Resequenced(states, as_sequence_starts(sequence_starts, n_positions=states.shape[0]))
    values = as_array(states, what="states")
    if values.dtype not in (np.float16, np.float32, np.float64):
        values = _as_float64(values)
    if values.ndim != 2 or 0 in values.shape:
        raise ShapeError(
            f"states must have shape (n_positions, n_units), both at least 1. Got shape {values.shape}."
        )
    _refuse_nan(values)
    return ArrayStates(values, as_sequence_starts(sequence_starts, n_positions=len(values)))


def as_array(values: ArrayLike, *, what: str) -> NDArray:
    """Any array-like as an array; a tensor is taken out of its graph and off its device.

    Raises
    ------
    ShapeError
        If the rows differ in length; the sentence begins with `what`.

    Examples
    --------
    >>> as_array([[1.0, 2.0]], what="states").shape
    (1, 2)
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        # NumPy has no bfloat16; float32 holds each of its numbers.
        values = values.float() if str(values.dtype) == "torch.bfloat16" else values
    try:
        return np.asarray(values)
    except ValueError:
        raise ShapeError(f"{what} must be one array. Got rows of different lengths.") from None


def as_sequence_starts(sequence_starts: ArrayLike | None, *, n_positions: int) -> NDArray[np.int64]:
    """Check the first positions of the sequences: 0 first, rising, all inside.

    Examples
    --------
    >>> as_sequence_starts(None, n_positions=5).tolist()
    [0]
    >>> as_sequence_starts([0, 3], n_positions=5).tolist()
    [0, 3]
    """
    if sequence_starts is None:
        return np.zeros(1, dtype=np.int64)
    starts = np.asarray(sequence_starts)
    if starts.ndim != 1 or len(starts) == 0 or not np.issubdtype(starts.dtype, np.integer):
        raise ShapeError(
            "sequence_starts must be a list of whole numbers, the first position of each sequence. "
            f"Got shape {starts.shape} of {starts.dtype}."
        )
    starts = starts.astype(np.int64)
    if starts[0] != 0 or (np.diff(starts) <= 0).any() or starts[-1] >= n_positions:
        raise ShapeError(
            f"sequence_starts must begin with 0, rise, and stay below n_positions={n_positions}. "
            f"Got {np.array2string(starts, threshold=6)}."
        )
    return starts


class _Resequenced:
    """A reader whose sequence borders were replaced by the caller's."""

    def __init__(self, states: StateReader, sequence_starts: NDArray[np.int64]) -> None:
        self.shape, self.dtype = states.shape, states.dtype
        self.read, self.read_ranges = states.read, states.read_ranges
        self.sequence_starts = sequence_starts


def _as_float64(values: NDArray) -> NDArray[np.float64]:
    try:
        if not np.iscomplexobj(values):
            return values.astype(np.float64)
    except (TypeError, ValueError):
        pass
    raise ShapeError(f"states must be numbers. Got an array of {values.dtype}.")


def _refuse_nan(values: NDArray) -> None:
    step = max(1, CHECK_BLOCK_VALUES // values.shape[1])
    for start in range(0, len(values), step):
        if _holds_nan(values[start : start + step]):
            position, unit = np.argwhere(np.isnan(values[start : start + step]))[0]
            raise ShapeError(
                f"states must not hold NaN. Got NaN at position {start + position}, unit {unit}: "
                "mend the network or leave these positions out."
            )


def _holds_nan(values: NDArray) -> bool:
    if values.dtype != np.float16:
        return bool(np.isnan(values).any())
    # NumPy has no fast isnan in half precision: NaN's bit pattern, without its sign, is above infinity's.
    return bool((values.view(np.uint16) & 0x7FFF).max(initial=0) > 0x7C00)
