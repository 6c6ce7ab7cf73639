"""What a user hands over to be recorded, as one thing: positions, sequences, what the network reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.arrays import as_array, as_sequence_starts
from analytics.corpora.vocabulary import UNKNOWN
from analytics.errors import ParameterError, ShapeError
from analytics.ingest.writing.opening import check_vocabulary

__all__ = [
    "NUMBER_TEXTS",
    "RecordInputs",
    "as_record_inputs",
    "is_batches",
    "next_tokens",
    "number_ids",
    "texts_of_series",
]

MAX_SHOWN_CHANNELS = 16
"""Channels of a series kept as annotations; more would not fit a page."""

MAX_SHOWN_LEVELS = 1000
"""A number of a series is shown with as many digits as divide its range into at most so many steps."""

_EXPONENTS = range(-6, 7)
_POSITIVE = [f"{mantissa / 10:.1f}e{exponent}" for exponent in _EXPONENTS for mantissa in range(10, 100)]
NUMBER_TEXTS = [
    "0",
    *(f"{float(text):g}" for text in _POSITIVE),
    *(f"-{float(text):g}" for text in _POSITIVE),
]
"""Numbers of two digits from a millionth to ten million: the tokens of a series that comes in batches."""


@dataclass(frozen=True, slots=True)
class RecordInputs:
    """A corpus as a network reads it."""

    token_ids: NDArray[np.int32]
    vocabulary: list[str]
    sequence_starts: NDArray[np.int64]
    values: NDArray | None = None
    """(n_positions, n_inputs), what the network reads instead of token ids."""
    annotations: Mapping[str, Any] = field(default_factory=dict)
    is_series: bool = False
    """The positions are measurements, not tokens."""
    has_texts: bool = True
    """The vocabulary was given; else the texts are the ids' numbers."""

    @property
    def n_positions(self) -> int:
        """Positions of all sequences together."""
        return len(self.token_ids)

    def is_start(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Where a sequence begins among the positions [start, stop)."""
        flags = np.zeros(stop - start, dtype=bool)
        first, last = np.searchsorted(self.sequence_starts, (start, stop))
        flags[self.sequence_starts[first:last] - start] = True
        return flags

    def read(self, start: int, stop: int) -> NDArray:
        """What the network reads at [start, stop): ids as int64, or values as float32."""
        if self.values is None:
            return self.token_ids[start:stop].astype(np.int64)
        return np.asarray(self.values[start:stop], dtype=np.float32)


def is_batches(tokens: Any) -> bool:
    """Whether these are batches, as a DataLoader gives them, instead of tokens."""
    is_array = hasattr(tokens, "shape") or hasattr(tokens, "detach")
    return (
        not is_array
        and not isinstance(tokens, list | tuple | range | str | bytes)
        and hasattr(tokens, "__iter__")
    )


def as_record_inputs(
    tokens: Any,
    *,
    vocabulary: Sequence[str] | None = None,
    sequence_starts: ArrayLike | None = None,
    inputs: Any = None,
    channels: Sequence[str] | None = None,
    time_step: float = 1.0,
) -> RecordInputs:
    """Bring tokens, ids or a numeric series into one form.

    Parameters
    ----------
    tokens : see `analytics.record`
    vocabulary : sequence of str, optional
        Text of each id. Default: of ids their numbers.
    sequence_starts : array-like of int, shape (n_sequences,), optional
    inputs : array-like of shape (n_positions, n_inputs), or one such array for each sequence, optional
    channels : sequence of str, optional
        Names of a series' channels.
    time_step : float, default=1.0
        Time between two positions of a series.

    Examples
    --------
    >>> found = as_record_inputs([["a", "b"], ["b"]], vocabulary=["a", "b"])
    >>> found.token_ids.tolist(), found.sequence_starts.tolist()
    ([0, 1, 1], [0, 2])
    """
    flat, starts = _flatten(tokens, what="tokens")
    if starts is not None and sequence_starts is not None:
        raise ParameterError("tokens that are a list of sequences say themselves where sequences start.")
    n_positions = len(flat)
    if n_positions == 0:
        raise ShapeError("tokens have at least one position. Got none.")
    starts = as_sequence_starts(sequence_starts if starts is None else starts, n_positions=n_positions)
    if flat.dtype.kind == "f":
        if inputs is not None:
            raise ParameterError("A numeric series is itself what the network reads: leave inputs= out.")
        return _series(flat, starts, channels=channels, time_step=time_step)
    ids, texts = _encode(flat, vocabulary, needed=inputs is None)
    return RecordInputs(
        ids, texts, starts, values=_values(inputs, n_positions), has_texts=vocabulary is not None
    )


def next_tokens(ids: NDArray, starts: NDArray[np.int64], start: int, stop: int) -> NDArray[np.int32]:
    """The token after each position of [start, stop), -1 at the end of a sequence.

    Examples
    --------
    >>> next_tokens(np.array([5, 6, 7, 8]), np.array([0, 2]), 1, 4).tolist()
    [-1, 8, -1]
    """
    targets = np.full(stop - start, -1, dtype=np.int32)
    following = ids[start + 1 : stop + 1]
    targets[: len(following)] = following
    first, last = np.searchsorted(starts, (start, stop), side="right")
    targets[starts[first:last] - 1 - start] = -1
    return targets


def texts_of_series(values: NDArray) -> tuple[NDArray[np.int32], list[str]]:
    """Rounded numbers as tokens: the id at each position, and the text of each id.

    Examples
    --------
    >>> ids, texts = texts_of_series(np.array([0.0, 0.503, 1.0]))
    >>> [texts[token_id] for token_id in ids]
    ['0.000', '0.503', '1.000']
    """
    span = float(values.max()) - float(values.min())
    digits = -int(np.ceil(np.log10(span / MAX_SHOWN_LEVELS))) if span > 0 else 0
    step = 10.0**-digits
    levels, ids = np.unique(np.round(values / step).astype(np.int64), return_inverse=True)
    return ids.astype(np.int32), [f"{level * step:.{max(0, digits)}f}" for level in levels.tolist()]


def number_ids(values: NDArray) -> NDArray[np.int32]:
    """Ids among `NUMBER_TEXTS` of the nearest numbers.

    Examples
    --------
    >>> [NUMBER_TEXTS[token_id] for token_id in number_ids(np.array([0.0, 0.314159, -1234.0, 1e-9]))]
    ['0', '0.31', '-1200', '0']
    """
    sizes = np.abs(values.astype(np.float64))
    exponents = np.floor(np.log10(np.maximum(sizes, 1e-300)))
    mantissas = np.round(sizes / 10.0**exponents * 10)
    exponents, mantissas = (
        np.where(mantissas == 100, exponents + 1, exponents),
        np.where(mantissas == 100, 10, mantissas),
    )
    ids = 1 + (exponents - _EXPONENTS[0]) * 90 + mantissas - 10
    ids = np.clip(ids, 1, len(_POSITIVE))
    ids = np.where(values < 0, ids + len(_POSITIVE), ids)
    return np.where(sizes < 10.0 ** _EXPONENTS[0], 0, ids).astype(np.int32)


def _series(
    values: NDArray, starts: NDArray[np.int64], *, channels: Sequence[str] | None, time_step: float
) -> RecordInputs:
    if not np.isfinite(values).all():
        position = int(np.argwhere(~np.isfinite(values))[0][0])
        raise ShapeError(f"A series holds finite numbers. Got {values[position]} at position {position}.")
    n_channels = values.shape[1]
    names = [f"channel {number}" for number in range(n_channels)] if channels is None else list(channels)
    if len(names) != n_channels:
        raise ShapeError(f"channels names each of the {n_channels} channels. Got {len(names)} names.")
    ids, texts = texts_of_series(values[:, 0])
    lengths = np.diff(starts, append=len(values))
    since = np.arange(len(values)) - np.repeat(starts, lengths)
    annotations: dict[str, Any] = {"time": (since * time_step).astype(np.float32)}
    for number, name in enumerate(names[:MAX_SHOWN_CHANNELS]):
        annotations[name] = values[:, number].astype(np.float32)
    return RecordInputs(ids, texts, starts, values=values, annotations=annotations, is_series=True)


def _flatten(tokens: Any, *, what: str) -> tuple[NDArray, list[int] | None]:
    """All positions one after the other, and where sequences start if the input says so.

    Text stays an array of objects, numbers of a series become (n_positions, n_channels).
    """
    if isinstance(tokens, str | bytes):
        raise ParameterError(f"{what} are a list of tokens. Got one text: split it into words or characters.")
    if isinstance(tokens, list | tuple) and tokens and not _is_scalar(tokens[0]):
        pieces = [_flatten_array(as_array(part, what=what), part, what) for part in tokens]
        for number, piece in enumerate(pieces):
            if len(piece) == 0:
                raise ShapeError(f"Sequence {number} is empty. Leave it out.")
        if len({piece.ndim for piece in pieces}) > 1 or len({piece.shape[1:] for piece in pieces}) > 1:
            raise ShapeError(f"The sequences in {what} are all of one kind. Got different shapes.")
        return np.concatenate(pieces), np.cumsum([0, *map(len, pieces)])[:-1].tolist()
    array = as_array(tokens, what=what)
    if array.dtype.kind in "iub" and array.ndim == 2:
        return array.reshape(-1), list(range(0, array.size, array.shape[1])) if array.size else None
    if array.dtype.kind == "f" and array.ndim == 3:
        return array.reshape(-1, array.shape[2]), list(
            range(0, array.shape[0] * array.shape[1], array.shape[1])
        )
    return _flatten_array(array, tokens, what), None


def _flatten_array(array: NDArray, given: Any, what: str) -> NDArray:
    if array.dtype.kind in "US" or array.dtype == object:
        array = np.array(list(given), dtype=object)
        wrong = next((place for place, text in enumerate(array) if not isinstance(text, str)), None)
        if wrong is not None:
            raise ParameterError(
                f"{what} are texts or numbers. Got {array[wrong]!r:.100} at position {wrong}."
            )
        return array
    if array.dtype.kind == "f":
        array = array[:, None] if array.ndim == 1 else array
        if array.ndim != 2:
            raise ShapeError(f"A series has the shape (n_positions, n_channels). Got {array.shape}.")
        return array
    if array.dtype.kind not in "iub" or array.ndim != 1:
        raise ShapeError(
            f"{what} are a list with one token a position. Got shape {array.shape} of {array.dtype}."
        )
    return array


def _encode(
    flat: NDArray, vocabulary: Sequence[str] | None, *, needed: bool
) -> tuple[NDArray[np.int32], list[str]]:
    texts = None if vocabulary is None else check_vocabulary(vocabulary)
    if flat.dtype == object:
        return _encode_texts(flat, texts, needed=needed)
    lowest, highest = int(flat.min()), int(flat.max())
    if texts is None and lowest >= 0 and highest < 1 << 24:
        texts = [str(number) for number in range(highest + 1)]
    n_known = 1 << 24 if texts is None else len(texts)
    if lowest < 0 or highest >= n_known:
        position = int(np.flatnonzero((flat < 0) | (flat >= n_known))[0])
        raise ParameterError(
            f"Token ids lie within the vocabulary of {n_known:,} tokens. Got {int(flat[position])} at "
            f"position {position}."
        )
    return flat.astype(np.int32), texts


def _encode_texts(
    flat: NDArray, texts: list[str] | None, *, needed: bool
) -> tuple[NDArray[np.int32], list[str]]:
    if texts is None and needed:
        raise ParameterError(
            "A network reads ids, not texts: pass vocabulary=, the text of each id in the order of the "
            "network's embedding."
        )
    if texts is None:
        codes, found = pd.factorize(flat)
        return codes.astype(np.int32), [str(text) for text in found]
    ids = {text: token_id for token_id, text in reversed(list(enumerate(texts)))}
    unknown = ids.get(UNKNOWN, -1)
    codes = np.fromiter((ids.get(text, unknown) for text in flat), dtype=np.int32, count=len(flat))
    if unknown < 0 and (codes < 0).any():
        position = int((codes < 0).argmax())
        raise ParameterError(
            f"The token {flat[position]!r} at position {position} is not in the vocabulary, which has no "
            f"{UNKNOWN} for what it does not know."
        )
    return codes, texts


def _values(inputs: Any, n_positions: int) -> NDArray | None:
    if inputs is None:
        return None
    if isinstance(inputs, list | tuple) and inputs and getattr(inputs[0], "ndim", 0) == 2:
        inputs = np.concatenate([as_array(part, what="inputs") for part in inputs])
    values = as_array(inputs, what="inputs")
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or len(values) != n_positions or values.dtype.kind not in "fiub":
        raise ShapeError(
            f"inputs have one row of numbers for each of the {n_positions:,} tokens. Got shape "
            f"{values.shape} of {values.dtype}."
        )
    return values


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | np.generic) or getattr(value, "ndim", None) == 0
