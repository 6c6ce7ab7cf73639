"""Words and their ids: the most frequent tokens of a training corpus, everything else `<unk>`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.errors import ParameterError, UnknownNameError

__all__ = ["UNKNOWN", "build_vocabulary", "encode", "ids_of_texts"]

UNKNOWN = "<unk>"
"""Stands for every word outside the vocabulary; its id is 0."""


def build_vocabulary(tokens: Iterable[str], *, size: int | None = None, min_count: int = 1) -> list[str]:
    """Return `<unk>` and the most frequent tokens, most frequent first, ties by spelling.

    Parameters
    ----------
    tokens : iterable of str
    size : int, optional
        At most so many entries, `<unk>` among them. Default: all tokens.
    min_count : int, default=1
        Tokens that occur less often are left out.

    Examples
    --------
    >>> build_vocabulary(["b", "a", "b", "c"], size=3)
    ['<unk>', 'b', 'a']
    >>> build_vocabulary(["b", "a", "b", "c"], min_count=2)
    ['<unk>', 'b']
    """
    if size is not None and size < 2:
        raise ParameterError(f"A vocabulary needs {UNKNOWN} and a word, so size must be >= 2. Got {size}.")
    counts = Counter(tokens)
    counts.pop(UNKNOWN, None)
    kept = sorted(
        (token for token in counts if counts[token] >= min_count), key=lambda token: (-counts[token], token)
    )
    return [UNKNOWN, *kept[: None if size is None else size - 1]]


def ids_of_texts(vocabulary: Sequence[str]) -> dict[str, int]:
    """Return the id of each text; of several ids of one text the first.

    Examples
    --------
    >>> ids_of_texts(["<unk>", "a", "<unk>"])
    {'<unk>': 0, 'a': 1}
    """
    ids: dict[str, int] = {}
    for token_id, text in enumerate(vocabulary):
        ids.setdefault(text, token_id)
    return ids


def encode(tokens: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.int32]:
    """Return the id of each token, that of `<unk>` for tokens outside the vocabulary.

    Raises
    ------
    UnknownNameError
        If a token is outside a vocabulary that has no `<unk>`.

    Examples
    --------
    >>> encode(["a", "zebra"], ["<unk>", "a"]).tolist()
    [1, 0]
    """
    ids = ids_of_texts(vocabulary)
    if UNKNOWN not in ids:
        foreign = next((token for token in tokens if token not in ids), None)
        if foreign is not None:
            raise UnknownNameError(f"Token {foreign!r} is not in the vocabulary, which has no {UNKNOWN}.")
    unknown = ids.get(UNKNOWN, 0)
    return np.fromiter((ids.get(token, unknown) for token in tokens), dtype=np.int32, count=len(tokens))
