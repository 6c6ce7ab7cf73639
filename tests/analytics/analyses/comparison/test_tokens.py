"""Which positions hold the same tokens."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analytics.analyses.comparison.tokens import common_tokens
from analytics.errors import ShapeError
from tests.analytics.analyses.comparison import literal


def recorded(texts, starts=(0,)):
    """Tokens with a vocabulary in the order of the texts' first occurrence, reversed: ids tell nothing."""
    vocabulary = sorted(set(texts), reverse=len(texts) % 2 == 0)
    return SimpleNamespace(
        token_ids=np.array([vocabulary.index(text) for text in texts]),
        vocabulary=np.array(vocabulary, dtype=object),
        sequence_starts=np.array(starts),
    )


def test_the_same_tokens_with_other_ids():
    one = recorded(list("abcab"), (0, 2))
    other = SimpleNamespace(
        token_ids=np.array([9, 3, 1, 9, 3]), vocabulary=list("xcxbxxxxxa"), sequence_starts=np.array([0, 2])
    )
    found = common_tokens(one, other)
    assert found.how == "all" and found.is_all and found.n == 5 and found.n_sequences == 2
    assert found.first.tolist() == found.second.tolist() == [0, 1, 2, 3, 4]


def test_positions_with_equal_texts_where_borders_are_the_same():
    found = common_tokens(recorded(list("abcab"), (0, 3)), recorded(list("abxax"), (0, 3)))
    assert found.how == "equal" and found.first.tolist() == [0, 1, 3] and found.n_sequences == 2
    assert not found.is_all


def test_whole_sequences_in_order():
    one = recorded(list("abcdeab"), (0, 2, 3, 5))  # ab c de ab
    other = recorded(list("deabcxab"), (0, 2, 4, 5, 6))  # de ab c x ab
    found = common_tokens(one, other)
    assert found.how == "sequences"
    assert (found.first.tolist(), found.second.tolist()) == ([0, 1, 2, 5, 6], [2, 3, 4, 6, 7])
    assert found.n_sequences == 3


@pytest.mark.parametrize("seed", range(20))
def test_pairs_of_sequences_rise_and_are_as_many_as_can_be(seed):
    rng = np.random.default_rng(seed)
    texts = [chr(97 + k) for k in range(12)]
    order = rng.permutation(12)
    one = recorded(texts, range(12))
    other = recorded([texts[k] for k in order] + ["z"], range(13))
    found = common_tokens(one, other)
    assert found.how == "sequences"
    assert (np.diff(found.first) > 0).all() and (np.diff(found.second) > 0).all()
    assert [texts[k] for k in found.first] == [texts[order[k]] for k in found.second]
    assert found.n == literal.longest_rising(np.argsort(order).tolist())


def test_streams_have_a_beginning_in_common():
    found = common_tokens(recorded(list("abcab")), recorded(list("abcx")))
    assert found.how == "beginning" and found.first.tolist() == found.second.tolist() == [0, 1, 2]


def test_nothing_in_common():
    for one, other in (("abc", "xyz"), ("abc", "xy")):
        found = common_tokens(recorded(list(one)), recorded(list(other)))
        assert found.how == "none" and found.n == 0 and found.n_sequences == 0


def test_token_ids_need_texts():
    good = recorded(list("ab"))
    bad = SimpleNamespace(token_ids=[0, 2], vocabulary=["a", "b"], sequence_starts=[0])
    with pytest.raises(ShapeError, match=r"from 0 to 1, .* Got 0 to 2"):
        common_tokens(good, bad)
    with pytest.raises(ShapeError, match="one whole number for each position"):
        common_tokens(SimpleNamespace(token_ids=[0.5], vocabulary=["a"], sequence_starts=[0]), good)
