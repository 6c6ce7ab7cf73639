"""Are two classes of words apart in the embedding at all? Only then can their difference be a property."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.selection import as_whole
from analytics.arrays import as_array
from analytics.errors import ParameterError, ShapeError

__all__ = ["FewWordsError", "Separability", "separability"]

STRENGTHS = (0.01, 0.1, 1.0, 10.0)
"""Inverse strengths of the penalty that are tried; the best is chosen inside each training part."""

MAX_ITERATIONS = 2000


class FewWordsError(ParameterError):
    """A class has too few words to be divided into parts."""


@dataclass(frozen=True, slots=True)
class Separability:
    """Accuracy of linear classifiers on words they were not trained on, in [0, 1]."""

    l1: NDArray[np.float64]
    """With an L1 penalty, one for each fold, shape (n_folds,)."""
    l2: NDArray[np.float64]
    """With an L2 penalty, shape (n_folds,)."""
    baseline: float
    """Of always answering the larger class."""
    n_first: int
    n_second: int
    """Word types of each class."""
    n_folds: int
    seed: int
    is_weighted: bool
    """Whether words count by their occurrences."""


def separability(
    embedding: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    counts: ArrayLike | None = None,
    folds: int = 5,
    seed: int = 0,
) -> Separability:
    """Tell two classes of words apart by logistic regression on their embeddings.

    Each word type is in one fold only, so that no classifier is tested on a word it has seen; with `counts` a
    type weighs as much as it occurs, in training and in the accuracy, as if each occurrence were a row.
    Embeddings are scaled by the training part's deviation. Of four strengths of the penalty, each fold takes
    the one that is best in a division of its own training part.

    Parameters
    ----------
    embedding : array-like of shape (n_words, n_embedding)
    first, second : array-like of int
        Ids of the words of each class; no word may be in both.
    counts : array-like of shape (n_words,), optional
        Occurrences of each word. Default: each word type counts once.
    folds : int, default=5
        Fewer where a class has fewer words.
    seed : int, default=0
        Of the division into folds.

    Raises
    ------
    FewWordsError
        If a class has fewer than 4 words.
    ParameterError
        If the classes share words.

    References
    ----------
    L. Verwimp, H. Van hamme, V. Renkens, P. Wambacq: State Gradients for RNN Memory Analysis. Interspeech
    2018, section 3.3. There the folds are not said to part word types.

    Examples
    --------
    >>> words = np.random.default_rng(0).normal(size=(60, 3)) + np.repeat([[4.0], [-4.0]], 30, axis=0)
    >>> found = separability(words, range(30), range(30, 60))
    >>> float(found.l2.mean()), found.baseline
    (1.0, 0.5)
    """
    vectors = as_array(embedding, what="embedding").astype(np.float64)
    if vectors.ndim != 2:
        raise ShapeError(f"embedding must have shape (n_words, n_embedding). Got shape {vectors.shape}.")
    classes = [np.unique(np.asarray(words, dtype=np.int64)) for words in (first, second)]
    if shared := len(np.intersect1d(*classes)):
        raise ParameterError(f"The two classes share {shared} words: a property needs classes apart.")
    weights = np.ones(len(vectors)) if counts is None else np.asarray(counts, dtype=np.float64)
    classes = [words[weights[words] > 0] for words in classes]
    sizes = [len(words) for words in classes]
    if min(sizes) < 4:
        raise FewWordsError(
            f"Separability needs 4 words or more in each class, to train on some and test on others. Got "
            f"{sizes[0]} and {sizes[1]}."
        )
    words = np.concatenate(classes)
    labels = np.repeat([0, 1], sizes)
    n_folds = min(as_whole("folds", folds, minimum=2), min(sizes) // 2)
    l1, l2 = (
        _accuracies(vectors[words], labels, weights[words], n_folds, ratio, seed) for ratio in (1.0, 0.0)
    )
    of_first = weights[classes[0]].sum() / weights[words].sum()
    return Separability(
        l1, l2, float(max(of_first, 1 - of_first)), *sizes, n_folds, int(seed), counts is not None
    )


def _accuracies(
    vectors: NDArray, labels: NDArray, weights: NDArray, n_folds: int, ratio: float, seed: int
) -> NDArray[np.float64]:
    from sklearn.model_selection import StratifiedKFold

    divided = StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(vectors, labels)
    return np.array([_accuracy(vectors, labels, weights, part, test, ratio, seed) for part, test in divided])


def _accuracy(
    vectors: NDArray,
    labels: NDArray,
    weights: NDArray,
    part: NDArray,
    test: NDArray,
    ratio: float,
    seed: int,
) -> float:
    """Of one fold: choose the strength on a quarter of the training part, then train on all of it."""
    from sklearn.model_selection import train_test_split

    fit_on, choose_on = train_test_split(part, test_size=0.25, stratify=labels[part], random_state=seed)

    def score(strength: float, train: NDArray, tested: NDArray) -> float:
        model, scale = _fitted(vectors[train], labels[train], weights[train], strength, ratio, seed)
        return float(model.score(vectors[tested] / scale, labels[tested], sample_weight=weights[tested]))

    chosen = max(STRENGTHS, key=lambda strength: score(strength, fit_on, choose_on))
    return score(chosen, part, test)


def _fitted(
    vectors: NDArray, labels: NDArray, weights: NDArray, strength: float, ratio: float, seed: int
) -> tuple:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    scale = max(float(vectors.std()), np.finfo(float).tiny)
    model = LogisticRegression(
        C=strength, l1_ratio=ratio, solver="liblinear", max_iter=MAX_ITERATIONS, random_state=seed
    )
    with warnings.catch_warnings():
        # A penalty this weak on classes this far apart has no end; the accuracy does not wait for it.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(vectors / scale, labels, sample_weight=weights / weights.mean())
    return model, scale
