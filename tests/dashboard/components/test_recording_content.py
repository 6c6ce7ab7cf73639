"""What the tables of the chosen recording hold, as it is shown."""

from __future__ import annotations

import json

import plotly.utils

from dashboard.components.recording_content import recording_content
from dashboard.facts import AnnotationContent, RecordingContent, SequenceLengths

LENGTHS = SequenceLengths(shortest=78, median=965.0, longest=6473, counts=(6, 13, 0, 1))
TAGS = AnnotationContent(
    "part of speech", "categorical", 3, 5, 100, largest=(("noun", 60), ("<b> x", 20)), n_other=15
)
DEPTH = AnnotationContent("depth", "numeric", 0, 0, 100, limits=(0.0, 1.5, 14_996.0), counts=(90, 10))
EMPTY = AnnotationContent("nothing", "numeric", 0, 100, 100)


def shown(*annotations, lengths=LENGTHS, perplexity=102.117, n_predicted=96_277) -> str:
    tokens = ((" ", 7066), ("<unk>", 3019), ("the", 2369))
    content = RecordingContent("scene", lengths, tokens, annotations, perplexity, n_predicted)
    return json.dumps(recording_content(content), cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_lengths_tokens_and_perplexity():
    text = shown()
    for fact in (
        "scene lengths",
        "78 to 6,473 positions, median 965",
        "␣",
        "<unk>",
        "7,066",
        "102.1 over 96,277 predicted positions",
    ):
        assert fact in text, fact


def test_lengths_that_do_not_differ_need_no_picture():
    text = shown(lengths=SequenceLengths(40, 40.0, 40, (10,)))
    assert "all 40 positions" in text and "Histogram" not in text


def test_no_perplexity_where_none_was_recorded():
    assert "perplexity" not in shown(perplexity=None)


def test_labels_have_shares_and_bars():
    text = shown(TAGS)
    for fact in ("categorical, 3 labels, 5.0 % missing", "60.0 %", "20.0 %", "1 others", "15.0 %", "<b> x"):
        assert fact in text, fact
    assert '"--share": "100.0%"' in text and '"--share": "33.3%"' in text


def test_numbers_have_a_histogram_and_their_limits():
    text = shown(DEPTH)
    assert "numeric, none missing" in text and "median 1.5" in text and "14,996" in text
    assert "Histogram from 0 to 14,996" in text


def test_an_annotation_without_a_value_says_so():
    assert "No number in it." in shown(EMPTY) and "100 % missing" in shown(EMPTY)


def test_no_annotation_says_what_they_are_good_for():
    assert "None yet." in shown() and "analytics.annotate" in shown()


def test_many_annotations_do_not_make_the_page_slow():
    text = shown(*[TAGS] * 60)
    assert text.count('"H4"') == 60 and text.count("bar-list") == 40
