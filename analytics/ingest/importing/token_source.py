"""Tokens as they come (texts, ids, a text file) to ids and a vocabulary, in blocks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.corpora.vocabulary import ids_of_texts
from analytics.errors import ParameterError, ShapeError, SourceFileError
from analytics.ingest.importing.id_codes import IdCodes, as_ids
from analytics.ingest.importing.plan import Rows
from analytics.ingest.importing.report import Notes, some_of
from analytics.ingest.lstmvis.dictionary_file import placeholder, read_dictionary

__all__ = [
    "BLOCK",
    "EncodedTokens",
    "TokenEncoder",
    "encode_array",
    "encode_texts",
    "read_vocabulary",
    "text_tokens",
]

BLOCK = 1 << 16
"""Tokens or values looked at at once before anything is written."""

MAX_VOCABULARY = 10_000_000
MAX_JSON_BYTES = 1 << 28


@dataclass(frozen=True, slots=True)
class EncodedTokens:
    """One id per position, and the text of each id."""

    ids: NDArray[np.int32]
    vocabulary: list[str]

    def read(self, start: int, stop: int) -> NDArray[np.int32]:
        """Ids of the positions [start, stop)."""
        return self.ids[start:stop]


class TokenEncoder:
    """Numbers tokens as they come, in order of their first appearance or as a vocabulary does.

    Parameters
    ----------
    vocabulary : sequence of str, optional
        Text of each id. Default: the tokens themselves.
    is_id : bool, default=False
        The tokens are ids of the vocabulary, not texts.
    what : str
        For sentences.
    """

    def __init__(self, vocabulary: Sequence[str] | None = None, *, is_id: bool = False, what: str) -> None:
        self._vocabulary, self.is_id, self._what = vocabulary, is_id, what
        self._codes = ids_of_texts(vocabulary or ())
        self._blocks: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]
        self.n_tokens = 0

    def add(self, tokens: Sequence[Any] | NDArray) -> None:
        """Take the next tokens.

        Raises
        ------
        ShapeError, ParameterError
            If one is not in the vocabulary, or no id.
        """
        if self.is_id:
            codes = self._ids(as_ids(np.asarray(tokens), what=self._what, start=self.n_tokens))
        elif self._vocabulary is None:
            codes = [self._codes.setdefault(text, len(self._codes)) for text in tokens]
        else:
            codes = [self._codes.get(text, -1) for text in tokens]
            if -1 in codes:
                place = codes.index(-1)
                raise ParameterError(
                    f"The token {tokens[place]!r:.80} at position {self.n_tokens + place} is not in "
                    "the vocabulary."
                )
        self._blocks.append(np.array(codes, dtype=np.int32))
        self.n_tokens += len(self._blocks[-1])

    def finish(self) -> EncodedTokens:
        """Return all of them."""
        vocabulary = list(self._codes) if self._vocabulary is None else list(self._vocabulary)
        return EncodedTokens(np.concatenate(self._blocks), vocabulary)

    def _ids(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        n_known = len(self._vocabulary or ())
        wrong = (ids < 0) | (ids >= n_known)
        if wrong.any():
            place = int(wrong.argmax())
            raise ParameterError(
                f"{self._what} has the id {ids[place]} at position {self.n_tokens + place}, and the "
                f"vocabulary has the ids 0 to {n_known - 1}."
            )
        return ids


def encode_texts(texts: Iterable[str], vocabulary: Sequence[str] | None = None) -> EncodedTokens:
    """Number texts in order of their first appearance, or as a vocabulary does.

    Raises
    ------
    ParameterError
        If one is not in the vocabulary.

    Examples
    --------
    >>> encoded = encode_texts(["a", "b", "a"])
    >>> encoded.ids.tolist(), encoded.vocabulary
    ([0, 1, 0], ['a', 'b'])
    """
    encoder = TokenEncoder(vocabulary, what="tokens")
    rest = iter(texts)
    while block := list(islice(rest, BLOCK)):
        encoder.add(block)
    return encoder.finish()


def encode_array(
    tokens: Rows, vocabulary: Sequence[str] | None, notes: Notes, *, what: str = "tokens"
) -> EncodedTokens:
    """Read a one-dimensional array of texts or ids.

    Ids without a vocabulary are shown as numbers, and that is told.

    Raises
    ------
    ShapeError, ParameterError
        If it holds neither, or an id that the vocabulary lacks.
    """
    if tokens.dtype.kind in "USO":
        return encode_texts(
            (_text(value) for block in _blocks(tokens) for value in block.tolist()), vocabulary
        )
    if tokens.dtype.kind not in "iuf":
        raise ShapeError(f"{what} holds texts or ids. Got {tokens.dtype}.")
    if vocabulary is None:
        return _numbered(tokens, notes, what)
    encoder = TokenEncoder(vocabulary, is_id=True, what=what)
    for block in _blocks(tokens):
        encoder.add(block)
    return encoder.finish()


def text_tokens(path: Path, *, n_wanted: set[int], notes: Notes) -> Callable[[], Iterator[str]]:
    """Return a way through the tokens of a text file: its lines, its words, or its letters.

    Whichever gives as many as there are rows of the states; that is told.

    Raises
    ------
    ShapeError
        If none does.
    """
    ways: dict[str, Callable[[], Iterator[str]]] = {
        "lines": lambda: (line.removesuffix("\n") for line in _lines(path)),
        "words": lambda: (word for line in _lines(path) for word in line.split()),
        "characters": lambda: (letter for line in _lines(path) for letter in line),
    }
    counts = {way: sum(1 for _ in read()) for way, read in ways.items()}
    for way, count in counts.items():
        if count in n_wanted:
            notes.add(
                f"{path.name} has {count:,} {way}, one for each row of the states: they are the tokens."
            )
            return ways[way]
    if counts["characters"] - 1 in n_wanted:
        notes.add(f"{path.name} ends with a line break that is no token: its characters are the tokens.")
        return lambda: islice(ways["characters"](), counts["characters"] - 1)
    raise ShapeError(
        f"{path.name} has {counts['lines']:,} lines, {counts['words']:,} words and {counts['characters']:,} "
        f"characters, and the states have {some_of(f'{n:,}' for n in sorted(n_wanted))} rows: one token is "
        "needed for each."
    )


def read_vocabulary(given: str | Path | Sequence[str] | Mapping[Any, Any], notes: Notes) -> list[str]:
    """Return a vocabulary that is a list, a mapping of texts and ids, or a file.

    A file of text has a token in each line; .json has a list or a mapping; .dict has a token and its id in
    each line. An id without a text is shown as its number.

    Raises
    ------
    SourceFileError, ParameterError
        If it cannot be read as one.
    """
    if isinstance(given, Mapping):
        return _from_mapping(given, notes)
    if not isinstance(given, str | Path):
        return [str(text) for text in given]
    path = Path(given)
    if path.suffix == ".dict":
        return _from_ids(read_dictionary(path, notes), notes)
    if path.suffix == ".json":
        found = _json(path)
        return _from_mapping(found, notes) if isinstance(found, dict) else [str(text) for text in found]
    return [line.removesuffix("\n") for line in _lines(path)]


def _numbered(tokens: Rows, notes: Notes, what: str) -> EncodedTokens:
    found: set[int] = set()
    blocks = [as_ids(block, what=what, start=number * BLOCK) for number, block in enumerate(_blocks(tokens))]
    for block in blocks:
        found.update(np.unique(block).tolist())
    codes = IdCodes(found)
    notes.add(f"{what} has ids and there is no vocabulary: they are shown as numbers.")
    ids = np.concatenate([codes.of(block).astype(np.int32) for block in blocks])
    return EncodedTokens(ids, [str(number) for number in codes.ids.tolist()])


def _blocks(rows: Rows) -> Iterator[NDArray]:
    for start in range(0, rows.shape[0], BLOCK):
        yield rows.read(start, min(start + BLOCK, rows.shape[0]))


def _from_mapping(given: Mapping[Any, Any], notes: Notes) -> list[str]:
    try:
        if all(isinstance(value, int | np.integer) for value in given.values()):
            return _from_ids({int(token_id): str(text) for text, token_id in given.items()}, notes)
        return _from_ids({int(token_id): str(text) for token_id, text in given.items()}, notes)
    except (TypeError, ValueError):
        raise ParameterError("A vocabulary maps texts to ids, or ids to texts. Got neither.") from None


def _from_ids(texts: Mapping[int, str], notes: Notes) -> list[str]:
    if not texts or min(texts) < 0 or max(texts) >= MAX_VOCABULARY:
        raise ParameterError(
            f"The ids of a vocabulary lie between 0 and {MAX_VOCABULARY:,}. Got "
            f"{f'{min(texts)} to {max(texts)}' if texts else 'none'}."
        )
    lacking = [token_id for token_id in range(max(texts) + 1) if token_id not in texts]
    if lacking:
        notes.add(f"The vocabulary has no text for {some_of(lacking)}: shown as {placeholder(lacking[0])}.")
    return [texts.get(token_id, placeholder(token_id)) for token_id in range(max(texts) + 1)]


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise SourceFileError(f"{path.name} is larger than {MAX_JSON_BYTES >> 20} MiB.")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SourceFileError(f"{path} cannot be read as JSON ({str(error)[:120]}).") from None
    if not isinstance(found, dict | list):
        raise SourceFileError(f"{path.name} holds a list or a mapping. Got a {type(found).__name__}.")
    return found


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from file
    except OSError as error:
        raise SourceFileError(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise SourceFileError(f"{path.name} is not UTF-8 text.") from None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
