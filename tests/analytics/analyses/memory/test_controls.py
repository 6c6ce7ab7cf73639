"""Random words as frequent as a class's: their frequencies, and that they are others."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.analyses.memory.controls import matched_control
from analytics.errors import ShapeError


@pytest.mark.parametrize("seed", range(6))
def test_a_control_has_the_frequencies_of_its_class(seed):
    random = np.random.default_rng(seed)
    words = random.permutation(np.repeat(np.arange(400), random.integers(1, 40, 400)))
    members = np.isin(words, random.choice(400, 60, replace=False))
    control = matched_control(words, members, seed=seed)
    own, others = (np.bincount(words[where], minlength=400) for where in (members, control))
    assert not (own.astype(bool) & others.astype(bool)).any()
    assert np.sort(own[own > 0]).tolist() == np.sort(others[others > 0]).tolist()


def test_the_seed_decides():
    words = np.random.default_rng(0).integers(0, 50, 2000)
    controls = [matched_control(words, words < 5, seed=seed) for seed in (1, 1, 2)]
    assert (controls[0] == controls[1]).all()
    assert (controls[0] != controls[2]).any()


def test_a_word_too_frequent_for_any_other_has_the_most_frequent_one_left():
    words = np.array([0] * 10 + [1] * 4 + [2] * 2)
    assert np.unique(words[matched_control(words, words == 0, seed=0)]).tolist() == [1]
    assert matched_control(words, words == 0, seed=0).sum() == 4


def test_a_class_of_everything_has_no_control():
    assert matched_control([0, 1, 1], [True] * 3, seed=0).sum() == 0


def test_lengths_must_agree():
    with pytest.raises(ShapeError, match="equally long"):
        matched_control([0, 1], [True], seed=0)
