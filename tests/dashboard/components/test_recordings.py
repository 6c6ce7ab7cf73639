"""What stands under the list: folders that do not open, nothing there."""

from __future__ import annotations

import json

import plotly.utils

from dashboard.components.recordings import list_notes


def shown(n_recordings: int, problems=()) -> str:
    notes = list_notes(n_recordings, problems, folder="data/recordings")
    return json.dumps(notes, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_folders_that_do_not_open_are_listed_with_the_reason():
    text = shown(1, [("broken", "tokens.parquet is missing.")])
    assert "broken" in text and "tokens.parquet is missing." in text
    assert "There is no recording" not in text


def test_nothing_there_says_why_and_what_next():
    text = shown(0)
    assert "There is no recording in data/recordings." in text
    assert "python -m analytics demo" in text


def test_nothing_is_said_when_all_is_well():
    assert shown(2) == "[]"
