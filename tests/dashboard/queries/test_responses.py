"""Responses and tags are kept by the content of a recording: another content, other answers."""

import numpy as np
import pytest

import analytics
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.responses import tag_annotations


def write(folder, *, tokens=("a", "b", "a", "b"), **options):
    states = {"s": np.array([[1.0], [4.0], [6.0], [7.0]])}
    return analytics.write_recording(
        folder / "own", name="own", tokens=list(tokens), states=states, overwrite=True, **options
    )


@pytest.fixture
def queries(tmp_path):
    folder = tmp_path / "recordings"
    return Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))


def test_only_words_that_occur_have_a_response(queries, tmp_path):
    recording = write(tmp_path / "recordings", tokens=[0, 2, 0, 2], vocabulary=["a", "never", "b"])
    response = queries.responses.response(recording, "s")
    assert response.words.tolist() == [0, 2]
    assert response.mean.ravel().tolist() == [1.5, 2.0]


def test_another_content_has_another_answer(queries, tmp_path):
    first = queries.responses.response(write(tmp_path / "recordings"), "s")
    again = write(tmp_path / "recordings", tokens="aabb")
    assert queries.responses.response(again, "s").mean.ravel().tolist() != first.mean.ravel().tolist()


@pytest.mark.parametrize("name", ["part of speech", "Part_of_Speech", "POS", "upos", "tag"])
def test_what_is_most_like_a_part_of_speech_comes_first(tmp_path, name):
    labels = ["x", "y", "x", "y"]
    recording = write(tmp_path, annotations={"play": labels, "depth": np.arange(4.0), name: labels})
    assert tag_annotations(recording) == [name, "play"]


def test_a_word_has_the_tag_it_carries_most_often(queries, tmp_path):
    recording = write(
        tmp_path / "recordings",
        tokens="aaab",
        annotations={"tag": ["n", "v", "v", None], "other": list("xxxx")},
    )
    tags = queries.responses.tags(recording, "")
    assert tags.name == "tag" and [tags.labels[tag] if tag >= 0 else "" for tag in tags.of_word] == ["v", ""]
    assert tags.share[0] == pytest.approx(2 / 3) and np.isnan(tags.share[1])


def test_without_a_categorical_annotation_there_are_no_tags(queries, tmp_path):
    recording = write(tmp_path / "recordings", annotations={"depth": np.arange(4.0)})
    assert queries.responses.tags(recording, "") is None
