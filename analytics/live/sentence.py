"""What a network did at each word of a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.live.tokens import LiveTokens

__all__ = ["LiveSentence", "NextWords"]


@dataclass(frozen=True, slots=True)
class NextWords:
    """What a language model expected after each word. Probabilities are its own, entropies in nats."""

    ids: NDArray[np.int32]
    """The likeliest next tokens, the likeliest first, shape (n_tokens, top_k)."""
    probabilities: NDArray[np.float32]
    """Theirs, shape (n_tokens, top_k)."""
    entropy: NDArray[np.float32]
    """Of all next tokens, shape (n_tokens,)."""
    targets: NDArray[np.int32]
    """The token that did come next, shape (n_tokens,); -1 at the last."""
    log_probability: NDArray[np.float32]
    """Natural logarithm of its probability, shape (n_tokens,); NaN at the last."""
    word_log_probability: NDArray[np.float32]
    """Of each word itself, given those before it, shape (n_tokens,); NaN where nothing was read before."""


@dataclass(frozen=True, slots=True)
class LiveSentence:
    """States and answers of a network at each word of a text. Arrays are read-only."""

    tokens: LiveTokens
    states: Mapping[str, NDArray[np.float32]]
    """By name, each of shape (n_tokens, n_units); gates too, where the recording has them."""
    before_first: Mapping[str, NDArray[np.float32]]
    """By name the state one position before the first word, (n_units,): zeros where the text begins."""
    is_start: bool
    """The network had read nothing before."""
    next_words: NextWords | None
    """Of a language model."""
    class_probabilities: NDArray[np.float32] | None
    """Of a classifier, shape (n_tokens, n_classes): what it would answer at each word."""
    classes: tuple[str, ...]
    """Of a classifier, in the order of those columns; else empty."""
