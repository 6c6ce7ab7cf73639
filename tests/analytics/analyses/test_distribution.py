import numpy as np
import pytest

from analytics.analyses.distribution import transformed, value_distribution
from analytics.errors import ParameterError, ShapeError


def test_by_hand():
    found = value_distribution(np.array([[-1.0, 0.5], [0.5, 2.0]]))
    assert found.values.tolist() == [-1.0, 0.5, 2.0]
    assert found.counts.tolist() == [1, 2, 1]
    assert (found.n_values, found.n_total, found.is_sample) == (4, 4, False)
    counts, edges = found.histogram(-1.0, 2.0, n_bins=3)
    assert counts.tolist() == [1, 2, 1] and edges.tolist() == [-1.0, 0.0, 1.0, 2.0]


def test_shares_count_what_is_on():
    found = value_distribution(np.array([[-1.0, 0.5], [0.5, 2.0]]))
    assert found.share_on(0.5) == 0.75
    assert found.share_on(0.51) == 0.25
    assert found.share_on(1.0, transform="abs") == 0.5
    assert found.share_on(0.7, transform="abs_tanh") == 0.5
    assert found.share_on(1.0, transform="tanh") == 0.0


@pytest.mark.parametrize("transform", ["raw", "tanh", "abs", "abs_tanh"])
@pytest.mark.parametrize("threshold", [-0.3, 0.0, 0.1, 0.77])
def test_share_is_exact_for_half_precision(transform, threshold):
    states = np.random.default_rng(0).normal(size=(700, 11)).astype(np.float16)
    found = value_distribution(states)
    wanted = np.mean(transformed(states, transform) >= threshold)
    assert found.share_on(threshold, transform=transform) == pytest.approx(wanted, abs=1e-12)


def test_threshold_for_a_share_by_hand():
    found = value_distribution(np.array([[-4.0, 1.0, 2.0, 3.0]]))
    assert found.threshold_for(0.5) == 2.0
    assert found.threshold_for(0.49) == 3.0
    assert found.threshold_for(0.5, transform="abs") == 3.0
    with pytest.raises(ParameterError, match="share must be in"):
        found.threshold_for(1.0)


@pytest.mark.parametrize("transform", ["raw", "abs", "tanh"])
def test_threshold_for_a_share_keeps_no_more(transform):
    states = np.random.default_rng(5).normal(size=(300, 5)).astype(np.float16)
    found = value_distribution(states)
    for share in (0.01, 0.1, 0.5):
        threshold = found.threshold_for(share, transform=transform)
        assert share - 0.003 < np.mean(transformed(states, transform) >= threshold) <= share


def test_both_zeros_are_one_number():
    found = value_distribution(np.array([[0.0, -0.0]], dtype=np.float16))
    assert found.values.tolist() == [0.0] and found.counts.tolist() == [2]


def test_large_state_is_sampled_and_says_so():
    states = np.random.default_rng(1).normal(size=(64_000, 4)).astype(np.float16)
    found = value_distribution(states, max_values=25_600, seed=3)
    assert (found.n_values, found.n_total, found.is_sample, found.seed) == (25_600, 256_000, True, 3)
    assert found.share_on(1.0) == pytest.approx(np.mean(states >= 1.0), abs=0.01)
    again = value_distribution(states, max_values=25_600, seed=3)
    other = value_distribution(states, max_values=25_600, seed=4)
    assert again.counts.tolist() == found.counts.tolist()
    assert other.counts.tolist() != found.counts.tolist()


def test_order_of_positions_does_not_matter():
    states = np.random.default_rng(2).normal(size=(500, 7)).astype(np.float16)
    shuffled = np.random.default_rng(3).permutation(states, axis=0)
    np.testing.assert_array_equal(value_distribution(states).counts, value_distribution(shuffled).counts)


def test_limits_leave_infinity_out():
    found = value_distribution(np.array([[1e6, -2.0]]))
    assert found.limits() == (-2.0, -2.0)
    assert found.limits(transform="abs_tanh") == (pytest.approx(np.tanh(2.0)), 1.0)


def test_refusals():
    found = value_distribution(np.array([[0.0]]))
    with pytest.raises(ParameterError, match="finite limits that rise"):
        found.histogram(1.0, 1.0)
    with pytest.raises(ParameterError, match=r"'abz' is unknown\. Did you mean 'abs'"):
        found.limits(transform="abz")
    with pytest.raises(ParameterError, match="max_values"):
        value_distribution(np.array([[0.0]]), max_values=0)
    with pytest.raises(ShapeError, match="NaN"):
        value_distribution(np.array([[np.nan]]))
