"""Kept answers: exact keys, one computation, read-only arrays, bounded, nothing kept of a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dashboard.queries import shared_files
from dashboard.queries.cache import AnswerCache, answer_key, code_version
from dashboard.queries.sealed import seal, unseal
from dashboard.queries.shared_files import FileAnswers
from tests.server import ROOT

SECONDS = 300


@dataclass(frozen=True)
class Answer:
    values: np.ndarray
    parts: tuple[np.ndarray, ...] = ()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def cache(folder):
    return AnswerCache(folder, disk_megabytes=10, memory_megabytes=10)


class Counted:
    """A computation that counts its calls."""

    def __init__(self, answer, *, seconds=0.0):
        self.calls, self._answer, self._seconds = 0, answer, seconds

    def __call__(self):
        self.calls += 1
        time.sleep(self._seconds)
        return self._answer


def test_the_second_time_nothing_is_computed(cache):
    compute = Counted(Answer(np.arange(3)))
    first = cache.answer("counts", "f", {"threshold": 0.3}, compute)
    assert cache.answer("counts", "f", {"threshold": 0.3}, compute) is first
    assert compute.calls == 1


def test_another_process_finds_it_on_disk(cache, folder):
    cache.answer("counts", "f", {}, Counted(Answer(np.arange(3))))
    other = AnswerCache(folder, disk_megabytes=10, memory_megabytes=10)
    compute = Counted(None)
    assert_array_equal(other.answer("counts", "f", {}, compute).values, [0, 1, 2])
    assert compute.calls == 0


def test_what_is_kept_in_memory_only_is_not_on_disk(cache, folder):
    cache.answer("window", "f", {}, Counted(Answer(np.arange(3))), on_disk=False)
    compute = Counted(Answer(np.arange(3)))
    AnswerCache(folder, disk_megabytes=10, memory_megabytes=10).answer("window", "f", {}, compute)
    assert compute.calls == 1


@pytest.mark.parametrize("empty", [0, [], (), {}, "", np.zeros(0)])
def test_an_empty_answer_is_an_answer(cache, empty):
    compute = Counted(empty)
    cache.answer("counts", "f", {}, compute)
    cache.answer("counts", "f", {}, compute)
    assert compute.calls == 1


def test_everything_that_changes_the_answer_is_in_the_key():
    asked = [
        ("match", "f", {"threshold": 0.3, "units": (1, 2)}, "1"),
        ("match", "f", {"threshold": 0.30000000000000004, "units": (1, 2)}, "1"),
        ("match", "f", {"threshold": 0.3, "units": (1, 3)}, "1"),
        ("match", "g", {"threshold": 0.3, "units": (1, 2)}, "1"),
        ("select", "f", {"threshold": 0.3, "units": (1, 2)}, "1"),
        ("match", "f", {"threshold": 0.3, "units": (1, 2)}, "2"),
        ("match", "f", {"threshold": "0.3", "units": (1, 2)}, "1"),
    ]
    keys = {
        answer_key(question, print_, values, version=version) for question, print_, values, version in asked
    }
    assert len(keys) == len(asked)


def test_a_list_of_any_length_is_written_whole():
    long, other = np.arange(5000), np.arange(5000)
    other[2500] = -1
    keys = {answer_key("match", "f", {"units": units}, version="1") for units in (long, other)}
    assert len(keys) == 2


def test_the_order_of_parameters_does_not_matter():
    one = answer_key("match", "f", {"a": 1, "b": 2}, version="1")
    assert one == answer_key("match", "f", {"b": 2, "a": 1}, version="1")


@pytest.mark.parametrize("fresh", [False, True])
def test_arrays_of_an_answer_are_read_only(cache, folder, fresh):
    answer = cache.answer("counts", "f", {}, Counted(Answer(np.arange(3), (np.arange(2),))))
    if fresh:
        other = AnswerCache(folder, disk_megabytes=10, memory_megabytes=10)
        answer = other.answer("counts", "f", {}, Counted(None))
    for array in (answer.values, *answer.parts):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9


def test_a_failure_is_not_kept(cache):
    def fail():
        raise ValueError("no such state")

    with pytest.raises(ValueError, match="no such state"):
        cache.answer("counts", "f", {}, fail)
    assert cache.answer("counts", "f", {}, Counted(5)) == 5


def test_the_same_question_at_once_is_computed_once(cache):
    compute = Counted(Answer(np.arange(3)), seconds=0.05)
    threads = [threading.Thread(target=cache.answer, args=("counts", "f", {}, compute)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert compute.calls == 1


def test_different_questions_do_not_wait_for_each_other(cache):
    meeting = threading.Barrier(2, timeout=SECONDS)
    threads = [
        threading.Thread(target=cache.answer, args=(name, "f", {}, meeting.wait)) for name in ("a", "b")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not meeting.broken


def test_memory_keeps_what_was_used_last(folder):
    cache = AnswerCache(folder, disk_megabytes=10, memory_megabytes=1)
    computes = {name: Counted(np.zeros(50_000)) for name in "abc"}  # 0.4 MB each: two fit
    for name in "abac":
        cache.answer(name, "f", {}, computes[name], on_disk=False)
    for name in "ac":
        cache.answer(name, "f", {}, computes[name], on_disk=False)
    assert {name: compute.calls for name, compute in computes.items()} == {"a": 1, "b": 1, "c": 1}
    cache.answer("b", "f", {}, computes["b"], on_disk=False)
    assert computes["b"].calls == 2


@pytest.mark.parametrize("n_values", [1_000, 12_500, 60_000])
def test_the_folder_stays_within_its_size(folder, n_values):
    caches = [AnswerCache(folder, disk_megabytes=1, memory_megabytes=1) for _ in range(4)]
    for index in range(max(64, 2_000_000 // (8 * n_values))):
        cache = caches[index % len(caches)]
        cache.answer("states", "f", {"index": index}, lambda: np.zeros(n_values))
        assert cache.shared.n_bytes() <= 1_000_000
    assert cache.shared.n_bytes() > 400_000


def test_what_was_used_last_stays(folder):
    cache = AnswerCache(folder, disk_megabytes=1, memory_megabytes=1)
    first = Counted(np.zeros(12_500))
    for index in range(40):
        cache.answer("states", "f", {"index": index}, lambda: np.zeros(12_500))  # 0.1 MB each
        AnswerCache(folder, disk_megabytes=1, memory_megabytes=1).answer("first", "f", {}, first)
    assert first.calls == 1


def files(folder):
    return list((folder / "answers").iterdir())


def test_nobody_else_may_read_or_write_the_folder(cache, folder):
    cache.answer("counts", "f", {}, Counted(1))
    assert {oct(path.stat().st_mode & 0o777) for path in (folder, folder / "answers")} == {"0o700"}
    assert {oct(file.stat().st_mode & 0o777) for file in files(folder)} == {"0o600"}


def test_a_damaged_file_is_no_answer(cache, folder):
    cache.answer("counts", "f", {}, Counted(Answer(np.arange(3))))
    for file in files(folder):
        os.truncate(file, file.stat().st_size - 20)
    compute = Counted(Answer(np.arange(3)))
    AnswerCache(folder, disk_megabytes=10, memory_megabytes=10).answer("counts", "f", {}, compute)
    assert compute.calls == 1


class Evil:
    """A pickle that leaves a mark when it is read."""

    def __init__(self, mark):
        self._mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self._mark),)


def test_an_answer_that_another_key_sealed_is_never_read(folder, tmp_path):
    sizes = {"disk_megabytes": 10, "memory_megabytes": 10}
    planted = AnswerCache(folder, **sizes, key=b"theirs")
    planted.answer("counts", "f", {}, lambda: Evil(tmp_path / "mark"))
    assert AnswerCache(folder, **sizes, key=b"ours").answer("counts", "f", {}, Counted(5)) == 5
    assert not (tmp_path / "mark").exists()
    # The same file, read with the key that sealed it, does run: the mark can appear.
    AnswerCache(folder, **sizes, key=b"theirs").shared.put(
        "k", seal("k", Evil(tmp_path / "mark"), key=b"ours")
    )
    unseal("k", (folder / "answers" / "k").read_bytes(), key=b"ours")
    assert (tmp_path / "mark").exists()


def test_an_answer_does_not_stand_for_another(folder):
    cache = AnswerCache(folder, disk_megabytes=10, memory_megabytes=10, key=b"ours")
    cache.answer("counts", "f", {}, Counted("first"))
    (first,) = files(folder)
    cache.answer("counts", "g", {}, Counted("second"))
    (second,) = set(files(folder)) - {first}
    second.write_bytes(first.read_bytes())
    fresh = AnswerCache(folder, disk_megabytes=10, memory_megabytes=10, key=b"ours")
    assert fresh.answer("counts", "g", {}, Counted("again")) == "again"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
@pytest.mark.parametrize("change", [lambda file: os.chown(file, 12345, -1), lambda file: file.chmod(0o666)])
def test_a_file_that_somebody_else_may_write_is_not_read(cache, folder, change):
    cache.answer("counts", "f", {}, Counted(1))
    change(*files(folder))
    fresh = AnswerCache(folder, disk_megabytes=10, memory_megabytes=10)
    assert fresh.answer("counts", "f", {}, Counted(2)) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_a_folder_of_somebody_else_is_refused(folder):
    folder.mkdir()
    os.chown(folder, 12345, -1)
    with pytest.raises(PermissionError, match="belongs to another user"):
        AnswerCache(folder, disk_megabytes=10, memory_megabytes=10)


def test_the_folder_may_be_deleted_while_answers_are_asked_for(cache, folder):
    ended, deleted = threading.Event(), []
    other = AnswerCache(folder, disk_megabytes=10, memory_megabytes=10)

    def ask(number):
        ends, index = time.monotonic() + SECONDS, 0
        while index < 100 or len(deleted) < 5:
            assert time.monotonic() < ends
            value, index = (number, index), index + 1
            assert cache.answer("counts", "f", {"value": value}, Counted(value)) == value
            assert other.answer("counts", "f", {"value": value}, Counted(value)) == value

    with ThreadPoolExecutor(5) as threads:
        deleting = threads.submit(delete_until, ended, folder, deleted)
        try:
            for asking in [threads.submit(ask, number) for number in range(3)]:
                asking.result()
        finally:
            ended.set()
        deleting.result()
    cache.answer("counts", "f", {"value": "last"}, Counted(1))
    assert files(folder)


def test_where_the_folder_cannot_be_used_everything_is_computed(cache, folder):
    shutil.rmtree(folder)
    folder.write_text("somebody put a file there")
    for value in (1, 2):
        assert cache.answer("counts", "f", {"value": value}, Counted(value)) == value
    assert cache.shared.n_bytes() == 0 and cache.shared.problem()
    folder.unlink()
    cache.answer("counts", "f", {}, Counted(3))
    assert cache.shared.n_bytes() > 0 and not cache.shared.problem()


def delete_until(ended, folder, deleted):
    while not ended.wait(0.01):
        shutil.rmtree(folder, ignore_errors=True)
        deleted.append(True)


ASK = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from dashboard.queries.cache import AnswerCache

cache = AnswerCache(Path(sys.argv[1]), disk_megabytes=10, memory_megabytes=10, key=b"ours")
print("ready", flush=True)
sys.stdin.readline()

def compute():
    with open(sys.argv[2], "a") as log:
        log.write("computed\\n")
    time.sleep(float(sys.argv[3]))
    return 7

with ThreadPoolExecutor(4) as threads:
    print(*threads.map(lambda _: cache.answer("counts", "f", {}, compute), range(4)))
"""


def asking(folder, log, *, seconds):
    process = subprocess.Popen(
        [sys.executable, "-c", ASK, str(folder), str(log), str(seconds)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_four_threads_of_each_of_three_processes_wait_for_one_computation(folder, tmp_path):
    processes = [asking(folder, tmp_path / "log", seconds=0.5) for _ in range(3)]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=SECONDS)[0] for process in processes]
    assert told == ["7 7 7 7\n"] * 3
    assert (tmp_path / "log").read_text() == "computed\n"
    assert list((folder / "locks").iterdir()) == [folder / "locks" / "room"]


def test_who_waits_for_a_process_that_is_killed_computes_it(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(shared_files, "WAIT_S", 10 * SECONDS)
    cache = AnswerCache(folder, disk_megabytes=10, memory_megabytes=10, key=b"ours")
    stuck = asking(folder, tmp_path / "log", seconds=1000)
    stuck.stdin.write("go\n")
    stuck.stdin.flush()
    ends = time.monotonic() + SECONDS
    while not (tmp_path / "log").exists():
        assert time.monotonic() < ends
        time.sleep(0.02)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(cache.answer, "counts", "f", {}, Counted(8))
        time.sleep(0.3)
        assert not waiting.done()
        stuck.kill()
        stuck.communicate()
        assert waiting.result(timeout=SECONDS) == 8


def test_a_process_that_hangs_is_not_waited_for_for_ever(cache, folder, monkeypatch):
    monkeypatch.setattr(shared_files, "WAIT_S", 0.2)
    with FileAnswers(folder, max_bytes=1000).turn(answer_key("counts", "f", {}, version=code_version())):
        assert cache.answer("counts", "f", {}, Counted(8)) == 8


def test_it_tells_where_each_answer_was_found(folder):
    told = []
    for _ in range(2):
        cache = AnswerCache(
            folder, disk_megabytes=10, memory_megabytes=10, tell=lambda *each: told.append(each)
        )
        for _ in range(2):
            cache.answer("counts", "f", {}, Counted(1, seconds=0.01))
    assert [found for _, found, _ in told] == ["computed", "memory", "shared", "memory"]
    assert {question for question, _, _ in told} == {"counts"} and told[0][2] >= 0.01
