"""What can be said of every token from the tokens alone: annotators, and those that come with the project.

====================  ===========  ==========================================================================
name                  kind         value
====================  ===========  ==========================================================================
part of speech        categorical  sixteen groups of the Penn tags, by a tagger of English (package textblob)
chunk                 categorical  NP, VP, PP, ADJP, ADVP or none, by the same
bracket depth         integer      brackets open after the token, of the kinds ( ) [ ] { } and -LRB- -RRB-
quotes                categorical  inside or outside double quotation marks; the marks are inside
sequence position     integer      index in the sequence, from 0
sequence share        numeric      the same as a share of the sequence: 0 at its first, 1 at its last token
word frequency rank   integer      1 for the most frequent token of the recording; equals by their spelling
word frequency        integer      how often the token occurs in the recording
token length          integer      in characters
====================  ===========  ==========================================================================

Brackets and quotation marks are counted anew in each sequence. A closing bracket without an opening one
changes nothing; a quotation that is not closed lasts to the sequence's end.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.corpora.dependencies import CHUNK_LABELS
from analytics.corpora.tagging import SPEECH_PART_LABELS, tag_words
from analytics.errors import ParameterError, ShapeError, UnknownNameError, nearest

__all__ = ["ANNOTATORS", "Annotator", "annotator", "as_annotator", "per_sequence", "per_token"]

Tokens = Sequence[str]
Starts = NDArray[np.int64]

_OPENING = {"(": ")", "[": "]", "{": "}", "-LRB-": "-RRB-", "-LSB-": "-RSB-", "-LCB-": "-RCB-"}
_CLOSING = frozenset(_OPENING.values())
_BRACKETS = frozenset("()[]{}")
_OPENS_QUOTE, _CLOSES_QUOTE = frozenset(("“", "„", "«", "``")), frozenset(("”", "»", "''"))
_TOGGLES_QUOTE = frozenset(('"',))


@dataclass(frozen=True, slots=True)
class Annotator:
    """Gives every token of a text a value."""

    values: Callable[[Tokens, Starts], Any]
    """From all tokens and the first position of each sequence to one value per token."""
    labels: tuple[str, ...] | None = None
    """Of a categorical annotation, in the order to show them."""


def annotator(name: str) -> Annotator:
    """An annotator that comes with the project.

    Parameters
    ----------
    name : str
        One of `ANNOTATORS`; the table is at the head of this module.

    Raises
    ------
    UnknownNameError
        If there is none of that name.

    Examples
    --------
    >>> annotator("bracket depth").values(["f", "(", "x", ")", "."], np.array([0]))
    [0, 1, 1, 0, 0]
    """
    if name not in _ANNOTATORS:
        raise UnknownNameError(f"There is no annotator {name!r}.{nearest(str(name), _ANNOTATORS)}")
    return _ANNOTATORS[name]


def per_token(function: Callable[[str], Any], /) -> Annotator:
    """An annotator from a function of one token, which is called once for each kind of token.

    Examples
    --------
    >>> per_token(str.isupper).values(["A", "b", "A"], np.array([0]))
    [True, False, True]
    """

    def values(tokens: Tokens, starts: Starts) -> list:
        found: dict[str, Any] = {}
        for token in tokens:
            if token not in found:
                found[token] = _single(function(token), token)
        return [found[token] for token in tokens]

    return Annotator(values)


def per_sequence(function: Callable[[list[str]], Iterable], /) -> Annotator:
    """An annotator from a function of all tokens of a sequence, which gives one value for each.

    Examples
    --------
    >>> per_sequence(lambda tokens: range(len(tokens))).values(["a", "b", "c"], np.array([0, 1]))
    [0, 0, 1]
    """

    def values(tokens: Tokens, starts: Starts) -> list:
        found: list = []
        for number, (start, stop) in enumerate(_borders(starts, len(tokens))):
            given = function(list(tokens[start:stop]))
            if isinstance(given, str) or not isinstance(given, Iterable):
                raise ParameterError(
                    "A function of a sequence gives a list with one value for each token. "
                    f"Got {type(given).__name__} for sequence {number}."
                )
            given = list(given)
            if len(given) != stop - start:
                raise ShapeError(
                    "A function of a sequence gives one value for each token. "
                    f"Got {len(given)} values for the {stop - start} tokens of sequence {number}."
                )
            found += given
        return found

    return Annotator(values)


def as_annotator(given: Annotator | Callable | str, /) -> Annotator:
    """An annotator, one by its name, or a function: of a sequence if its first parameter is called `tokens`.

    Examples
    --------
    >>> as_annotator(len).values(["a", "bcd"], np.array([0]))
    [1, 3]
    >>> as_annotator(lambda tokens: tokens[::-1]).values(["a", "bcd"], np.array([0]))
    ['bcd', 'a']
    """
    if isinstance(given, Annotator):
        return given
    if isinstance(given, str):
        return annotator(given)
    return per_sequence(given) if _first_parameter(given) == "tokens" else per_token(given)


def _first_parameter(function: Callable) -> str | None:
    try:
        return next(iter(inspect.signature(function).parameters), None)
    except (TypeError, ValueError):  # some functions written in C have no signature
        return None


def _single(value: Any, token: str) -> Any:
    if isinstance(value, list | tuple | dict | set | np.ndarray):
        raise ParameterError(
            f"A function of a token gives one text or number. Got {type(value).__name__} for {token!r}. A "
            "function of all tokens of a sequence has a parameter `tokens`, or is wrapped in per_sequence."
        )
    return value


def _borders(starts: Starts, n_tokens: int) -> Iterable[tuple[int, int]]:
    return pairwise([*np.asarray(starts).tolist(), n_tokens])


@lru_cache(maxsize=1)
def _tagged(tokens: tuple[str, ...], starts: tuple[int, ...]) -> tuple[list[str], list[str]]:
    """Both annotations of the tagger at once: they are asked for one after the other."""
    return tag_words(tokens, starts)


def _parts_of_speech(tokens: Tokens, starts: Starts) -> list[str]:
    return list(_tagged(tuple(tokens), tuple(starts))[0])


def _chunks(tokens: Tokens, starts: Starts) -> list[str]:
    return list(_tagged(tuple(tokens), tuple(starts))[1])


def _bracket_depth(tokens: list[str]) -> list[int]:
    depth, depths = 0, []
    for token in tokens:
        marks = (token,) if token in _OPENING or token in _CLOSING else token
        if len(marks) == 1 or _BRACKETS.issuperset(marks):
            for mark in marks:
                depth = depth + 1 if mark in _OPENING else max(0, depth - (mark in _CLOSING))
        depths.append(depth)
    return depths


def _quotes(tokens: list[str]) -> list[str]:
    is_inside, found = False, []
    for token in tokens:
        opens = token in _OPENS_QUOTE or (token in _TOGGLES_QUOTE and not is_inside)
        closes = is_inside and (token in _CLOSES_QUOTE or token in _TOGGLES_QUOTE)
        is_inside = opens or (is_inside and not closes)
        found.append("inside" if is_inside or closes else "outside")
    return found


def _sequence_share(tokens: list[str]) -> NDArray[np.float64]:
    return np.arange(len(tokens)) / max(1, len(tokens) - 1)


def _frequency(tokens: Tokens, starts: Starts) -> list[int]:
    counts = Counter(tokens)
    return [counts[token] for token in tokens]


def _frequency_rank(tokens: Tokens, starts: Starts) -> list[int]:
    counts = Counter(tokens)
    order = sorted(counts, key=lambda token: (-counts[token], token))
    ranks = {token: rank for rank, token in enumerate(order, start=1)}
    return [ranks[token] for token in tokens]


_ANNOTATORS = {
    "part of speech": Annotator(_parts_of_speech, labels=SPEECH_PART_LABELS),
    "chunk": Annotator(_chunks, labels=CHUNK_LABELS),
    "bracket depth": per_sequence(_bracket_depth),
    "quotes": Annotator(per_sequence(_quotes).values, labels=("outside", "inside")),
    "sequence position": per_sequence(lambda tokens: range(len(tokens))),
    "sequence share": per_sequence(_sequence_share),
    "word frequency rank": Annotator(_frequency_rank),
    "word frequency": Annotator(_frequency),
    "token length": per_token(len),
}

ANNOTATORS = tuple(_ANNOTATORS)
"""Names for `annotator`."""
