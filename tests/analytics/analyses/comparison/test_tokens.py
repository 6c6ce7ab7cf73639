"""Which positions hold the same tokens."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analytics.analyses.comparison.tokens import common_tokens
from analytics.errors import ShapeError


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


def test_words_may_differ_that_one_vocabulary_does_not_have():
    found = common_tokens(recorded(list("abcab"), (0, 3)), recorded(list("abxax"), (0, 3)))
    assert found.how == "equal" and found.first.tolist() == [0, 1, 3] and found.n_sequences == 2
    assert not found.is_all


def test_whole_sequences_in_any_order():
    one = recorded(list("abcdeab"), (0, 2, 3, 5))  # ab c de ab
    other = recorded(list("deabcxab"), (0, 2, 4, 5, 6))  # de ab c x ab
    found = common_tokens(one, other)
    assert found.how == "sequences" and found.n_sequences == 4
    assert found.first.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert found.second.tolist() == [2, 3, 4, 0, 1, 6, 7]


@pytest.mark.parametrize("seed", range(5))
def test_sequences_of_one_length_in_another_order_are_all_found(seed):
    """Their borders are the same, and now and then a token stands at the same place: that is no text."""
    rng = np.random.default_rng(seed)
    texts = rng.integers(0, 6, size=(40, 12)).astype(str)
    order = rng.permutation(40)
    one, other = (recorded(each.ravel().tolist(), range(0, 480, 12)) for each in (texts, texts[order]))
    found = common_tokens(one, other)
    assert found.how == "sequences" and found.n == 480 and not found.is_all
    assert (np.diff(found.first) > 0).all() and len(set(found.second.tolist())) == 480
    assert (
        one.vocabulary[one.token_ids][found.first] == other.vocabulary[other.token_ids][found.second]
    ).all()


def test_the_same_text_in_one_stream_and_in_sequences():
    found = common_tokens(recorded(list("abcab")), recorded(list("abcab"), (0, 2)))
    assert found.how == "borders" and found.is_all and found.n_sequences == 1


def test_a_text_may_end_within_a_sequence_of_the_other():
    found = common_tokens(recorded(list("abcabd"), (0, 3)), recorded(list("abca"), (0, 3)))
    assert found.how == "beginning" and found.n == 4 and found.n_sequences == 2


def words(seed, n, *, kinds=20):
    return np.random.default_rng(seed).integers(0, kinds, size=n).astype(str).tolist()


def test_tokens_that_happen_to_agree_in_different_texts_do_not_count():
    half = words(0, 300)
    found = common_tokens(recorded(half + words(1, 300)), recorded(half + words(2, 300)))
    assert found.how == "beginning" and 300 <= found.n < 305
    assert common_tokens(recorded(words(3, 600)), recorded(words(4, 600))).n < 5
    later = common_tokens(recorded(words(1, 300) + half), recorded(words(2, 300) + half))
    assert later.how == "equal" and 300 <= later.n < 303 and later.first[-300] == 300


def test_texts_that_differ_here_and_there_agree_elsewhere():
    text = words(0, 600)
    other = [each if place % 3 else "other" + each for place, each in enumerate(words(5, 600))]
    other = [
        each if place % 2 else changed for place, (each, changed) in enumerate(zip(text, other, strict=True))
    ]
    found = common_tokens(recorded(text), recorded(other))
    assert found.how == "equal" and 300 <= found.n < 330


@pytest.mark.parametrize("cut", [1, 100, 250])
def test_a_text_that_begins_later(cut):
    text = words(0, 600)
    one, other = recorded(text[:500]), recorded(text[cut:], (0, 7))
    found = common_tokens(one, other)
    assert found.how == "stretches" and not found.is_all
    assert found.first.tolist() == list(range(cut, 500))
    assert found.second.tolist() == list(range(500 - cut))


def test_a_passage_left_out():
    text = words(0, 600)
    found = common_tokens(recorded(text), recorded(text[:200] + text[260:]))
    assert found.how == "stretches" and found.n >= 535
    assert (np.diff(found.first) > 0).all() and (np.diff(found.second) > 0).all()
    assert all(
        text[a] == (text[:200] + text[260:])[b] for a, b in zip(found.first, found.second, strict=True)
    )


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
