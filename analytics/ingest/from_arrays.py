"""Arrays in memory, or readers, to a recording on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.arrays import StateReader, as_array, as_sequence_starts
from analytics.corpora.vocabulary import ids_of_texts
from analytics.errors import ParameterError, ShapeError
from analytics.ingest.writer import RecordingWriter
from analytics.ingest.writing.annotation_columns import kind_of
from analytics.ingest.writing.opening import check_vocabulary
from analytics.store.recording import Recording, open_recording
from analytics.store.schema import ROWS_PER_GROUP

__all__ = ["annotation_values", "write_recording"]


def write_recording(
    path: str | Path,
    *,
    name: str,
    tokens: Sequence[str] | ArrayLike,
    states: Mapping[str, ArrayLike | StateReader],
    sequence_starts: ArrayLike | None = None,
    annotations: Mapping[str, Any] | pd.DataFrame | None = None,
    predictions: tuple[ArrayLike, ArrayLike] | None = None,
    targets: ArrayLike | None = None,
    log_probability: ArrayLike | None = None,
    vocabulary: Sequence[str] | None = None,
    description: str = "",
    model: Mapping[str, Any] | None = None,
    corpus: Mapping[str, Any] | None = None,
    dtype: str | None = None,
    weights: str | Path | bytes | None = None,
    overwrite: bool = False,
    sequence_name: str = "sequence",
    opening_view: Mapping[str, str] | None = None,
    step: int | None = None,
    training: str = "",
    row_cache: bool = True,
) -> Recording:
    """Write a recording from arrays and open it.

    Parameters
    ----------
    path : path
        The recording's folder, which must not exist unless `overwrite`.
    name : str
        What a reader sees.
    tokens : sequence of str, or array-like of int, shape (n_positions,)
        Texts, or ids together with `vocabulary`.
    states : mapping of str to array-like of shape (n_positions, n_units)
        For example ``{"layer0.hidden": array}``; a reader is read in blocks. Of more axes, such as
        (n_positions, n_heads, width), it is stored flat, with its shape.
    sequence_starts : array-like of int, shape (n_sequences,), optional
        First position of each sequence. Default: one sequence.
    annotations : mapping of str to values, or DataFrame, optional
        One value per position: texts, booleans or a pandas Categorical become categorical, whole numbers
        integer, other numbers numeric.
    predictions : pair of array-likes of shape (n_positions, top_k), optional
        Token ids, the likeliest first, and their probabilities.
    targets : array-like of int, or sequence of str, shape (n_positions,), optional
        What was to be predicted at each position; -1 or None where nothing was.
    log_probability : array-like of shape (n_positions,), optional
        Natural logarithm of the target's predicted probability, NaN where there is none.
    vocabulary : sequence of str, optional
        Text of each token id. Default: the tokens in order of their first appearance.
    dtype : {"float16", "float32"}, optional
        In which the states are stored. Default: as they come, float64 as float32.
    description, model, corpus, weights, overwrite, sequence_name, opening_view, step, training,
    row_cache
        As in `RecordingWriter`.

    Raises
    ------
    ShapeError, ParameterError
        If the parts do not fit each other.
    RecordingWriteError
        If it cannot be written; nothing is left then.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tiny"
    >>> states = {"layer0.hidden": np.zeros((3, 2))}
    >>> recording = write_recording(path, name="tiny", tokens=list("aba"), states=states)
    >>> recording.n_positions, recording.vocabulary.tolist(), recording.token_ids.tolist()
    (3, ['a', 'b'], [0, 1, 0])
    """
    ids, vocabulary = _encode_tokens(tokens, vocabulary)
    n_positions = len(ids)
    if not isinstance(states, Mapping):
        raise ParameterError(
            f"states maps names to arrays, such as {{'layer0.hidden': array}}. Got {type(states).__name__}."
        )
    readers = {state: _as_blocks(values, state, n_positions) for state, values in states.items()}
    columns = annotation_values(annotations)
    flags = np.zeros(n_positions, dtype=bool)
    flags[as_sequence_starts(sequence_starts, n_positions=n_positions)] = True
    per_position = {
        "targets": None if targets is None else _encode_targets(targets, vocabulary),
        "log_probability": None
        if log_probability is None
        else as_array(log_probability, what="log_probability"),
        **{f"annotation '{column}'": values for column, values in columns.items()},
    }
    _check_lengths(per_position, n_positions)
    pair = None if predictions is None else tuple(_two_axes(part, n_positions) for part in predictions)
    writer = RecordingWriter(
        path,
        name=name,
        states={
            state: getattr(reader, "unit_shape", tuple(reader.shape[1:])) for state, reader in readers.items()
        },
        vocabulary=vocabulary,
        annotations={column: kind_of(values) for column, values in columns.items()},
        top_k=0 if pair is None else pair[0].shape[1],
        dtype=dtype,
        description=description,
        model=model,
        corpus=corpus,
        weights=weights,
        sequence_name=sequence_name,
        opening_view=opening_view,
        step=step,
        training=training,
        row_cache=row_cache,
        overwrite=overwrite,
    )
    with writer:
        for start in range(0, n_positions, ROWS_PER_GROUP):
            block = slice(start, min(start + ROWS_PER_GROUP, n_positions))
            writer.append(
                token_ids=ids[block],
                states={state: reader.read(block.start, block.stop) for state, reader in readers.items()},
                sequence_starts=flags[block],
                targets=_part(per_position["targets"], block),
                log_probability=_part(per_position["log_probability"], block),
                annotations={column: values[block] for column, values in columns.items()},
                predictions=None if pair is None else (pair[0][block], pair[1][block]),
            )
    return open_recording(path)


class _Blocks:
    """An array read in blocks, without the checks of `as_states`: the writer makes its own."""

    def __init__(self, values: NDArray) -> None:
        self._values, self.shape = values, values.shape

    def read(self, start: int, stop: int) -> NDArray:
        return self._values[start:stop]


def _as_blocks(values: ArrayLike | StateReader, state: str, n_positions: int) -> StateReader | _Blocks:
    is_reader = hasattr(values, "read") and hasattr(values, "shape")
    reader = values if is_reader else _Blocks(as_array(values, what=f"State '{state}'"))
    if len(reader.shape) < 2 or reader.shape[0] != n_positions:
        raise ShapeError(
            f"State '{state}' has one row for each of the {n_positions} tokens and one column for each unit. "
            f"Got shape {tuple(reader.shape)}."
        )
    return reader


def _encode_tokens(
    tokens: Sequence[str] | ArrayLike, vocabulary: Sequence[str] | None
) -> tuple[NDArray, list[str]]:
    values = np.asarray(tokens, dtype=object) if isinstance(tokens, list | tuple) else np.asarray(tokens)
    if values.ndim != 1 or len(values) == 0:
        raise ShapeError(
            f"tokens are a list with one token per position, at least one. Got shape {values.shape}."
        )
    if all(isinstance(token, str) for token in values):
        return _encode_texts(values, vocabulary)
    if vocabulary is None:
        position = next(place for place, token in enumerate(values) if not isinstance(token, str))
        raise ParameterError(
            "tokens are texts, or ids together with vocabulary=. Got ids without a vocabulary: "
            f"{values[position]!r} at position {position}."
        )
    return np.array(values.tolist()), check_vocabulary(vocabulary)


def _encode_texts(texts: NDArray, vocabulary: Sequence[str] | None) -> tuple[NDArray, list[str]]:
    if vocabulary is None:
        codes, found = pd.factorize(texts.astype(object))
        return codes, [str(text) for text in found]
    vocabulary = check_vocabulary(vocabulary)
    ids = ids_of_texts(vocabulary)
    codes = np.array([ids.get(text, -1) for text in texts.tolist()])
    if (codes < 0).any():
        position = int((codes < 0).argmax())
        raise ParameterError(
            f"The token {texts[position]!r} at position {position} is not in the vocabulary."
        )
    return codes, vocabulary


def _encode_targets(targets: ArrayLike, vocabulary: list[str]) -> NDArray:
    values = np.asarray(targets, dtype=object) if isinstance(targets, list | tuple) else np.asarray(targets)
    if not any(isinstance(target, str) for target in values):
        return np.array(values.tolist())
    ids: dict[Any, int] = {**ids_of_texts(vocabulary), None: -1}
    unknown = [target for target in values if target not in ids]
    if unknown:
        raise ParameterError(f"The target {unknown[0]!r} is not in the vocabulary.")
    return np.array([ids[target] for target in values])


def annotation_values(annotations: Mapping[str, Any] | pd.DataFrame | None) -> dict[str, Any]:
    """Values of each annotation by name, each one that can be cut into blocks."""
    if annotations is None:
        return {}
    if not isinstance(annotations, Mapping | pd.DataFrame):
        raise ParameterError(
            "annotations map names to values, such as {'pos': [...]}, or are a DataFrame. "
            f"Got {type(annotations).__name__}."
        )
    if isinstance(annotations, pd.DataFrame) and not annotations.columns.is_unique:
        twice = annotations.columns[annotations.columns.duplicated()][0]
        raise ParameterError(f"Annotations have a name each. Got two columns {twice!r}.")
    columns = {name: annotations[name] for name in annotations}
    return {
        name: values.array
        if isinstance(values, pd.Series)
        else values
        if hasattr(values, "dtype")
        else list(values)
        for name, values in columns.items()
    }


def _check_lengths(parts: Mapping[str, Any], n_positions: int) -> None:
    for what, values in parts.items():
        if values is not None and len(values) != n_positions:
            raise ShapeError(f"{what} has one value for each of the {n_positions} tokens. Got {len(values)}.")


def _two_axes(values: ArrayLike, n_positions: int) -> NDArray:
    array = as_array(values, what="predictions")
    if array.ndim != 2 or len(array) != n_positions:
        raise ShapeError(f"predictions have shape ({n_positions}, top_k). Got {array.shape}.")
    return array


def _part(values: Any, block: slice) -> Any:
    return None if values is None else values[block]
