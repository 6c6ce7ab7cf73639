"""Arrays on disk to a recording: .npz, .npy, .safetensors and HDF5, states by key, in blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.arrays import as_array
from analytics.errors import ParameterError, ShapeError, UnknownNameError, nearest
from analytics.ingest.arrays.array_files import ArrayFiles, ArraySource
from analytics.ingest.arrays.array_roles import (
    annotations_among,
    possible_lengths,
    sequence_starts_among,
    states_among,
)
from analytics.ingest.importing.plan import ImportPlan, Progress, write_plan
from analytics.ingest.importing.report import ImportReport, Notes
from analytics.ingest.importing.token_source import (
    EncodedTokens,
    encode_array,
    encode_texts,
    read_vocabulary,
    text_tokens,
)

__all__ = ["import_arrays"]

TOKEN_KEYS = (
    "tokens", "token", "token_ids", "words", "word_ids", "input_ids", "ids", "texts", "text", "characters",
)  # fmt: skip
VOCABULARY_KEYS = ("vocabulary", "vocab", "itos", "id2word", "id_to_word")


def import_arrays(
    source: str | Path | Sequence[str | Path],
    path: str | Path,
    /,
    *,
    tokens: str | Path | Sequence[str] | ArrayLike | None = None,
    states: Sequence[str] | Mapping[str, str] | None = None,
    vocabulary: str | Path | Sequence[str] | Mapping[Any, Any] | None = None,
    sequence_starts: str | ArrayLike | None = None,
    annotations: Sequence[str] | None = None,
    name: str | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> ImportReport:
    """Write arrays of a .npz, .npy, .safetensors or HDF5 file as a recording.

    The files are read in blocks and may be larger than memory; packed .npz files too. Nothing is unpickled.
    An array of shape ``(n_positions, n_units)`` is a state; of ``(a, b, n_units)`` with ``a * b`` tokens its
    first two axes are the positions; any other axes behind the positions are a matrix at each position.

    Parameters
    ----------
    source : path, or list of paths
        Keys of several files are one name space; a .npy file's key is its name.
    path : path
        The recording's folder, which must not exist unless `overwrite`.
    tokens : str, path, or sequence, optional
        The key of an array of texts or ids, or a text file (whose lines, words or characters are as many as
        the states' rows), or the tokens. With two axes, each row is a sequence. Default: the array called
        `tokens`, `words`, `ids`, ...
    states : list of str, or mapping of str to str, optional
        Keys; a mapping gives names: ``{"layer0.hidden": "h"}``. Default: every array of floats that has a row
        for each token.
    vocabulary : list, mapping, str or path, optional
        For ids: the text of each, or a key, or a file with one in each line (.txt), a list or mapping
        (.json), or lines of a word and its id (.dict).
    sequence_starts : array-like of int, or str, optional
        First position of each sequence, or the key of an array with that, with the sequences' lengths, or
        with a number of its sequence for each position.
    annotations : list of str, optional
        Keys. Default: every other array with one number or text for each token.
    name : str, optional
        What a reader sees. Default: the folder's name.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of positions.
    **options
        For `RecordingWriter`: `description`, `dtype`, `overwrite`, ...

    Returns
    -------
    ImportReport
        The recording, and a sentence for everything that was guessed, changed or left out.

    Raises
    ------
    SourceFileError
        If a file cannot be read, is of another format, or is a pickle: the sentence says how to convert it.
    ParameterError, ShapeError, UnknownNameError
        If tokens, states and their shapes do not fit each other, or a state holds NaN.
    RecordingWriteError
        If the recording cannot be written. Nothing is left then.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> folder = Path(tempfile.mkdtemp())
    >>> np.savez(folder / "run.npz", hidden=np.zeros((3, 2), dtype="f4"), tokens=np.array(["a", "b", "a"]))
    >>> report = import_arrays(folder / "run.npz", folder / "mine")
    >>> report.recording.state_names, report.recording.token_texts(0, 3)
    (('hidden',), ['a', 'b', 'a'])
    >>> report.notes
    ("The array 'tokens' holds the tokens.",)
    """
    notes = Notes()
    with ArrayFiles(_paths(source), notes) as files:
        arrays = dict(files.arrays)
        encoded, row_length = _tokens(arrays, tokens, vocabulary, notes)
        n_positions = len(encoded.ids)
        starts = sequence_starts_among(
            arrays, sequence_starts, n_positions=n_positions, row_length=row_length, notes=notes
        )
        rows = states_among(arrays, states, n_positions=n_positions, notes=notes)
        others = _without_states(arrays, states, annotations)
        plan = ImportPlan(
            n_positions=n_positions,
            vocabulary=encoded.vocabulary,
            token_ids=encoded.read,
            states=rows,
            sequence_starts=starts,
            annotations=annotations_among(others, annotations, n_positions=n_positions, notes=notes),
        )
        recording = write_plan(plan, path, name=name or Path(path).name, progress=progress, options=options)
    return ImportReport(recording, notes.sentences())


def _without_states(
    arrays: Mapping[str, ArraySource],
    states: Sequence[str] | Mapping[str, str] | None,
    annotations: Sequence[str] | None,
) -> dict[str, ArraySource]:
    """The arrays that may be annotations."""
    used = set(states.values() if isinstance(states, Mapping) else states or ()) - set(annotations or ())
    return {
        key: array
        for key, array in arrays.items()
        if key in (annotations or ())
        or (key not in used and not (states is None and array.dtype.kind == "f" and len(array.shape) >= 2))
    }


def _paths(source: str | Path | Sequence[str | Path]) -> list[Path]:
    paths = [Path(source)] if isinstance(source, str | Path) else [Path(place) for place in source]
    if not paths:
        raise ParameterError("Name a file to import. Got none.")
    return paths


def _tokens(
    arrays: dict[str, ArraySource], tokens: Any, vocabulary: Any, notes: Notes
) -> tuple[EncodedTokens, int | None]:
    """Take the tokens, and the vocabulary, out of the arrays."""
    key = _token_key(arrays, tokens, notes)
    if key is not None:
        rows = arrays.pop(key)
        shape = rows.shape
        if len(shape) not in (1, 2) or 0 in shape:
            raise ShapeError(f"The tokens in '{key}' have one or two axes. Got shape {shape}.")
        row_length = shape[1] if len(shape) == 2 and min(shape) > 1 else None
        rows = rows.flattened() if len(shape) == 2 else rows
        texts = _vocabulary(arrays, vocabulary, notes, is_guessed=rows.dtype.kind in "iuf")
        return encode_array(rows, texts, notes, what=f"'{key}'"), row_length
    texts = _vocabulary(arrays, vocabulary, notes, is_guessed=False)
    if isinstance(tokens, str | Path):
        read = text_tokens(Path(tokens), n_wanted=possible_lengths(arrays), notes=notes)
        return encode_texts(read(), texts), None
    is_list = isinstance(tokens, list | tuple) and all(isinstance(token, str) for token in tokens)
    given = np.array(tokens, dtype=object) if is_list else as_array(tokens, what="tokens")
    if given.ndim not in (1, 2) or given.size == 0:
        raise ShapeError(f"tokens have one axis, or two: sequences and steps. Got shape {given.shape}.")
    row_length = given.shape[1] if given.ndim == 2 and min(given.shape) > 1 else None
    if given.dtype.kind in "iu" and texts is None:
        texts = _vocabulary(arrays, None, notes, is_guessed=True)
    return encode_array(_Given(given.ravel()), texts, notes), row_length


class _Given:
    """Tokens in memory."""

    def __init__(self, values: Any) -> None:
        self._values, self.shape, self.dtype = values, values.shape, values.dtype

    def read(self, start: int, stop: int) -> Any:
        return self._values[start:stop]


def _token_key(arrays: Mapping[str, ArraySource], tokens: Any, notes: Notes) -> str | None:
    if tokens is None:
        for key in TOKEN_KEYS:
            if key in arrays:
                notes.add(f"The array '{key}' holds the tokens.")
                return key
        raise ParameterError(
            "Which tokens belong to the states? Name an array or a text file with tokens=. There are the "
            f"arrays {', '.join(list(arrays)[:8]) or 'none'}."
        )
    if not isinstance(tokens, str | Path):
        return None
    if str(tokens) in arrays:
        return str(tokens)
    if not Path(tokens).is_file():
        hint = nearest(str(tokens), arrays)
        raise UnknownNameError(f"There is neither an array nor a text file '{tokens}'.{hint}")
    return None


def _vocabulary(
    arrays: dict[str, ArraySource], given: Any, notes: Notes, *, is_guessed: bool
) -> list[str] | None:
    if given is None:
        key = next((key for key in VOCABULARY_KEYS if key in arrays), None) if is_guessed else None
        if key is None or arrays[key].dtype.kind not in "USO" or len(arrays[key].shape) != 1:
            return None
        notes.add(f"The array '{key}' holds the text of each id.")
    elif isinstance(given, str) and given in arrays:
        key = given
    else:
        return read_vocabulary(given, notes)
    rows = arrays.pop(key)
    if rows.dtype.kind not in "USO" or len(rows.shape) != 1:
        raise ShapeError(
            f"The vocabulary '{key}' is a list of texts. Got {rows.dtype} of shape {rows.shape}."
        )
    return [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for value in rows.read(0, rows.shape[0]).tolist()
    ]
