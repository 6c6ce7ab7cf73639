import importlib.util
import sys

import numpy as np
import pytest

from analytics.corpora.annotators import ANNOTATORS, annotator, as_annotator, per_sequence, per_token
from analytics.corpora.dependencies import CHUNK_LABELS
from analytics.corpora.tagging import SPEECH_PART_LABELS, tag_words
from analytics.errors import MissingPackageError, ParameterError, ShapeError, UnknownNameError

needs_tagger = pytest.mark.skipif(
    importlib.util.find_spec("textblob") is None, reason="textblob is not installed"
)


def values(name, text, starts=(0,)):
    return list(annotator(name).values(text.split(), np.array(starts)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a ( b [ c ] d ) e", [0, 1, 1, 2, 2, 1, 1, 0, 0]),
        (") a (", [0, 0, 1]),
        ("(( a ))", [2, 2, 0]),
        ("-LRB- a -RRB- b", [1, 1, 0, 0]),
        (":) f(x a", [0, 0, 0]),
    ],
)
def test_bracket_depth(text, expected):
    assert values("bracket depth", text) == expected


def test_brackets_are_counted_anew_in_each_sequence():
    assert values("bracket depth", "( a b", starts=(0, 2)) == [1, 1, 0]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('a " b c " d', [0, 1, 1, 1, 1, 0]),
        ("a “ b ” c", [0, 1, 1, 1, 0]),
        ("`` b '' c", [1, 1, 1, 0]),
        ("a '' b", [0, 0, 0]),
        ('a " b', [0, 1, 1]),
        ('" " a', [1, 1, 0]),
        ("it 's 'so' a", [0, 0, 0, 0]),
    ],
)
def test_quotes(text, inside):
    assert values("quotes", text) == ["inside" if flag else "outside" for flag in inside]


def test_places_and_lengths():
    assert values("sequence position", "a b c d", starts=(0, 3)) == [0, 1, 2, 0]
    assert values("sequence share", "a b c d", starts=(0, 3)) == [0, 0.5, 1, 0]
    assert values("token length", "a bc 🙂") == [1, 2, 1]


def test_frequency_and_its_rank():
    text = "b a b c a b"
    assert values("word frequency", text) == [3, 2, 3, 1, 2, 3]
    assert values("word frequency rank", text) == [1, 2, 1, 3, 2, 1]
    assert values("word frequency rank", "b a") == [2, 1], "equals by their spelling"


@pytest.mark.parametrize("name", [name for name in ANNOTATORS if name not in ("part of speech", "chunk")])
def test_odd_tokens_are_ordinary(name):
    tokens = ["", " ", "\n", "<unk>", "\u2028", "a b", "שלום", "🙂"]
    assert len(list(annotator(name).values(tokens, np.array([0, 5])))) == len(tokens)


@needs_tagger
def test_parts_of_speech_and_chunks():
    tokens = ["The", "old", "king", "<unk>", "has", "slept", ".", "\n", "He", "woke", "up", ":)"]
    starts = np.array([0, 8])
    parts = annotator("part of speech").values(tokens, starts)
    assert parts[:8] == [
        *("determiner", "adjective", "noun", "marker", "verb", "verb", "punctuation", "marker"),
    ]
    assert set(parts) <= set(SPEECH_PART_LABELS)
    chunks = annotator("chunk").values(tokens, starts)
    assert chunks[:8] == ["NP", "NP", "NP", "none", "VP", "VP", "none", "none"]
    assert set(chunks) <= set(CHUNK_LABELS)


@needs_tagger
def test_no_sentence_reaches_over_the_start_of_a_sequence_and_long_ones_are_cut():
    tokens = ["time", "flies"] * 400
    alone = tag_words(tokens[:2], [0])
    parts, chunks = tag_words(tokens, range(0, 800, 2))
    assert (parts[798:], chunks[798:]) == alone
    assert len(tag_words(tokens, [0])[0]) == 800


@needs_tagger
def test_odd_words_keep_their_places():
    tokens = ["a/b", "&slash;", "x y", "", "\t", "||", "-LRB-", "``", "<>", "<a b>", "\u2028x", "_"]
    parts, chunks = tag_words(tokens, [0])
    assert len(parts) == len(chunks) == len(tokens)
    assert parts[3] == parts[4] == "marker"


def test_without_the_package_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "textblob.en", None)
    with pytest.raises(
        MissingPackageError, match=r"Run: pip install --no-deps -r data/demo-requirements\.txt"
    ):
        annotator("chunk").values(["nothing", "cached"], np.array([0]))


def test_a_function_of_one_token_is_called_once_for_each_kind():
    seen = []
    given = per_token(lambda token: seen.append(token) or len(token))
    assert given.values(["a", "bb", "a"], np.array([0])) == [1, 2, 1]
    assert seen == ["a", "bb"]


def test_a_function_is_of_a_sequence_when_its_parameter_says_so():
    def whole(tokens):
        return [len(tokens)] * len(tokens)

    class Tagger:
        def tag(self, tokens):
            return whole(tokens)

    for function in (whole, Tagger().tag, lambda tokens: whole(tokens), per_sequence(lambda s: whole(s))):
        assert as_annotator(function).values(["a", "b", "c"], np.array([0, 1])) == [1, 2, 2]
    for function in (len, lambda t: len(t), lambda word: 1, str.__len__):
        assert as_annotator(function).values(["a", "b"], np.array([0])) == [1, 1]


def test_refusals():
    starts = np.array([0])
    with pytest.raises(UnknownNameError, match=r"There is no annotator 'quote'\. Did you mean 'quotes'\?"):
        annotator("quote")
    with pytest.raises(ParameterError, match=r"Got ndarray for 'a'\. A function of all tokens"):
        as_annotator(lambda t: np.zeros(2)).values(["a"], starts)
    with pytest.raises(ParameterError, match="Got int for sequence 0"):
        per_sequence(len).values(["a"], starts)
    with pytest.raises(ShapeError, match="Got 1 values for the 2 tokens of sequence 1"):
        per_sequence(lambda tokens: ["x"]).values(["a", "b", "c"], np.array([0, 1]))
