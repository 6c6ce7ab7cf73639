"""Half-lives by hand, between delays, and where there is none."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analytics.analyses.memory.half_life import half_life
from analytics.errors import ShapeError


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([8, 4, 2], 1.0),
        ([8, 6, 2], 1.5),
        ([8, 7, 4, 9], 2.0),
        ([8, 0], 0.5),
        ([8, 5, 4.5], np.nan),
        ([8], np.nan),
        ([0, 0, 0], np.nan),
        ([-2, -3], np.nan),
        ([8, np.nan, 1], np.nan),
        ([np.nan, 8, 1], np.nan),
        ([8, 2, np.nan], 2 / 3),
        ([8, 3, 9, 1], 0.8),
    ],
)
def test_by_hand(values, expected):
    assert_allclose(half_life(values), expected)


def test_an_exponential_has_its_own():
    delays = np.arange(400)
    assert_allclose(half_life(0.5 ** (delays / 100)), 100)


def test_a_scale_does_not_matter():
    values = np.random.default_rng(0).random((20, 3, 4)) + np.linspace(2, 0, 20)[:, None, None]
    assert_allclose(half_life(values * 1e-8), half_life(values))
    each = [half_life(values[:, row, column]) for row in range(3) for column in range(4)]
    assert_allclose(half_life(values).ravel(), each)


def test_the_ends_of_a_band_are_measured_by_the_value_between_them():
    assert_allclose(half_life([[7.0, 9.0], [5.0, 7.0], [1.0, 3.0]], start=[8.0, 8.0]), [1.25, 1.75])
    assert half_life([3.0, 1.0], start=8.0) == 0


def test_no_delay_is_refused():
    with pytest.raises(ShapeError, match="n_delays"):
        half_life([])
