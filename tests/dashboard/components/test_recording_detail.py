"""The chosen recording as its manifest tells it: facts, links, sizes, states, network and corpus."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly.utils

from dashboard.components.recording_detail import about_section, recording_detail, unknown_recording
from dashboard.facts import FileGroup, RecordingDetail, RecordingFacts, StateRow

PLAYS = RecordingFacts(
    key="plays-2",
    name="plays",
    description="Four <plays> & more.",
    fingerprint="a0a76883c238bb76",
    n_positions=118_204,
    n_sequences=92,
    n_bytes=249_300_000,
    n_derived_bytes=245_000_000,
    states={"layer0.cell": 256, "attention": 512},
    annotations={"part of speech": "categorical"},
    n_vocabulary=15_000,
    top_k=5,
    sequence_name="scene",
    model={"title": "2 x 256 LSTM", "training": {"schedule": {"epochs": 10}, "log": [{"epoch": 1}]}},
    corpus={"text": "four plays", "year": 1623},
    opening_view={"state": "layer0.cell", "from": "4", "to": "6", "title": "a noun phrase"},
    created="2026-11-21T04:58:12+00:00",
)
DETAIL = RecordingDetail(
    facts=PLAYS,
    states=(
        StateRow("layer0.cell", 256, (), "float16", 30_700_000, 30_600_000),
        StateRow("attention", 512, (8, 64), "float32", 61_000_000, 0),
    ),
    groups=(
        FileGroup("states", 91_700_000, 2),
        FileGroup("derived rows", 30_600_000, 2, "for speed; may be deleted and built again"),
    ),
    has_loss=True,
    settings={"recorded": {"state_reset": True}},
)


def shown(parts) -> str:
    """All texts and links, as they travel to the browser."""
    return json.dumps(parts, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_facts():
    text = shown(recording_detail(DETAIL))
    for fact in (
        "118,204",
        "92 scenes",
        "15,000 different tokens",
        "the 5 likeliest next tokens, and the loss",
        "2026-11-21 04:58 UTC",
        "a0a76883",
        "All of it: a0a76883c238bb76",
        "folder plays-2",
        "Four <plays> & more.",
    ):
        assert fact in text, fact


def test_it_offers_the_finding_and_each_state():
    text = shown(recording_detail(DETAIL))
    assert "Open the finding: a noun phrase" in text
    assert "/match?recording=plays-2&state=layer0.cell&from=4&to=6" in text
    assert '"/match?recording=plays-2"' in text
    assert '"/match?recording=plays-2&state=attention"' in text


def test_sizes_add_up_and_say_what_may_go():
    text = shown(recording_detail(DETAIL))
    for fact in ("91.7 MB", "75.0 %", "122.3 MB", "4 files", "may be deleted and built again"):
        assert fact in text, fact


def test_states_tell_units_type_shape_and_whether_rows_are_built():
    text = shown(recording_detail(DETAIL))
    for fact in ("float16", "8 × 64", "512", "not built", "30.6 MB"):
        assert fact in text, fact
    plain = replace(DETAIL, states=DETAIL.states[:1])
    assert '"shape"' not in shown(recording_detail(plain)), "a column that would be empty"


def test_what_is_not_known_is_said():
    bare = RecordingFacts("a", "a", "", "f" * 64, 90, 1, 5_500, 0, {"layer0.hidden": 5}, {}, n_vocabulary=1)
    state = StateRow("layer0.hidden", 5, (), "float32", 5_500, 0)
    detail = RecordingDetail(bare, (state,), (FileGroup("states", 5_500, 1),), has_loss=False)
    text = shown(recording_detail(detail))
    assert "No description." in text and "1 sequence" in text and "1 different token" in text
    assert "1 sequences" not in text and "finding" not in text
    about = shown(about_section(detail))
    assert "does not describe the network" in about and "does not describe the corpus" in about


def test_network_corpus_and_settings_are_readable():
    text = shown(about_section(DETAIL))
    for fact in ("2 x 256 LSTM", "schedule (epochs 10)", "four plays", "1,623", "state reset yes"):
        assert fact in text, fact
    assert "log" not in text.replace("logic", ""), "the log has a picture of its own"


def test_a_recording_that_is_not_there_says_so():
    assert "There is no recording 'plaxs'" in shown(unknown_recording("plaxs"))
    assert unknown_recording("") is None
