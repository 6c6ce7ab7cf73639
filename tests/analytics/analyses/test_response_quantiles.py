from __future__ import annotations

import numpy as np
import pytest

from analytics.analyses import changes as changes_module
from analytics.analyses import response_quantiles as module
from analytics.analyses.response_quantiles import QUANTILES, response_quantiles, unit_responses
from analytics.arrays import ArrayStates
from analytics.errors import ParameterError, ShapeError, UnknownNameError


def literal_changes(states, starts):
    before = np.vstack([np.zeros((1, states.shape[1])), states[:-1].astype(np.float64)])
    before[list(starts)] = 0
    return states - before


def literal_quantile(values, level):
    """Linear interpolation between the values next to place ``level * (n - 1)``."""
    ordered, place = sorted(values), level * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def random_case(seed, dtype):
    rng = np.random.default_rng(seed)
    states = rng.normal(size=(90, 4)).astype(dtype)
    starts = np.unique(np.r_[0, rng.integers(0, 90, 5)])
    return states, rng.integers(0, 6, 90), starts


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("seed", range(10))
def test_equals_the_definition(seed, dtype, monkeypatch):
    # Few bytes: several reads, several passes over the units.
    monkeypatch.setattr(changes_module, "BLOCK_BYTES", 64)
    monkeypatch.setattr(module, "PASS_BYTES", 400)
    states, words, starts = random_case(seed, dtype)
    changes = literal_changes(states, starts)
    found = response_quantiles(states, words, [3, 1], sequence_starts=starts)
    assert found.shape == (2, 5, 4)
    for row, word in enumerate([3, 1]):
        wanted = [
            [literal_quantile(changes[words == word, unit], level) for unit in range(4)]
            for level in QUANTILES
        ]
        np.testing.assert_allclose(found[row], wanted, rtol=1e-12, atol=1e-15)
        np.testing.assert_array_equal(
            response_quantiles(states, words, word, sequence_starts=starts), found[row]
        )


def test_equals_numpy_on_many_occurrences():
    rng = np.random.default_rng(0)
    states, words = rng.normal(size=(5000, 7)), rng.integers(0, 2, 5000)
    levels = [0.0, 0.013, 0.5, 0.77, 1.0]
    changes = np.diff(states, axis=0, prepend=0)
    wanted = np.quantile(changes[words == 1], levels, axis=0)
    np.testing.assert_allclose(response_quantiles(states, words, 1, quantiles=levels), wanted, rtol=1e-12)


def test_a_reader_and_its_borders():
    states, words, starts = random_case(0, np.float16)
    first_word = int(words[starts[-1]])
    one = response_quantiles(states, words, first_word, sequence_starts=starts)
    np.testing.assert_array_equal(response_quantiles(ArrayStates(states, starts), words, first_word), one)
    assert (response_quantiles(states, words, first_word) != one).any()


def test_one_occurrence_and_none():
    states = np.array([[2.0], [5.0]])
    assert response_quantiles(states, [0, 1], 1).ravel().tolist() == [3.0] * 5
    assert np.isnan(response_quantiles(states, [0, 1], 7)).all()
    assert response_quantiles(states, [0, 1], []).shape == (0, 5, 1)


@pytest.mark.parametrize("seed", range(10))
def test_one_unit_by_definition(seed):
    states, words, starts = random_case(seed, np.float32)
    changes = literal_changes(states, starts)[:, 2]
    found = unit_responses(states, words, 2, chosen=[5, 0, 99], sequence_starts=starts)
    for row, word in enumerate([5, 0]):
        at = changes[words == word]
        assert found.count[row] == len(at)
        np.testing.assert_allclose(found.mean[row], at.mean(), rtol=1e-12)
        np.testing.assert_allclose(found.extremes[row], [at.min(), at.max()])
        np.testing.assert_allclose(found.quantiles[row], [literal_quantile(at, q) for q in QUANTILES])
    assert found.count[2] == 0 and np.isnan(found.quantiles[2]).all() and np.isnan(found.mean[2])
    np.testing.assert_allclose(found.all_quantiles, np.quantile(changes, QUANTILES))
    assert found.histogram.sum() == 90 and len(found.edges) == len(found.histogram) + 1
    np.testing.assert_allclose([found.edges[0], found.edges[-1]], [changes.min(), changes.max()])


def test_one_unit_without_words():
    found = unit_responses([[1.0], [1.0]], [0, 0], 0)
    assert found.quantiles.shape == (0, 5) and found.count.tolist() == []
    assert found.all_quantiles[2] == 0.5


def test_refusals():
    states = np.zeros((2, 2))
    with pytest.raises(ParameterError, match=r"numbers in \[0, 1\]"):
        response_quantiles(states, [0, 0], 0, quantiles=[1.5])
    with pytest.raises(ParameterError, match=r"numbers in \[0, 1\]"):
        response_quantiles(states, [0, 0], 0, quantiles=[])
    with pytest.raises(ParameterError, match="A word must be a whole number"):
        response_quantiles(states, [0, 0], 0.5)
    with pytest.raises(ParameterError, match="A word must be at least 0"):
        response_quantiles(states, [0, 0], [-1])
    with pytest.raises(ShapeError, match="2 positions"):
        response_quantiles(states, [0], 0)
    with pytest.raises(UnknownNameError, match="no unit 2"):
        unit_responses(states, [0, 0], 2)


@pytest.mark.parametrize("changes", ([2e29], [-2e29, -2e29], [0.1, np.nextafter(0.1, 1)], [0.0, 0.0]))
def test_changes_that_no_bins_can_part_still_have_a_distribution(changes):
    found = unit_responses(np.cumsum(changes)[:, None], [0] * len(changes), 0, chosen=[0])
    assert found.histogram.sum() == len(changes)
    assert np.all(np.diff(found.edges) > 0)
    assert found.edges[0] < min(changes) <= max(changes) < found.edges[-1]
