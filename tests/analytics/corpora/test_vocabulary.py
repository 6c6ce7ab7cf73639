import pytest

from analytics.corpora.vocabulary import build_vocabulary, encode
from analytics.errors import ParameterError, UnknownNameError


def test_the_most_frequent_come_first_and_ties_by_spelling():
    assert build_vocabulary(list("bacabd"), size=10) == ["<unk>", "a", "b", "c", "d"]
    assert build_vocabulary(list("bacabd"), size=3) == ["<unk>", "a", "b"]


def test_unknown_words_become_unknown():
    assert encode(["b", "zebra", "<unk>"], ["<unk>", "a", "b"]).tolist() == [2, 0, 0]


def test_without_a_mark_for_the_unknown_they_are_refused():
    with pytest.raises(UnknownNameError, match="'zebra' is not in the vocabulary"):
        encode(["a", "zebra"], ["a", "b"])


def test_a_vocabulary_without_words_is_refused():
    with pytest.raises(ParameterError, match=r">= 2\. Got 1"):
        build_vocabulary(["a"], size=1)


def test_rare_tokens_may_be_left_out():
    assert build_vocabulary(list("aabbbc"), min_count=2) == ["<unk>", "b", "a"]
    assert build_vocabulary(list("aabbbc")) == ["<unk>", "b", "a", "c"]
