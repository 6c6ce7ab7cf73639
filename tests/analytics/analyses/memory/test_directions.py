"""The words along remembered directions: planted ones come back."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analytics.analyses.memory.directions import remembered_directions
from analytics.errors import ParameterError, ShapeError


def test_planted_words_lie_at_both_ends():
    random = np.random.default_rng(0)
    embedding = random.normal(size=(60, 8)) * 0.1
    axis = np.linalg.qr(random.normal(size=(8, 8)))[0]
    embedding[3] += 2 * axis[0]
    embedding[7] -= 2 * axis[0]
    embedding[9] += 2 * axis[1]
    gradient = random.permutation(np.vstack([np.diag([5.0, 2, 1, 1, 1, 1, 1, 1]) @ axis, np.zeros((4, 8))]))
    first, second = remembered_directions(gradient, embedding, n_directions=2, n_words=3)
    assert {first.positive[0], first.negative[0]} == {3, 7}
    assert 9 in {second.positive[0], second.negative[0]}
    assert_allclose([first.value, second.value], [5, 2])
    assert first.positive_cosine[0] > 0.9 > 0 > -0.9 > first.negative_cosine[0]


def test_rare_words_are_not_compared():
    embedding = np.eye(4)
    found = remembered_directions(np.eye(4), embedding, counts=[5, 1, 5, 5], min_count=2)
    assert all(1 not in direction.positive for direction in found)
    assert len(found) == 4
    assert len(found[0].positive) == 3


@pytest.mark.parametrize(
    ("gradient", "options", "error", "sentence"),
    [
        (np.full((3, 4), np.nan), {}, ShapeError, "holds NaN"),
        (np.ones((3, 3)), {}, ShapeError, r"Got \(3, 3\) and \(5, 4\)"),
        (np.ones((3, 4)), {"counts": [1]}, ShapeError, "counts must have shape"),
        (np.ones((3, 4)), {"counts": [1] * 5, "min_count": 2}, ParameterError, "0 words are frequent enough"),
    ],
)
def test_what_does_not_fit_is_refused(gradient, options, error, sentence):
    with pytest.raises(error, match=sentence):
        remembered_directions(gradient, np.ones((5, 4)), **options)
