"""Plain text files to a corpus: by word, by character or by byte, a sequence per line, paragraph or file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.corpora.corpus import Corpus
from analytics.corpora.words import BYTE_TEXTS, check_unit, text_tokens
from analytics.errors import ParameterError

__all__ = [
    "SEQUENCES_OF_TEXT",
    "as_paths",
    "file_annotation",
    "join_sequences",
    "read_characters",
    "read_text",
]

SEQUENCES_OF_TEXT = ("line", "paragraph", "file")

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


def read_text(
    paths: str | Path | Iterable[str | Path],
    /,
    *,
    by: str = "word",
    sequences: str = "line",
    lower: bool = False,
    name: str | None = None,
) -> Corpus:
    """Read text files into one corpus.

    Parameters
    ----------
    paths : path, or several
        UTF-8, except by byte; a byte order mark is left out, the ends of lines become ``\\n``.
    by : {"word", "space", "char", "byte"}, default="word"
        The rules stand in `analytics.corpora.words`. By character and by byte nothing is left out: the tokens
        joined are the file; by word and by space white space is not among the tokens.
    sequences : {"line", "paragraph", "file"}, default="line"
        What becomes a sequence: each line, the lines between two blank ones, each file. A piece without
        tokens is no sequence.
    lower : bool, default=False
        Make the tokens lower-case; by byte the ASCII letters.
    name : str, optional
        Default: the names of the files.

    Returns
    -------
    Corpus
        With the annotation `file` when there are several.

    Raises
    ------
    ParameterError
        If a file is not there, is not UTF-8, or there is no token in it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tiny.txt"
    >>> _ = path.write_text("The cat.\\n\\nIt sat.\\n")
    >>> corpus = read_text(path, lower=True)
    >>> corpus.tokens, corpus.sequence_starts.tolist()
    (['the', 'cat', '.', 'it', 'sat', '.'], [0, 3])
    >>> "".join(read_text(path, by="char").tokens)
    'The cat.\\n\\nIt sat.\\n'
    """
    check_unit(by)
    if sequences not in SEQUENCES_OF_TEXT:
        raise ParameterError(
            f"A sequence is one of {', '.join(SEQUENCES_OF_TEXT)} of the text. Got {sequences!r}."
        )
    files = as_paths(paths, what="text file")
    found = [list(_file_sequences(file, by=by, sequences=sequences, lower=lower)) for file in files]
    for file, pieces in zip(files, found, strict=True):
        if not pieces:
            raise ParameterError(f"{file} holds no token: it is empty, or all white space.")
    annotations = {}
    if len(files) > 1:
        annotations["file"] = file_annotation(files, [sum(map(len, pieces)) for pieces in found])
    tokens, starts = join_sequences(piece for pieces in found for piece in pieces)
    return Corpus(name or ", ".join(file.stem for file in files), tokens, starts, annotations)


def file_annotation(files: Sequence[Path], lengths: Sequence[int]) -> pd.Categorical:
    """Return the file of each token, by its path below the folder that holds all of them.

    Examples
    --------
    >>> files = [Path("/books/a/one.txt"), Path("/books/two.txt")]
    >>> list(file_annotation(files, [2, 1]))
    ['a/one.txt', 'a/one.txt', 'two.txt']
    """
    paths = [os.path.abspath(file) for file in files]
    above = os.path.commonpath([os.path.dirname(path) for path in paths])
    names = [Path(os.path.relpath(path, above)).as_posix() for path in paths]
    labels = list(dict.fromkeys(names))
    codes = np.repeat([labels.index(name) for name in names], lengths)
    return pd.Categorical.from_codes(codes, labels)


def as_paths(paths: str | Path | Iterable[str | Path], *, what: str) -> list[Path]:
    """Return one or several paths as a list, or refuse what is no file that can be read."""
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if not files:
        raise ParameterError(f"At least one {what} is needed. Got none.")
    for file in files:
        if not file.is_file():
            kind = "is a folder" if file.is_dir() else "is not there"
            raise ParameterError(f"The {what} {file} {kind}. Name a file.")
    return files


def read_characters(file: Path) -> str:
    """Return the text of a UTF-8 file: no byte order mark, lines that end with ``\\n``.

    Raises
    ------
    ParameterError
        If it is not UTF-8; the sentence says where.
    """
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ParameterError(
            f"{file} is not UTF-8: byte 0x{data[error.start]:02x} in line {line}. Convert it, for example: "
            f"iconv -f LATIN1 -t UTF-8 '{file}' -o NEW, or read it by byte."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def join_sequences(sequences: Iterable[list[str]]) -> tuple[list[str], np.ndarray]:
    """Return the tokens of all sequences one after the other, and where each starts.

    Examples
    --------
    >>> tokens, starts = join_sequences([["a", "b"], ["c"]])
    >>> tokens, starts.tolist()
    (['a', 'b', 'c'], [0, 2])
    """
    tokens: list[str] = []
    starts: list[int] = []
    for sequence in sequences:
        starts.append(len(tokens))
        tokens += sequence
    return tokens, np.array(starts, dtype=np.int64)


def _file_sequences(file: Path, *, by: str, sequences: str, lower: bool) -> Iterator[list[str]]:
    data = file.read_bytes() if by == "byte" else read_characters(file).encode()
    borders = [*_starts(data, sequences), len(data)]
    for start, stop in pairwise(borders):
        piece = data[start:stop]
        if by == "byte":
            tokens = [BYTE_TEXTS[byte] for byte in (piece.lower() if lower else piece)]
        else:
            tokens = text_tokens(piece.decode(), by=by, lower=lower)
        if tokens:
            yield tokens


def _starts(data: bytes, sequences: str) -> list[int]:
    """Where the pieces begin. White lines belong to the piece before them, the first to the first."""
    starts, has_text, after_blank = [0], False, False
    for line in _LINE.finditer(data) if sequences != "file" else ():
        blank = line[0].isspace()
        if has_text and not blank and (sequences == "line" or after_blank):
            starts.append(line.start())
        has_text, after_blank = has_text or not blank, blank
    return starts
