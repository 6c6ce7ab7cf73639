import json
import os
import shutil

import pytest

from analytics.errors import DamagedRecordingError, NotARecordingError, UnknownNameError
from analytics.store.catalog import Catalog
from analytics.store.row_cache import build_row_cache
from tests.recordings import random_states, small_recording

STATE = "layer0.cell"


def test_folder_that_is_not_there_yet(tmp_path):
    catalog = Catalog(tmp_path / "recordings")
    assert catalog.names() == ()
    assert catalog.problems() == []
    with pytest.raises(UnknownNameError, match="There is no recording 'a' in"):
        catalog.open("a")
    small_recording(tmp_path / "recordings" / "a")
    assert catalog.names() == ("a",)


def test_added_replaced_and_removed_recordings_are_noticed(tmp_path):
    catalog = Catalog(tmp_path)
    small_recording(tmp_path / "b")
    first = catalog.open("b")
    assert catalog.open("b") is first
    small_recording(tmp_path / "a")
    assert catalog.names() == ("a", "b")
    small_recording(tmp_path / "b", states={STATE: random_states(50, 3, seed=9)}, overwrite=True)
    second = catalog.open("b")
    assert second is not first
    assert second.fingerprint != first.fingerprint
    shutil.rmtree(tmp_path / "b")
    assert catalog.names() == ("a",)
    with pytest.raises(UnknownNameError, match=r"no recording 'b' in .*There are: a\."):
        catalog.open("b")


def test_row_cache_built_meanwhile_is_noticed(tmp_path):
    catalog = Catalog(tmp_path)
    small_recording(tmp_path / "a", row_cache=False)
    assert not catalog.open("a").states(STATE).has_row_cache
    build_row_cache(tmp_path / "a")
    assert catalog.open("a").states(STATE).has_row_cache


def test_names_that_lead_elsewhere_are_unknown(tmp_path):
    small_recording(tmp_path / "in" / "a")
    small_recording(tmp_path / "outside")
    catalog = Catalog(tmp_path / "in")
    for name in ("../outside", str(tmp_path / "outside"), "", ".", "..", "a/", "a\0"):
        with pytest.raises(UnknownNameError, match="There is no recording"):
            catalog.open(name)


def test_folders_that_do_not_open_are_reported_with_a_sentence(tmp_path):
    small_recording(tmp_path / "good")
    damaged = small_recording(tmp_path / "damaged").path
    tokens = (damaged / "tokens.parquet").read_bytes()
    os.unlink(damaged / "tokens.parquet")
    (tmp_path / "other").mkdir()
    (tmp_path / "file.txt").write_text("not a folder")
    (tmp_path / ".partial-x-01234567").mkdir()
    catalog = Catalog(tmp_path)
    assert catalog.names() == ("good",)
    problems = dict(catalog.problems())
    assert list(problems) == ["damaged", "other"]
    assert "tokens.parquet is missing" in problems["damaged"]
    assert "holds no finished recording" in problems["other"]
    with pytest.raises(DamagedRecordingError, match=r"tokens\.parquet is missing"):
        catalog.open("damaged")
    with pytest.raises(NotARecordingError):
        catalog.open("other")
    (damaged / "tokens.parquet").write_bytes(tokens)
    assert catalog.names() == ("damaged", "good")


def test_two_recordings_of_one_name_are_reported_and_both_open(tmp_path):
    small_recording(tmp_path / "first", name="Plays")
    small_recording(tmp_path / "second", name="Plays")
    catalog = Catalog(tmp_path)
    assert catalog.names() == ("first", "second")
    assert catalog.open("first").name == catalog.open("second").name == "Plays"
    sentence = "2 recordings are named 'Plays': first, second. They are told apart by their folders."
    assert catalog.problems() == [("first", sentence), ("second", sentence)]


def test_manifest_edited_in_place_is_noticed(tmp_path):
    small_recording(tmp_path / "a")
    catalog = Catalog(tmp_path)
    catalog.open("a")
    facts = json.loads((tmp_path / "a/recording.json").read_text())
    (tmp_path / "a/recording.json").write_text(json.dumps(facts | {"description": "said later"}))
    assert catalog.open("a").description == "said later"
