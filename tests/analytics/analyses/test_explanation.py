from __future__ import annotations

import numpy as np
import pytest

from analytics.analyses.explanation import frequent_words, units_of_word, words_of_unit
from analytics.analyses.response import expected_response
from analytics.errors import ParameterError, ShapeError, UnknownNameError


def response_of(mean):
    """A response whose means are these: each word once, at a sequence of its own."""
    values = np.array(mean, dtype=float)
    ids = np.arange(len(values))
    return expected_response(values, ids, n_words=len(values) + 1, sequence_starts=ids)


def test_words_of_a_unit_by_hand():
    response = response_of([[1.0, 9.0], [-3.0, 0.0], [2.0, 0.0], [3.0, 1.0]])
    found = words_of_unit(response, 0, n_words=3)
    # Equal magnitudes: the smaller id first. The fifth word never occurs.
    assert found.words.tolist() == [1, 3, 2] and found.mean.tolist() == [-3.0, 3.0, 2.0]
    assert found.units.tolist() == [0, 0, 0] and found.count.tolist() == [1, 1, 1]
    assert len(words_of_unit(response, 1, n_words=99).words) == 4


def test_units_of_a_word_by_hand():
    response = response_of([[1.0, -9.0, 9.0], [0.0, 0.0, 0.0]])
    found = units_of_word(response, 0, n_units=2)
    assert found.units.tolist() == [1, 2] and found.mean.tolist() == [-9.0, 9.0]
    assert units_of_word(response, 2).units.tolist() == []
    part = response.of_words([1, 0])
    assert units_of_word(part, 0).mean.tolist() == [-9.0, 9.0, 1.0]
    assert words_of_unit(part, 0, n_words=1).words.tolist() == [0]


@pytest.mark.parametrize("seed", range(10))
def test_strongest_by_definition(seed):
    rng = np.random.default_rng(seed)
    states, words = rng.normal(size=(80, 6)), rng.integers(0, 9, 80)
    response = expected_response(states, words, n_words=9)
    found = words_of_unit(response, 4, n_words=5, min_count=9)
    often = [word for word in range(9) if response.count[word] >= 9]
    wanted = sorted(often, key=lambda word: -abs(response.mean[word, 4]))[:5]
    assert found.words.tolist() == wanted
    np.testing.assert_array_equal(found.standard_error, response.standard_error[wanted, 4])


def test_frequent_words_by_hand():
    count = [5, 1, 9, 0, 2, 9]
    chosen = frequent_words(count, n_words=2)
    assert chosen.words.tolist() == [2, 5] and chosen.n_beyond == 3 and chosen.n_rarer == 0
    assert chosen.share == 18 / 26
    chosen = frequent_words(count, n_words=9, min_count=5, named=[4, 3, 4])
    assert chosen.words.tolist() == [4, 2, 5, 0] and chosen.n_rarer == 1 and chosen.n_beyond == 0
    assert chosen.named_missing == (3,)
    assert frequent_words([0], n_words=1).words.tolist() == []


def test_refusals():
    response = response_of([[1.0]])
    with pytest.raises(UnknownNameError, match="no unit 1"):
        words_of_unit(response, 1)
    with pytest.raises(UnknownNameError, match="no word 5"):
        units_of_word(response, 5)
    with pytest.raises(ParameterError, match="n_words must be at least 1"):
        words_of_unit(response, 0, n_words=0)
    with pytest.raises(ShapeError, match="occurrences of each word"):
        frequent_words([[1]], n_words=1)
    with pytest.raises(UnknownNameError, match="words 0 to 1"):
        frequent_words([1, 1], n_words=1, named=[2])
