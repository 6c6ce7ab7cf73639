"""Findings in a real database: who may see and change them, two writers, recordings that change or go."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from analytics.errors import ParameterError, UnknownNameError
from dashboard.database import Database, DatabaseError
from dashboard.queries.findings.findings import Filter, FindingQueries
from dashboard.queries.findings.shown import detail, listed
from dashboard.queries.findings.submitted import read_submitted
from dashboard.queries.recordings import RecordingQueries
from dashboard.user import User, acting_as, current_user
from tests.postgresql import missing, running_postgresql
from tests.recordings import random_states, small_recording

ADA = User("ada", frozenset({"lab"}), sees_all=False)
BOB = User("bob", frozenset(), sees_all=False)
EVERYBODY = User("root")
KEPT = 40


@pytest.fixture
def folder(tmp_path):
    for name in ("plays", "songs"):
        small_recording(tmp_path / name)
    return tmp_path


@pytest.fixture
def limited():
    """Recordings that only the group `lab` sees, by name; a test changes it."""
    return set()


@pytest.fixture
def findings(folder, limited):
    def lets_see(key: str) -> bool:
        user = current_user()
        return user.sees_all or key not in limited or "lab" in user.groups

    return FindingQueries(Database("", folder), RecordingQueries(folder, lets_see))


def keep(findings: FindingQueries, user: User = ADA, *, on=("plays",), page="match", **sent):
    sent = {"title": "Unit 4 counts", "note": "It **holds**.", "author": "typed", **sent}
    query = f"recording={on[0]}&from=4"
    with acting_as(user):
        return findings.keep(read_submitted(sent), page=page, query=query, recordings=on)


def ids(findings: FindingQueries, user: User, **asked) -> list[str]:
    with acting_as(user):
        return [row["id"] for row in listed(findings, Filter(**asked))["rows"]]


def shown(findings: FindingQueries, finding_id: str, user: User = ADA, typed: str = "") -> dict:
    with acting_as(user):
        return detail(findings, finding_id, typed=typed)


def test_a_finding_comes_back_as_it_was_kept(findings):
    numbers = [{"name": "units on", "value": 7, "unit": "of 300"}, {"name": "words", "value": "the <b>"}]
    picture = '<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>'
    kept = keep(findings, numbers=numbers, picture=picture)
    found = shown(findings, kept.id)
    assert (found["title"], found["author"], found["vouched"]) == ("Unit 4 counts", "ada", True)
    assert (found["page"], found["query"]) == ("match", "recording=plays&from=4")
    assert found["html"] == "<p>It <strong>holds</strong>.</p>\n"
    assert found["numbers"] == numbers
    assert found["picture"].startswith("data:image/svg+xml;base64,")
    assert [(each["key"], each["state"]) for each in found["recordings"]] == [("plays", "same")]


def test_the_latest_comes_first_and_every_filter_counts(findings):
    first, second = keep(findings), keep(findings, BOB, on=("songs",), page="memory", title="Ärger", note="")
    assert set(ids(findings, ADA)) == {first.id, second.id}
    assert ids(findings, ADA, find="äRGER songs") == [second.id]
    assert ids(findings, ADA, find="holds counts") == [first.id]
    assert ids(findings, ADA, of="songs") == ids(findings, ADA, author="bob") == [second.id]
    assert ids(findings, ADA, page="match") == [first.id]
    assert ids(findings, ADA, page="match", author="bob") == []
    with acting_as(ADA):
        answer = listed(findings, Filter(author="bob"), most=1)
    assert (answer["fitting"], answer["all"]) == (1, 2)
    assert answer["authors"] == [("ada", 1), ("bob", 1)]


def test_a_finding_on_a_recording_that_one_may_not_see_does_not_exist(findings, limited):
    limited.add("plays")
    kept = keep(findings, on=("songs", "plays"))
    with acting_as(BOB):
        answer = listed(findings, Filter())
        assert (answer["all"], answer["recordings"], answer["authors"]) == (0, [], [])
        for question in (findings.one, lambda given: findings.change(given, {"version": 1, "title": "x"})):
            with pytest.raises(UnknownNameError, match="no such finding"):
                question(kept.id)
    assert ids(findings, ADA) == ids(findings, EVERYBODY) == [kept.id]


def test_a_limit_that_comes_later_hides_too(findings, limited):
    kept = keep(findings, BOB)
    assert ids(findings, BOB) == [kept.id]
    limited.add("plays")
    assert ids(findings, BOB) == []


def test_a_deleted_recording_is_said(findings, folder):
    kept = keep(findings)
    shutil.rmtree(folder / "plays")
    found = shown(findings, kept.id, BOB)
    assert (found["recordings"][0]["state"], found["opens"]) == ("deleted", False)


@pytest.mark.parametrize(
    ("page", "gone", "opens"),
    [("match", "songs", True), ("match", "plays", False), ("compare", "plays", True), ("compare", "", True)],
)
def test_what_can_still_be_opened_is_offered(findings, folder, page, gone, opens):
    kept = keep(findings, on=("plays", "songs"), page=page)
    if gone:
        shutil.rmtree(folder / gone)
    assert shown(findings, kept.id)["opens"] is opens


def test_a_deleted_recording_stays_hidden_where_its_limit_went_with_it(findings, folder, limited):
    limited.add("plays")
    kept = keep(findings)
    shutil.rmtree(folder / "plays")
    assert (ids(findings, ADA), ids(findings, BOB)) == ([kept.id], [])
    limited.clear()
    assert (ids(findings, ADA), ids(findings, EVERYBODY), ids(findings, BOB)) == ([kept.id], [kept.id], [])


def test_a_replaced_recording_is_said(findings, folder):
    kept = keep(findings)
    shutil.rmtree(folder / "plays")
    small_recording(folder / "plays", states={"layer0.cell": random_states(50, 3, seed=1)})
    assert shown(findings, kept.id)["recordings"][0]["state"] == "replaced"


def test_a_damaged_recording_is_said(findings, folder):
    kept = keep(findings)
    (folder / "plays" / "recording.json").write_text("{")
    assert shown(findings, kept.id)["recordings"][0]["state"] == "damaged"


def test_only_the_author_changes_and_removes(findings):
    kept = keep(findings)
    with acting_as(BOB), pytest.raises(ParameterError, match="Only ada"):
        findings.change(kept.id, {"version": 1, "title": "mine now", "author": "ada"})
    with acting_as(User()), pytest.raises(ParameterError, match="Only ada"):
        findings.remove(kept.id, {"version": 1, "author": "ada"})
    assert not shown(findings, kept.id, BOB)["mine"]
    assert shown(findings, kept.id)["mine"]
    with acting_as(ADA):
        assert findings.remove(kept.id, {"version": 1}) is None
    assert ids(findings, ADA) == []


def test_where_nobody_signs_in_the_name_that_was_typed_counts(findings):
    kept = keep(findings, User(), author="Ada  Lovelace ")
    assert (kept.author, kept.vouched) == ("Ada Lovelace", False)
    assert shown(findings, kept.id, User(), typed="Ada Lovelace")["mine"]
    assert not shown(findings, kept.id, User())["mine"]
    with acting_as(User()), pytest.raises(ParameterError, match="Only Ada"):
        findings.change(kept.id, {"version": 1, "title": "x", "author": "Bob"})
    with pytest.raises(ParameterError, match="Type your name"):
        keep(findings, User(), author="")


def test_the_second_writer_is_told_and_the_first_loses_nothing(findings):
    kept = keep(findings)
    with acting_as(ADA):
        first, done = findings.change(kept.id, {"version": 1, "title": "first", "note": "one"})
        assert (done, first.version) == (True, 2)
        now, done = findings.change(kept.id, {"version": 1, "title": "second", "note": "two"})
        assert (done, now.title, now.note, now.version) == (False, "first", "one", 2)
        assert findings.remove(kept.id, {"version": 1}).title == "first"
        _, done = findings.change(kept.id, {"version": 2, "title": "second", "note": "two"})
    assert done
    assert shown(findings, kept.id)["title"] == "second"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"title": " \n"}, "title is empty"),
        ({"title": "x" * 201}, "at most|200 characters"),
        ({"note": "x" * 20_001}, "20,000 characters"),
        ({"numbers": [{"name": "n", "value": 1}] * 61}, "at most 60 numbers"),
    ],
)
def test_what_is_too_long_is_refused(findings, sent, told):
    with pytest.raises(ParameterError, match=told):
        keep(findings, **sent)


def test_what_no_database_keeps_is_left_out(findings):
    numbers = [{"name": "nan", "value": float("nan")}, {"name": "\ud800", "value": 10**400}, {"value": 1}, 3]
    kept = keep(findings, title="a\x00b\ud800c", note="x\x00\r\ny", numbers=numbers)
    found = shown(findings, kept.id)
    assert (found["title"], found["note"], found["numbers"]) == ("ab?c", "x\ny", [])


def test_a_data_folder_that_disappears_is_told(findings, folder):
    kept = keep(findings)
    shutil.rmtree(folder)
    assert ids(findings, ADA) == []
    with acting_as(ADA), pytest.raises(UnknownNameError, match="no such finding"):
        findings.one(kept.id)
    with pytest.raises(DatabaseError, match="folder is gone"):
        keep(findings)


WRITER = """
import sys
from pathlib import Path
from dashboard import database
from dashboard.database import Database
from dashboard.queries.findings.findings import FindingQueries
from dashboard.queries.findings.submitted import read_submitted
from dashboard.queries.recordings import RecordingQueries
database.BUSY_S = 300
url, folder, name = sys.argv[1:]
database = Database(url, Path(folder))
findings = FindingQueries(database, RecordingQueries(Path(folder)))
picture = "<svg xmlns='http://www.w3.org/2000/svg'><text>" + "x" * 5000 + "</text></svg>"
for number in range({kept}):
    sent = read_submitted({{"title": f"{{name}} {{number}}", "author": name, "picture": picture,
                            "request": f"{{number:032x}}"}})
    for _ in range(2):
        # Each arrives twice, as after a broken connection.
        findings.keep(sent, page="match", query="", recordings=["plays"])
database.close()
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_processes_that_keep_at_once_lose_none(kind, folder):
    if kind == "sqlite":
        _keep_twice("", folder)
    elif missing():
        pytest.skip(missing())
    else:
        with running_postgresql() as url:
            _keep_twice(url, folder)


def _keep_twice(url: str, folder) -> None:
    program = WRITER.format(kept=KEPT)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, url, folder, name], stderr=subprocess.PIPE, text=True
        )
        for name in ("ada", "bob")
    ]
    assert [writer.communicate(timeout=600)[1] for writer in writers] == ["", ""]
    database = Database(url, folder)
    found, _sight = FindingQueries(database, RecordingQueries(folder)).visible()
    database.close()
    assert len(found) == 2 * KEPT
    assert {finding.title for finding in found} == {
        f"{name} {number}" for name in ("ada", "bob") for number in range(KEPT)
    }
