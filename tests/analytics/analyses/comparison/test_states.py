"""Correlations, CKA and their values by chance, against a literal reading of the definitions."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analytics.analyses.comparison import reading
from analytics.analyses.comparison.spread import unit_moments, unit_spread
from analytics.analyses.comparison.states import CHANCE_SHIFTS, compare_states, linear_cka
from analytics.analyses.comparison.tokens import common_tokens
from analytics.errors import ParameterError, ShapeError
from tests.analytics.analyses.comparison import literal

DTYPES = (np.float16, np.float32, np.float64)


@pytest.fixture(params=[None, 7], ids=["one block", "many blocks"])
def blocks(request, monkeypatch):
    """Blocks as in use, and so short that there are many of uneven length."""
    if request.param:
        monkeypatch.setattr(reading, "MOST_ROWS", request.param)
        monkeypatch.setattr(reading, "FEWEST_ROWS", request.param)


def two_states(seed, dtype=np.float64, n=60):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4)) * [1, 30, 0.01, 2] + [0, 100, 5, -1]
    y = np.column_stack((x[:, :2] @ rng.normal(size=(2, 2)), rng.normal(size=(n, 3))))
    return x.astype(dtype), y.astype(dtype)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", range(5))
def test_correlations_and_cka_are_those_of_the_definition(seed, dtype):
    x, y = two_states(seed, dtype)
    found = compare_states(x, y)
    x, y = x.astype(np.float64), y.astype(np.float64)
    np.testing.assert_allclose(found.correlation, literal.correlation(x, y), atol=2e-6)
    assert found.cka == pytest.approx(literal.cka(x, y), rel=5e-6)
    size = np.abs(literal.correlation(x, y))
    np.testing.assert_allclose(found.first_best, size.max(axis=1), atol=2e-6)
    np.testing.assert_allclose(found.second_best, size.max(axis=0), atol=2e-6)
    assert found.n == 60


@pytest.mark.parametrize("seed", range(3))
def test_cka_by_shuffle_is_the_mean_over_all_orders(seed):
    x, y = two_states(seed, n=6)
    assert compare_states(x, y).cka_by_shuffle == pytest.approx(literal.mean_cka_over_orders(x, y), rel=1e-6)


def test_the_scatter_of_nearly_constant_units_is_not_lost():
    """A unit far from 0 that moves by little: its correlations are as right as any."""
    rng = np.random.default_rng(3)
    x = (1000 + 1e-2 * rng.normal(size=(500, 1))).astype(np.float32)
    y = (x.astype(np.float64) * -1e6).astype(np.float64)
    assert compare_states(x, y).correlation[0, 0] == pytest.approx(-1, abs=1e-6)


def test_constant_units_have_no_correlation():
    x, y = two_states(0)
    x[:, 1] = 0.1
    found = compare_states(x, y)
    assert np.isnan(found.correlation[1]).all()
    assert not np.isnan(np.delete(found.correlation, 1, axis=0)).any()
    assert np.isnan(found.first_best).tolist() == [False, True, False, False]
    assert not np.isnan(found.second_best).any()
    assert found.cka == pytest.approx(literal.cka(x, y), rel=5e-6)


def test_a_state_that_never_changes_is_like_nothing():
    x, y = two_states(0)
    found = compare_states(np.ones_like(x), y)
    by_chance = [found.cka_by_chance, found.cka_by_shuffle, found.first_best_by_chance]
    assert np.isnan([found.cka, *by_chance]).all()
    assert np.isnan(found.correlation).all()


def test_one_position_and_one_unit():
    found = compare_states([[1.0]], [[2.0]])
    assert np.isnan(found.correlation).all() and np.isnan(found.cka) and found.n == 1
    found = compare_states([[1.0]], [[2.0]], all_by_chance=True)
    assert np.isnan(found.by_chance).all() and found.shifts == ()
    found = compare_states([[1.0], [2.0]], [[2.0], [1.0]])
    assert found.correlation.tolist() == [[-1.0]] and found.cka == 1.0


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("everything", [True, False])
def test_by_chance_little_is_left_and_the_seed_decides(everything):
    x, y = two_states(1, n=600)
    one, other = (compare_states(x, y, seed=seed, all_by_chance=everything) for seed in (0, 1))
    assert one.first_best_by_chance < 0.2 < one.first_best.max()
    assert one.first_best_by_chance != other.first_best_by_chance
    assert one.n_chance_units == (4, 5)
    again = compare_states(x, y, seed=0, all_by_chance=everything)
    assert one.first_best_by_chance == again.first_best_by_chance
    assert (one.by_chance is not None) == everything


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("everything", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_by_chance_is_what_is_found_after_circular_shifts(seed, everything):
    x, y = two_states(seed, n=63)
    x[:, 1] = 0.1
    found = compare_states(x, y, all_by_chance=everything, seed=seed)
    assert len(found.shifts) == (1 if everything else CHANCE_SHIFTS) and min(found.shifts) >= 1
    moved = [np.roll(x, shift, axis=0) for shift in found.shifts]
    size = [np.abs(np.delete(literal.correlation(each, y), 1, axis=0)) for each in moved]
    assert found.first_best_by_chance == pytest.approx(np.mean([each.max(axis=1) for each in size]), abs=1e-6)
    away = moved if everything else [np.roll(x, -shift, axis=0) for shift in found.shifts]
    size_away = [np.abs(np.delete(literal.correlation(each, y), 1, axis=0)) for each in away]
    best = np.mean([each.max(axis=0) for each in size_away])
    assert found.second_best_by_chance == pytest.approx(best, abs=1e-6)
    cka = np.mean([literal.cka(each, y) for each in moved + away])
    assert found.cka_by_chance == pytest.approx(cka, rel=1e-5)
    if everything:
        np.testing.assert_allclose(found.by_chance, literal.correlation(moved[0], y), atol=2e-6)


def test_slow_states_are_alike_by_chance():
    """Two walks that know nothing of each other: shuffled, they would seem to be a discovery."""
    rng = np.random.default_rng(0)
    x, y = (np.cumsum(rng.normal(size=(4000, 8)), axis=0) for _ in range(2))
    found = compare_states(x, y)
    assert found.cka_by_shuffle < 0.01 and found.first_best.mean() > 0.3
    assert found.cka_by_chance > found.cka / 4
    assert found.first_best_by_chance > found.first_best.mean() / 2


def test_some_units_tell_the_chance_of_all():
    rng = np.random.default_rng(1)
    x, y = (rng.normal(size=(400, 90)) * rng.uniform(0.1, 3, size=90) for _ in range(2))
    found, every = compare_states(x, y), compare_states(x, y, all_by_chance=True)
    assert found.n_chance_units == (32, 32) and every.n_chance_units == (90, 90)
    assert found.cka_by_chance == pytest.approx(every.cka_by_chance, rel=0.05)
    assert every.cka_by_chance == pytest.approx(every.cka_by_shuffle, rel=0.05)
    assert found.first_best_by_chance == pytest.approx(every.first_best_by_chance, rel=0.1)


@pytest.mark.usefixtures("blocks")
def test_only_common_positions_count():
    rng = np.random.default_rng(5)
    one = SimpleNamespace(token_ids=[0, 1] * 40, vocabulary=["a", "b"], sequence_starts=[0])
    ids = np.array(one.token_ids)
    ids[[3, 11, 12, 50]] = 2
    other = SimpleNamespace(token_ids=ids, vocabulary=["a", "b", "<unk>"], sequence_starts=[0])
    common = common_tokens(one, other)
    x, y = rng.normal(size=(80, 3)), rng.normal(size=(80, 2))
    y[[3, 11, 12, 50]] = 1e6
    found = compare_states(x, y, common=common)
    kept = np.delete(np.arange(80), [3, 11, 12, 50])
    np.testing.assert_allclose(found.correlation, literal.correlation(x[kept], y[kept]), atol=2e-6)
    assert found.cka == pytest.approx(literal.cka(x[kept], y[kept]), rel=5e-6)


@pytest.mark.usefixtures("blocks")
def test_positions_may_come_in_another_order():
    rng = np.random.default_rng(6)
    ids, order = rng.integers(0, 9, size=(20, 4)), rng.permutation(20)
    one, other = (
        SimpleNamespace(
            token_ids=each.ravel(), vocabulary=list("abcdefghi"), sequence_starts=np.arange(0, 80, 4)
        )
        for each in (ids, ids[order])
    )
    common = common_tokens(one, other)
    assert common.n == 80
    x = rng.normal(size=(80, 3))
    y = x.reshape(20, 4, 3)[order].reshape(80, 3)
    found = compare_states(x, y, common=common)
    np.testing.assert_allclose(np.diag(found.correlation), 1, atol=1e-6)
    assert found.cka == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_rotating_scaling_and_moving_leave_cka_as_it_is(seed):
    x, y = two_states(seed, n=200)
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))
    assert linear_cka(x, y) == pytest.approx(linear_cka(3 * x @ turn + 1, y), rel=1e-5)
    assert linear_cka(x, 2 * x @ turn - 5) == pytest.approx(1, abs=1e-6)


def test_moments_are_those_of_numpy():
    x, _ = two_states(0, np.float32, n=40_000)
    found = unit_moments(x)
    np.testing.assert_allclose(found.mean, x.astype(np.float64).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.deviation, x.astype(np.float64).std(axis=0), rtol=1e-9)
    spread = unit_spread(x)
    covariance = np.cov(x.astype(np.float64).T, bias=True)
    assert spread.norm == pytest.approx(np.linalg.norm(covariance), rel=1e-6)
    assert spread.total == pytest.approx(np.trace(covariance), rel=1e-9)


def test_refusals():
    x, y = two_states(0)
    with pytest.raises(ShapeError, match="60 and 59 positions"):
        compare_states(x, y[1:])
    with pytest.raises(ShapeError, match="NaN"):
        compare_states(x * np.nan, y)
    with pytest.raises(ParameterError, match="seed"):
        compare_states(x, y, seed=-1)
    with pytest.raises(ParameterError, match="without a position in common"):
        unit_spread(x, positions=[])
    with pytest.raises(ParameterError, match="must rise and be from 0 to 59"):
        unit_spread(x, positions=[3, 3])
