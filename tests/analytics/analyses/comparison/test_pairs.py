"""Units matched one to one."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.analyses.comparison.pairs import match_units
from analytics.errors import ParameterError, ShapeError
from tests.analytics.analyses.comparison import literal


@pytest.mark.parametrize("seed", range(10))
def test_no_other_pairing_is_better(seed):
    correlation = np.random.default_rng(seed).uniform(-1, 1, size=(6, 6))
    found = match_units(correlation)
    assert np.abs(found.correlation).sum() == pytest.approx(literal.best_matching(correlation))
    assert found.mean == pytest.approx(literal.best_matching(correlation) / 6)
    assert sorted(found.first.tolist()) == sorted(found.second.tolist()) == list(range(6))
    assert found.correlation.tolist() == correlation[found.first, found.second].tolist()
    assert (np.diff(np.abs(found.correlation)) <= 0).all()


def test_permuted_and_flipped_units_come_back():
    rng = np.random.default_rng(0)
    states = rng.normal(size=(400, 30))
    order, sign = rng.permutation(30), rng.choice([-1, 1], size=30)
    other = (states * sign)[:, order]
    correlation = np.corrcoef(states.T, other.T)[:30, 30:]
    found = match_units(correlation)
    assert order[found.second].tolist() == found.first.tolist()
    np.testing.assert_allclose(found.correlation, sign[found.first], atol=1e-12)


def test_units_without_a_partner():
    correlation = np.array([[0.1, np.nan, 0.9], [np.nan, np.nan, np.nan]])
    found = match_units(correlation)
    assert (found.first.tolist(), found.second.tolist()) == ([0], [2])
    assert (found.first_left.tolist(), found.second_left.tolist()) == ([1], [0, 1])


def test_no_pair_has_no_mean():
    found = match_units(np.full((2, 3), np.nan))
    assert len(found.first) == 0 and np.isnan(found.mean) and found.second_left.tolist() == [0, 1, 2]


def test_refusals():
    with pytest.raises(ShapeError, match=r"\(n_first_units, n_second_units\)"):
        match_units([0.5])
    with pytest.raises(ParameterError, match="from -1 to 1"):
        match_units([[2.0]])
