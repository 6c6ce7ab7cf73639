"""Directions that are remembered: by hand, planted, and where they are refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from analytics.analyses.memory.subspace import (
    property_direction,
    relative_memory,
    singular_values,
    subspace_cosine,
)
from analytics.errors import ParameterError, ShapeError


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("seed", range(5))
def test_literally(seed):
    gradient, direction = random(7, 4, seed=seed), random(4, seed=seed + 100)
    _, values, right = np.linalg.svd(gradient)
    for n in range(1, 5):
        projected = right[:n].T @ right[:n] @ direction
        cosine = direction @ projected / np.linalg.norm(direction) / np.linalg.norm(projected)
        assert_allclose(subspace_cosine(gradient, direction, n), cosine, rtol=1e-12)
    expected = np.linalg.norm(gradient @ direction) / np.linalg.norm(direction) / values[0]
    assert_allclose(relative_memory(gradient, direction), expected, rtol=1e-12)
    assert_allclose(singular_values(gradient), values, rtol=1e-12)


def test_the_best_remembered_direction_is_remembered_wholly():
    gradient = random(6, 5)
    right = np.linalg.svd(gradient)[2]
    assert_allclose([relative_memory(gradient, right[0]), subspace_cosine(gradient, right[0], 1)], 1)
    assert_allclose(subspace_cosine(gradient, right[3], 3), 0, atol=1e-12)
    assert_allclose(subspace_cosine(gradient, random(5, seed=9), 5), 1)


def test_length_and_sign_of_the_direction_do_not_matter():
    gradient, direction = random(6, 5), random(5, seed=1)
    for factor in (-1, 1e-200, 1e200):
        assert_allclose(
            relative_memory(gradient, factor * direction), relative_memory(gradient, direction), rtol=1e-12
        )
        assert_allclose(
            subspace_cosine(gradient, factor * direction, 2), subspace_cosine(gradient, direction, 2)
        )


def test_all_delays_at_once_and_nan_where_there_is_none():
    gradients = random(3, 6, 5)
    gradients[1] = np.nan
    cosine = subspace_cosine(gradients, np.ones(5), 2)
    assert_array_equal(np.isnan(cosine), [False, True, False])
    assert_array_equal(np.isnan(relative_memory(gradients, np.ones(5))), [False, True, False])
    assert_allclose(cosine[2], subspace_cosine(gradients[2], np.ones(5), 2))
    assert_array_equal(np.isnan(singular_values(gradients)).all(axis=1), [False, True, False])


def test_nothing_is_remembered_of_nothing():
    assert np.isnan(relative_memory(np.zeros((3, 2)), [1.0, 0.0]))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: subspace_cosine(np.ones((3, 2)), [0.0, 0.0], 1), ParameterError, "not zero"),
        (lambda: subspace_cosine(np.ones((3, 2)), [np.nan, 1.0], 1), ParameterError, "finite"),
        (lambda: subspace_cosine(np.ones((3, 2)), [1.0], 1), ShapeError, r"shape \(2,\)"),
        (lambda: subspace_cosine(np.ones((3, 2)), [1.0, 0.0], 3), ParameterError, "from 1 to 2"),
        (lambda: subspace_cosine(np.ones((3, 2)), [1.0, 0.0], 0), ParameterError, "from 1 to 2"),
        (lambda: singular_values(np.ones(3)), ShapeError, "n_units, n_embedding"),
        (lambda: property_direction(np.ones((3, 2)), [0, 1], [1, 2]), ParameterError, "share 1 words.*1"),
        (lambda: property_direction(np.ones((3, 2)), [], [1]), ParameterError, "first class has no word"),
        (
            lambda: property_direction(np.ones((3, 2)), [0], [1], counts=[1, 0, 1]),
            ParameterError,
            "second class has no word that occurs",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_a_property_over_types_and_over_tokens():
    embedding = [[0.0, 0.0], [2.0, 0.0], [0.0, 4.0]]
    assert_array_equal(property_direction(embedding, [0, 1, 1], [2]), [1, -4])
    assert_array_equal(property_direction(embedding, [0, 1], [2], counts=[3, 1, 5]), [0.5, -4])
