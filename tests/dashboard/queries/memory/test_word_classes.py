"""The two classes of a property: from labels, from lists, apart from each other."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.errors import ParameterError, UnknownNameError
from dashboard.queries.memory.word_classes import property_text, suggested_properties, word_classes
from tests.memory_recordings import WORDS, memory_recording


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return memory_recording(tmp_path_factory.mktemp("recordings") / "queens")


def words(*texts):
    return sorted(WORDS.index(text) for text in texts)


def count(recording, *texts):
    return int(np.isin(recording.tokens, texts).sum())


def test_labels_give_the_words_that_carry_them(recording):
    one, other, n_shared = word_classes(recording, "tag=DET|tag=VBZ;NNS")
    assert (one.name, one.words.tolist()) == ("DET", words("the"))
    assert (other.name, other.words.tolist()) == ("VBZ, NNS", words("queens", "sleeps"))
    assert one.count.tolist() == [count(recording, "the")]
    assert other.count.sum() == count(recording, "queens", "sleeps")
    assert n_shared == 0


def test_a_word_of_both_belongs_to_the_class_it_is_more_often_of(recording):
    nouns, verbs, n_shared = word_classes(recording, "tag=NN|tag=VB")
    assert nouns.words.tolist() == words("queen", "rare")
    assert verbs.words.tolist() == words("sleep")
    assert verbs.count.tolist() == [count(recording, "sleep") - 1], "not where it is a noun"
    assert n_shared == 1


def test_a_listed_word_belongs_to_its_list(recording):
    listed, nouns, n_shared = word_classes(recording, f"w:{WORDS.index('queen')}|tag=NN")
    assert listed.words.tolist() == words("queen")
    assert nouns.words.tolist() == words("sleep", "rare")
    assert n_shared == 1


def test_lists_count_every_position(recording):
    one, other, _ = word_classes(recording, "w:1;2;1|w:6")
    assert (one.name, other.name) == ("the, queen", "<b>")
    assert one.words.tolist() == [1, 2]
    assert one.count.sum() == count(recording, "the", "queen")


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("w:1;2|w:2;3", ParameterError, "'queen' is in both lists. Take it out of one"),
        ("w:99|w:1", UnknownNameError, "There is no word 99: queens has words 0 to 10."),
        ("w:10|w:1", ParameterError, "'absent' never occurs in queens"),
        ("tag=VBX|w:1", UnknownNameError, "'tag' has no label 'VBX'. Did you mean 'VB'?"),
        ("tags=NN|w:1", UnknownNameError, "no categorical annotation 'tags'. Did you mean 'tag'?"),
        ("letters=3|w:1", UnknownNameError, "no categorical annotation 'letters'"),
        ("tag=NN|tag=NN", ParameterError, "All words of 'NN' are as often of 'NN' or more often"),
        ("tag=VB|w:4", ParameterError, "All words of 'VB' are as often of 'sleep' or more often"),
        ("tag=NN;|w:1", UnknownNameError, "'tag' has no label ''"),
    ],
)
def test_what_makes_no_property_is_refused(recording, text, error, sentence):
    with pytest.raises(error, match=sentence):
        word_classes(recording, text)


def test_a_label_may_hold_every_mark(recording):
    text = property_text("a%b=c", ["x|y;z", "50 %"], ["%7C"])
    assert text == "a%25b%3Dc=x%7Cy%3Bz;50 %25|a%25b%3Dc=%257C"
    with pytest.raises(UnknownNameError, match="annotation 'a%b=c'"):
        word_classes(recording, text)


def test_known_pairs_are_suggested(recording):
    suggested = suggested_properties(recording)
    assert suggested == [{"name": "singular and plural nouns", "text": "tag=NN|tag=NNS"}]
    assert word_classes(recording, suggested[0]["text"])[1].name == "NNS"


def test_without_known_labels_the_two_most_frequent_are(tmp_path):
    from dataclasses import replace

    from tests.memory_recordings import memory_corpus

    corpus = memory_corpus()
    labels = ["a" if word == "the" else "b" if word != "queen" else "c" for word in corpus.tokens]
    found = memory_recording(tmp_path / "own", corpus=replace(corpus, annotations={"kind": labels}))
    assert suggested_properties(found)[0]["text"].startswith("kind=b|kind=")


def test_nothing_is_suggested_without_labels(tmp_path):
    from dataclasses import replace

    from tests.memory_recordings import memory_corpus

    plain = memory_recording(tmp_path / "own", corpus=replace(memory_corpus(), annotations={}))
    assert suggested_properties(plain) == []
