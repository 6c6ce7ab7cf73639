"""`python -m dashboard`: accounts and limits from the command line."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from dashboard.access.accounts import Accounts
from dashboard.access.commands import commands
from dashboard.database import Database
from tests.server import ROOT, environment

PASSWORD = "correct horse battery"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("STATEROOM_DATA_DIR", str(tmp_path))

    def ran(line: str, *, typed: str = "", status: int = 0) -> str:
        done = CliRunner().invoke(commands, line.split(), input=typed)
        assert done.exit_code == status, done.output
        assert PASSWORD not in done.output
        return done.output

    return ran


@pytest.fixture
def accounts(tmp_path):
    return Accounts(Database("", tmp_path))


def test_an_account_from_the_first_to_the_last_command(run, accounts):
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    assert "Added ada to films, lab." in run("users add Ada --group lab --group films", typed=typed)
    assert accounts.check("ada", PASSWORD) == "ada"
    assert "ada is in drama now." in run("users groups ada drama")
    assert run("users list").split("\t")[:2] == ["ada", "drama"]
    run("users password ada --stdin", typed="another long password\n")
    assert accounts.check("ada", PASSWORD) is None
    assert accounts.check("ada", "another long password") == "ada"
    run("users remove ada")
    assert accounts.all() == [] and run("users list") == ""


@pytest.mark.parametrize(
    ("line", "typed", "sentence"),
    [
        ("users add ada --stdin", "short\n", "A password has 10 to 1,000 characters. Got 5."),
        ("users add ada --stdin", "", "A password has 10 to 1,000 characters. Got 0."),
        ("users add a/b --stdin", f"{PASSWORD}\n", "The name of a user has 1 to 64 letters"),
        ("users add ada --group a,b --stdin", f"{PASSWORD}\n", "The name of a group has 1 to 64 letters"),
        ("users add bob --stdin", f"{PASSWORD}\n", "There is an account 'bob' already."),
        ("users remove bobb", "", "There is no account 'bobb'. Did you mean 'bob'?"),
        ("users groups ada lab", "", "There is no account 'ada'."),
        ("users password ada --stdin", f"{PASSWORD}\n", "There is no account 'ada'."),
        ("groups free plays", "", "There is no limit named plays."),
    ],
)
def test_what_makes_no_sense_is_a_sentence(run, accounts, line, typed, sentence):
    accounts.add("bob", PASSWORD)
    assert sentence in run(line, typed=typed, status=1)


def test_limits(run):
    assert "seen by drama, lab only" in run("groups limit plays-* lab drama")
    assert run("groups list") == "plays-*\tdrama, lab\n"
    run("groups free plays-*")
    assert run("groups list") == ""


def test_it_runs_as_readme_says(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "dashboard", "users", "add", "ada", "--stdin"],
        cwd=ROOT,
        env=environment({"data_dir": tmp_path}),
        input=PASSWORD + "\n",
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Added ada.\n", "")
