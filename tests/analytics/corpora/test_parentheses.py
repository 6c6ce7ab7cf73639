import numpy as np
import pytest

from analytics.corpora.parentheses import ALPHABET, MAX_DEPTH, parentheses_corpus
from analytics.errors import ParameterError


def test_every_sequence_is_balanced_and_digits_say_the_depth():
    corpus = parentheses_corpus(5000, seed=3, sequence_length=200)
    for part in corpus.sequences():
        depth = 0
        for token in corpus.tokens[part]:
            depth += {"(": 1, ")": -1}.get(token, 0)
            assert 0 <= depth <= MAX_DEPTH
            assert token in "()" or token == str(depth)
        assert depth == 0
        assert part.stop - part.start >= 200


def test_all_of_the_alphabet_occurs():
    corpus = parentheses_corpus(5000, seed=3)
    assert set(corpus.tokens) == set(ALPHABET)
    assert set(corpus.annotations["nesting depth"]) == set("01234")


def test_nesting_depth_equals_the_digits():
    corpus = parentheses_corpus(3000, seed=7)
    pairs = zip(corpus.tokens, corpus.annotations["nesting depth"], strict=True)
    assert all(token == depth for token, depth in pairs if token.isdigit())


def test_distance_counts_from_the_last_bracket_of_the_same_sequence():
    corpus = parentheses_corpus(3000, seed=7, sequence_length=100)
    for part in corpus.sequences():
        since = 0
        for token, distance in zip(
            corpus.tokens[part], corpus.annotations["distance to last bracket"][part], strict=True
        ):
            since = 0 if token in "()" else since + 1
            assert distance == since


def test_the_seed_decides_the_text():
    assert parentheses_corpus(500, seed=1).tokens == parentheses_corpus(500, seed=1).tokens
    assert parentheses_corpus(500, seed=1).tokens != parentheses_corpus(500, seed=2).tokens


def test_sequences_cover_the_tokens():
    corpus = parentheses_corpus(500, seed=1, sequence_length=50)
    assert np.concatenate([np.arange(part.start, part.stop) for part in corpus.sequences()]).tolist() == list(
        range(len(corpus.tokens))
    )


def test_no_tokens_are_refused():
    with pytest.raises(ParameterError, match=r"must be at least 1\. Got 0"):
        parentheses_corpus(0, seed=1)
