"""Classes of words apart or not: planted, weighted, and where there are too few."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from analytics.analyses.memory.separability import FewWordsError, separability
from analytics.errors import ParameterError, ShapeError


def words(distance, n=120, n_embedding=6, seed=0):
    shift = np.where(np.arange(n) < n // 2, distance / 2, -distance / 2)
    vectors = np.random.default_rng(seed).normal(size=(n, n_embedding))
    vectors[:, 0] += shift
    return vectors


def test_classes_apart_are_told_apart():
    found = separability(words(9), range(60), range(60, 120))
    assert found.l1.mean() > 0.97
    assert found.l2.mean() > 0.97
    assert found.baseline == 0.5
    assert (len(found.l1), found.n_folds, found.n_first, found.n_second) == (5, 5, 60, 60)


def test_chance_is_no_better_than_the_larger_class():
    """Labels without relation to the embeddings, over 8 drawings: what a leak between folds would raise."""
    means = [
        separability(words(0, seed=seed), range(60), range(60, 120), seed=seed).l2.mean() for seed in range(8)
    ]
    assert 0.4 < np.mean(means) < 0.6


def test_tokens_weigh_as_they_occur():
    vectors = words(0.0)
    counts = np.ones(120)
    counts[:60] = 3
    assert separability(vectors, range(60), range(60, 120), counts=counts).baseline == 0.75
    counts[:30] = 0
    assert separability(vectors, range(60), range(60, 120), counts=counts).n_first == 30
    plain = separability(vectors, range(60), range(60, 120))
    same = separability(vectors, range(60), range(60, 120), counts=np.full(120, 7))
    assert_allclose(plain.l2, same.l2)
    assert (plain.is_weighted, same.is_weighted) == (False, True)


def test_the_seed_decides_and_the_scale_does_not():
    vectors = words(1.5)
    once, again = (separability(vectors, range(60), range(60, 120), seed=4) for _ in range(2))
    assert_array_equal(once.l1, again.l1)
    larger = separability(vectors * 1000, range(60), range(60, 120), seed=4)
    assert_allclose(larger.l2, once.l2)


def test_few_words_make_fewer_folds_or_a_sentence():
    assert separability(words(9), range(5), range(60, 120)).n_folds == 2
    with pytest.raises(FewWordsError, match="Got 3 and 60"):
        separability(words(9), range(3), range(60, 120))


def test_what_does_not_fit_is_refused():
    with pytest.raises(ParameterError, match="share 1 words"):
        separability(words(1), range(60), range(59, 120))
    with pytest.raises(ShapeError, match="n_words, n_embedding"):
        separability(np.ones(3), [0], [1])
