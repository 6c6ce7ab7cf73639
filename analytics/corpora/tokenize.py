"""Early modern English to tokens, in the manner of the Penn Treebank.

Differences: the past tense of verse stays one word (`appear'd`), because the `'d` that stands for
*would* only follows a pronoun; hyphens stay inside words (`to-night`).
"""

from __future__ import annotations

import re

__all__ = ["tokenize"]

_SHORTENED = frozenset(
    (
        *("'em", "'gainst", "'twixt", "'scape", "'scaped", "'scapes", "'mongst", "'fore", "'faith"),
        *("'tween", "'bout", "'zounds", "'sblood", "'oman", "'rt", "'cause", "'larum", "'stead"),
        *("'bove", "'long", "'pothecary"),
    )
)
"""Words that begin with an apostrophe; before any other word it is a quotation mark."""

_CLIPPED = frozenset(["o'", "i'", "a'", "ha'", "th'", "wi'", "t'"])
"""Words that end with an apostrophe; after any other word it is a possessive or a quotation mark."""

_PIECES = re.compile(r"--+|\.\.\.|'?[^\W_]+(?:['-][^\W_]+)*'?|[^\w\s]|_", re.UNICODE)
_IT = re.compile(r"'t(?=(?:is|was|were|will|would|shall|should|has|had)(?:n't)?$)", re.IGNORECASE)
_NOT = re.compile(
    r"^(do|does|did|ca|could|wo|would|sha|should|is|are|was|were|has|have|had|may|must|need|dare)(n't)$",
    re.IGNORECASE,
)
_ENDINGS = re.compile(r"^(.+)('s|'ll|'re|'ve|'m|'t)$", re.IGNORECASE)
_WOULD = re.compile(
    r"^(i|you|he|she|it|we|they|thou|who|that|there)('d|'ld|'ldst|'dst|'rt|'st|'lt)$", re.IGNORECASE
)


def tokenize(text: str) -> list[str]:
    """Split a line into words and punctuation marks.

    Examples
    --------
    >>> tokenize("'Tis now struck twelve; get thee to bed.")
    ["'T", 'is', 'now', 'struck', 'twelve', ';', 'get', 'thee', 'to', 'bed', '.']
    >>> tokenize("I'll not, for he's dead o' the lovers' plague; it appear'd to-night,--")
    ... # doctest: +NORMALIZE_WHITESPACE
    ['I', "'ll", 'not', ',', 'for', 'he', "'s", 'dead', "o'", 'the', 'lovers', "'", 'plague', ';',
     'it', "appear'd", 'to-night', ',', '--']
    """
    plain = text.replace("—", "--").replace("’", "'").replace("‘", "'")
    return [token for piece in _PIECES.findall(plain) for token in _split(piece)]


def _split(piece: str) -> list[str]:
    lower = piece.lower()
    if "'" not in piece or lower in _SHORTENED or lower in _CLIPPED or piece == "'":
        return [piece]
    if piece.endswith("'"):
        return [*_split(piece[:-1]), "'"]
    if _IT.match(piece):
        return [piece[:2], *_split(piece[2:])]
    if piece.startswith("'"):
        return [piece] if lower in ("'t", "'s", "'ll", "'d") else ["'", *_split(piece[1:])]
    for rule in (_WOULD, _NOT, _ENDINGS):
        if found := rule.match(piece):
            return [*_split(found[1]), found[2]]
    return [piece]
