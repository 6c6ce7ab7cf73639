"""Which positions of two recordings hold the same tokens?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.arrays import as_sequence_starts
from analytics.errors import ShapeError

__all__ = ["CommonTokens", "TokenTexts", "common_tokens", "same_positions"]

ALL, EQUAL, SEQUENCES, BEGINNING, NONE = "all", "equal", "sequences", "beginning", "none"


class TokenTexts(Protocol):
    """The tokens of a recording: a `Recording` is of this kind."""

    token_ids: NDArray
    vocabulary: NDArray
    sequence_starts: NDArray


@dataclass(frozen=True, slots=True)
class CommonTokens:
    """Pairs of positions, one of each recording, that hold the same token; both rise."""

    first: NDArray[np.int64]
    """Positions of the first recording, shape (n,)."""
    second: NDArray[np.int64]
    """Position of the second that belongs to each, shape (n,)."""
    n_first: int
    """Positions of the first recording."""
    n_second: int
    how: str
    """`all`: the tokens are the same from end to end; `equal`: positions with equal texts of sequences with
    the same borders; `sequences`: whole sequences with equal texts, in order; `beginning`: the longest common
    beginning of one stream each; `none`: nothing is in common."""
    n_sequences: int
    """Sequences that hold them."""

    @property
    def n(self) -> int:
        """Positions in common."""
        return len(self.first)

    @property
    def is_all(self) -> bool:
        """Whether they are all positions of both."""
        return self.n == self.n_first == self.n_second


def common_tokens(first: TokenTexts, second: TokenTexts) -> CommonTokens:
    """Positions of two recordings that hold the same token in the same place of the same text.

    Where all sequences begin and end at the same positions, the positions whose texts are equal (the token
    ids may differ: the vocabularies are compared by text). Else whole sequences with equal texts: the first
    of a text goes with the first of the same text, the next with the next, as long as both are in order
    (a longest rising run of pairs). Else, where both are one stream, their longest common beginning.

    Parameters
    ----------
    first, second : Recording, or anything with `token_ids`, `vocabulary` and `sequence_starts`
        `token_ids` of shape (n_positions,), `vocabulary` the text of each id, `sequence_starts` the first
        position of each sequence.

    Returns
    -------
    CommonTokens

    Raises
    ------
    ShapeError
        If a token id has no text, or the starts do not fit.

    Examples
    --------
    >>> from types import SimpleNamespace as Tokens
    >>> one = Tokens(token_ids=[0, 1, 0, 2], vocabulary=["a", "b", "c"], sequence_starts=[0, 2])
    >>> other = Tokens(token_ids=[1, 2, 1, 1], vocabulary=["x", "a", "b"], sequence_starts=[0, 2])
    >>> found = common_tokens(one, other)
    >>> found.first.tolist(), found.how
    ([0, 1, 2], 'equal')
    """
    ids, other_ids = _numbered(first, second)
    starts = as_sequence_starts(first.sequence_starts, n_positions=len(ids))
    other_starts = as_sequence_starts(second.sequence_starts, n_positions=len(other_ids))
    if len(ids) == len(other_ids) and np.array_equal(starts, other_starts):
        at = np.flatnonzero(ids == other_ids)
        how = ALL if len(at) == len(ids) else EQUAL
        found = (at, at, how if len(at) else NONE)
    else:
        found = _of_sequences((ids, starts), (other_ids, other_starts))
        if not len(found[0]) and len(starts) == len(other_starts) == 1:
            found = _of_beginnings(ids, other_ids)
    at, other_at, how = found
    n_sequences = len(np.unique(np.searchsorted(starts, at, side="right")))
    return CommonTokens(_frozen(at), _frozen(other_at), len(ids), len(other_ids), how, n_sequences)


def same_positions(n_positions: int) -> CommonTokens:
    """Every position with itself, for states over the same tokens.

    Examples
    --------
    >>> same_positions(3).n
    3
    """
    at = _frozen(np.arange(n_positions))
    return CommonTokens(at, at, n_positions, n_positions, ALL, 1)


def _numbered(first: TokenTexts, second: TokenTexts) -> tuple[NDArray, NDArray]:
    """Both token sequences in one numbering of texts."""
    numbers: dict[str, int] = {}
    found = []
    for tokens in (first, second):
        ids = np.asarray(tokens.token_ids)
        if ids.ndim != 1 or not len(ids) or not np.issubdtype(ids.dtype, np.integer):
            raise ShapeError(f"token_ids must be one whole number for each position. Got shape {ids.shape}.")
        texts = [str(text) for text in tokens.vocabulary]
        if int(ids.min()) < 0 or int(ids.max()) >= len(texts):
            raise ShapeError(
                f"token_ids must be from 0 to {len(texts) - 1}, one text of the vocabulary each. "
                f"Got {int(ids.min())} to {int(ids.max())}."
            )
        own = np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)
        found.append(own[ids])
    return found[0], found[1]


def _of_sequences(first: tuple, second: tuple) -> tuple[NDArray, NDArray, str]:
    """Sequences with equal texts, paired in order."""
    waiting: dict[bytes, list[tuple[int, int]]] = {}
    for key, start, stop in _sequences(*second):
        waiting.setdefault(key, []).append((start, stop))
    taken = dict.fromkeys(waiting, 0)
    pairs = []
    for key, start, stop in _sequences(*first):
        if key in waiting and taken[key] < len(waiting[key]):
            pairs.append((start, waiting[key][taken[key]][0], stop - start))
            taken[key] += 1
    kept = _rising([other for _, other, _ in pairs])
    pairs = [pairs[place] for place in kept]
    at = [np.arange(start, start + length) for start, _, length in pairs]
    other = [np.arange(start, start + length) for _, start, length in pairs]
    if not pairs:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), NONE
    return np.concatenate(at), np.concatenate(other), SEQUENCES


def _sequences(ids: NDArray, starts: NDArray) -> Iterator[tuple[bytes, int, int]]:
    for start, stop in zip(starts, np.append(starts[1:], len(ids)), strict=True):
        yield ids[start:stop].tobytes(), int(start), int(stop)


def _rising(values: list[int]) -> list[int]:
    """Places of a longest rising part of some numbers, each of which is there once."""
    from bisect import bisect_left

    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        at = bisect_left(ends, value)
        ends[at : at + 1] = [value]
        places[at : at + 1] = [place]
        before.append(places[at - 1] if at else -1)
    found = []
    place = places[-1] if places else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def _of_beginnings(ids: NDArray, other_ids: NDArray) -> tuple[NDArray, NDArray, str]:
    n = min(len(ids), len(other_ids))
    differ = np.flatnonzero(ids[:n] != other_ids[:n])
    at = np.arange(differ[0] if len(differ) else n)
    return at, at, BEGINNING if len(at) else NONE


def _frozen(values: ArrayLike) -> NDArray[np.int64]:
    found = np.asarray(values, dtype=np.int64)
    found.setflags(write=False)
    return found
