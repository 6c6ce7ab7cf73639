"""Where in the corpus does a phrase stand? Whole tokens, or a regular expression over their text."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import re2
from numpy.typing import ArrayLike, NDArray

from analytics.arrays import as_sequence_starts
from analytics.errors import ParameterError, ShapeError

__all__ = ["Hits", "search_tokens"]

MAX_QUERY_CHARACTERS = 500
DEFAULT_LIMIT = 10_000

_VISIBLE = str.maketrans({"␣": " ", "↵": "\n", "⇥": "\t"})


@dataclass(frozen=True, slots=True)
class Hits:
    """Ranges of positions at which a query was found, in corpus order; they may overlap."""

    start: NDArray[np.int64]
    """First position of each hit, shape (n_listed,)."""
    stop: NDArray[np.int64]
    """End of each hit, exclusive."""
    n_hits: int
    """How many there are in the whole corpus, listed or not."""
    kind: str
    """`phrase` or `expression`."""
    missing: tuple[str, ...] = ()
    """Words of the phrase that no token or row of tokens spells: the reason for no hit."""

    @property
    def is_cut(self) -> bool:
        """Whether only the first hits are listed."""
        return self.n_hits > len(self.start)


def search_tokens(
    token_ids: ArrayLike,
    vocabulary: Sequence[str],
    query: str,
    *,
    sequence_starts: ArrayLike | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Hits:
    """Find a phrase or a regular expression in the whole corpus, inside sequences.

    A *phrase* is split at whitespace and matched with whole tokens; a word that is no token is spelled by
    the fewest tokens that give it (``(4`` is ``(`` ``4``). Where tokens hold spaces themselves (characters,
    pieces of words) the phrase is spelled as a whole, its spaces included. Capitals count only when the
    phrase has one. ``␣ ↵ ⇥`` stand for the space, line break and tabulator inside tokens.

    A *regular expression* stands between slashes: ``/queen of \\w+/``. It is matched with the text of each
    sequence, whose tokens are joined by one space (by nothing where tokens hold spaces), and the hit is
    every token it touches. It takes time in proportion to the text, whatever the expression (RE2; so there
    are no look-arounds and no back-references).

    Parameters
    ----------
    token_ids : array-like of int, shape (n_positions,)
    vocabulary : sequence of str
        Text of each token id.
    query : str
    sequence_starts : array-like of shape (n_sequences,), optional
        Default: one sequence.
    limit : int, default=10_000
        How many hits are listed, the first of the corpus; all are counted.

    Raises
    ------
    ParameterError
        If the query is empty, longer than 500 characters, or no regular expression.
    ShapeError
        If ids are not whole numbers of one axis that the vocabulary has.

    Examples
    --------
    >>> hits = search_tokens([0, 1, 0, 1, 1], ["the", "Queen"], "queen the")
    >>> hits.start.tolist(), hits.stop.tolist(), hits.n_hits
    ([1], [3], 1)
    >>> search_tokens([0, 1, 0, 1, 1], ["the", "Queen"], "/he Q/").start.tolist()
    [0, 2]
    """
    ids = _as_ids(token_ids, n_words=len(vocabulary))
    bounds = np.append(as_sequence_starts(sequence_starts, n_positions=max(len(ids), 1)), len(ids))
    if limit < 1:
        raise ParameterError(f"limit must be at least 1. Got {limit}.")
    expression = _expression_of(query)
    if expression is None:
        return _find_phrase(ids, [str(word) for word in vocabulary], query, bounds, limit)
    return _find_expression(ids, [str(word) for word in vocabulary], expression, bounds, limit)


def _as_ids(token_ids: ArrayLike, *, n_words: int) -> NDArray:
    ids = np.asarray(token_ids)
    if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
        raise ShapeError(
            f"token_ids must be whole numbers of one axis. Got shape {ids.shape} of {ids.dtype}."
        )
    if len(ids) and not 0 <= ids.min() <= ids.max() < n_words:
        raise ShapeError(
            f"token_ids must lie in 0 to {n_words - 1}, the vocabulary. Got {ids.min()} to {ids.max()}."
        )
    return ids


def _expression_of(query: str) -> re2._Regexp | None:
    if not query.strip():
        raise ParameterError(
            "There is nothing to search for. Write a phrase, or an expression as /the \\w+/."
        )
    if len(query) > MAX_QUERY_CHARACTERS:
        raise ParameterError(
            f"A query may have {MAX_QUERY_CHARACTERS} characters. Got {len(query)}: shorten it."
        )
    query = query.strip()
    if not (len(query) > 2 and query[0] == query[-1] == "/"):
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(query[1:-1].encode(), options=options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args else "unknown"
        raise ParameterError(f"{query} is no regular expression that can be searched: {reason}.") from None


def _find_phrase(ids: NDArray, vocabulary: list[str], query: str, bounds: NDArray, limit: int) -> Hits:
    has_capital = query != query.lower()
    spelled = [word if has_capital else word.lower() for word in vocabulary]
    pieces, missing = _spell(query, spelled)
    if missing or len(pieces) > len(ids):
        return _hits([], [], n_hits=0, kind="phrase", missing=missing)
    last = len(ids) - len(pieces) + 1
    found = np.ones(last, dtype=bool)
    for offset, piece in enumerate(pieces):
        found &= np.array([word == piece for word in spelled])[ids[offset : offset + last]]
    starts = np.flatnonzero(found)
    ends = bounds[np.searchsorted(bounds, starts, side="right")] if len(starts) else starts
    starts = starts[starts + len(pieces) <= ends]
    listed = starts[:limit]
    return _hits(listed, listed + len(pieces), n_hits=len(starts), kind="phrase")


def _spell(query: str, vocabulary: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the tokens that spell a phrase, and the words that cannot be spelled."""
    known = set(vocabulary) - {""}
    words = [query] if _hold_spaces(known) else query.split()
    words = [word.translate(_VISIBLE) for word in words]
    spelled = [(word, _fewest_tokens(word, known)) for word in words]
    missing = tuple(word for word, tokens in spelled if tokens is None)
    return list(itertools.chain.from_iterable(tokens or [] for _, tokens in spelled)), missing


def _fewest_tokens(word: str, known: set[str]) -> list[str] | None:
    longest = max(map(len, known), default=0)
    best: list[list[str] | None] = [None] * len(word) + [[]]
    for start in reversed(range(len(word))):
        for end in range(min(len(word), start + longest), start, -1):
            rest = best[end]
            if rest is None or word[start:end] not in known:
                continue
            if best[start] is None or len(rest) + 1 < len(best[start]):
                best[start] = [word[start:end], *rest]
    return best[0]


def _hold_spaces(words: set[str]) -> bool:
    return any(" " in word for word in words)


def _find_expression(
    ids: NDArray, vocabulary: list[str], expression: re2._Regexp, bounds: NDArray, limit: int
) -> Hits:
    joint = b"" if _hold_spaces(set(vocabulary)) else b" "
    encoded = [word.encode(errors="replace") for word in vocabulary]
    starts, stops = [], []
    n_hits = 0
    for first, text, token_starts, token_stops in _texts(ids, encoded, joint, bounds):
        spans = np.array([found.span() for found in expression.finditer(text)], dtype=np.int64).reshape(-1, 2)
        spans = spans[spans[:, 0] < spans[:, 1]]
        left = np.searchsorted(token_stops, spans[:, 0], side="right")
        right = np.searchsorted(token_starts, spans[:, 1], side="left")
        touching = left < right
        wanted = limit - min(n_hits, limit)
        starts.append(first + left[touching][:wanted])
        stops.append(first + right[touching][:wanted])
        n_hits += int(touching.sum())
    return _hits(np.concatenate(starts), np.concatenate(stops), n_hits=n_hits, kind="expression")


def _texts(
    ids: NDArray, encoded: list[bytes], joint: bytes, bounds: NDArray
) -> Iterator[tuple[int, bytes, NDArray, NDArray]]:
    """Yield each sequence: first position, text, and where its tokens begin and end in the text."""
    lengths = np.array([len(word) for word in encoded], dtype=np.int64)
    for first, stop in itertools.pairwise(bounds.tolist()):
        sequence = ids[first:stop]
        text = joint.join([encoded[token] for token in sequence.tolist()])
        token_stops = np.cumsum(lengths[sequence] + len(joint)) - len(joint)
        yield first, text, token_stops - lengths[sequence], token_stops


def _hits(starts, stops, *, n_hits: int, kind: str, missing: tuple[str, ...] = ()) -> Hits:
    start, stop = np.asarray(starts, dtype=np.int64), np.asarray(stops, dtype=np.int64)
    start.setflags(write=False)
    stop.setflags(write=False)
    return Hits(start=start, stop=stop, n_hits=n_hits, kind=kind, missing=missing)
