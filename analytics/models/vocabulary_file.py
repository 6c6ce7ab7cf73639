r"""A vocabulary as a text file: a token a line, in the order of ids.

A backslash is written ``\\``; a character that ends a line, ``\n``, ``\r`` or ``\u2028`` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from analytics.errors import AnalyticsError

__all__ = ["read_vocabulary", "vocabulary_text"]

_SHORT = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_LONG = {"\\" + written[1]: character for character, written in _SHORT.items()}
_ENDS_LINE = re.compile("[\\\\\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_WRITTEN = re.compile(r"\\(?:u[0-9a-f]{4}|.)", re.DOTALL)


def vocabulary_text(vocabulary: Sequence[str]) -> str:
    r"""Return the content of the file.

    Examples
    --------
    >>> print(vocabulary_text(["a", "\n", "\\", "\u2028"]))
    a
    \n
    \\
    \u2028
    <BLANKLINE>
    """
    return "".join(f"{_ENDS_LINE.sub(_write, token)}\n" for token in vocabulary)


def read_vocabulary(file: Path) -> list[str]:
    """Read it back.

    Raises
    ------
    AnalyticsError
        If it is not there, is not UTF-8, or holds nothing.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise AnalyticsError(f"There is no vocabulary {file}. It has a token a line.") from None
    except UnicodeDecodeError as error:
        raise AnalyticsError(f"The vocabulary {file} is not UTF-8: byte {error.start}. Convert it.") from None
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        raise AnalyticsError(f"The vocabulary {file} is empty. It has a token a line.")
    return [_WRITTEN.sub(_read, line) for line in lines]


def _write(found: re.Match[str]) -> str:
    return _SHORT.get(found[0], f"\\u{ord(found[0]):04x}")


def _read(found: re.Match[str]) -> str:
    """What is not one of our escapes stands for itself: vocabularies of others have backslashes too."""
    written = found[0]
    if len(written) == 6:
        return chr(int(written[2:], 16))
    return _LONG.get(written, written)
