import importlib.util
import sys

import pytest

from analytics.corpora.plays import parse_play
from analytics.corpora.tagging import CHUNK_LABELS, SPEECH_PART_LABELS, tag_play_words
from analytics.errors import MissingPackageError

needs_tagger = pytest.mark.skipif(
    importlib.util.find_spec("textblob") is None, reason="textblob is not installed"
)


def test_labels_fit_a_legend():
    assert len(SPEECH_PART_LABELS) <= 16
    assert len(set(SPEECH_PART_LABELS)) == len(SPEECH_PART_LABELS)


def test_without_the_package_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "textblob.en", None)
    with pytest.raises(MissingPackageError, match=r"textblob.* is not installed\. Run: pip install"):
        tag_play_words(["a"])


@needs_tagger
def test_words_get_their_parts_and_marks_none():
    scene = parse_play("**ADA**  \nThe old king hath kill'd  \nThe queen.\n\n_Enter BEN_")[0]
    parts, chunks = tag_play_words(scene.words)
    assert list(zip(scene.words, parts, chunks, strict=True)) == [
        ("<speech>", "marker", "none"),
        ("The", "determiner", "NP"),
        ("old", "adjective", "NP"),
        ("king", "noun", "NP"),
        ("hath", "verb", "VP"),
        ("kill'd", "verb", "VP"),
        ("/", "marker", "none"),
        ("The", "determiner", "NP"),
        ("queen", "noun", "NP"),
        (".", "punctuation", "none"),
        ("[", "marker", "none"),
        ("Enter", "verb", "VP"),
        ("BEN", "proper noun", "NP"),
        ("]", "marker", "none"),
    ]
    assert set(chunks) <= set(CHUNK_LABELS)
