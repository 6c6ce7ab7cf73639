"""Text to tokens by one of four rules, each simple enough to be predicted.

=========  =================================================================================================
`word`     a run of letters, digits and underscores is a word, with apostrophes, hyphens and points inside it
           (`don't`, `e-mail`, `3.14`); `<unk>` and its like are one token; every other character that is not
           white space stands alone
`space`    what white space parts, for text that is tokenised already
`char`     every character, white space included: the tokens joined are the text
`byte`     every byte of the file, whatever its encoding
=========  =================================================================================================
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

from analytics.errors import ParameterError

__all__ = ["BYTE_TEXTS", "UNITS_OF_TEXT", "check_unit", "text_tokens"]

UNITS_OF_TEXT = ("word", "space", "char", "byte")

BYTE_TEXTS = tuple(chr(byte) if byte < 128 else f"\\x{byte:02x}" for byte in range(256))
"""How each byte is shown: as its character where it is ASCII, else as `\\xe9`."""

_JOINERS = "\u200c\u200d"
"""Zero-width characters that write Persian and Indic words, and join emoji."""


def check_unit(by: str) -> str:
    """Return `by`, or refuse what is not one of `UNITS_OF_TEXT`."""
    if by not in UNITS_OF_TEXT:
        raise ParameterError(f"Text is read by {', '.join(UNITS_OF_TEXT)}. Got {by!r}.")
    return by


def text_tokens(text: str, *, by: str = "word", lower: bool = False) -> list[str]:
    """Split a text into tokens.

    Parameters
    ----------
    text : str
    by : {"word", "space", "char", "byte"}, default="word"
        As told above; of a str, the bytes of its UTF-8.
    lower : bool, default=False
        Make the tokens lower-case, each for itself.

    Examples
    --------
    >>> text_tokens("Don't e-mail <unk> 3.14 times, naïve_1!")
    ["Don't", 'e-mail', '<unk>', '3.14', 'times', ',', 'naïve_1', '!']
    >>> text_tokens("“Well...” -- he said", lower=True)
    ['“', 'well', '.', '.', '.', '”', '-', '-', 'he', 'said']
    >>> text_tokens("Don't stop .", by="space"), text_tokens("A b", by="char", lower=True)
    (["Don't", 'stop', '.'], ['a', ' ', 'b'])
    >>> print(*text_tokens("né", by="byte"))
    n \\xc3 \\xa9
    """
    if check_unit(by) == "byte":
        data = text.encode()
        return [BYTE_TEXTS[byte] for byte in (data.lower() if lower else data)]
    tokens = list(text) if by == "char" else text.split() if by == "space" else _words().findall(text)
    return [sys.intern(token.lower() if lower else token) for token in tokens]


@cache
def _words() -> re.Pattern[str]:
    """The rule of `word`. A combining mark belongs to the character that it is written on."""
    codes = range(0x300, 0x10000)
    marks = "".join(chr(code) for code in codes if unicodedata.category(chr(code)) in ("Mn", "Mc"))
    letter = rf"\w[{marks}{_JOINERS}]*"
    return re.compile(rf"<\w+>|(?:{letter})+(?:['’.-](?:{letter})+)*|[^\w\s][{marks}{_JOINERS}]*")
