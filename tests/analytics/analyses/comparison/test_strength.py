"""Strength and sparsity of responses, against a literal reading."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.analyses.comparison.spread import unit_moments
from analytics.analyses.comparison.strength import response_strength
from analytics.analyses.response import expected_response
from analytics.errors import ParameterError, ShapeError, UnknownNameError
from tests.analytics.analyses.comparison import literal


def corpus(seed):
    rng = np.random.default_rng(seed)
    words = np.append(rng.integers(0, 5, size=200), [5])
    states = rng.normal(size=(201, 7)) * rng.gamma(1.0, size=7)
    states[:, 3] = 0.25
    starts = [0, 40, 41, 150]
    return states, words, starts


@pytest.mark.parametrize("seed", range(5))
def test_every_number_is_that_of_the_definition(seed):
    states, words, starts = corpus(seed)
    response = expected_response(states, words, n_words=7, sequence_starts=starts)
    deviation = unit_moments(states).deviation
    found = response_strength(response, deviation)
    assert found.words.tolist() == [0, 1, 2, 3, 4, 5] and found.n_words == 6 and found.n_constant == 1
    varying = np.arange(7) != 3
    for row, word in enumerate(found.words):
        mean = response.mean[word]
        assert found.strength[row] == pytest.approx(np.abs(mean).mean())
        assert found.relative[row] == pytest.approx(
            np.abs(mean[varying] / states.std(axis=0)[varying]).mean()
        )
        assert found.share_of_units[row] == pytest.approx(literal.share_of_units(mean))
        assert found.sparsity[row] == pytest.approx(literal.hoyer(mean))
    changes = np.diff(states, axis=0, prepend=0)
    changes[starts] = states[starts]
    scores = changes[:, varying] / states.std(axis=0)[varying]
    assert found.step == pytest.approx(np.sqrt((scores**2).mean(axis=0).mean()))
    about = np.array([response.mean[word] for word in words])[:, varying] / states.std(axis=0)[varying]
    assert found.within == pytest.approx(np.sqrt(((scores - about) ** 2).mean(axis=0).mean()))


def test_planted_sparsity():
    """One unit answers, or all alike."""
    states = np.zeros((4, 10))
    states[1:, 0] = 1.0
    response = expected_response(states, [0, 1, 2, 3], n_words=4)
    found = response_strength(response, np.ones(10), words=[1])
    assert (found.share_of_units.tolist(), found.sparsity.tolist()) == ([0.1], [1.0])
    states[1:] = 1.0
    found = response_strength(expected_response(states, [0, 1, 2, 3], n_words=4), np.ones(10), words=[1])
    assert (found.share_of_units.tolist(), found.sparsity.round(12).tolist()) == ([0.9], [0.0])


def test_what_is_not_defined():
    response = expected_response(np.ones((3, 2)), [0, 1, 1], n_words=2)
    found = response_strength(response, [0.0, 0.0])
    assert np.isnan(found.relative).all() and np.isnan([found.step, found.within]).all()
    assert np.isnan(found.share_of_units).tolist() == [False, True]
    assert np.isnan(found.sparsity).tolist() == [False, True]
    one_unit = response_strength(expected_response(np.ones((3, 1)), [0, 1, 1], n_words=2), [1.0])
    assert np.isnan(one_unit.sparsity).all()


def test_refusals():
    response = expected_response(np.ones((3, 2)), [0, 1, 1], n_words=3)
    with pytest.raises(UnknownNameError, match="no word 7"):
        response_strength(response, [1.0, 1.0], words=[7])
    with pytest.raises(ParameterError, match="Word 2 never occurs"):
        response_strength(response, [1.0, 1.0], words=[2])
    with pytest.raises(ParameterError, match="Got none"):
        response_strength(response, [1.0, 1.0], words=[])
    with pytest.raises(ShapeError, match="each of 2 units"):
        response_strength(response, [1.0])
    with pytest.raises(ParameterError, match="at least 0"):
        response_strength(response, [1.0, np.nan])
