"""How often a sign-in may be tried, counted by all workers together."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dashboard.access import attempts as attempts_module
from dashboard.access.attempts import PER_ACCOUNT, PER_ADDRESS, WINDOW_S, Attempts
from dashboard.database import Database
from tests.dashboard.access.signing import ADA, browser, is_in, made, sign_in
from tests.server import ROOT

HERE, THERE = "203.0.113.7", "198.51.100.9"
OTHER_PROCESS = """
import sys
from pathlib import Path
from dashboard.access.attempts import Attempts
from dashboard.database import Database
attempts = Attempts(Database("", Path(sys.argv[1])))
for number in range(int(sys.argv[2])):
    print(attempts.begin("ada", f"198.51.100.{number}"))
"""


@pytest.fixture
def attempts(tmp_path):
    return Attempts(Database("", tmp_path))


def test_the_attempts_on_an_account_are_counted_from_everywhere(attempts):
    waits = [attempts.begin(ADA, f"203.0.113.{number}") for number in range(PER_ACCOUNT + 1)]
    assert waits[:-1] == [0] * PER_ACCOUNT and 0 < waits[-1] <= WINDOW_S + 1
    assert attempts.begin(" ADA", THERE) > 0
    assert attempts.begin("bob", HERE) == 0


def test_the_attempts_of_an_address_are_counted_over_all_names(attempts):
    waits = [attempts.begin(f"user-{number}", HERE) for number in range(PER_ADDRESS + 1)]
    assert waits[:-1] == [0] * PER_ADDRESS and waits[-1] > 0
    assert attempts.begin("somebody-new", THERE) == 0


def test_a_house_of_ipv6_is_one_address(attempts):
    for number in range(PER_ADDRESS):
        attempts.begin(f"user-{number}", f"2001:db8:0:1::{number:x}")
    assert attempts.begin("new", "2001:db8:0:1:ffff::1") > 0
    assert attempts.begin("new", "2001:db8:0:2::1") == 0


def test_the_wait_ends_although_somebody_goes_on_trying(attempts, monkeypatch):
    now = attempts_module.time.time()
    for seconds in (0, WINDOW_S / 2):
        monkeypatch.setattr(attempts_module.time, "time", lambda at=now + seconds: at)
        for _ in range(PER_ACCOUNT + 5):
            attempts.begin(ADA, HERE)
    monkeypatch.setattr(attempts_module.time, "time", lambda: now + WINDOW_S + 2)
    assert attempts.begin(ADA, THERE) == 0


def test_a_sign_in_forgets_what_was_counted_against_its_account(attempts):
    for _ in range(PER_ACCOUNT):
        assert attempts.begin(ADA, HERE) == 0
    attempts.succeeded(ADA, HERE)
    assert attempts.begin(ADA, HERE) == 0


def test_two_processes_count_together(tmp_path):
    half = PER_ACCOUNT // 2 + 2
    command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path), str(half)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [line for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert [process.returncode for process in processes] == [0, 0]
    assert len(told) == 2 * half
    assert PER_ACCOUNT - 1 <= told.count("0") <= PER_ACCOUNT


def test_the_page_says_how_long_to_wait(tmp_path):
    workers = [made(tmp_path), made(tmp_path)]
    for number in range(PER_ACCOUNT):
        assert sign_in(browser(workers[number % 2]), password="wrong password").status_code == 401
    client = browser(workers[0], REMOTE_ADDR=THERE)
    answer = sign_in(client)
    assert answer.status_code == 429 and "Try again in 15 minutes" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= WINDOW_S + 1
    assert not is_in(client), "the right password does not help either"
