"""Typed text to the tokens of a network: as its training text was read, nothing left out or replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.corpora.plays import LINE
from analytics.corpora.reading import known_reading
from analytics.corpora.tokenize import tokenize
from analytics.corpora.vocabulary import UNKNOWN, ids_of_texts
from analytics.corpora.words import text_tokens
from analytics.errors import ParameterError, UnknownNameError

__all__ = ["MAX_WORDS", "LiveTokens", "Tokeniser"]

MAX_WORDS = 1000
"""Tokens of one text: more than a reader compares, and run in half a second."""

MAX_CHARACTERS = 100_000
"""Of a text, looked at before it is cut."""

_SHORTEN = "take a part of it, or record the whole with analytics.record"
_PLAYS = "early modern English"
_MARK = re.compile(r"<[^<>\s]+>|\\x[89a-f][0-9a-f]")
"""Entries of a vocabulary that are typed literally, wherever they stand: `<unk>`, bytes as they are shown."""


@dataclass(frozen=True, slots=True)
class LiveTokens:
    """A text as a network reads it."""

    tokens: tuple[str, ...]
    """As understood: in the case that the network reads; unknown words as they were typed."""
    ids: NDArray[np.int64]
    """Id of each, shape (n_tokens,); that of `<unk>` for unknown ones."""
    unknown: NDArray[np.bool_]
    """Whether each is outside the vocabulary, shape (n_tokens,)."""
    how: str
    """How the text was cut, for a reader."""
    joint: str
    """What joins the tokens to a text that is cut into the same tokens."""

    def __len__(self) -> int:
        return len(self.tokens)


class Tokeniser:
    """The rule by which typed text is cut, and the ids of its tokens.

    Parameters
    ----------
    vocabulary : sequence of str
        Text of each id.
    facts : mapping
        Of the network: `reading` or `tokenisation` say how its training text was read. Where they do not:
        by single characters if every entry of the vocabulary is one, else at white space.

    Examples
    --------
    >>> tokeniser = Tokeniser(["<unk>", "a", "cat"], {"reading": {"by": "word", "lower": True}})
    >>> found = tokeniser.tokenise("A cat!")
    >>> found.tokens, found.ids.tolist(), found.unknown.tolist()
    (('a', 'cat', '!'), [1, 2, 0], [False, False, True])
    """

    def __init__(self, vocabulary: Sequence[str], facts: Mapping[str, Any]) -> None:
        self._ids = ids_of_texts(vocabulary)
        self._unknown = self._ids.get(UNKNOWN)
        marks = sorted((token for token in self._ids if _MARK.fullmatch(token)), key=len, reverse=True)
        self._marks = re.compile(f"({'|'.join(map(re.escape, marks))})") if marks else None
        self._cut, self.how, self.joint = self._rule(facts)

    def tokenise(self, text: str) -> LiveTokens:
        """Cut a text and look its tokens up.

        Raises
        ------
        ParameterError
            If there is no token in it, more than `MAX_WORDS`, or half a character.
        UnknownNameError
            If a token is unknown to a vocabulary without `<unk>`.
        """
        if not isinstance(text, str):
            raise ParameterError(f"A network reads text. Got {type(text).__name__}.")
        if len(text) > MAX_CHARACTERS:
            raise ParameterError(
                f"A text to run has at most {MAX_WORDS:,} words. Got {len(text):,} characters: {_SHORTEN}."
            )
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ParameterError("The text holds half a character (a lone surrogate). Type it again.")
        return self.encode(self._cut(text))

    def encode(self, tokens: Sequence[str]) -> LiveTokens:
        """Look up tokens that are cut already."""
        tokens = tuple(tokens)
        if not tokens:
            raise ParameterError("There is no word in the text. Type at least one.")
        if len(tokens) > MAX_WORDS:
            raise ParameterError(
                f"A text to run has at most {MAX_WORDS:,} words. Got {len(tokens):,}, read {self.how}: "
                f"{_SHORTEN}."
            )
        unknown = np.array([token not in self._ids for token in tokens])
        if self._unknown is None and unknown.any():
            place = int(unknown.argmax())
            raise UnknownNameError(
                f"The network does not know {tokens[place]!r} (word {place + 1}), and its vocabulary has no "
                f"{UNKNOWN} for it. The text is read {self.how}."
            )
        ids = np.array([self._ids.get(token, self._unknown) for token in tokens], dtype=np.int64)
        return LiveTokens(tokens, _frozen(ids), _frozen(unknown), self.how, self.joint)

    def _rule(self, facts: Mapping[str, Any]) -> tuple[Callable[[str], list[str]], str, str]:
        """How a text is cut, the words for it, and what joins tokens."""
        reading = known_reading(facts)
        if reading is None:
            return self._guess()
        lower = ", lower-case" if reading.lower else ""
        if (facts.get("tokenisation") or {}).get("method") == _PLAYS and "reading" not in facts:
            return self._by_play(lower=reading.lower), f"by word, as {_PLAYS} is{lower}", " "
        by, is_lower = reading.by, reading.lower
        if by == "space":
            return lambda text: text_tokens(text, by=by, lower=is_lower), f"at white space{lower}", " "
        if by == "word":
            return (
                self._by_piece(lambda piece: text_tokens(piece, lower=is_lower), lower=is_lower),
                (f"by word{lower}"),
                " ",
            )
        return (
            self._marked(lambda text: text_tokens(text, by=by, lower=is_lower)),
            (f"by {'character' if by == 'char' else 'byte'}{lower}"),
            "",
        )

    def _guess(self) -> tuple[Callable[[str], list[str]], str, str]:
        plain = [token for token in self._ids if not _MARK.fullmatch(token)]
        if not plain or any(len(token) != 1 for token in plain):
            return str.split, "at white space", " "
        if any(token.isspace() for token in plain):
            return self._marked(list), "by character", ""
        # White space that the vocabulary does not have can only be there to part what it has.
        return (
            self._marked(lambda text: list("".join(text.split()))),
            "by character, without white space",
            " ",
        )

    def _by_play(self, *, lower: bool) -> Callable[[str], list[str]]:
        """As `analytics.corpora.plays` reads a speech: a mark between its lines."""

        def words(piece: str) -> list[str]:
            return [token.lower() if lower else token for token in tokenize(piece)]

        of_line = self._by_piece(words, lower=lower)

        def cut(text: str) -> list[str]:
            lines = [found for found in map(of_line, text.splitlines()) if found]
            return [token for number, line in enumerate(lines) for token in ([LINE] * (number > 0) + line)]

        return cut

    def _by_piece(self, words: Callable[[str], list[str]], *, lower: bool) -> Callable[[str], list[str]]:
        """White space parts a text first: a piece that is a token already stays one."""

        def cut(text: str) -> list[str]:
            found: list[str] = []
            for piece in text.split():
                typed = piece.lower() if lower else piece
                if piece in self._ids:
                    found.append(piece)
                else:
                    found += [typed] if typed in self._ids else words(piece)
            return found

        return self._marked(cut)

    def _marked(self, cut: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
        """Cut around the marks of the vocabulary, which are tokens as they stand."""
        marks = self._marks
        if marks is None:
            return cut

        def around(text: str) -> list[str]:
            parts = marks.split(text)
            return [
                token
                for number, part in enumerate(parts)
                for token in ([part] if number % 2 else cut(part) if part else [])
            ]

        return around


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
