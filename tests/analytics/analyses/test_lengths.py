"""Lengths of matches, counted."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from analytics.analyses.lengths import length_histogram
from analytics.analyses.match import match_pattern


def test_each_length_is_counted_once():
    on = np.array([1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1], dtype=float)[:, None]
    histogram = length_histogram(match_pattern(on, [0], threshold=0.5))
    assert_array_equal(histogram.length, [1, 2, 3])
    assert_array_equal(histogram.count, [1, 2, 1])
    assert histogram.n_matches == 4


def test_no_match_has_no_length():
    histogram = length_histogram(match_pattern(np.zeros((3, 1)), [0], threshold=0.5))
    assert histogram.n_matches == len(histogram.length) == 0


def test_a_histogram_is_read_only():
    histogram = length_histogram(match_pattern(np.ones((3, 1)), [0], threshold=0.5))
    with pytest.raises(ValueError, match="read-only"):
        histogram.count[0] = 7
