"""Background jobs: real processes, two pages, cancelling, limits, several workers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from dashboard import jobs as jobs_module
from dashboard.jobs import Jobs, JobsFolderError, JobsFullError
from tests.server import ROOT

COUNT = "tests.counting:count"
SECONDS = 120
FOREVER = 100_000


@pytest.fixture
def go(tmp_path):
    """The file that lets a count that stands still go on."""
    return tmp_path / "go"


@pytest.fixture
def jobs(tmp_path):
    jobs = Jobs(tmp_path / "jobs", max_running=2, max_waiting=3)
    yield jobs
    for folder in (tmp_path / "jobs").iterdir():
        if folder.is_dir():
            (folder / "cancel").touch()
    until(lambda: not (jobs._reap() or jobs._children))


def until(condition, *, what="it"):
    ends = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < ends, f"{what} did not happen in {SECONDS} s"
        time.sleep(0.05)
    return found


def ended(jobs, key, watcher=""):
    def look():
        status = jobs.status(key, watcher=watcher)
        return status if status.state not in ("waiting", "running") else None

    return until(look)


def running(jobs, key):
    until(lambda: jobs.status(key).state == "running" and jobs.status(key).total, what=f"{key} running")


def test_nothing_is_known_of_a_job_that_never_was(jobs):
    assert jobs.status("a0").state == "none"


def test_it_tells_how_far_it_is_and_then_the_result(jobs, go):
    jobs.start("a0", COUNT, {"to": 12, "go": str(go)}, watcher="first")
    seen = []

    def look(state):
        seen.append(jobs.status("a0", watcher="first"))
        return seen[-1].state == state

    until(lambda: look("running") and seen[-1].done == 6, what="half of it")
    go.touch()
    until(lambda: look("done"))
    *_, status = seen
    counted = [each for each in seen if each.state == "running" and each.done]
    assert all(0 < each.done < each.total == 12 for each in counted)
    assert [each.done for each in counted] == sorted(each.done for each in counted)
    assert all(each.what == f"number {each.done}" for each in counted)
    assert all(each.remaining_seconds == each.seconds * (12 - each.done) / each.done for each in counted)
    assert status.result["counted"] == 12 and status.seconds > counted[0].seconds > 0


def test_two_pages_share_one_piece_of_work(jobs):
    jobs.start("a0", COUNT, {"to": 10}, watcher="first")
    jobs.start("a0", COUNT, {"to": 10}, watcher="second")
    one, other = ended(jobs, "a0", "first"), ended(jobs, "a0", "second")
    assert one.result == other.result and len(jobs._children) <= 1


def test_a_question_that_arrives_twice_makes_one_job(tmp_path):
    told = []
    jobs = Jobs(tmp_path / "jobs", tell=told.append)
    for again in ("", "", "c0ffee", "c0ffee", "c0ffee", "decade"):
        jobs.start("a0", COUNT, {"to": 1}, watcher="first", again=again)
        assert ended(jobs, "a0", "first").state == "done"
    assert told == ["started"] * 3


def test_two_keys_at_once_do_not_mix(jobs):
    jobs.start("a0", COUNT, {"to": 6}, watcher="first")
    jobs.start("b0", COUNT, {"to": 9}, watcher="second")
    one, other = ended(jobs, "a0"), ended(jobs, "b0")
    assert (one.result["counted"], other.result["counted"]) == (6, 9)
    assert one.result["process"] != other.result["process"]


def test_who_cancels_does_not_disturb_another_page(jobs, go):
    for watcher in ("first", "second"):
        jobs.start("a0", COUNT, {"to": 4, "go": str(go)}, watcher=watcher)
    running(jobs, "a0")
    told = jobs.cancel("a0", watcher="first")
    assert told.state == "cancelled" and "goes on" in told.sentence
    assert not jobs.status("a0", watcher="first").may_cancel
    assert jobs.status("a0", watcher="second").may_cancel
    go.touch()
    assert ended(jobs, "a0", "second").result["counted"] == 4


def test_it_ends_when_nobody_waits_any_more(jobs):
    jobs.start("a0", COUNT, {"to": FOREVER}, watcher="first")
    jobs.start("a0", COUNT, {"to": FOREVER}, watcher="second")
    running(jobs, "a0")
    jobs.cancel("a0", watcher="second")
    assert jobs.cancel("a0", watcher="first").sentence == "Cancelled."
    assert ended(jobs, "a0").state == "cancelled"
    assert jobs.status("a0").result is None


def test_a_closed_page_does_not_hold_a_job(jobs, monkeypatch):
    jobs.start("a0", COUNT, {"to": FOREVER}, watcher="closed")
    running(jobs, "a0")
    jobs.start("a0", COUNT, {"to": FOREVER}, watcher="open")
    assert not jobs.status("a0", watcher="passer-by").may_cancel
    monkeypatch.setattr(jobs_module, "WATCHER_LIVES_S", 0.2)
    time.sleep(0.3)
    assert jobs.status("a0", watcher="passer-by").may_cancel
    assert jobs.cancel("a0", watcher="open").sentence == "Cancelled."
    assert ended(jobs, "a0").state == "cancelled"


def test_closed_pages_leave_nothing_behind(jobs, tmp_path, monkeypatch):
    jobs.start("a0", COUNT, {"to": 1}, watcher="first")
    ended(jobs, "a0")
    monkeypatch.setattr(jobs_module, "WATCHER_LIVES_S", 0.0)
    for number in range(5):
        assert jobs.start("a0", COUNT, {"to": 1}, watcher=f"page{number}").state == "done"
    assert [file.name for file in (tmp_path / "jobs" / "a0" / "watchers").iterdir()] == ["page4"]


def test_after_cancelling_it_can_be_started_again(jobs):
    jobs.start("a0", COUNT, {"to": FOREVER}, watcher="first")
    running(jobs, "a0")
    jobs.cancel("a0", watcher="first")
    ended(jobs, "a0")
    jobs.start("a0", COUNT, {"to": 2}, watcher="first")
    assert ended(jobs, "a0").result["counted"] == 2


def test_a_result_is_remembered_until_it_is_asked_for_again(jobs, tmp_path):
    jobs.start("a0", COUNT, {"to": 2}, watcher="first")
    first = ended(jobs, "a0").result
    jobs.start("a0", COUNT, {"to": 2}, watcher="second")
    assert jobs.status("a0").result == first
    assert Jobs(tmp_path / "jobs").status("a0").result == first
    jobs.start("a0", COUNT, {"to": 2}, watcher="second", again="c0ffee")
    assert ended(jobs, "a0").result["process"] != first["process"]


def test_more_than_two_wait_for_their_turn(jobs):
    for key in ("a0", "b0"):
        jobs.start(key, COUNT, {"to": FOREVER}, watcher="first")
        running(jobs, key)
    jobs.start("c0", COUNT, {"to": 2}, watcher="first")
    time.sleep(1)
    assert jobs.status("c0").state == "waiting"
    jobs.cancel("a0", watcher="first")
    assert ended(jobs, "c0").result["counted"] == 2
    assert jobs.status("b0").state == "running"


def test_what_waits_can_be_cancelled(jobs):
    for key in ("a0", "b0", "c0"):
        jobs.start(key, COUNT, {"to": FOREVER}, watcher="first")
    until(lambda: sorted(jobs.status(key).state for key in ("a0", "b0", "c0")).count("running") == 2)
    waiting = next(key for key in ("a0", "b0", "c0") if jobs.status(key).state == "waiting")
    jobs.cancel(waiting, watcher="first")
    assert ended(jobs, waiting).state == "cancelled"


def test_too_much_work_is_refused(jobs):
    for number in range(5):
        jobs.start(f"a{number}", COUNT, {"to": FOREVER}, watcher="first")
    with pytest.raises(JobsFullError, match="5 pieces of work"):
        jobs.start("b0", COUNT, {"to": 1}, watcher="first")
    jobs.start("a0", COUNT, {"to": FOREVER}, watcher="second")


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        ("tests.counting:refuse", "to must be positive. Got -1."),
        ("tests.counting:break_down", "not foreseen"),
        ("tests.counting:die", "ended before it was finished"),
    ],
)
def test_work_that_fails_says_so_and_can_be_repeated(jobs, work, sentence):
    jobs.start("a0", work, {}, watcher="first")
    status = ended(jobs, "a0")
    assert status.state == "failed" and sentence in status.sentence
    jobs.start("a0", COUNT, {"to": 1}, watcher="first")
    assert ended(jobs, "a0").state == "done"


def test_another_worker_of_the_host_sees_and_cancels_the_same_job(jobs, tmp_path):
    jobs.start("a0", COUNT, {"to": FOREVER}, watcher="first")
    running(jobs, "a0")
    other = Jobs(tmp_path / "jobs", max_running=2)
    assert other.status("a0", watcher="first").state == "running"
    other.start("a0", COUNT, {"to": FOREVER}, watcher="first")
    assert other._children == []
    other.cancel("a0", watcher="first")
    assert ended(jobs, "a0").state == "cancelled"


def test_a_job_does_not_outlive_its_server(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from dashboard.jobs import Jobs\n"
        f"Jobs(Path(sys.argv[1])).start('a0', '{COUNT}', {{'to': {FOREVER}}}, watcher='x')\n"
        "time.sleep(1000)"
    )
    server = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "jobs")], cwd=ROOT)
    jobs = Jobs(tmp_path / "jobs")
    try:
        until(lambda: (tmp_path / "jobs" / "a0" / "lock").exists())
        running(jobs, "a0")
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    status = ended(jobs, "a0")
    assert status.state == "failed" and "Start it again" in status.sentence


START = (
    "import os, sys, time; from pathlib import Path; from dashboard.jobs import Jobs\n"
    "jobs = Jobs(Path(sys.argv[1]))\n"
    "worker = os.fork()\n"
    "if worker == 0:\n"
    f"    jobs.start('a0', '{COUNT}', {{'to': 6, 'go': sys.argv[2]}}, watcher='x'); time.sleep(1000)\n"
    "print(worker, flush=True)\n"
    "os.waitpid(worker, 0); print('ended', flush=True); time.sleep(1000)"
)


def test_a_killed_worker_takes_no_job_with_it(tmp_path, go):
    """A server that forks a worker after `Jobs` is made, as gunicorn does with preload."""
    program = [sys.executable, "-c", START, str(tmp_path / "jobs"), str(go)]
    server = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    jobs = Jobs(tmp_path / "jobs")
    try:
        worker = int(server.stdout.readline())
        running(jobs, "a0")
        os.kill(worker, signal.SIGKILL)
        assert server.stdout.readline() == "ended\n"
        go.touch()
        assert ended(jobs, "a0").result["counted"] == 6
    finally:
        server.kill()
        server.communicate()


def test_what_waits_is_dropped_when_nobody_looks_any_more(jobs, tmp_path):
    for key in ("a0", "b0"):
        jobs.start(key, COUNT, {"to": FOREVER}, watcher="first")
        running(jobs, key)
    jobs.start("c0", COUNT, {"to": 1}, watcher="closed")
    assert jobs.counts() == (2, 1)
    long_ago = time.time() - 2 * jobs_module.WATCHER_LIVES_S
    for looked in ("job.json", "watchers/closed"):
        os.utime(tmp_path / "jobs" / "c0" / looked, (long_ago, long_ago))
    status = until(lambda: (found := jobs.status("c0")).state != "waiting" and found)
    assert status.state == "cancelled"
    assert jobs.counts() == (2, 0)


def test_the_folder_may_be_deleted(jobs, tmp_path):
    jobs.start("a0", COUNT, {"to": FOREVER}, watcher="first")
    running(jobs, "a0")
    shutil.rmtree(tmp_path / "jobs")
    assert jobs.status("a0", watcher="first").state == "none" and jobs.counts() == (0, 0)
    until(lambda: not (jobs._reap() or jobs._children), what="the end of the job")
    assert jobs.cancel("a0", watcher="first").state == "none"
    jobs.start("a0", COUNT, {"to": 2}, watcher="first")
    assert ended(jobs, "a0").result["counted"] == 2


def test_a_folder_that_cannot_be_used_is_said(jobs, tmp_path):
    folder = tmp_path / "jobs"
    folder.rename(tmp_path / "aside")
    folder.write_text("somebody put a file there")
    try:
        with pytest.raises(JobsFolderError, match="cannot be written at the moment"):
            jobs.start("a0", COUNT, {"to": 1}, watcher="first")
        assert jobs.status("a0", watcher="first").state == "none"
        assert jobs.cancel("a0", watcher="first").state == "none"
        assert jobs.counts() == (0, 0)
    finally:
        folder.unlink()
    jobs.start("a0", COUNT, {"to": 1}, watcher="first")
    assert ended(jobs, "a0").state == "done"


def test_fewer_at_a_time_than_before(jobs, tmp_path):
    fewer = Jobs(tmp_path / "jobs", max_running=1)
    for key in ("a0", "b0"):
        fewer.start(key, COUNT, {"to": FOREVER}, watcher="first")
    until(lambda: fewer.counts() == (1, 1))
    time.sleep(0.5)
    assert fewer.counts() == (1, 1)
    for key in ("a0", "b0"):
        fewer.cancel(key, watcher="first")
    until(lambda: not (fewer._reap() or fewer._children))


def test_old_results_are_forgotten(jobs, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs_module, "KEPT_JOBS", 1)
    for key in ("a0", "b0", "c0"):
        jobs.start(key, COUNT, {"to": 1}, watcher="first")
        ended(jobs, key)
    assert jobs.status("a0").state == "none" and jobs.status("c0").state == "done"


def test_nobody_else_may_read_the_folder(jobs, tmp_path):
    assert (tmp_path / "jobs").stat().st_mode & 0o077 == 0
