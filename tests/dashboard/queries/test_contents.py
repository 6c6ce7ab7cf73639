"""What a recording's tables hold, counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import analytics
from dashboard.queries.cache import AnswerCache
from dashboard.queries.contents import ContentQueries, recording_content
from dashboard.queries.recordings import RecordingQueries

TOKENS = ["a", "b", "a", "c", "a", "b"]


@pytest.fixture
def recording(tmp_path):
    return analytics.write_recording(
        tmp_path / "small",
        name="small",
        tokens=TOKENS,
        states={"layer0.hidden": np.zeros((6, 2), dtype=np.float32)},
        sequence_starts=[0, 4],
        sequence_name="line",
        targets=[1, 0, 2, -1, 1, -1],
        log_probability=[math.log(0.5), math.log(0.5), math.log(0.25), math.nan, math.log(0.25), math.nan],
        annotations={
            "tag": ["x", None, "y", "x", None, "x"],
            "depth": [0.0, 1.0, 2.0, 2.0, math.nan, 0.0],
            "many": [f"label {place}" for place in range(6)],
        },
    )


def test_everything_by_hand(recording):
    content = recording_content(recording)
    assert content.sequence_name == "line"
    assert (content.lengths.shortest, content.lengths.median, content.lengths.longest) == (2, 3.0, 4)
    assert sum(content.lengths.counts) == 2
    assert content.frequent == (("a", 3), ("b", 2), ("c", 1))
    assert content.n_predicted == 4 and content.perplexity == pytest.approx(2**1.5)
    annotations = {annotation.name: annotation for annotation in content.annotations}
    tag = annotations["tag"]
    assert (tag.kind, tag.n_labels, tag.n_missing, tag.largest) == ("categorical", 2, 2, (("x", 3), ("y", 1)))
    depth = annotations["depth"]
    assert depth.limits == (0.0, 1.0, 2.0) and depth.counts == (2, 1, 2) and depth.n_missing == 1
    assert len(annotations["many"].largest) == 6 and annotations["many"].n_other == 0


def test_further_labels_are_counted_together(tmp_path):
    tags = [f"label {place % 9}" for place in range(90)] + ["label 0"]
    recording = analytics.write_recording(
        tmp_path / "many",
        name="many",
        tokens=["a"] * 91,
        states={"layer0.hidden": np.zeros((91, 2), dtype=np.float32)},
        annotations={"tag": tags},
    )
    (tag,) = recording_content(recording).annotations
    assert tag.largest[0] == ("label 0", 11) and len(tag.largest) == 5 and tag.n_other == 40


def test_it_is_kept_by_fingerprint_and_nothing_is_said_of_what_is_not_there(recording, tmp_path):
    cache = AnswerCache(tmp_path / "cache", disk_megabytes=10, memory_megabytes=10)
    queries = ContentQueries(RecordingQueries(tmp_path), cache)
    assert queries.content("small") is queries.content("small")
    assert queries.content("nowhere") is None
