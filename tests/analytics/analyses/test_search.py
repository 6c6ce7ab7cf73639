import itertools

import numpy as np
import pytest

from analytics.analyses.search import search_tokens
from analytics.errors import ParameterError, ShapeError

WORDS = ["the", "queen", "of", "Hearts", "hearts", "queens", "<unk>", "&"]
TEXT = [0, 1, 2, 3, 0, 1, 2, 4, 0, 5, 6, 7]


def ranges(hits):
    return list(zip(hits.start.tolist(), hits.stop.tolist(), strict=True))


def test_phrase_by_hand():
    assert ranges(search_tokens(TEXT, WORDS, "queen of")) == [(1, 3), (5, 7)]


def test_phrase_is_whole_tokens():
    assert ranges(search_tokens(TEXT, WORDS, "queen")) == [(1, 2), (5, 6)]


def test_capitals_count_only_when_written():
    assert ranges(search_tokens(TEXT, WORDS, "hearts")) == [(3, 4), (7, 8)]
    assert ranges(search_tokens(TEXT, WORDS, "Hearts")) == [(3, 4)]


def test_special_tokens_are_ordinary_text():
    assert ranges(search_tokens(TEXT, WORDS, "<unk> &")) == [(10, 12)]


def test_word_that_is_no_token_is_spelled_by_tokens():
    hits = search_tokens([0, 2, 0, 0, 2, 1], ["(", ")", "4"], "(4")
    assert ranges(hits) == [(0, 2), (3, 5)]


def test_spelling_takes_the_fewest_tokens():
    assert ranges(search_tokens([0, 1, 2], ["in", "form", "inform"], "inform")) == [(2, 3)]


def test_missing_word_is_named():
    hits = search_tokens(TEXT, WORDS, "the zebra")
    assert hits.n_hits == 0 and hits.missing == ("zebra",)


def test_characters_are_searched_with_their_whitespace():
    text = "to be or\nto be"
    letters = sorted(set(text))
    ids = [letters.index(letter) for letter in text]
    assert ranges(search_tokens(ids, letters, "to be")) == [(0, 5), (9, 14)]
    assert ranges(search_tokens(ids, letters, "r↵t")) == [(7, 10)]
    assert ranges(search_tokens(ids, letters, "/be$/")) == [(12, 14)]


def test_line_breaks_are_tokens_among_words():
    words = ["to", "be", "\n"]
    assert ranges(search_tokens([0, 1, 2, 0, 1], words, "to be")) == [(0, 2), (3, 5)]
    assert ranges(search_tokens([0, 1, 2, 0, 1], words, "be ↵ to")) == [(1, 4)]


def test_hits_never_cross_a_border():
    starts = [0, 2, 6]
    assert ranges(search_tokens(TEXT, WORDS, "queen of", sequence_starts=starts)) == []
    assert ranges(search_tokens(TEXT, WORDS, "/n of/", sequence_starts=starts)) == []
    assert ranges(search_tokens(TEXT, WORDS, "of hearts", sequence_starts=starts)) == [(2, 4), (6, 8)]


def test_expression_covers_every_token_it_touches():
    assert ranges(search_tokens(TEXT, WORDS, r"/een o/")) == [(1, 3), (5, 7)]
    assert ranges(search_tokens(TEXT, WORDS, r"/the queens?/")) == [(0, 2), (4, 6), (8, 10)]
    assert ranges(search_tokens(TEXT, WORDS, r"/<unk> &/")) == [(10, 12)]


def test_expression_that_touches_no_token_is_no_hit():
    assert search_tokens(TEXT, WORDS, r"/x*/").n_hits == 0
    assert search_tokens(TEXT, WORDS, r"/ /").n_hits == 0


def test_expression_counts_bytes_of_other_scripts_rightly():
    words = ["שלום", "é", "😀", "x"]
    assert ranges(search_tokens([0, 1, 2, 3, 2], words, "/😀/")) == [(2, 3), (4, 5)]
    assert ranges(search_tokens([0, 1, 2, 3, 2], words, "שלום é")) == [(0, 2)]


def test_hits_beyond_the_limit_are_counted():
    for query in ("the", "/the/"):
        hits = search_tokens(TEXT, WORDS, query, limit=2)
        assert (ranges(hits), hits.n_hits, hits.is_cut) == ([(0, 1), (4, 5)], 3, True)


def test_hostile_expression_ends():
    ids = np.zeros(20_000, dtype=np.int32)
    assert search_tokens(ids, ["a", " "], "/(a+)+$b/").n_hits == 0


@pytest.mark.parametrize("seed", range(20))
def test_phrase_agrees_with_a_slow_search(seed):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 3, size=200)
    starts = np.concatenate([[0], np.sort(rng.choice(np.arange(1, 200), size=9, replace=False))])
    phrase = rng.integers(0, 3, size=int(rng.integers(1, 4))).tolist()
    bounds = [*starts.tolist(), 200]
    slow = [
        (start, start + len(phrase))
        for first, last in itertools.pairwise(bounds)
        for start in range(first, last - len(phrase) + 1)
        if ids[start : start + len(phrase)].tolist() == phrase
    ]
    query = " ".join("abc"[word] for word in phrase)
    assert ranges(search_tokens(ids, ["a", "b", "c"], query, sequence_starts=starts)) == slow


@pytest.mark.parametrize(
    ("query", "match"),
    [
        ("", "nothing to search for"),
        ("  ", "nothing to search for"),
        ("/(/", r"no regular expression .* missing \)"),
        ("/(?=a)/", "no regular expression"),
        ("a" * 501, "may have 500 characters. Got 501"),
    ],
)
def test_query_is_refused(query, match):
    with pytest.raises(ParameterError, match=match):
        search_tokens(TEXT, WORDS, query)


def test_ids_are_checked():
    with pytest.raises(ShapeError, match=r"0 to 7, the vocabulary\. Got 0 to 8"):
        search_tokens([0, 8], WORDS, "the")
    with pytest.raises(ShapeError, match="whole numbers"):
        search_tokens([0.5], WORDS, "the")
    with pytest.raises(ParameterError, match="limit must be at least 1"):
        search_tokens(TEXT, WORDS, "the", limit=0)
