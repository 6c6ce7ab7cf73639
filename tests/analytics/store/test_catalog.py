import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from analytics.errors import (
    DamagedRecordingError,
    NotARecordingError,
    RecordingChangedError,
    UnknownNameError,
)
from analytics.store.catalog import Catalog
from analytics.store.row_cache import build_row_cache
from tests.recordings import random_states, small_recording

STATE = "layer0.cell"


def test_recordings_are_those_of_the_names(tmp_path):
    for name in ("b", "a"):
        small_recording(tmp_path / name)
    (tmp_path / "no recording").mkdir()
    catalog = Catalog(tmp_path)
    assert tuple(catalog.recordings()) == catalog.names() == ("a", "b")
    assert catalog.recordings()["a"] is catalog.open("a")


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


# --- removing ---


def test_removed_recording_is_gone_and_others_stay(tmp_path):
    small_recording(tmp_path / "a")
    small_recording(tmp_path / "b")
    catalog = Catalog(tmp_path)
    opened = catalog.open("a")
    catalog.remove("a")
    assert os.listdir(tmp_path) == ["b"]
    assert catalog.names() == ("b",)
    with pytest.raises(RecordingChangedError, match="was removed while it was open"):
        opened.check_unchanged()
    with pytest.raises(UnknownNameError, match=r"no recording 'a' in .*There are: b\."):
        catalog.remove("a")


def test_names_that_lead_elsewhere_remove_nothing(tmp_path):
    small_recording(tmp_path / "in" / "a")
    small_recording(tmp_path / "outside")
    (tmp_path / "in" / ".partial-a-01234567").mkdir()
    names = (
        "../outside",
        str(tmp_path / "outside"),
        "",
        ".",
        "..",
        "a/",
        "a\0",
        ".partial-a-01234567",
        "\ud800",
    )
    for name in names:
        with pytest.raises(UnknownNameError, match="There is no recording"):
            Catalog(tmp_path / "in").remove(name)
    assert sorted(os.listdir(tmp_path / "in")) == [".partial-a-01234567", "a"]
    assert sorted(os.listdir(tmp_path)) == ["in", "outside"]


def test_what_is_no_recording_is_not_removed(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "recording.json").write_text('{"format": "my own"}')
    (tmp_path / "file").write_text("ten years of work")
    with pytest.raises(NotARecordingError, match=r"'format' is not .*It is left as it is\."):
        Catalog(tmp_path).remove("thesis")
    with pytest.raises(UnknownNameError):
        Catalog(tmp_path).remove("file")
    assert sorted(os.listdir(tmp_path)) == ["file", "thesis"]


def test_links_are_not_followed(tmp_path):
    outside = small_recording(tmp_path / "outside").path
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(outside)
    catalog = Catalog(tmp_path / "in")
    with pytest.raises(NotARecordingError, match=r"is a link to .*outside; both are left as they are"):
        catalog.remove("link")
    assert catalog.open("link").n_positions == 50
    inner = small_recording(tmp_path / "in" / "a").path
    (inner / "rows" / "more").symlink_to(outside)
    (inner / "tokens.parquet").unlink()
    (inner / "tokens.parquet").symlink_to(outside / "tokens.parquet")
    catalog.remove("a")
    assert os.listdir(tmp_path / "in") == ["link"]
    assert catalog.open("link").tokens[0] == "the"


@pytest.mark.parametrize("change", [{"format_version": 99}, {"n_positions": "many"}])
def test_damaged_and_newer_recordings_can_be_removed(tmp_path, change):
    path = small_recording(tmp_path / "a").path
    facts = json.loads((path / "recording.json").read_text())
    (path / "recording.json").write_text(json.dumps(facts | change))
    Catalog(tmp_path).remove("a")
    assert os.listdir(tmp_path) == []


def test_names_that_are_not_ours_can_be_removed(tmp_path):
    """A recording that was renamed by hand."""
    for name in ("two words", "ünï", "a[b]", "x" * 255):
        small_recording(tmp_path / "a").path.rename(tmp_path / name)
        assert Catalog(tmp_path).open(name).name == "a"
        Catalog(tmp_path).remove(name)
        assert os.listdir(tmp_path) == []


def test_cut_off_while_removing_leaves_no_recording(tmp_path, monkeypatch):
    small_recording(tmp_path / "a")
    small_recording(tmp_path / "b")
    catalog = Catalog(tmp_path)

    def cut_off(path, **options):
        os.unlink(path / "tokens.parquet")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("analytics.store.removal.shutil.rmtree", cut_off)
        with pytest.raises(KeyboardInterrupt):
            catalog.remove("a")
    assert catalog.names() == ("b",)
    assert catalog.problems() == []
    assert len(os.listdir(tmp_path)) == 2
    catalog.remove("b")
    assert os.listdir(tmp_path) == []


REMOVING_AS_NOBODY = """
    import os, sys
    from analytics.errors import RecordingWriteError
    from analytics.store.catalog import Catalog

    os.setgid(65534)
    os.setuid(65534)
    try:
        Catalog(sys.argv[1]).remove("a")
    except RecordingWriteError as error:
        print(error)
"""


@pytest.mark.skipif(
    os.getuid() != 0, reason="needs root, to become nobody: root itself may delete everything"
)
def test_recording_that_cannot_be_removed_is_still_there():
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        recording = small_recording(Path(name) / "a")
        program = [sys.executable, "-c", textwrap.dedent(REMOVING_AS_NOBODY), name]
        done = subprocess.run(program, cwd=Path(__file__).parents[3], capture_output=True, text=True)
        assert "could not be removed, and is still there: Permission denied." in done.stdout, done.stderr
        recording.check_unchanged()


def test_a_folder_that_disappears_says_so_and_comes_back(tmp_path):
    folder = tmp_path / "recordings"
    small_recording(folder / "plays")
    catalog = Catalog(folder)
    first = catalog.open("plays")
    folder.rename(tmp_path / "away")
    assert catalog.names() == ()
    with pytest.raises(UnknownNameError, match=r"cannot be read at the moment\. Once it is back"):
        catalog.open("plays")
    (tmp_path / "away").rename(folder)
    assert catalog.open("plays").fingerprint == first.fingerprint


def test_a_folder_that_disappears_before_anybody_asked_says_so_too(tmp_path):
    small_recording(tmp_path / "recordings" / "plays")
    catalog = Catalog(tmp_path / "recordings")
    (tmp_path / "recordings").rename(tmp_path / "away")
    with pytest.raises(UnknownNameError, match=r"cannot be read at the moment\. Once it is back"):
        catalog.open("plays")
