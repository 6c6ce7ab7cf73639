"""Shares of positions, counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from analytics import unit_activity
from analytics.analyses.threshold import TRANSFORMS
from analytics.errors import ParameterError, ShapeError


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("threshold", [0.3, 0.0, -0.4])
def test_shares_are_counts_over_all_positions(dtype, transform, threshold):
    rng = np.random.default_rng(len(transform))
    states = rng.normal(size=(40_001, 3)).astype(dtype)
    states[:7, 0] = [0.0, -0.0, 0.9, -0.9, 0.3, -0.3, np.inf]
    found = unit_activity(states, threshold=threshold, transform=transform, limits=(-0.5, 0.75))
    real = states.astype(np.float64)
    change = {"raw": real, "tanh": np.tanh(real), "abs": np.abs(real), "abs_tanh": np.abs(np.tanh(real))}
    assert found.on.tolist() == (change[transform] >= threshold).mean(axis=0).tolist()
    assert found.left.tolist() == (real < -0.5).mean(axis=0).tolist()
    assert found.right.tolist() == (real > 0.75).mean(axis=0).tolist()
    assert found.saturated.tolist() == (found.left + found.right).tolist()
    assert found.n == 40_001


def test_a_state_in_column_order_is_the_same_state():
    states = np.random.default_rng(0).normal(size=(500, 5)).astype(np.float32)
    one, other = unit_activity(states), unit_activity(np.asfortranarray(states))
    assert one.on.tolist() == other.on.tolist()
    np.testing.assert_allclose(one.mean, states.mean(axis=0, dtype=np.float64), rtol=1e-9)


@pytest.mark.parametrize("limits", [(0.5, 0.5), (np.nan, 1.0), (0.0, np.inf)])
def test_limits_rise(limits):
    with pytest.raises(ParameterError, match="two finite numbers that rise"):
        unit_activity([[1.0]], limits=limits)


def test_nan_is_refused():
    with pytest.raises(ShapeError, match="NaN"):
        unit_activity([[np.nan]])
