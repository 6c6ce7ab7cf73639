"""Python source to a corpus of characters, each with what `tokenize` says of it.

A file that does not tokenize to its end (a template, Python 2, a bracket never closed) is read all the same:
from the place where it fails its characters have no label.
"""

from __future__ import annotations

import io
import keyword
import sysconfig
import token as token_types
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.corpora.corpus import Corpus
from analytics.corpora.text import file_annotation, join_sequences
from analytics.errors import ParameterError

__all__ = ["LIBRARY_PREFIX", "TOKEN_KINDS", "label_source", "python_files", "read_python"]

LIBRARY_PREFIX = "stdlib:"
"""``stdlib:json/*.py`` names files of the standard library that runs this."""

TOKEN_KINDS = (
    "keyword",
    "name",
    "number",
    "string",
    "operator",
    "comment",
    "newline",
    "white space",
    "other",
)
"""In the order to show them. `white space`: what lies between tokens, indentation too."""

_UNKNOWN = -1
_SPACE = TOKEN_KINDS.index("white space")
_IN_TEXT = ("code", "string", "comment")
_IN_TEXT_OF_KIND = np.array(
    [_IN_TEXT.index(kind) if kind in _IN_TEXT else 0 for kind in TOKEN_KINDS] + [_UNKNOWN], dtype=np.int8
)
"""By kind; the last place is that of unknown kinds, -1."""


def read_python(paths: str | Path | Iterable[str | Path], /, *, name: str | None = None) -> Corpus:
    """Read Python files by characters, a sequence per file.

    Parameters
    ----------
    paths : path, or several
        Files, folders (every ``*.py`` in and below them), or patterns after ``stdlib:``.
    name : str, optional
        Default: what was asked for.

    Returns
    -------
    Corpus
        Tabs and form feeds are kept, the ends of lines are ``\\n``. Its annotations:

        ===================  ================================================================
        `token kind`         one of `TOKEN_KINDS`
        `string or comment`  code, string or comment
        `bracket depth`      brackets open after this character, outside strings and comments
        `indentation`        levels of indentation of the line's statement
        `file`               its path below the folder of all, when there are several
        ===================  ================================================================

        From a place that does not tokenize on they are None or NaN.

    Raises
    ------
    ParameterError
        If there is no such file, or nothing in it.
    """
    files = python_files(paths)
    texts = {file: text for file in files if (text := _read(file))}
    if not texts:
        raise ParameterError(f"There is no Python source in {_asked(paths)}: the files are empty.")
    kinds, depths, levels = (
        np.concatenate(parts) for parts in zip(*map(label_source, texts.values()), strict=True)
    )
    tokens, starts = join_sequences(map(list, texts.values()))
    annotations: dict[str, pd.Categorical | NDArray] = {
        "token kind": pd.Categorical.from_codes(kinds, TOKEN_KINDS),
        "string or comment": pd.Categorical.from_codes(_IN_TEXT_OF_KIND[kinds], _IN_TEXT),
        "bracket depth": depths,
        "indentation": levels,
    }
    if len(texts) > 1:
        annotations["file"] = file_annotation(list(texts), list(map(len, texts.values())))
    return Corpus(name or _asked(paths), tokens, starts, annotations)


def python_files(paths: str | Path | Iterable[str | Path], /) -> list[Path]:
    """Return the files that paths, folders and ``stdlib:`` patterns name, each once, in order."""
    asked = [paths] if isinstance(paths, str | Path) else list(paths)
    found: dict[Path, None] = {}
    for path in map(str, asked):
        if path.startswith(LIBRARY_PREFIX):
            library = Path(sysconfig.get_path("stdlib"))
            here = sorted(library.glob(path.removeprefix(LIBRARY_PREFIX).lstrip("/") or "*.py"))
        else:
            here = sorted(Path(path).rglob("*.py")) if Path(path).is_dir() else [Path(path)]
        here = [file for file in here if file.is_file()]
        if not here:
            raise ParameterError(
                f"There is no Python file {path}. Name a file, a folder, or stdlib:json/*.py."
            )
        found |= dict.fromkeys(here)
    return list(found)


def label_source(text: str) -> tuple[NDArray[np.int8], NDArray[np.float32], NDArray[np.float32]]:
    """Label every character of a source.

    Returns
    -------
    kinds : ndarray of shape (n_characters,)
        Indices into `TOKEN_KINDS`, -1 from the place on that does not tokenize.
    depths, levels : ndarray of shape (n_characters,)
        Open brackets and levels of indentation; NaN there.

    Examples
    --------
    >>> kinds, depths, levels = label_source("if f(1):\\n  x  # no\\n")
    >>> "".join(TOKEN_KINDS[kind][0] for kind in kinds)
    'kkwnonoonwwnwwccccn'
    >>> depths[:9].astype(int).tolist(), levels.astype(int).tolist()
    ([0, 0, 0, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    """
    kinds = np.full(len(text), _UNKNOWN, dtype=np.int8)
    depths, levels = (np.full(len(text), np.nan, dtype=np.float32) for _ in range(2))
    line_starts = np.cumsum([0, *(len(line) for line in io.StringIO(text, newline="\n"))])
    reached, depth, level = 0, 0, 0
    for token in _tokens(text):
        start = min(int(line_starts[token.start[0] - 1]) + token.start[1], len(text))
        stop = min(int(line_starts[token.end[0] - 1]) + token.end[1], len(text))
        level += (token.type == token_types.INDENT) - (token.type == token_types.DEDENT)
        if stop <= max(reached, start) or token.type == token_types.INDENT:
            continue
        kinds[reached:start] = _SPACE
        depths[reached:start] = depth
        depth = max(depth + _step(token), 0)
        kinds[start:stop], depths[start:stop], levels[reached:stop] = _kind(token), depth, level
        reached = stop
    if not text[reached:].strip():
        kinds[reached:], depths[reached:], levels[reached:] = _SPACE, depth, level
    return kinds, depths, levels


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Tokens up to the place that does not tokenize."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline="\n").readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _step(token: tokenize.TokenInfo) -> int:
    if token.type != token_types.OP:
        return 0
    return (token.string in "([{") - (token.string in ")]}")


def _kind(token: tokenize.TokenInfo) -> int:
    if token.type == token_types.NAME:
        return TOKEN_KINDS.index("keyword" if keyword.iskeyword(token.string) else "name")
    if token.string.isspace() and token.type == token_types.ERRORTOKEN:
        return _SPACE
    name = token_types.tok_name[token.type]
    named = {"NUMBER": "number", "STRING": "string", "OP": "operator", "COMMENT": "comment"}
    named |= {"NEWLINE": "newline", "NL": "newline"}
    # Since Python 3.12 a formatted string is several tokens.
    return TOKEN_KINDS.index("string" if name.startswith("FSTRING") else named.get(name, "other"))


def _read(file: Path) -> str:
    """The text in the encoding that its first lines declare; what does not decode is shown as U+FFFD."""
    data = file.read_bytes()
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _asked(paths: str | Path | Iterable[str | Path]) -> str:
    return str(paths) if isinstance(paths, str | Path) else ", ".join(map(str, paths))
