import numpy as np
import pytest

from analytics.corpora.words import BYTE_TEXTS
from analytics.errors import ParameterError, UnknownNameError
from analytics.live.tokens import MAX_WORDS, Tokeniser

WORDS = ("<unk>", "a", "cat", "don't", "!", "the", "<eos>")
PLAYS = {"tokenisation": {"method": "early modern English", "lower_case": True}}
PLAY_WORDS = ("<unk>", "<speech>", "/", "[", "]", "'t", "is", "tis", "i", "'ll", "n't", "do", "go", "--", ".")


def cut(text, vocabulary=WORDS, facts=None):
    return Tokeniser(vocabulary, facts or {}).tokenise(text).tokens


@pytest.mark.parametrize(
    ("reading", "text", "tokens", "how"),
    [
        ({"by": "word"}, "A cat!", ("A", "cat", "!"), "by word"),
        ({"by": "word", "lower": True}, "A cat!", ("a", "cat", "!"), "by word, lower-case"),
        ({"by": "space", "lower": True}, "A cat!", ("a", "cat!"), "at white space, lower-case"),
        ({"by": "char"}, "a c\n", ("a", " ", "c", "\n"), "by character"),
        ({"by": "byte"}, "né", ("n", "\\xc3", "\\xa9"), "by byte"),
        ({"kind": "python"}, "a\tc", ("a", "\t", "c"), "by character"),
        ({"kind": "conllu", "lower": True}, "Don't the cat", ("don't", "the", "cat"), "by word, lower-case"),
        ({"kind": "documents", "lower": True}, "the CAT", ("the", "cat"), "by word, lower-case"),
    ],
)
def test_text_is_cut_as_the_training_text_was(reading, text, tokens, how):
    vocabulary = (*WORDS, *BYTE_TEXTS) if reading.get("by") == "byte" else WORDS
    found = Tokeniser(vocabulary, {"reading": reading}).tokenise(text)
    assert (found.tokens, found.how) == (tokens, how)


def test_parentheses_are_parted_at_white_space():
    facts = {"tokenisation": {"method": "spaces", "unknown": None}}
    found = Tokeniser(["(", ")", "0", "1"], facts).tokenise(" 0 (  1 ")
    assert found.tokens == ("0", "(", "1")
    assert found.ids.tolist() == [2, 0, 3]
    assert found.how == "at white space"


def test_plays_are_read_as_plays():
    found = Tokeniser(PLAY_WORDS, PLAYS).tokenise("<speech> 'Tis I'll go—don't.\nGo [ exit ]")
    assert found.tokens == (
        "<speech>", "'t", "is", "i", "'ll", "go", "--", "do", "n't", ".", "/", "go", "[", "exit", "]",
    )  # fmt: skip
    assert found.how == "by word, as early modern English is, lower-case"
    assert found.unknown.nonzero()[0].tolist() == [13]


@pytest.mark.parametrize(
    ("vocabulary", "text", "tokens", "how"),
    [
        (("a", "b", " "), "ab a", ("a", "b", " ", "a"), "by character"),
        (("a", "b"), "ab a", ("a", "b", "a"), "by character, without white space"),
        (("<unk>", "a", " "), "a<unk>z", ("a", "<unk>", "z"), "by character"),
        (("a", "cat", "<unk>"), "a cat, sat", ("a", "cat,", "sat"), "at white space"),
        (("0", "10"), "10 0", ("10", "0"), "at white space"),
    ],
)
def test_without_facts_the_vocabulary_decides(vocabulary, text, tokens, how):
    found = Tokeniser(vocabulary, {}).tokenise(text)
    assert (found.tokens, found.how) == (tokens, how)


def test_unknown_words_are_marked_and_kept():
    found = Tokeniser(WORDS, {"reading": {"lower": True}}).tokenise("The Zebra, a zebra")
    assert found.tokens == ("the", "zebra", ",", "a", "zebra")
    assert found.ids.tolist() == [5, 0, 0, 1, 0]
    assert found.unknown.tolist() == [False, True, True, False, True]
    assert not found.ids.flags.writeable


def test_the_mark_of_unknown_words_typed_is_a_token_of_the_vocabulary():
    found = Tokeniser(WORDS, {"reading": {"lower": True}}).tokenise("a <unk> <eos>cat")
    assert found.tokens == ("a", "<unk>", "<eos>", "cat")
    assert not found.unknown.any()


def test_only_unknown_words_are_allowed_where_they_have_an_id():
    assert Tokeniser(WORDS, {}).tokenise("x y z").unknown.all()


def test_without_an_id_for_unknown_words_the_sentence_names_the_first():
    with pytest.raises(UnknownNameError, match=r"does not know 'c' \(word 3\).*no <unk>.*read by character"):
        cut("abc", ("a", "b"))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> <b>x</b> &amp; '\"",
        "🙂 👩‍👩‍👧 🇩🇪",
        "שלום עולם a",
        "\u202eabc\u202c",
        "cafe\u0301",
        "\x00 \x07",
        "' OR 1=1; --",
    ],
)
@pytest.mark.parametrize("reading", [{"by": "word"}, {"by": "char"}, {"by": "space"}, {"by": "byte"}])
def test_nothing_is_dropped_or_replaced(text, reading):
    vocabulary = (*WORDS, *BYTE_TEXTS)
    found = Tokeniser(vocabulary, {"reading": reading}).tokenise(text)
    if reading["by"] == "char":
        assert "".join(found.tokens) == text
    elif reading["by"] == "byte":
        whole = "".join(token if len(token) == 1 else chr(int(token[2:], 16)) for token in found.tokens)
        assert whole.encode("latin-1").decode() == text
    else:
        assert "".join(found.tokens) == "".join(text.split())


@pytest.mark.parametrize(
    ("vocabulary", "facts"),
    [
        (WORDS, {"reading": {"by": "word", "lower": True}}),
        (WORDS, {"reading": {"by": "space"}}),
        (("<unk>", " ", "a", "\n"), {"reading": {"by": "char"}}),
        (BYTE_TEXTS, {"reading": {"by": "byte"}}),
        (PLAY_WORDS, PLAYS),
        (("a", "<unk>", "c", "t"), {}),
    ],
)
def test_joined_tokens_are_cut_into_the_same_tokens(vocabulary, facts):
    tokeniser = Tokeniser(vocabulary, facts)
    found = tokeniser.tokenise("a cat, don't <unk>: 'tis é I'll -- the zebra's <eos> go")
    again = tokeniser.tokenise(found.joint.join(found.tokens))
    assert again.tokens == found.tokens
    np.testing.assert_array_equal(again.ids, found.ids)


def test_tokens_that_are_cut_already_stay_as_they_are():
    found = Tokeniser(WORDS, {}).encode(["the", "white space", "cat"])
    assert found.tokens == ("the", "white space", "cat")
    assert found.ids.tolist() == [5, 0, 2]


def test_a_thousand_words_are_read_and_one_more_is_refused():
    assert len(Tokeniser(WORDS, {}).tokenise("cat " * MAX_WORDS)) == MAX_WORDS
    with pytest.raises(ParameterError, match=r"at most 1,000 words\. Got 1,001"):
        cut("cat " * (MAX_WORDS + 1))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no word in the text"),
        (" \n\t ", "no word in the text"),
        ("cat " * 100_000, "Got 400,000 characters"),
        ("a \ud83d b", "half a character"),
        (None, "reads text. Got NoneType"),
        (b"cat", "reads text. Got bytes"),
    ],
)
def test_what_is_no_text_is_refused(text, sentence):
    with pytest.raises(ParameterError, match=sentence):
        cut(text)
