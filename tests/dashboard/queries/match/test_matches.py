"""What the match half is told, against the analyses asked directly."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

import analytics
from analytics.analyses.labels import LabelShares, NumberShares
from analytics.errors import RecordingError
from dashboard.queries import Queries
from dashboard.queries.annotations import LOSS
from dashboard.queries.cache import AnswerCache
from dashboard.queries.match.question import MatchQuestion
from dashboard.queries.match.rows import AFTER, BEFORE
from dashboard.queries.match.table import as_csv, as_parquet, match_table
from tests.networks import lstm_recording

ASKED = MatchQuestion("plays", "layer0.cell", start=30, stop=32, threshold=0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    lstm_recording(folder / "plays")
    return folder


@pytest.fixture
def queries(folder, tmp_path) -> Queries:
    return Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=10, memory_megabytes=10))


@pytest.fixture
def recording(folder):
    return analytics.open_recording(folder / "plays")


def direct(recording, asked, **changes):
    """The matches of the question, from the public functions."""
    states = recording.states(asked.state)
    units = analytics.select_units(states, asked.start, asked.stop, threshold=asked.threshold)
    arguments = {"threshold": asked.threshold, "min_length": 2, "limit": 50, **changes}
    return analytics.match_pattern(states, units, **arguments)


def test_the_rows_are_the_matches_of_the_analysis(queries, recording):
    results, matches = queries.match.results(ASKED), direct(recording, ASKED)
    rows = results["rows"]
    assert len(matches) == 50
    for name in ("start", "stop", "overlap", "union", "sequence"):
        assert rows[name] == getattr(matches, name).tolist(), name
    assert results["units"] == len(matches.units)
    assert results["positions"] == recording.n_positions


def test_each_row_carries_the_words_and_counts_around_it(queries, recording):
    rows, matches = queries.match.results(ASKED)["rows"], direct(recording, ASKED)
    states = recording.states("layer0.cell")
    borders = np.append(recording.sequence_starts, recording.n_positions)
    for index in range(len(matches)):
        first = rows["first"][index]
        words = [rows["texts"][word] for word in rows["words"][index]]
        assert words == recording.tokens[first : first + len(words)].tolist()
        on = (states.read(first, first + len(words))[:, matches.units] >= np.float32(0.1)).sum(axis=1)
        assert rows["counts"][index] == on.tolist()
        sequence = matches.sequence[index]
        assert first == max(matches.start[index] - BEFORE, borders[sequence])
        assert first + len(words) == min(matches.start[index] + AFTER, borders[sequence + 1])
        assert rows["place"][index] == matches.start[index] - borders[sequence]


def test_annotations_come_with_the_rows_that_show_them(queries, recording):
    rows = queries.match.results(replace(ASKED, color="part_of_speech", heat="letters"))["rows"]
    words, numbers = rows["tracks"]["part_of_speech"], rows["tracks"]["letters"]
    first = rows["first"][3]
    expected = recording.annotations["part_of_speech"].iloc[first : first + len(rows["words"][3])].tolist()
    assert [words["labels"][code] for code in words["rows"][3]] == expected
    assert numbers["rows"][3][0] == recording.annotations["letters"].iloc[first]
    assert (numbers["low"], numbers["high"]) == (1, recording.annotations["letters"].max())


def test_the_loss_can_be_shown_like_an_annotation(queries, recording):
    track = queries.match.results(replace(ASKED, heat=LOSS))["rows"]["tracks"][LOSS]
    first = queries.match.results(ASKED)["rows"]["first"][0]
    assert track["rows"][0][0] == pytest.approx(-recording.log_probability[first], rel=1e-4)


def test_unknown_annotations_are_left_out(queries):
    assert queries.match.results(replace(ASKED, color="nonsense", heat="<b>"))["rows"]["tracks"] == {}


def test_fifty_rows_are_small(queries):
    results = queries.match.results(replace(ASKED, color="part_of_speech", heat="letters"))
    assert len(json.dumps(results)) < 60_000


def test_a_length_picks_from_the_best_thousand(queries, recording):
    wide = direct(recording, ASKED, limit=1000)
    lengths = queries.match.lengths(ASKED)
    assert dict(zip(lengths.length.tolist(), lengths.count.tolist(), strict=True)) == {
        length: int((wide.length == length).sum()) for length in np.unique(wide.length).tolist()
    }
    rare = int(lengths.length[np.argmin(lengths.count)])
    found = queries.match.found(replace(ASKED, length=rare)).matches
    assert_array_equal(found.start, wide.start[wide.length == rare][:50])
    assert all(len(counts) == rare for counts in found.on_counts)


def test_dropped_and_pinned_units_change_the_pattern(queries, recording):
    units = direct(recording, ASKED).units
    other = next(unit for unit in range(24) if unit not in units)
    asked = replace(ASKED, dropped=(int(units[0]),), pinned=(other,))
    assert set(queries.match.found(asked).matches.units) == {*units[1:].tolist(), other}


def test_a_pattern_of_one_position_also_finds_single_words(queries):
    assert replace(ASKED, start=30, stop=31).least_length == 1
    assert ASKED.least_length == 2
    assert replace(ASKED, min_length=1).least_length == 1


def test_labels_inside_equal_a_count_by_hand(queries, recording):
    name, shares = queries.match.labels(replace(ASKED, labels="part_of_speech"))
    matches = direct(recording, ASKED)
    inside = np.concatenate([np.arange(*limits) for limits in zip(matches.start, matches.stop, strict=True)])
    counted = recording.annotations["part_of_speech"].iloc[inside].value_counts()
    assert name == "part_of_speech"
    assert isinstance(shares, LabelShares)
    assert dict(zip(shares.labels, shares.inside.tolist(), strict=True)) == {
        label: int(counted.get(label, 0)) for label in shares.labels
    }


def test_numbers_are_compared_too_and_the_most_telling_is_first(queries):
    assert isinstance(queries.match.labels(replace(ASKED, labels="letters"))[1], NumberShares)
    name, best = queries.match.labels(ASKED)
    for other in ("part_of_speech", "letters"):
        shares = queries.match.labels(replace(ASKED, labels=other))[1]
        assert best.distance - best.distance_by_chance >= shares.distance - shares.distance_by_chance
    assert name in ("part_of_speech", "letters")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start": -1, "stop": -1}, "Nothing is selected"),
        ({"threshold": 50.0}, "No unit is on at every selected position at threshold 50"),
        ({"threshold": 50.0, "off_before": 2}, "narrow the off-windows"),
        ({"min_length": 5, "max_length": 3}, "at least 5 and at most 3"),
        ({"min_overlap": 24}, "so no range can share 24"),
        ({"length": 77}, "None of the best 1,000 matches has 77 positions"),
        ({"min_length": 400}, "No range of at least 400 positions"),
    ],
)
def test_nothing_found_says_why(queries, changes, sentence):
    results = queries.match.results(replace(ASKED, **changes))
    assert results["rows"] is None
    assert sentence in results["reason"]
    assert queries.match.labels(replace(ASKED, **changes)) is None
    assert len(queries.match.table(replace(ASKED, **changes))) == 0


def test_the_table_is_the_result_with_its_words(queries, recording):
    frame, matches = queries.match.table(ASKED), direct(recording, ASKED)
    for name in ("start", "stop", "overlap", "union"):
        assert_array_equal(frame[name], getattr(matches, name))
    assert frame["rank"].tolist() == list(range(1, 51))
    assert frame["is_selection"].sum() <= 1
    start, stop = int(matches.start[0]), int(matches.stop[0])
    assert frame["text"][0] == " ".join(recording.token_texts(start, stop))
    assert frame["units_on"][0] == " ".join(map(str, matches.on_counts[0].tolist()))


def test_letters_are_put_together_without_spaces(tmp_path):
    text = list("the queen of the land")
    states = np.array([[letter == "e"] for letter in text], dtype=np.float32)
    recording = analytics.write_recording(
        tmp_path / "letters", name="letters", tokens=text, states={"e": states}
    )
    frame = match_table(recording, analytics.match_pattern(states, [0], threshold=0.5), start=2, stop=3)
    assert frame["text_before"].tolist() == ["the qu", "th", "en of th"]
    assert frame["text"].tolist() == ["ee", "e", "e"]
    assert frame["text_after"][0] == "n of the"
    assert frame["is_selection"].tolist() == [False, True, False]


def test_files_hold_the_table(queries):
    frame = queries.match.table(ASKED)
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(as_parquet(frame))), frame)
    csv = pd.read_csv(io.StringIO(as_csv(frame)), keep_default_na=False)
    assert_array_equal(csv["start"], frame["start"])
    assert csv["jaccard"].tolist() == pytest.approx(frame["jaccard"].tolist(), rel=1e-12)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(a1)", "\tx", "\rx", "\n=1"])
def test_no_cell_of_a_csv_is_a_formula(text):
    written = as_csv(pd.DataFrame({"rank": [1], "text": pd.Series([text], dtype=object)}))
    assert pd.read_csv(io.StringIO(written, newline=""), keep_default_na=False)["text"][0] == "'" + text


def test_numbers_of_a_csv_stay_numbers():
    assert as_csv(pd.DataFrame({"value": [-1.5]})) == '"value"\r\n-1.5\r\n'


def test_a_recording_removed_while_open_is_said(folder, tmp_path):
    shutil.copytree(folder / "plays", tmp_path / "recordings" / "plays")
    cache = AnswerCache(tmp_path / "cache", disk_megabytes=10, memory_megabytes=10)
    queries = Queries(tmp_path / "recordings", cache)
    queries.match.results(ASKED)
    shutil.rmtree(tmp_path / "recordings" / "plays")
    with pytest.raises((RecordingError, LookupError), match="plays"):
        queries.match.results(ASKED)
