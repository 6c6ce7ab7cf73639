"""What is left when writing ends badly: the recording that was there before, or nothing."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import numpy as np
import pytest

from analytics.errors import NotARecordingError, RecordingWriteError
from analytics.ingest.writer import RecordingWriter
from analytics.ingest.writing.staging import StagedFolder
from analytics.store.catalog import Catalog
from analytics.store.recording import open_recording
from tests.processes import start
from tests.recordings import random_states, small_recording

STATE = "layer0.cell"


def partials(folder):
    return [name for name in os.listdir(folder) if name.startswith(".partial-")]


def finish(process):
    """Wait for it; return what it printed after its first line, and its errors."""
    with process:
        return process.stdout.read(), process.stderr.read()


def end(process, number):
    process.send_signal(number)
    return finish(process)[1]


SLOW_WRITER = """
    import signal, sys, time
    import numpy as np
    from analytics.ingest.writer import RecordingWriter
    from tests.recordings import VOCABULARY

    # A test run that was started in the background would hand down that Ctrl-C is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    path, blocks_before = sys.argv[1], int(sys.argv[2])
    with RecordingWriter(
        path, name="slow", states={"layer0.cell": 8}, vocabulary=VOCABULARY, rows_per_group=64, overwrite=True
    ) as writer:
        for turn in range(10_000):
            if turn == blocks_before:
                print("ready", flush=True)
            if turn >= blocks_before:
                time.sleep(0.01)
            writer.append(token_ids=np.arange(50) % 7, states={"layer0.cell": np.full((50, 8), 0.5, "f2")})
"""

STOPPED_IN_PUBLISH = """
    import sys, time
    from pathlib import Path
    from analytics.ingest.writing import staging
    from tests.recordings import small_recording

    path, function = Path(sys.argv[1]), sys.argv[2]

    rmtree = staging.shutil.rmtree

    def stop(*arguments, **options):
        if function == "rmtree" and arguments[0].name == ".progress":
            return rmtree(*arguments, **options)
        print("ready", flush=True)
        time.sleep(60)

    where = staging.shutil if function == "rmtree" else staging
    setattr(where, function, stop)
    small_recording(path, name="new", overwrite=True)
"""


@pytest.mark.parametrize("blocks_before", [0, 1, 30])
def test_killed_while_recording(tmp_path, blocks_before):
    process = start(SLOW_WRITER, tmp_path / "r", blocks_before)
    assert len(partials(tmp_path)) == 1
    end(process, signal.SIGKILL)
    assert partials(tmp_path) == os.listdir(tmp_path)
    assert Catalog(tmp_path).names() == ()
    with pytest.raises(NotARecordingError):
        open_recording(tmp_path / "r")
    with pytest.raises(NotARecordingError):
        open_recording(tmp_path / partials(tmp_path)[0])
    small_recording(tmp_path / "other")
    assert len(partials(tmp_path)) == 1, "another recording's leftovers are not ours to remove"
    small_recording(tmp_path / "r")
    assert sorted(os.listdir(tmp_path)) == ["other", "r"]
    assert open_recording(tmp_path / "r").n_positions == 50


def test_killed_while_recording_over_another(tmp_path):
    old = small_recording(tmp_path / "r")
    process = start(SLOW_WRITER, tmp_path / "r", 5)
    end(process, signal.SIGKILL)
    old.check_unchanged()
    assert open_recording(tmp_path / "r").fingerprint == old.fingerprint


@pytest.mark.parametrize(
    ("function", "left"),
    [("_sync_folders", "old"), ("_replace", "old"), ("_exchange", "old"), ("rmtree", "new")],
)
def test_killed_while_replacing_leaves_the_old_or_the_new(tmp_path, function, left):
    small_recording(tmp_path / "r", name="old")
    process = start(STOPPED_IN_PUBLISH, tmp_path / "r", function)
    assert open_recording(tmp_path / "r").name == left
    end(process, signal.SIGKILL)
    assert open_recording(tmp_path / "r").name == left
    assert Catalog(tmp_path).names() == ("r",)
    small_recording(tmp_path / "r", name="next", overwrite=True)
    assert os.listdir(tmp_path) == ["r"]


def test_file_systems_that_cannot_swap_folders(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.ingest.writing.staging._exchange", lambda new, old: False)
    small_recording(tmp_path / "r", name="old")
    small_recording(tmp_path / "r", name="new", overwrite=True)
    assert open_recording(tmp_path / "r").name == "new"
    assert os.listdir(tmp_path) == ["r"]


def test_replacement_cut_off_between_two_renames_is_put_back(tmp_path):
    small_recording(tmp_path / "r", name="old")
    (tmp_path / "r").rename(tmp_path / ".replaced-r")
    with pytest.raises(RecordingWriteError, match="already something"):
        small_recording(tmp_path / "r", name="new")
    assert open_recording(tmp_path / "r").name == "old"


@pytest.mark.parametrize("blocks_before", [0, 30])
def test_interrupted_while_recording(tmp_path, blocks_before):
    process = start(SLOW_WRITER, tmp_path / "r", blocks_before)
    errors = end(process, signal.SIGINT)
    assert "KeyboardInterrupt" in errors
    assert os.listdir(tmp_path) == []


def test_exception_while_recording(tmp_path):
    with (
        pytest.raises(ZeroDivisionError),
        RecordingWriter(tmp_path / "r", name="r", states={STATE: 2}, vocabulary=["a"]) as writer,
    ):
        writer.append(token_ids=[0], states={STATE: np.zeros((1, 2))})
        _ = 1 / 0
    assert os.listdir(tmp_path) == []


def test_living_writer_is_left_alone(tmp_path):
    process = start(SLOW_WRITER, tmp_path / "r", 3)
    (partial,) = partials(tmp_path)
    small_recording(tmp_path / "r")
    assert partials(tmp_path) == [partial]
    end(process, signal.SIGINT)
    assert os.listdir(tmp_path) == ["r"]


def test_folders_that_only_look_like_ours_are_left_alone(tmp_path):
    others = [".partial-r", ".partial-r-x", ".partial-r-2-01234567", ".partial-s-01234567"]
    for name in others:
        (tmp_path / name).mkdir()
    small_recording(tmp_path / "r")
    assert sorted(os.listdir(tmp_path)) == sorted([*others, "r"])


def test_appeared_meanwhile(tmp_path):
    staged = StagedFolder(tmp_path / "r", overwrite=False)
    small_recording(tmp_path / "r")
    with pytest.raises(RecordingWriteError, match="already something"):
        staged.publish()
    staged.discard()
    assert os.listdir(tmp_path) == ["r"]


def test_overwrite_does_not_replace_what_is_no_recording(tmp_path):
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "thesis.txt").write_text("ten years of work")
    (tmp_path / "file").write_text("x")
    for name in ("r", "file"):
        with pytest.raises(RecordingWriteError, match="is not a recording, and is left as it is"):
            small_recording(tmp_path / name, overwrite=True)
    assert (tmp_path / "r" / "thesis.txt").exists()
    (tmp_path / "empty").mkdir()
    small_recording(tmp_path / "empty", overwrite=True)


def test_everything_is_on_the_disk_before_it_is_renamed_into_place(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: done.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    )
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda path, target: done.append("renamed") or rename(path, target))
    path = small_recording(tmp_path / "r").path
    moved = done.index("renamed")
    synced = {Path(name).relative_to(tmp_path).parts[1:] for name in done[:moved]}
    assert synced >= {found.relative_to(path).parts for found in path.rglob("*")} | {()}
    assert done[moved + 1 :] == [str(tmp_path)]


# --- disks and permissions ---


def test_full_disk_leaves_the_old_recording(small_disk):
    old = small_recording(small_disk / "r")
    values = random_states(100_000, 20, dtype="float16")
    with pytest.raises(
        RecordingWriteError, match=r"r could not be written\. The disk is full: free some space"
    ):
        small_recording(
            small_disk / "r", states={STATE: values}, rows_per_group=4096, block=5000, overwrite=True
        )
    old.check_unchanged()
    assert os.listdir(small_disk) == ["r"]


def test_full_disk_at_each_size(small_disk):
    """Leave less and less space, so that each of the files is the first that does not fit."""
    filler = small_disk / "filler"
    outcomes = []
    for free_kib in (400, 200, 150, 100, 70, 50, 40, 30, 20, 12, 8, 4, 0):
        filler.write_bytes(b"")
        status = os.statvfs(small_disk)
        filler.write_bytes(bytes(status.f_bavail * status.f_bsize - free_kib * 1024))
        try:
            small_recording(small_disk / "r", n_positions=2000, block=300)
            outcomes.append("written")
            shutil.rmtree(small_disk / "r")
        except RecordingWriteError as error:
            assert "The disk is full" in str(error)
            outcomes.append("refused")
        assert os.listdir(small_disk) == ["filler"]
    assert outcomes[0] == "written"
    assert outcomes[-5:] == ["refused"] * 5


FORBIDDEN_WRITER = """
    import os, sys
    from pathlib import Path
    from analytics.errors import RecordingWriteError
    from tests.recordings import small_recording

    os.setgid(65534)
    os.setuid(65534)
    print("ready", flush=True)
    try:
        small_recording(Path(sys.argv[1]))
    except RecordingWriteError as error:
        print(error)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become nobody: root itself may write everywhere")
def test_folder_without_permission():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        process = start(FORBIDDEN_WRITER, folder / "r")
        output, errors = finish(process)
        assert "This folder cannot be written to: change its permissions" in output, errors
        assert os.listdir(folder) == []


# --- memory ---


GROWING_WRITER = """
    import json, resource, sys
    import numpy as np
    from analytics.ingest.writer import RecordingWriter

    path, n_positions = sys.argv[1], int(sys.argv[2])
    print("ready", flush=True)
    block = np.full((16_384, 64), 0.5, np.float16)
    with RecordingWriter(path, name="r", states={"h": 64}, vocabulary=["a"], top_k=1) as writer:
        for start in range(0, n_positions, len(block)):
            n = min(len(block), n_positions - start)
            writer.append(
                token_ids=np.zeros(n, int),
                states={"h": block[:n]},
                sequence_starts=np.arange(start, start + n) % 100 == 0,
                predictions=(np.zeros((n, 1), int), np.full((n, 1), 0.5)),
            )
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_recording(tmp_path):
    """Ten times the positions, 460 MB more on disk; a few MB of growth are pyarrow's buffers."""
    used = {}
    for n_positions in (200_000, 2_000_000):
        process = start(GROWING_WRITER, tmp_path / "r", n_positions)
        output, errors = finish(process)
        assert process.returncode == 0, errors
        used[n_positions] = int(output) / 1024
        path = tmp_path / "r"
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        shutil.rmtree(path)
    assert size > 500e6
    assert used[2_000_000] - used[200_000] < 30, f"MB resident: {used}"
