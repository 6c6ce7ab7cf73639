"""Going on from a mark: the finished recording is the one that would have been written in one go."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import NotARecordingError, ParameterError, RecordingWriteError
from analytics.ingest.writer import RecordingWriter
from analytics.store.catalog import Catalog
from analytics.store.recording import open_recording
from tests.processes import start
from tests.recordings import VOCABULARY, random_states, small_recording

N = 200
STATES = {"layer0.cell": random_states(N, 3), "layer1.heads": random_states(N, 4, dtype="float16", seed=1)}
POSITIONS = np.arange(N)
LABELS = [None if position % 17 == 0 else f"label {position // 30}" for position in POSITIONS]
"""New labels appear all along."""


def writer(path, **options):
    """A writer of every kind of column there is."""
    facts = {
        "name": "r",
        "states": {"layer0.cell": 3, "layer1.heads": (2, 2)},
        "vocabulary": VOCABULARY,
        "annotations": {"label": "categorical", "x": "numeric", "depth": "integer", "ab": ["b", "a", ""]},
        "top_k": 2,
        "rows_per_group": 16,
        "model": {"kind": "lstm"},
        "weights": b"weights",
        "job": {"seed": 1},
    }
    return RecordingWriter(path, **(facts | options))


def append(opened, start, stop):
    part = slice(start, stop)
    opened.append(
        token_ids=POSITIONS[part] % len(VOCABULARY),
        states={name: values[part] for name, values in STATES.items()},
        sequence_starts=POSITIONS[part] // 23,
        targets=POSITIONS[part] % (len(VOCABULARY) + 1) - 1,
        log_probability=np.where(POSITIONS[part] % 3, -0.25 * POSITIONS[part], np.nan),
        annotations={
            "label": LABELS[part],
            "x": np.where(POSITIONS[part] % 5, POSITIONS[part] / 7, np.nan),
            "depth": POSITIONS[part] % 9,
            "ab": [["a", "b", "", None][position % 4] for position in POSITIONS[part]],
        },
        predictions=(
            np.stack([POSITIONS[part] % 8, POSITIONS[part] % 5], axis=1),
            np.stack([1 / (1 + POSITIONS[part]), 1 / (2 + POSITIONS[part])], axis=1),
        ),
    )


def write_whole(path, **options):
    with writer(path, **options) as opened:
        append(opened, 0, N)
    return open_recording(path)


def content(recording):
    """Every file, and the manifest but for its date.

    Tables by their values: pyarrow does not encode the same values to the same bytes in every process.
    """
    paths = {file.relative_to(recording.path).as_posix(): file for file in recording.path.rglob("*")}
    files = {name: _content_of(name, file) for name, file in paths.items() if file.is_file()}
    facts = {f"manifest: {key}": value for key, value in recording.manifest.items() if key != "created"}
    return files | facts | {"recording.json": None, "manifest: files": sorted(recording.manifest["files"])}


def _content_of(name, file):
    if name.endswith(".parquet") and not name.startswith("states/"):
        table = pq.read_table(file)
        return str(table.schema), str(table.to_pydict())
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_whole(tmp_path_factory.mktemp("whole") / "r")


def leave_unfinished(path, *, marked=100, written=150, **options):
    """What lies on the disk when a process is killed at `written` after a mark at `marked`."""
    partial = {*path.parent.glob(".partial-*")}
    with pytest.raises(InterruptedError), writer(path, **options) as opened:
        append(opened, 0, marked)
        opened.mark(b"at %d" % marked)
        append(opened, marked, written)
        opened._files.flush()  # as larger blocks are at once
        (found,) = {*path.parent.glob(".partial-*")} - partial
        shutil.copytree(found, path.parent / "copy")
        raise InterruptedError
    shutil.rmtree(found, ignore_errors=True)
    (path.parent / "copy").rename(found)
    return found


# --- the same recording, however it was cut ---


BLOCKS = st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=5)
"""Lengths of the blocks that a process writes, and whether it makes a mark after each."""


@settings(max_examples=60, deadline=None)
@given(killed=st.lists(BLOCKS, max_size=4), last=BLOCKS, flushed=st.booleans())
def test_any_blocks_marks_and_kills_give_the_same_recording(tmp_path_factory, whole, killed, last, flushed):
    """A kill is what lies on the disk at that moment, put back after the writer has cleaned up."""
    folder = tmp_path_factory.mktemp("cuts")
    path, expected = folder / "r", (0, None)
    for blocks in [*killed, [*last, (N, False)]]:
        with writer(path, resume=True) as opened:
            assert (opened.n_positions, opened.note) == expected
            for length, is_marked in blocks:
                append(opened, opened.n_positions, min(N, opened.n_positions + length))
                if is_marked and opened.n_positions:
                    expected = opened.n_positions, b"%d" % opened.n_positions
                    opened.mark(expected[1])
            if flushed and opened.n_positions:
                opened._files.flush()
            (partial,) = folder.glob(".partial-*")
            shutil.copytree(partial, folder / "copy")
            append(opened, opened.n_positions, N)
        recording = content(open_recording(path))
        shutil.rmtree(path)
        (folder / "copy").rename(partial)
    assert recording == content(whole)


def test_blocks_do_not_change_a_byte(tmp_path, whole):
    with writer(tmp_path / "r") as opened:
        for start in range(0, N, 7):
            append(opened, start, min(N, start + 7))
            opened.mark()
    assert content(open_recording(tmp_path / "r")) == content(whole)


def test_content_is_what_was_given(whole):
    for name, values in STATES.items():
        np.testing.assert_array_equal(whole.states(name).read(0, N), values)
    assert whole.annotations["label"].astype(object).where(
        whole.annotations["label"].notna(), None
    ).tolist() == (LABELS)
    assert whole.annotations["depth"].tolist() == (POSITIONS % 9).tolist()
    assert whole.targets.tolist() == (POSITIONS % (len(VOCABULARY) + 1) - 1).tolist()
    assert whole.sequence_starts.tolist() == list(range(0, N, 23))
    np.testing.assert_array_equal(
        whole.log_probability, np.where(POSITIONS % 3, -0.25 * POSITIONS, np.nan).astype(np.float32)
    )


@pytest.mark.parametrize(
    "options", [{"row_cache": False}, {"top_k": 0}, {"annotations": {}}, {"dtype": "float32"}]
)
def test_other_sets_of_files(tmp_path, options):
    def add(opened, part):
        more = {}
        if opened._opening.top_k:
            more["predictions"] = np.zeros((100, 2), int), np.ones((100, 2))
        if opened._opening.annotations:
            more["annotations"] = {"label": LABELS[part], "x": POSITIONS[part], "depth": POSITIONS[part]}
            more["annotations"]["ab"] = ["a"] * 100
        opened.append(token_ids=[0] * 100, states={name: v[part] for name, v in STATES.items()}, **more)

    with writer(tmp_path / "whole", **options) as opened:
        add(opened, slice(0, 100))
        add(opened, slice(100, 200))
    with pytest.raises(ZeroDivisionError), writer(tmp_path / "r", resume=True, **options) as opened:
        add(opened, slice(0, 100))
        opened.mark()
        add(opened, slice(0, 100))
        _ = 1 / 0
    with writer(tmp_path / "r", resume=True, **options) as opened:
        add(opened, slice(100, 200))
    assert content(open_recording(tmp_path / "r")) == content(open_recording(tmp_path / "whole"))


def test_what_was_written_after_the_mark_is_cut_off(tmp_path):
    """The second process stops sooner than the first one was killed."""
    with writer(tmp_path / "whole") as opened:
        append(opened, 0, 110)
    leave_unfinished(tmp_path / "r", marked=100, written=190)
    with writer(tmp_path / "r", resume=True) as opened:
        append(opened, 100, 110)
    assert content(open_recording(tmp_path / "r")) == content(open_recording(tmp_path / "whole"))


def test_refusals_go_on_where_the_mark_was(tmp_path):
    leave_unfinished(tmp_path / "r")
    with writer(tmp_path / "r", resume=True) as opened:
        with pytest.raises(ParameterError, match="targets come with every block"):
            opened.append(token_ids=[0], states={name: values[:1] for name, values in STATES.items()})
        with pytest.raises(ParameterError, match="Got 99 at position 100"):
            opened.append(token_ids=[99], states={name: values[:1] for name, values in STATES.items()})
        append(opened, 100, N)


# --- processes that really end ---


def end(process, number):
    process.send_signal(number)
    with process:
        return process.stderr.read()


SLOW_WRITER = """
    import signal, sys, time
    from pathlib import Path
    from tests.analytics.ingest import test_resume as cases

    signal.signal(signal.SIGINT, signal.default_int_handler)
    path, resume = Path(sys.argv[1]), sys.argv[2] == "True"
    with cases.writer(path, resume=resume) as opened:
        for start in range(opened.n_positions, cases.N, 10):
            cases.append(opened, start, start + 10)
            if start % 30 == 0:
                opened.mark(b"%d" % (start + 10))
            if start == 110:
                print("ready", flush=True)
            if start >= 110:
                time.sleep(60)
"""


@pytest.mark.parametrize(
    ("number", "resume", "left"),
    [
        (signal.SIGKILL, True, 1),
        (signal.SIGKILL, False, 1),
        (signal.SIGINT, True, 1),
        (signal.SIGINT, False, 0),
    ],
)
def test_ended_from_outside(tmp_path, whole, number, resume, left):
    process = start(SLOW_WRITER, tmp_path / "r", resume)
    errors = end(process, number)
    assert ("KeyboardInterrupt" in errors) == (number == signal.SIGINT)
    partials = os.listdir(tmp_path)
    assert len(partials) == left
    assert Catalog(tmp_path).names() == ()
    assert Catalog(tmp_path).problems() == []
    for partial in partials:
        with pytest.raises(NotARecordingError, match="being written, or whose writer was killed"):
            open_recording(tmp_path / partial)
    with writer(tmp_path / "r", resume=True) as opened:
        assert (opened.n_positions, opened.note) == ((100, b"100") if left else (0, None))
        append(opened, opened.n_positions, N)
    assert os.listdir(tmp_path) == ["r"]
    assert content(open_recording(tmp_path / "r")) == content(whole)


STOPPED_WRITER = """
    import pkgutil, sys, time
    from pathlib import Path
    from tests.analytics.ingest import test_resume as cases

    path, (place, name), calls = Path(sys.argv[1]), sys.argv[2].rsplit(".", 1), int(sys.argv[3])
    place = pkgutil.resolve_name(place)
    function = getattr(place, name)

    def stop(*arguments, **options):
        global calls
        if calls == 0:
            print("ready", flush=True)
            time.sleep(60)
        calls -= 1
        return function(*arguments, **options)

    with cases.writer(path) as opened:
        cases.append(opened, 0, 100)
        opened.mark(b"100")
        cases.append(opened, 100, 130)
        setattr(place, name, stop)
        opened.mark(b"130")
        cases.append(opened, 130, cases.N)
"""


@pytest.mark.parametrize(
    ("place", "calls", "noted"),
    [
        ("analytics.ingest.writing.marks.asdict", 0, 100),  # nothing of the second mark is written
        ("numpy.ascontiguousarray", 0, 100),  # the second mark is written in part
        ("numpy.ascontiguousarray", 1, 100),
        ("pathlib.Path.replace", 0, 100),  # the second mark is whole, but not in place
        ("analytics.ingest.writing.growing.write_sequences", 0, 130),
        ("analytics.ingest.writing.growing.write_table", 1, 130),  # while finishing: tables are there
        ("analytics.ingest.writing.state_file._footer", 1, 130),  # one state has its footer
        ("analytics.ingest.writer.complete", 0, 130),
        ("analytics.ingest.writing.completion.sync_file", 3, 130),  # the manifest is there
        ("analytics.ingest.writing.staging._sync_folders", 0, 130),
    ],
)
def test_killed_in_the_middle_of_a_step(tmp_path, whole, place, calls, noted):
    end(start(STOPPED_WRITER, tmp_path / "r", place, calls), signal.SIGKILL)
    assert Catalog(tmp_path).names() == ()
    with writer(tmp_path / "r", resume=True) as opened:
        assert (opened.n_positions, opened.note) == (noted, b"%d" % noted)
        append(opened, noted, N)
    assert os.listdir(tmp_path) == ["r"]
    assert content(open_recording(tmp_path / "r")) == content(whole)


def test_killed_again_and_again(tmp_path, whole):
    """Each process dies in the middle of its third step, and the next goes on."""
    n_kills = 0
    while True:
        process = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(DYING_WRITER), str(tmp_path / "r")],
            cwd=Path(__file__).parents[3],
        )
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        n_kills += 1
    assert n_kills == 3
    assert content(open_recording(tmp_path / "r")) == content(whole)


DYING_WRITER = """
    import os, signal, sys
    from pathlib import Path
    from tests.analytics.ingest import test_resume as cases

    with cases.writer(Path(sys.argv[1]), resume=True) as opened:
        for turn in range(3):
            start = opened.n_positions
            if start == cases.N:
                break
            if turn == 2:
                cases.append(opened, start, cases.N)
                os.kill(os.getpid(), signal.SIGKILL)
            cases.append(opened, start, min(cases.N, start + 30))
            opened.mark()
"""


# --- whose partial it is ---


def test_exception_keeps_what_was_marked_only_when_asked(tmp_path):
    for resume, left in ((True, 1), (False, 0)):
        with pytest.raises(ZeroDivisionError), writer(tmp_path / "r", resume=resume) as opened:
            append(opened, 0, 50)
            opened.mark()
            _ = 1 / 0
        assert len(os.listdir(tmp_path)) == left


def test_nothing_is_left_before_the_first_mark(tmp_path):
    with pytest.raises(ZeroDivisionError), writer(tmp_path / "r", resume=True) as opened:
        opened.mark(b"too early")
        append(opened, 0, 0)
        opened.mark(b"too early")
        append(opened, 0, 50)
        _ = 1 / 0
    assert os.listdir(tmp_path) == []


def test_mark_survives_a_resumed_writer_that_fails_at_once(tmp_path, whole):
    leave_unfinished(tmp_path / "r")
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), writer(tmp_path / "r", resume=True) as opened:
            assert opened.n_positions == 100
            append(opened, 100, 130)
            _ = 1 / 0
    with writer(tmp_path / "r", resume=True) as opened:
        append(opened, 100, N)
    assert content(open_recording(tmp_path / "r")) == content(whole)


def test_without_resume_it_starts_anew(tmp_path):
    leave_unfinished(tmp_path / "r")
    with writer(tmp_path / "r") as opened:
        assert (opened.n_positions, opened.note) == (0, None)
        append(opened, 0, 10)
    assert os.listdir(tmp_path) == ["r"]
    assert open_recording(tmp_path / "r").n_positions == 10


@pytest.mark.parametrize(
    ("match", "options"),
    [
        (r"job seed was 1 and is 2\.", {"job": {"seed": 2}}),
        (r'job was \{"seed": 1\} and is null\.', {"job": None}),
        ("job seed was 1 and is 3, job sequence was null and is 5", {"job": {"seed": 3, "sequence": 5}}),
        ("vocabulary hash differs", {"vocabulary": [*VOCABULARY, "more"]}),
        (
            r"states layer0.cell was \[3\] and is \[5\]",
            {"states": {"layer0.cell": 5, "layer1.heads": (2, 2)}},
        ),
        (
            r"states layer1.heads was \[2, 2\] and is \[4\]",
            {"states": {"layer0.cell": 3, "layer1.heads": 4}},
        ),
        ("annotations ab was .*, annotations depth was", {"annotations": {"label": "categorical"}}),
        ("top_k was 2 and is 3", {"top_k": 3}),
        ('dtype was null and is "float16"', {"dtype": "float16"}),
        ("row_cache was true and is false", {"row_cache": False}),
        ("rows_per_group was 16 and is 32", {"rows_per_group": 32}),
        ('model kind was "lstm" and is "gru"', {"model": {"kind": "gru"}}),
        ('corpus was null and is ."text', {"corpus": {"text": "plays"}}),
        ("weights hash differs", {"weights": b"others"}),
    ],
)
def test_partial_of_another_job_is_refused_and_kept(tmp_path, match, options):
    partial = leave_unfinished(tmp_path / "r")
    sentence = (
        rf"unfinished recording at .*/r, but of another job: .*{match}.*or without resume=True to start anew"
    )
    with pytest.raises(RecordingWriteError, match=sentence), writer(tmp_path / "r", resume=True, **options):
        pass
    assert os.listdir(tmp_path) == [partial.name]
    with writer(tmp_path / "r", resume=True) as opened:
        assert opened.n_positions == 100
        append(opened, 100, N)


def test_words_about_it_may_change(tmp_path):
    leave_unfinished(tmp_path / "r")
    with writer(tmp_path / "r", resume=True, name="new name", description="said later") as opened:
        append(opened, 100, N)
    assert open_recording(tmp_path / "r").description == "said later"


def test_two_writers_at_once(tmp_path, whole):
    path, partial = tmp_path / "r", leave_unfinished(tmp_path / "r")
    with writer(path, resume=True) as first:
        assert first.n_positions == 100
        with (
            pytest.raises(RecordingWriteError, match="already something"),
            writer(path, resume=True) as second,
        ):
            assert second.n_positions == 0, "the first holds the partial"
            append(second, 0, N)
            second.mark(b"too late")
            write_whole(path)
        assert partial.exists()
        shutil.rmtree(path)
        append(first, 100, N)
    assert content(open_recording(path)) == content(whole)
    with writer(path, resume=True, overwrite=True) as third:
        assert (third.n_positions, third.note) == (N, b"too late")
    assert content(open_recording(path)) == content(whole)
    assert os.listdir(tmp_path) == ["r"]


def test_furthest_mark_is_taken_and_the_others_are_removed(tmp_path, whole):
    near = leave_unfinished(tmp_path / "r", marked=50)
    aside = near.rename(tmp_path / "aside")
    far = leave_unfinished(tmp_path / "r", marked=120)
    aside.rename(near)
    assert near != far
    with writer(tmp_path / "r", resume=True) as opened:
        assert (opened.n_positions, opened.note) == (120, b"at 120")
        assert not near.exists()
        append(opened, 120, N)
    assert content(open_recording(tmp_path / "r")) == content(whole)


def test_links_that_look_like_ours_are_left_alone(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    partial = leave_unfinished(tmp_path / "elsewhere" / "r")
    (tmp_path / ".partial-r-01234567").symlink_to(partial)
    with writer(tmp_path / "r", resume=True) as opened:
        assert opened.n_positions == 0
        append(opened, 0, N)
    assert partial.exists()


def test_replacing_a_recording_is_resumed_too(tmp_path, whole):
    old = small_recording(tmp_path / "r")
    leave_unfinished(tmp_path / "r", overwrite=True)
    old.check_unchanged()
    with pytest.raises(RecordingWriteError, match="already something"), writer(tmp_path / "r", resume=True):
        pass
    with writer(tmp_path / "r", resume=True, overwrite=True) as opened:
        append(opened, opened.n_positions, N)
    assert os.listdir(tmp_path) == ["r"]
    assert content(open_recording(tmp_path / "r")) == content(whole)


# --- damage and full disks ---


@pytest.mark.parametrize(
    "file", ["states/layer0.cell.parquet", "rows/layer1.heads.npy", ".progress/tokens.rows"]
)
def test_file_cut_short_after_the_mark(tmp_path, file):
    partial = leave_unfinished(tmp_path / "r")
    os.truncate(partial / file, 40)
    with (
        pytest.raises(RecordingWriteError, match=f"{file} was cut short .*without resume=True"),
        writer(tmp_path / "r", resume=True),
    ):
        pass
    assert os.listdir(tmp_path) == [partial.name]
    write_whole(tmp_path / "r")
    assert os.listdir(tmp_path) == ["r"]


@pytest.mark.parametrize("size", [0, 5, 100, -1])
def test_damaged_mark(tmp_path, size):
    mark = leave_unfinished(tmp_path / "r") / ".progress" / "mark"
    os.truncate(mark, size if size >= 0 else mark.stat().st_size - 1)
    with (
        pytest.raises(RecordingWriteError, match=r"mark is damaged.*without resume=True"),
        writer(tmp_path / "r", resume=True),
    ):
        pass


@pytest.mark.parametrize("free_kib", [0, 4, 8, 16, 24, 32, 48, 64, 96])
def test_full_disk_keeps_the_mark_and_it_goes_on_when_there_is_room(small_disk, whole, free_kib):
    path, filler = small_disk / "r", small_disk / "filler"
    with (
        pytest.raises(
            RecordingWriteError,
            match=r"The disk is full: free some space.*What was marked is kept: call it again",
        ),
        writer(path, resume=True) as opened,
    ):
        append(opened, 0, 50)
        opened.mark(b"50")
        status = os.statvfs(small_disk)
        filler.write_bytes(bytes(max(0, status.f_bavail * status.f_bsize - free_kib * 1024)))
        for start in range(50, 100_000, 25):
            append(opened, start % 175, start % 175 + 25)
            opened.mark(b"%d" % (start + 25))
    assert Catalog(small_disk).names() == ()
    filler.unlink()
    with writer(path, resume=True) as opened:
        n_marked = opened.n_positions
        assert opened.note == b"%d" % n_marked
        assert 50 <= n_marked < 10_000
    recording = open_recording(path)
    assert recording.n_positions == n_marked
    for name, values in STATES.items():
        np.testing.assert_array_equal(recording.states(name).read(0, n_marked), given_at(values, n_marked))
    assert os.listdir(small_disk) == ["r"]


def given_at(values, n_positions):
    """What `append(opened, start % 175, ...)` has written up to a position."""
    parts = [values[:50], *(values[start % 175 : start % 175 + 25] for start in range(50, n_positions, 25))]
    return np.concatenate(parts)


def test_full_disk_at_the_very_end(small_disk, whole):
    path, filler = small_disk / "r", small_disk / "filler"
    sentence = r"The disk is full.*What was marked is kept: call it again"
    with pytest.raises(RecordingWriteError, match=sentence), writer(path, resume=True) as opened:
        append(opened, 0, N)
        opened.mark()
        status = os.statvfs(small_disk)
        filler.write_bytes(bytes(status.f_bavail * status.f_bsize))
    filler.unlink()
    with writer(path, resume=True) as opened:
        assert opened.n_positions == N
    assert content(open_recording(path)) == content(whole)
