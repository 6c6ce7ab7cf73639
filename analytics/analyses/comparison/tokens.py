"""Which positions of two recordings hold the same tokens?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.comparison.alignment import (
    Aligned,
    Text,
    beginnings,
    same_places,
    shared_stretches,
    whole_sequences,
)
from analytics.arrays import as_sequence_starts
from analytics.errors import ShapeError

__all__ = ["CommonTokens", "TokenTexts", "common_tokens", "same_positions"]

ALL, BORDERS, NONE = "all", "borders", "none"


class TokenTexts(Protocol):
    """The tokens of a recording: a `Recording` is of this kind."""

    token_ids: NDArray
    vocabulary: NDArray
    sequence_starts: NDArray


@dataclass(frozen=True, slots=True)
class CommonTokens:
    """Pairs of positions, one of each recording, that hold the same token; each is there once."""

    first: NDArray[np.int64]
    """Positions of the first recording, rising, shape (n,)."""
    second: NDArray[np.int64]
    """Position of the second that belongs to each; rising too, but for whole sequences in another order."""
    n_first: int
    """Positions of the first recording."""
    n_second: int
    how: str
    """`all`: the tokens are the same from end to end; `borders`: so they are, but cut into other sequences;
    `equal`: positions with equal texts in the same place; `sequences`: whole sequences with equal texts, in
    any order; `stretches`: stretches of text that both have in the same order; `beginning`: what both begin
    with; `none`: nothing is in common."""
    n_sequences: int
    """Sequences of the first that hold them."""

    @property
    def n(self) -> int:
        """Positions in common."""
        return len(self.first)

    @property
    def is_all(self) -> bool:
        """Whether they are all positions of both, in the same order."""
        return self.n == self.n_first == self.n_second and self.how in (ALL, BORDERS)


def common_tokens(first: TokenTexts, second: TokenTexts) -> CommonTokens:
    """Positions of two recordings that hold the same token in the same place of the same text.

    Texts are compared, not token ids. Whichever of these gives the most positions is taken, the first of
    several:

    - the same token at the same position, in sequences that are the same or in stretches of at least 10
      positions; single tokens that agree in different texts do not count. Texts may differ inside where a
      word is not in the vocabulary of one of the two, such as where one reads ``<unk>``;
    - whole sequences with equal texts, in any order: the first of a text goes with the first of the same
      text, the next with the next;
    - where those are less than half of the shorter one: stretches that both have in the same order, found
      by runs of 10 tokens that occur once in each.

    Else, where both are one stream, what they begin with.

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
    >>> one = Tokens(token_ids=[0, 2, 0, 1], vocabulary=["a", "b", "c"], sequence_starts=[0, 2])
    >>> other = Tokens(token_ids=[1, 2, 1, 2], vocabulary=["x", "a", "b"], sequence_starts=[0, 2])
    >>> found = common_tokens(one, other)
    >>> found.first.tolist(), found.how
    ([0, 2, 3], 'equal')
    """
    one, other = _texts(first, second)
    found = max((way(one, other) for way in (same_places, whole_sequences)), key=_size)
    shorter = min(len(one.ids), len(other.ids))
    if 2 * _size(found) < shorter:
        found = max(found, shared_stretches(one, other), key=_size)
    if not _size(found) and len(one.starts) == len(other.starts) == 1:
        found = beginnings(one, other)
    n_sequences = len(np.unique(np.searchsorted(one.starts, found.first, side="right")))
    at, other_at, how = _frozen(found.first), _frozen(found.second), found.how if _size(found) else NONE
    return CommonTokens(at, other_at, len(one.ids), len(other.ids), how, n_sequences)


def same_positions(n_positions: int) -> CommonTokens:
    """Every position with itself, for states over the same tokens.

    Examples
    --------
    >>> same_positions(3).n
    3
    """
    at = _frozen(np.arange(n_positions))
    return CommonTokens(at, at, n_positions, n_positions, ALL, 1)


def _texts(first: TokenTexts, second: TokenTexts) -> tuple[Text, Text]:
    """Both token sequences in one numbering of words."""
    numbers: dict[str, int] = {}
    checked = []
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
        checked.append((own[ids], as_sequence_starts(tokens.sequence_starts, n_positions=len(ids)), own))
    return tuple(Text(ids, starts, np.isin(np.arange(len(numbers)), own)) for ids, starts, own in checked)


def _size(found: Aligned) -> int:
    return len(found.first)


def _frozen(values: ArrayLike) -> NDArray[np.int64]:
    found = np.asarray(values, dtype=np.int64)
    found.setflags(write=False)
    return found
