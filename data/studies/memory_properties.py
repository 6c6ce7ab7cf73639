"""How well two differences between nouns are remembered, beside random splits of the same nouns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.analyses.memory.separability import separability
from analytics.corpora.conllu import read_conllu

__all__ = [
    "PROPERTIES",
    "Property",
    "difference",
    "direction_memory",
    "noun_property",
    "property_rows",
    "random_differences",
    "resampled_differences",
    "separability_rows",
]

PROPERTIES = {
    "singular - plural": (("NN",), ("NNS",)),
    "common - proper": (("NN", "NNS"), ("NNP", "NNPS")),
}
"""Tags of the words on either side."""

MIN_COUNT = 10
"""Occurrences in the training text: the vector of a word that was read three times has hardly moved."""

N_SPLITS = 200
"""Random splits of the same words, for what a direction without meaning keeps; and resamples of the words."""

TAILS = (0.025, 0.975)

N_DIRECTIONS = 5
"""Best-remembered directions that a difference is compared with: n in equation 4."""

N_BINS = 10
"""Of frequency; a split moves words between the two sides only within a bin."""


@dataclass(frozen=True, slots=True)
class Property:
    """Two classes of words of a vocabulary."""

    name: str
    first: NDArray[np.int64]
    """Ids of the words of the first class."""
    second: NDArray[np.int64]


def noun_property(
    name: str, vocabulary: Sequence[str], treebank: Path, *, min_count: int = MIN_COUNT
) -> Property:
    """Return the words whose most frequent tag in the training text is one of either class.

    Lower-case words, as the networks read them, that occur `min_count` times there; `<unk>` is none.
    """
    classes = PROPERTIES[name]
    tags: dict[str, Counter[str]] = defaultdict(Counter)
    corpus = read_conllu(treebank / "en_ewt-ud-train.conllu")
    for token, tag in zip(corpus.tokens, corpus.annotations["tag"], strict=True):
        tags[token.lower()][tag] += 1
    counted = (tags.get(word, Counter()) for word in vocabulary)
    most = [found.most_common(1)[0][0] if found.total() >= min_count else None for found in counted]
    sides = [np.flatnonzero(np.isin(np.array(most, dtype=object), wanted)) for wanted in classes]
    return Property(name, *sides)


def difference(embedding: NDArray, chosen: Property) -> NDArray[np.float64]:
    """Difference of the mean vectors of the two classes (equation 2), each word counting once."""
    return embedding[chosen.first].mean(axis=0) - embedding[chosen.second].mean(axis=0)


def random_differences(embedding: NDArray, chosen: Property, *, seed: int) -> NDArray[np.float64]:
    """Differences of splits of the same words at random, shape (N_SPLITS, n_embedding).

    Ids are ranks of frequency, so a bin of ids is one of frequencies: words change sides only within a bin,
    and both sides stay as large and as frequent as they are.
    """
    words = np.sort(np.concatenate([chosen.first, chosen.second]))
    is_first = np.isin(words, chosen.first)
    bins = np.array_split(np.arange(len(words)), N_BINS)
    generator = np.random.default_rng(seed)
    found = np.empty((N_SPLITS, embedding.shape[1]))
    for row in range(N_SPLITS):
        shuffled = np.concatenate([generator.permutation(is_first[part]) for part in bins])
        found[row] = embedding[words[shuffled]].mean(axis=0) - embedding[words[~shuffled]].mean(axis=0)
    return found


def direction_memory(gradients: NDArray, directions: NDArray) -> tuple[NDArray, NDArray]:
    """Relative memory m (equation 7) and cosine with the best-remembered directions (equation 4).

    Parameters
    ----------
    gradients : ndarray of shape (n_units, n_embedding)
    directions : ndarray of shape (n_directions, n_embedding)

    Returns
    -------
    two ndarrays of shape (n_directions,)
    """
    units = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    _, values, right = np.linalg.svd(gradients, full_matrices=False)
    relative = np.linalg.norm(units @ gradients.T, axis=1) / values[0]
    return relative, np.linalg.norm(units @ right[:N_DIRECTIONS].T, axis=1)


def resampled_differences(embedding: NDArray, chosen: Property, *, seed: int) -> NDArray[np.float64]:
    """Differences of classes whose words were drawn again with replacement, shape (N_SPLITS, n_embedding)."""
    generator = np.random.default_rng(seed)
    sides = []
    for words in (chosen.first, chosen.second):
        weights = generator.multinomial(len(words), np.full(len(words), 1 / len(words)), N_SPLITS)
        sides.append(weights @ embedding[words] / len(words))
    return sides[0] - sides[1]


def property_rows(mean: NDArray, embedding: NDArray, chosen: Property, *, seed: int) -> pd.DataFrame:
    """Relative memory and cosine of the difference, a row for each delay.

    With `_low` and `_high`, between which 95 % of those of resampled words lie; with `_chance` and so on, the
    median and the middle 95 % of those of random splits.
    """
    directions = np.vstack(
        [
            difference(embedding, chosen),
            resampled_differences(embedding, chosen, seed=seed),
            random_differences(embedding, chosen, seed=seed),
        ]
    )
    rows = []
    for delay, gradients in enumerate(mean):
        row: dict[str, float | str] = {"property": chosen.name, "delay": delay}
        for name, values in zip(("relative", "cosine"), direction_memory(gradients, directions), strict=True):
            low, high = np.quantile(values[1 : N_SPLITS + 1], TAILS)
            chance = np.quantile(values[N_SPLITS + 1 :], [0.5, *TAILS])
            row |= {name: values[0], f"{name}_low": low, f"{name}_high": high}
            row |= dict(zip((f"{name}_chance{end}" for end in ("", "_low", "_high")), chance, strict=True))
        rows.append(row)
    return pd.DataFrame(rows)


def separability_rows(embedding: NDArray, chosen: Sequence[Property]) -> pd.DataFrame:
    """How well a linear classifier tells the classes of each property apart; always saying the larger."""
    rows = []
    for one in chosen:
        found = separability(embedding, one.first, one.second)
        rows.append(
            {
                "property": one.name,
                "words": f"{found.n_first:,} + {found.n_second:,}",
                "always the larger": found.baseline,
                "L1": found.l1.mean(),
                "L2": found.l2.mean(),
            }
        )
    return pd.DataFrame(rows)
