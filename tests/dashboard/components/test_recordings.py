"""The list of recordings: facts, links, problems, nothing there."""

from __future__ import annotations

import json

import plotly.utils

from dashboard.components.recordings import recording_list
from dashboard.facts import RecordingFacts

PLAYS = RecordingFacts(
    key="plays-2",
    name="plays",
    description="Four <plays> & more.",
    fingerprint="a0a76883c238bb76",
    n_positions=118_204,
    n_sequences=92,
    n_bytes=249_300_000,
    n_derived_bytes=245_000_000,
    states={"layer0.cell": 256, "layer1.cell": 256},
    annotations={"part of speech": "categorical"},
    n_vocabulary=15_000,
    top_k=5,
    sequence_name="scene",
    model={"title": "2 x 256 LSTM", "perplexity": {"test": 154.32}},
    corpus={"text": "four plays"},
    opening_view={"state": "layer1.cell", "from": "4", "to": "6", "title": "a noun phrase"},
)


def shown(recordings=(), problems=()) -> str:
    """All texts and links of the list, as they travel to the browser."""
    return json.dumps(recording_list(recordings, problems, folder="data/recordings"),
                      cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)  # fmt: skip


def test_facts():
    text = shown([PLAYS])
    for fact in (
        "118,204 positions, 92 scenes, 15,000 different tokens",
        "2 x 256 LSTM; perplexity 154.3 (test)",
        "part of speech (categorical)",
        "the 5 likeliest next tokens",
        "249.3 MB and 245.0 MB derived for speed, fingerprint a0a76883",
        "folder plays-2",
        "Four <plays> & more.",
    ):
        assert fact in text


def test_links_to_each_state_and_to_the_finding():
    text = shown([PLAYS])
    assert "/match?recording=plays-2&state=layer0.cell" in text
    assert "Open the finding: a noun phrase" in text
    assert "/match?recording=plays-2&state=layer1.cell&from=4&to=6" in text


def test_what_is_not_known_is_said():
    bare = RecordingFacts("a", "a", "", "f" * 64, 90, 1, 5_500, 0, {"layer0.hidden": 5}, {})
    text = shown([bare])
    assert "No description." in text and "not described" in text and "1 sequence" in text
    assert "1 sequences" not in text and "finding" not in text


def test_folders_that_do_not_open_are_listed_with_the_reason():
    text = shown([PLAYS], [("broken", "tokens.parquet is missing.")])
    assert "broken" in text and "tokens.parquet is missing." in text


def test_nothing_there_says_why_and_what_next():
    text = shown()
    assert "There is no recording in data/recordings." in text
    assert "python -m analytics demo" in text
