"""Kept answers: exact keys, one computation, read-only arrays, bounded, nothing kept of a failure."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dashboard.queries.cache import AnswerCache, answer_key


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
    meeting = threading.Barrier(2, timeout=5)
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


def test_the_folder_stays_within_its_size(folder):
    cache = AnswerCache(folder, disk_megabytes=1, memory_megabytes=1)
    for index in range(64):
        cache.answer("states", "f", {"index": index}, lambda: np.zeros(12_500))  # 0.1 MB each
    assert sum(file.stat().st_size for file in folder.iterdir()) < 1_100_000


def test_nobody_else_may_read_or_write_the_folder(cache, folder):
    cache.answer("counts", "f", {}, Counted(1))
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o600"}


def test_a_damaged_file_is_no_answer(cache, folder):
    cache.answer("counts", "f", {}, Counted(Answer(np.arange(3))))
    for file in folder.iterdir():
        os.truncate(file, file.stat().st_size - 20)
    compute = Counted(Answer(np.arange(3)))
    AnswerCache(folder, disk_megabytes=10, memory_megabytes=10).answer("counts", "f", {}, compute)
    assert compute.calls == 1
