import json
import shutil
import subprocess

import numpy as np
import pytest

from analytics.errors import RecordingWriteError
from analytics.store.recording import open_recording
from analytics.store.row_cache import build_row_cache
from tests.recordings import random_states, small_recording

STATE = "layer0.cell"


def has_cache(path):
    return open_recording(path).states(STATE).has_row_cache


def test_deleted_cache_is_built_again_and_the_same(tmp_path):
    states = {STATE: random_states(50, 3), "layer0.hidden": random_states(50, 2, dtype="float16", seed=1)}
    path = small_recording(tmp_path / "r", states=states).path
    before = {file.name: file.read_bytes() for file in (path / "rows").iterdir()}
    shutil.rmtree(path / "rows")
    assert not has_cache(path)
    done = []
    build_row_cache(path, progress=lambda *seen: done.append(seen))
    assert has_cache(path)
    assert {file.name: file.read_bytes() for file in (path / "rows").iterdir()} == before
    assert done == [(STATE, 50, 50), ("layer0.hidden", 50, 50)]


def test_cache_of_another_recording_is_not_used(tmp_path):
    values = random_states(50, 3)
    path = small_recording(tmp_path / "r", states={STATE: values}).path
    other = small_recording(tmp_path / "other", states={STATE: -values}).path
    shutil.rmtree(path / "rows")
    shutil.copytree(other / "rows", path / "rows")
    assert not has_cache(path)
    np.testing.assert_array_equal(open_recording(path).states(STATE).read_ranges([3], [9]), values[3:9])


@pytest.mark.parametrize("damage", ["stamp missing", "stamp wrong", "short", "other shape", "not npy"])
def test_damaged_cache_is_not_used(tmp_path, damage):
    values = random_states(50, 4)
    path = small_recording(tmp_path / "r", states={STATE: values}).path
    rows, stamp = path / f"rows/{STATE}.npy", path / "rows/stamp.json"
    content = rows.read_bytes()
    if damage == "stamp missing":
        stamp.unlink()
    elif damage == "stamp wrong":
        stamp.write_text(json.dumps({"fingerprint": "0" * 64}) + "\n")
    elif damage == "short":
        rows.write_bytes(content[:-1])
    elif damage == "other shape":
        rows.write_bytes(content[:128].replace(b"(50, 4)", b"(40, 5)") + content[128:])
    else:
        rows.write_bytes(bytes(len(content)))
    assert not has_cache(path)
    np.testing.assert_array_equal(open_recording(path).states(STATE).read_ranges([3], [9]), values[3:9])
    build_row_cache(path)
    assert has_cache(path)


def test_recording_without_a_cache(tmp_path):
    path = small_recording(tmp_path / "r", row_cache=False).path
    assert not (path / "rows").exists()
    assert not has_cache(path)


@pytest.fixture
def read_only(tmp_path):
    """A folder that nobody can write to, root included."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True).returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        small_recording(folder / "r", row_cache=False)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_read_only_folder_is_read_and_not_written_to(read_only):
    recording = open_recording(read_only / "r")
    assert recording.states(STATE).read(0, 50).shape == (50, 3)
    assert recording.token_ids.shape == (50,)
    with pytest.raises(
        RecordingWriteError, match=r"could not be written: Read-only file system\. The recording itself"
    ):
        build_row_cache(read_only / "r")
    with pytest.raises(RecordingWriteError, match="This folder cannot be written to"):
        small_recording(read_only / "new")
