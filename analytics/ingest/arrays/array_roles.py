"""Which array is what: states by their shapes, annotations by their lengths, sequences by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.arrays import as_sequence_starts
from analytics.errors import ShapeError, UnknownNameError, nearest
from analytics.ingest.arrays.array_files import ArraySource
from analytics.ingest.importing.plan import Column
from analytics.ingest.importing.report import Notes, some_of
from analytics.ingest.importing.token_source import BLOCK

__all__ = ["annotations_among", "possible_lengths", "sequence_starts_among", "state_name", "states_among"]

_STARTS = ("sequence_starts", "starts")
_LENGTHS = ("sequence_lengths", "lengths")
_SEQUENCES = ("sequence_ids", "sequence_id", "sequence", "sequences")


def possible_lengths(arrays: Mapping[str, ArraySource]) -> set[int]:
    """Numbers of positions that the arrays could have: their first axis, or their first two together."""
    lengths: set[int] = set()
    for array in arrays.values():
        if len(array.shape) >= 2 and array.dtype.kind == "f":
            lengths.add(array.shape[0])
            if len(array.shape) > 2:
                lengths.add(array.shape[0] * array.shape[1])
    return lengths - {0}


def states_among(
    arrays: Mapping[str, ArraySource],
    chosen: Sequence[str] | Mapping[str, str] | None,
    *,
    n_positions: int,
    notes: Notes,
) -> dict[str, ArraySource]:
    """Return the states by name: those chosen, or every array of floats with a row for each position.

    Raises
    ------
    UnknownNameError
        If a chosen one is not there.
    ShapeError
        If a chosen one has the wrong shape, or there is none.
    """
    if chosen is None:
        wanted = {state_name(key): key for key, array in arrays.items() if _looks_like_state(array)}
    else:
        wanted = dict(chosen) if isinstance(chosen, Mapping) else {state_name(key): key for key in chosen}
    found: dict[str, ArraySource] = {}
    for name, key in wanted.items():
        if key not in arrays:
            raise UnknownNameError(f"There is no array '{key}'.{nearest(str(key), arrays)}")
        rows = _as_rows(arrays[key], n_positions, name=name, notes=notes)
        if rows is not None:
            found[name] = rows
            _tell_dtype(name, rows, notes)
        elif chosen is not None:
            raise ShapeError(_wrong_shape(key, arrays[key], n_positions))
        else:
            notes.add(
                f"'{key}' is left out: its shape {arrays[key].shape} is not that of {n_positions:,} tokens."
            )
    if not found:
        shapes = some_of(f"'{key}' {array.shape}" for key, array in arrays.items())
        raise ShapeError(
            f"There are {n_positions:,} tokens, and no array of floats has a row for each: "
            f"{shapes or 'no arrays'}. "
            "An array of units by positions is to be transposed."
        )
    return found


def annotations_among(
    arrays: Mapping[str, ArraySource],
    chosen: Sequence[str] | None,
    *,
    n_positions: int,
    notes: Notes,
) -> dict[str, Column]:
    """Return the arrays with one value for each position as annotations.

    Raises
    ------
    UnknownNameError
        If a chosen one is not there.
    ShapeError
        If a chosen one has another shape, or holds no numbers or texts.
    """
    found = {}
    for key in arrays if chosen is None else chosen:
        if key not in arrays:
            raise UnknownNameError(f"There is no array '{key}'.{nearest(str(key), arrays)}")
        array = arrays[key]
        flat = array.flattened() if len(array.shape) == 2 and 0 not in array.shape else array
        if flat.shape == (n_positions,) and flat.dtype.kind in "fiubUSO":
            found[key] = _column(flat)
        elif chosen is not None:
            raise ShapeError(
                f"The annotation '{key}' has one number or text for each of the {n_positions:,} tokens. Got "
                f"shape {array.shape} of {array.dtype}."
            )
        else:
            notes.add(
                f"'{key}' of shape {array.shape} is neither a state nor an annotation, and is left out."
            )
    return found


def sequence_starts_among(
    arrays: dict[str, ArraySource], given: Any, *, n_positions: int, row_length: int | None, notes: Notes
) -> NDArray[np.int64]:
    """Return the first position of each sequence: as given, by an array of that name, or by the tokens' rows.

    Takes the array that it uses out of `arrays`.

    Raises
    ------
    ShapeError, UnknownNameError
    """
    if given is not None and not isinstance(given, str):
        return as_sequence_starts(given, n_positions=n_positions)
    if given is not None and given not in arrays:
        raise UnknownNameError(f"There is no array '{given}'.{nearest(given, arrays)}")
    for key in [given] if given else [*_STARTS, *_LENGTHS, *_SEQUENCES]:
        if key in arrays and len(arrays[key].shape) == 1:
            starts = _starts(key, arrays[key], n_positions, strict=given is not None)
            if starts is not None:
                del arrays[key]
                if given is None:
                    notes.add(f"Sequences begin where '{key}' says.")
                return starts
    if row_length:
        notes.add(f"Each row of {row_length:,} tokens is a sequence.")
        return np.arange(0, n_positions, row_length)
    return np.zeros(1, dtype=np.int64)


def state_name(key: str) -> str:
    """Return a state's name for an array's key.

    Examples
    --------
    >>> state_name("model/lstm 1/hidden")
    'model.lstm_1.hidden'
    """
    kept = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "_.-") else "_"
        for letter in key.replace("/", ".")
    )
    return (kept.lstrip(".-") or "state")[-80:].lstrip(".-")


def _looks_like_state(array: ArraySource) -> bool:
    return len(array.shape) >= 2 and array.dtype.kind == "f" and 0 not in array.shape


def _as_rows(array: ArraySource, n_positions: int, *, name: str, notes: Notes) -> ArraySource | None:
    """The array with positions as its first axis, or None when its shape cannot be read so."""
    if array.dtype.kind not in "fiub" or len(array.shape) < 2 or 0 in array.shape:
        return None
    if array.shape[0] == n_positions:
        return array
    if len(array.shape) > 2 and array.shape[0] * array.shape[1] == n_positions:
        notes.add(f"The first two axes of '{name}' {array.shape} are the positions, one row after the other.")
        return array.flattened()
    return None


def _tell_dtype(name: str, rows: ArraySource, notes: Notes) -> None:
    if rows.dtype.kind != "f" or rows.dtype.itemsize > 4:
        notes.add(f"{rows.dtype} states are stored as float32: {name}.")


def _wrong_shape(key: str, array: ArraySource, n_positions: int) -> str:
    hint = " Transpose it." if n_positions in array.shape[1:2] else ""
    return (
        f"The state '{key}' has a row of numbers for each of the {n_positions:,} tokens. Got shape "
        f"{array.shape} of {array.dtype}.{hint}"
    )


def _column(rows: ArraySource) -> Column:
    kind = rows.dtype.kind
    if kind == "b":
        return Column(["no", "yes"], lambda start, stop: rows.read(start, stop).astype(object))
    if kind in "USO":
        return Column("categorical", lambda start, stop: _texts(rows.read(start, stop)))
    if kind == "f":
        return Column("numeric", rows.read)
    if rows.dtype.itemsize < 4 or rows.dtype == np.int32 or _fits_integer(rows):
        return Column("integer", rows.read)
    return Column("numeric", _as_floats(rows))


def _fits_integer(rows: ArraySource) -> bool:
    ends = np.iinfo(np.int32)
    for start in range(0, rows.shape[0], BLOCK):
        block = rows.read(start, min(start + BLOCK, rows.shape[0]))
        if block.min() < ends.min or block.max() > ends.max:
            return False
    return True


def _as_floats(rows: ArraySource) -> Any:
    return lambda start, stop: rows.read(start, stop).astype(np.float64)


def _texts(values: NDArray) -> NDArray:
    texts = [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in values.tolist()
    ]
    return np.array(texts, dtype=object)


def _starts(key: str, array: ArraySource, n_positions: int, *, strict: bool) -> NDArray[np.int64] | None:
    values = array.read(0, array.shape[0])
    if values.dtype.kind == "b" and len(values) == n_positions:
        values = np.flatnonzero(values)
    if values.dtype.kind not in "iu" or not len(values):
        if strict:
            raise ShapeError(f"'{key}' holds the first position of each sequence. Got {array.dtype}.")
        return None
    values = values.astype(np.int64)
    if len(values) == n_positions and (key in _SEQUENCES or not _rises(values, n_positions)):
        return np.flatnonzero(np.diff(values, prepend=values[0] - 1))
    if not _rises(values, n_positions) and values.sum() == n_positions and (values > 0).all():
        return np.concatenate([[0], np.cumsum(values)[:-1]])
    if strict:
        return as_sequence_starts(values, n_positions=n_positions)
    return values if _rises(values, n_positions) else None


def _rises(values: NDArray[np.int64], n_positions: int) -> bool:
    return bool(values[0] == 0 and (np.diff(values) > 0).all() and values[-1] < n_positions)
