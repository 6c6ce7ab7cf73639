"""How often a sign-in may be tried, counted by all workers together."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dashboard.access import attempts as attempts_module
from dashboard.access.attempts import (
    PER_ACCOUNT,
    PER_ADDRESS,
    PER_BROWSER,
    PER_PAIR,
    WINDOW_S,
    Attempts,
)
from dashboard.database import Database
from tests.dashboard.access.signing import ADA, PASSWORD, accounts_of, browser, is_in, made, sign_in
from tests.server import ROOT

HERE, THERE = "203.0.113.7", "198.51.100.9"
OTHER_PROCESS = """
import sys
from pathlib import Path
from dashboard.access.attempts import Attempts
from dashboard.database import Database
attempts = Attempts(Database("", Path(sys.argv[1])))
for number in range(int(sys.argv[2])):
    print(attempts.begin("ada", "198.51.100.9"))
"""


@pytest.fixture
def attempts(tmp_path):
    return Attempts(Database("", tmp_path))


def test_the_attempts_on_an_account_are_counted_from_everywhere(attempts):
    waits = [attempts.begin(ADA, f"203.0.113.{number}") for number in range(PER_ACCOUNT + 1)]
    assert waits[:-1] == [0] * PER_ACCOUNT and 0 < waits[-1] <= WINDOW_S + 1
    assert attempts.begin(" ADA", THERE) > 0
    assert attempts.begin("bob", HERE) == 0


def test_an_address_tries_a_name_less_often_than_all_together(attempts):
    waits = [attempts.begin(ADA, HERE) for _ in range(PER_PAIR + 1)]
    assert waits[:-1] == [0] * PER_PAIR and 0 < waits[-1] <= WINDOW_S + 1
    assert attempts.begin(" ADA", HERE) > 0
    assert attempts.begin("bob", HERE) == 0
    assert attempts.begin(ADA, THERE) == 0, "who is elsewhere is not kept out by it"
    assert 3 * PER_PAIR <= PER_ACCOUNT, "one or two addresses must not keep a user out"


def test_a_browser_that_knows_the_user_is_counted_by_itself(attempts):
    for number in range(PER_ACCOUNT + 1):
        attempts.begin(ADA, f"203.0.113.{number}")
    for number in range(PER_ADDRESS + 1):
        attempts.begin(f"user-{number}", HERE)
    assert attempts.begin(ADA, HERE) > 0
    waits = [attempts.begin(ADA, HERE, browser="hers") for _ in range(PER_BROWSER + 1)]
    assert waits[:-1] == [0] * PER_BROWSER and waits[-1] > 0
    attempts.succeeded(ADA, HERE, browser="hers")
    assert attempts.begin(ADA, HERE, browser="hers") == 0
    assert attempts.begin(ADA, HERE) > 0, "others wait on"


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
        for _ in range(PER_PAIR + 5):
            attempts.begin(ADA, HERE)
    monkeypatch.setattr(attempts_module.time, "time", lambda: now + WINDOW_S + 2)
    assert attempts.begin(ADA, THERE) == 0


def test_a_sign_in_forgets_what_was_counted_against_its_account(attempts):
    for _ in range(PER_PAIR):
        assert attempts.begin(ADA, HERE) == 0
    attempts.succeeded(ADA, HERE)
    assert attempts.begin(ADA, HERE) == 0


def test_two_processes_count_together(tmp_path):
    half = PER_PAIR // 2 + 2
    command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path), str(half)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [line for process in processes for line in process.communicate(timeout=600)[0].split()]
    assert [process.returncode for process in processes] == [0, 0]
    assert len(told) == 2 * half
    assert PER_PAIR - 1 <= told.count("0") <= PER_PAIR


def test_the_page_says_how_long_to_wait(tmp_path):
    workers = [made(tmp_path), made(tmp_path)]
    for number in range(PER_PAIR):
        assert sign_in(browser(workers[number % 2]), password="wrong password").status_code == 401
    client = browser(workers[0])
    answer = sign_in(client)
    assert answer.status_code == 429 and "Try again in 15 minutes" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= WINDOW_S + 1
    assert not is_in(client), "the right password does not help either"
    elsewhere = browser(workers[1], REMOTE_ADDR=THERE)
    assert sign_in(elsewhere).status_code == 303 and is_in(elsewhere)


def known(client) -> list[str]:
    """The cookies by which a browser is known."""
    return [cookie.key for cookie in client._cookies.values() if "known" in cookie.key]


def out(client) -> None:
    """Sign out; what the browser is known by stays."""
    client.post("/lab/sign-out", content_type="application/x-www-form-urlencoded")
    assert not is_in(client) and known(client)


@pytest.fixture
def besieged(tmp_path, monkeypatch):
    """An app, browsers in which ada and bob signed in, and somebody at their address who tried her name."""
    for name, most in (("PER_PAIR", 2), ("PER_BROWSER", 2), ("PER_ADDRESS", 4)):
        monkeypatch.setattr(attempts_module, name, most)
    accounts_of(tmp_path).add(ADA, PASSWORD)
    accounts_of(tmp_path).add("bob", PASSWORD)
    server = made(tmp_path)
    hers, bobs = browser(server), browser(server)
    assert sign_in(hers).status_code == sign_in(bobs, "bob").status_code == 303
    out(hers)
    out(bobs)
    while sign_in(browser(server), password="wrong password").status_code == 401:
        pass
    return tmp_path, server, hers, bobs


def test_somebody_elses_attempts_do_not_keep_a_user_out_of_her_browser(besieged):
    _, server, hers, bobs = besieged
    assert sign_in(browser(server)).status_code == 429
    assert sign_in(bobs).status_code == 429, "it is known for another user"
    answer = sign_in(hers)
    assert answer.status_code == 303 and is_in(hers)
    line = next(line for line in answer.headers.getlist("Set-Cookie") if "known" in line)
    assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/lab/" in line
    assert "ada" not in line.lower()


def test_who_has_her_browser_cannot_guess_faster(besieged):
    hers = besieged[2]
    answers = [sign_in(hers, password=f"wrong password {number}").status_code for number in range(3)]
    assert answers == [401, 401, 429] and sign_in(hers).status_code == 429


@pytest.mark.parametrize("change", ["forged", "password", "made again", "key"])
def test_a_browser_is_known_no_longer(besieged, change):
    folder, server, hers, _ = besieged
    accounts = accounts_of(folder)
    if change == "forged":
        name = known(hers)[0]
        hers.set_cookie(name, "forged." + "A" * 43, path="/lab/", domain="lab.example")
    elif change == "password":
        accounts.change_password(ADA, PASSWORD)
    elif change == "made again":
        accounts.remove(ADA)
        accounts.add(ADA, PASSWORD)
    else:
        (folder / "key").unlink()
        server = made(folder)
        kept = [(cookie.key, cookie.value) for cookie in hers._cookies.values()]
        hers = browser(server)
        for name, value in kept:
            hers.set_cookie(name, value, path="/lab/", domain="lab.example")
    assert sign_in(hers).status_code == 429


def test_a_browser_that_is_known_lets_nobody_in(besieged):
    hers = besieged[2]
    assert hers.get("/lab/_dash-layout").status_code == 401
    assert sign_in(hers, password="").status_code == 401
