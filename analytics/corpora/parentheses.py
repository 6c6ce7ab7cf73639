"""A counting language: brackets nested at most four deep, and digits that say how deep.

The alphabet is ``( ) 0 1 2 3 4``. A digit equals the number of brackets open at its position::

    0 ( 1 1 ( 2 ) 1 ) 0 0 ( ( 2 ) ) 0

Sequences are long (about 1,000 tokens) and balanced, so that a neighbourhood of hundreds of tokens
around a position is of one piece and a network has to count far beyond the start.

References
----------
.. [1] H. Strobelt, S. Gehrmann, H. Pfister and A. M. Rush, "LSTMVis: A Tool for Visual Analysis of Hidden
   State Dynamics in Recurrent Neural Networks", 2017, section 5.1, arXiv:1606.07461. The paper leaves the
   probabilities open; those used here are `DIGIT_SHARE` and, between the brackets that are allowed, a half.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.corpora.corpus import Corpus
from analytics.errors import ParameterError

__all__ = ["ALPHABET", "MAX_DEPTH", "bracket_distance", "nesting_depth", "parentheses_corpus"]

ALPHABET = ("(", ")", "0", "1", "2", "3", "4")

MAX_DEPTH = 4

DIGIT_SHARE = 0.6
"""Probability of a digit at any position: runs of digits are 1.5 tokens long on average, some over ten."""


def parentheses_corpus(
    n_tokens: int, *, seed: int, name: str = "parentheses", sequence_length: int = 1000
) -> Corpus:
    """Generate at least `n_tokens` tokens.

    Parameters
    ----------
    n_tokens : int
        Sequences are made until there are so many tokens.
    seed : int
        The same seed gives the same tokens.
    sequence_length : int, default=1000
        A sequence ends at the first position from here on at which no bracket is open.

    Returns
    -------
    Corpus
        With the annotations `nesting depth` ("0" to "4") and `distance to last bracket` (a number).

    Examples
    --------
    >>> corpus = parentheses_corpus(20, seed=2, sequence_length=10)
    >>> corpus.tokens.count("(") == corpus.tokens.count(")")
    True
    """
    if n_tokens < 1 or sequence_length < 1:
        raise ParameterError(
            f"n_tokens and sequence_length must be at least 1. Got {n_tokens} and {sequence_length}."
        )
    generator = np.random.default_rng(seed)
    sequences: list[list[str]] = []
    n_made = 0
    while n_made < n_tokens:
        sequences.append(_sequence(generator, sequence_length))
        n_made += len(sequences[-1])
    starts = np.cumsum([0, *map(len, sequences)])[:-1].astype(np.int64)
    tokens = [token for sequence in sequences for token in sequence]
    return Corpus(
        name=name,
        tokens=tokens,
        sequence_starts=starts,
        annotations={
            "nesting depth": [str(depth) for depth in nesting_depth(tokens)],
            "distance to last bracket": bracket_distance(tokens, starts),
        },
    )


def nesting_depth(tokens: list[str]) -> NDArray[np.int64]:
    """Number of brackets open after each token has been read: a `(` already belongs to the level it opens.

    Examples
    --------
    >>> nesting_depth(["0", "(", "1", ")", "0"]).tolist()
    [0, 1, 1, 0, 0]
    """
    steps = {"(": 1, ")": -1}
    return np.cumsum([steps.get(token, 0) for token in tokens])


def bracket_distance(tokens: list[str], sequence_starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Positions since the last bracket, 0 at a bracket; a sequence's start counts like a bracket before it.

    Examples
    --------
    >>> bracket_distance(["0", "(", "1", "1", ")"], np.array([0])).tolist()
    [1.0, 0.0, 1.0, 2.0, 0.0]
    """
    positions = np.arange(len(tokens))
    last = np.where(np.isin(tokens, ["(", ")"]), positions, -1)
    last[sequence_starts] = np.maximum(last[sequence_starts], sequence_starts - 1)
    return (positions - np.maximum.accumulate(last)).astype(np.float32)


def _sequence(generator: np.random.Generator, length: int) -> list[str]:
    """A random walk over the depth that ends at 0."""
    tokens: list[str] = []
    depth = 0
    while len(tokens) < length or depth > 0:
        if generator.random() < DIGIT_SHARE:
            tokens.append(str(depth))
            continue
        opens = depth == 0 or (depth < MAX_DEPTH and generator.random() < 0.5)
        depth += 1 if opens else -1
        tokens.append("(" if opens else ")")
    return tokens
