"""Figures of the matches show the numbers of their record, and texts as they are."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.analyses.labels import label_shares, number_shares
from analytics.analyses.lengths import LengthHistogram
from dashboard.figures.match import MAX_LABELS, as_written, labels_figure, lengths_figure

HISTOGRAM = LengthHistogram(length=np.array([2, 3, 7]), count=np.array([40, 9, 1]))


def test_every_length_has_a_bar():
    bars = lengths_figure(HISTOGRAM, chosen=0, limit=1000, theme="light").data[0]
    assert list(bars.x) == [2, 3, 7]
    assert list(bars.y) == [40, 9, 1]
    assert len(set(bars.marker.color)) == 1


def test_the_chosen_length_stands_out():
    colors = lengths_figure(HISTOGRAM, chosen=3, limit=1000, theme="dark").data[0].marker.color
    assert colors[0] == colors[2] != colors[1]


@pytest.mark.parametrize(("limit", "words"), [(1000, "all 50 matches"), (50, "the best 50 matches")])
def test_the_axis_says_what_was_counted(limit, words):
    figure = lengths_figure(HISTOGRAM, chosen=0, limit=limit, theme="light")
    assert words in figure.layout.yaxis.title.text


def test_no_match_is_an_empty_figure():
    none = LengthHistogram(length=np.array([], dtype=int), count=np.array([], dtype=int))
    assert len(lengths_figure(none, chosen=0, limit=1000, theme="light").data[0].x) == 0


def test_pairs_of_bars_hold_shares_and_counts():
    shares = label_shares([0, 0, 1, 1, 1], ["noun", "verb"], [0], [2])
    corpus, inside = labels_figure(shares, theme="light").data
    assert [name for name, _ in inside.customdata] == ["verb", "noun"]
    assert list(inside.x) == [0.0, 1.0]
    assert list(corpus.x) == [0.6, 0.4]
    assert list(inside.text) == ["0", "2"]


def test_numbers_stay_in_their_order():
    shares = number_shares([0, 1, 1, 2], [1], [3])
    inside = labels_figure(shares, theme="light").data[1]
    assert [name for name, _ in inside.customdata] == ["2", "1", "0"]


def test_only_the_labels_that_differ_most_are_shown_and_that_is_said():
    codes = np.concatenate([np.repeat(0, 50), np.arange(1, 40)])
    figure = labels_figure(label_shares(codes, [str(code) for code in range(40)], [0], [10]), theme="light")
    assert len(figure.data[0].x) == MAX_LABELS
    assert f"{MAX_LABELS} of 40 labels" in figure.layout.xaxis.title.text
    assert figure.data[1].customdata[-1][0] == "0"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("<b>", "&lt;b&gt;"), ("&amp;", "&amp;amp;"), (" \n\t", "␣↵⇥"), ("", "∅"), ("שלום", "שלום")],
)
def test_texts_are_shown_as_they_are(text, shown):
    assert as_written(text) == shown
    figure = labels_figure(label_shares([0], [text], [0], [1]), theme="light")
    assert figure.layout.yaxis.ticktext == (shown,)


def test_long_labels_are_cut_on_the_axis_only():
    figure = labels_figure(label_shares([0], ["x" * 80], [0], [1]), theme="light")
    assert figure.layout.yaxis.ticktext[0].endswith("…")
    assert figure.data[0].customdata[0][0] == "x" * 80
