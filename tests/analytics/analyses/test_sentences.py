"""Sentences cover the corpus without a gap, end at end marks and cross no border of a sequence."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from analytics.analyses.sentences import END_MARKS, SHORT_SEQUENCE, mean_of_ranges, split_sentences
from analytics.errors import ParameterError, ShapeError


def split(tokens, **options):
    """Sentences as lists of tokens."""
    texts = sorted(set(tokens))
    found = split_sentences([texts.index(token) for token in tokens], texts, **options)
    return [tokens[start:stop] for start, stop in zip(found.start, found.stop, strict=True)]


def long(tokens):
    """The tokens behind a sequence so long that end marks count."""
    return ["x"] * SHORT_SEQUENCE + ["."] + tokens


def after_long(tokens, **options):
    sentences = split(long(tokens), **options)
    assert sentences[0] == long([])
    return sentences[1:]


@pytest.mark.parametrize(
    ("tokens", "sentences"),
    [
        ("a b . c d", ["a b .", "c d"]),
        ("a ? b ! c", ["a ?", "b !", "c"]),
        ("a . . . b", ["a . . .", "b"]),
        ("a ! ? ” b", ["a ! ? ”", "b"]),
        ("a ” b . c", ["a ” b .", "c"]),
        ("( a . ) b", ["( a . )", "b"]),
        ("a . \n b", ["a . \n", "b"]),
        ("a \n b", ["a \n", "b"]),
        ("a <eos> b <eos>", ["a <eos>", "b <eos>"]),
        ("a b c", ["a b c"]),
        ("3.5 Mr. a", ["3.5 Mr. a"]),
    ],
)
def test_sentences_end_at_end_marks(tokens, sentences):
    assert after_long(tokens.split(" ")) == [sentence.split(" ") for sentence in sentences]


def test_text_cut_at_white_space_is_parted_at_words_that_end_in_a_mark():
    text = "on the mat. “Is 3.5 it?” she said... (No!) yes"
    tokens = ["x"] * SHORT_SEQUENCE + text.split()
    assert split(tokens)[0][-1] == "mat."
    assert split(tokens)[1:] == [["“Is", "3.5", "it?”"], ["she", "said..."], ["(No!)"], ["yes"]]
    # One end mark that stands alone tells that the others belong to their words.
    assert split([*tokens, "."])[0] == [*tokens, "."]


def test_a_line_of_verse_ends_no_sentence_but_belongs_to_the_one_before():
    tokens = ["a", "/", "b", ".", "/", "c", "/", "d", ".", "/", "e"]
    assert after_long(tokens, line_ends=["/"]) == [
        ["a", "/", "b", ".", "/"],
        ["c", "/", "d", ".", "/"],
        ["e"],
    ]
    assert after_long(tokens)[1] == ["/", "c", "/", "d", "."]


def test_spaces_around_an_end_mark_do_not_matter():
    assert after_long(["a", " .", "b"]) == [["a", " ."], ["b"]]


def test_characters_are_parted_at_line_ends():
    assert after_long(list("if x:\n  y\n")) == [list("if x:\n"), list("  y\n")]


def test_short_sequences_are_sentences_whatever_ends_inside():
    tokens = ["a", ".", "b", ".", "c", "d"]
    assert split(tokens, sequence_starts=[0, 3]) == [["a", ".", "b"], [".", "c", "d"]]


def test_half_of_the_sequences_decide():
    tokens = ["a", "."] * (SHORT_SEQUENCE // 2)
    assert split_sentences([0, 1] * 30, ["a", "."]).are_sequences
    assert len(split(tokens)) == 1
    assert not split_sentences([0] * 61, ["a"]).are_sequences
    assert len(split(["a", *tokens])) == SHORT_SEQUENCE // 2


def test_a_long_one_among_short_sequences_is_parted_at_its_end_marks():
    tokens = ["a"] * 5 + ["b"] * 50 + ["."] + ["c"] * 50 + ["d"] * 5
    sentences = split(tokens, sequence_starts=[0, 5, 106])
    assert [len(sentence) for sentence in sentences] == [5, 51, 50, 5]


@pytest.mark.parametrize(("n", "pieces"), [(80, [80]), (81, [41, 40]), (200, [67, 67, 66]), (160, [80, 80])])
def test_what_is_too_long_becomes_equal_pieces(n, pieces):
    found = split_sentences([0] * n, ["a"])
    assert (found.stop - found.start).tolist() == pieces
    assert found.n_cut == len(pieces) - 1


@pytest.mark.parametrize("seed", range(30))
def test_every_position_is_in_one_sentence_of_one_sequence(seed):
    rng = np.random.default_rng(seed)
    texts = ["a", ".", "”", "\n", "!", "/"]
    words = rng.choice(6, size=400, p=[0.8, 0.05, 0.05, 0.03, 0.02, 0.05])
    borders = np.sort(rng.choice(np.arange(1, 400), size=rng.integers(0, 12), replace=False))
    starts = np.append(0, borders)
    most = int(rng.integers(1, 90))
    found = split_sentences(words, texts, sequence_starts=starts, line_ends=["/"], max_length=most)
    assert_array_equal(found.start, np.append(0, found.stop[:-1]))
    assert found.stop[-1] == 400
    assert 1 <= (found.stop - found.start).min() <= (found.stop - found.start).max() <= most
    assert set(starts) <= set(found.start)
    assert_array_equal(found.sequence, np.searchsorted(starts, found.stop - 1, side="right") - 1)


@pytest.mark.parametrize("seed", range(30))
def test_borders_are_those_of_a_loop(seed):
    rng = np.random.default_rng(100 + seed)
    texts = ["a", ".", "”", "\n"]
    words = rng.choice(4, size=150, p=[0.7, 0.1, 0.15, 0.05])
    found = split_sentences(words, texts, max_length=1000)
    begins, ended = [0], False
    for position, word in enumerate(words):
        text = texts[word]
        if ended and text not in END_MARKS | {"”", "\n"}:
            begins.append(position)
            ended = False
        ended = ended or text in END_MARKS or text == "\n"
    assert found.start.tolist() == sorted(set(begins))


def test_means_leave_out_what_is_unknown():
    values = [1.0, 2.0, np.nan, 6.0, np.nan, -np.inf]
    means = mean_of_ranges(values, np.array([0, 2, 4]), np.array([2, 4, 6]))
    assert_array_equal(means, [1.5, 6.0, np.nan])


@pytest.mark.parametrize("words", [[], [[0, 1]], [0.5]])
def test_words_are_one_id_for_each_position(words):
    with pytest.raises(ShapeError, match="words"):
        split_sentences(words, ["a", "b"])


@pytest.mark.parametrize("words", [[-1], [2]])
def test_words_are_ids_of_the_texts(words):
    with pytest.raises(ParameterError, match="words must be from 0 to n_words - 1 = 1"):
        split_sentences(words, ["a", "b"])


def test_a_length_below_one_is_refused():
    with pytest.raises(ParameterError, match=r"max_length must be at least 1\. Got 0"):
        split_sentences([0], ["a"], max_length=0)
