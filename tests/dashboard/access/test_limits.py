"""Recordings that are limited to groups are not there for others: in no list, no hint, no answer."""

from __future__ import annotations

import json
import re
import shutil
import time

import pytest

from analytics.errors import ParameterError, UnknownNameError
from dashboard import create_app
from dashboard.access import limits as limits_module
from dashboard.access.limits import RecordingLimits
from dashboard.database import Database
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.verification import VerificationQueries, Work
from dashboard.settings import Settings
from dashboard.user import NOBODY, User, acting_as
from tests.networks import lstm_recording

PEER = {"REMOTE_ADDR": "10.0.0.5", "HTTP_HOST": "lab.example"}
OUTSIDER = {"X-Forwarded-User": "bob", "X-Forwarded-Groups": "chords"}
INSIDER = {"X-Forwarded-User": "ada", "X-Forwarded-Groups": "chords, drama"}
WATCHER = "0123456789abcdef"
WAIT_S = 180


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plays")
    lstm_recording(folder / "plays-1")
    return folder / "plays-1"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(limits_module, "FRESH_S", 0.0)


@pytest.fixture
def folder(tmp_path, plays):
    shutil.copytree(plays, tmp_path / "data" / "plays-1")
    shutil.copytree(plays, tmp_path / "data" / "songs")
    return tmp_path / "data"


@pytest.fixture
def database(folder):
    database = Database("", folder)
    yield database
    database.close()


@pytest.fixture
def limits(database):
    return RecordingLimits(database)


@pytest.fixture
def queries(folder, limits):
    return RecordingQueries(folder, limits.lets_see)


def member(*groups: str) -> User:
    return User("somebody", frozenset(groups), sees_all=False)


def test_without_a_limit_everybody_sees_a_recording(limits):
    with acting_as(NOBODY):
        assert limits.lets_see("plays-1")


@pytest.mark.parametrize(
    ("groups", "name", "seen"),
    [
        (("drama",), "plays-1", True),
        (("films", "drama"), "plays-2", True),
        (("films",), "plays-1", False),
        ((), "plays-1", False),
        ((), "plays", True),
        ((), "my-plays-1", True),
    ],
)
def test_a_limit_lets_its_groups_see(limits, groups, name, seen):
    limits.limit("plays-*", ["drama", "theatre"])
    with acting_as(member(*groups)):
        assert limits.lets_see(name) is seen


def test_every_limit_that_names_a_recording_holds(limits):
    limits.limit("*", ["lab"])
    limits.limit("plays-1", ["drama"])
    for groups, seen in ((("lab",), False), (("drama",), False), (("lab", "drama"), True)):
        with acting_as(member(*groups)):
            assert limits.lets_see("plays-1") is seen


def test_only_the_star_means_anything_else_than_itself(limits):
    limits.limit("a[b]?.c", ["lab"])
    with acting_as(NOBODY):
        assert not limits.lets_see("a[b]?.c")
        assert limits.lets_see("ab1.c") and limits.lets_see("a[b]?xc")


def test_whoever_sits_at_the_machine_sees_all(limits):
    limits.limit("*", ["lab"])
    assert limits.lets_see("plays-1")


def test_a_limit_is_replaced_and_taken_away(limits):
    limits.limit("plays-1", ["drama"])
    limits.limit("plays-1", ["films"])
    assert limits.all() == {"plays-1": {"films"}}
    assert limits.free("plays-1") and not limits.free("plays-1")
    assert limits.all() == {}


@pytest.mark.parametrize(("pattern", "groups"), [("plays", []), ("", ["lab"]), ("plays", ["a,b"])])
def test_a_limit_that_makes_no_sense_is_refused(limits, pattern, groups):
    with pytest.raises(ParameterError):
        limits.limit(pattern, groups)


def test_another_process_notices_within_five_seconds(database, monkeypatch):
    monkeypatch.undo()
    assert limits_module.FRESH_S < 5
    reader, writer = RecordingLimits(database), RecordingLimits(database)
    with acting_as(NOBODY):
        assert reader.lets_see("songs")
        writer.limit("songs", ["lab"])
        reader._read_at -= 5
        assert not reader.lets_see("songs")


def test_limits_stay_when_their_database_goes(limits, folder):
    limits.limit("plays-*", ["drama"])
    with acting_as(NOBODY):
        assert not limits.lets_see("plays-1")
        for file in folder.glob("stateroom.sqlite*"):
            file.unlink()
        assert not limits.lets_see("plays-1")


def test_a_database_that_does_not_read_shows_nothing(limits, folder):
    (folder / "stateroom.sqlite").write_text("no database" * 1000)
    with acting_as(NOBODY), pytest.raises(Exception, match="database"):
        limits.lets_see("plays-1")


def test_what_may_not_be_seen_is_as_if_it_were_not_there(queries, limits, folder):
    limits.limit("plays-*", ["drama"])
    shutil.copytree(folder / "plays-1", folder / "plays-broken")
    (folder / "plays-broken" / "tokens.parquet").unlink()
    with acting_as(member("chords")):
        assert [facts.key for facts in queries.all()] == ["songs"]
        assert queries.find("plays-1") is None and queries.detail("plays-1") is None
        assert queries.problems() == []
        assert queries.smallest().path.name == "songs"
        with pytest.raises(UnknownNameError) as refused:
            queries.open("plays-1")
        with pytest.raises(UnknownNameError) as absent:
            queries.open("plays-7")
        assert str(refused.value).replace("plays-1", "plays-7") == str(absent.value)
    with acting_as(member("drama")):
        assert {facts.key for facts in queries.all()} == {"plays-1", "songs"}
        assert queries.open("plays-1").path.name == "plays-1"
        assert {name for name, _ in queries.problems()} >= {"plays-broken", "plays-1", "songs"}


@pytest.fixture
def app(folder, limits, tmp_path):
    limits.limit("plays-*", ["drama"])
    return create_app(
        Settings(
            data_dir=folder,
            cache_dir=tmp_path / "cache",
            access="proxy",
            trusted_proxies=("10.0.0.5",),
            secret_key_file=tmp_path / "key",
        )
    )


@pytest.fixture
def server(app):
    return app.server


def ask(server, path: str, asked: dict, headers: dict[str, str]):
    return server.test_client().post(path, json=asked, headers=headers, environ_overrides=PEER)


def questions(server) -> list[str]:
    """Every address that takes a question of a script, with each question it knows."""
    return [
        f"{rule.rule.partition('<')[0]}{action}"
        for rule in server.url_map.iter_rules()
        if "POST" in rule.methods and not rule.rule.startswith("/_dash") and "<any" in rule.rule
        for action in rule._converters["action" if "action" in rule._converters else "question"].items
    ]


ASKED = {
    "recording": "plays-1",
    "recordings": ["plays-1", "songs"],
    "beside": "plays-1",
    "state": "layer0.cell",
    "beside_state": "layer0.cell",
    "width": 20,
    "tab": WATCHER,
    "start": 3,
    "stop": 5,
    "entry": "p:0",
    "index": 0,
    "curves": ["plays-1:layer0.cell"],
    "find": "a",
    "search": "a",
    "words": 5,
    "n": 5,
}


def test_no_question_tells_of_a_recording_that_may_not_be_seen(server):
    """Each answers as if it were not there, word for word; so do those that a later page will ask."""
    absent = json.loads(json.dumps(ASKED).replace("plays-1", "plays-7"))
    told, answered = {}, 0
    for path in questions(server):
        hidden, missing = (ask(server, path, asked, OUTSIDER) for asked in (ASKED, absent))
        if hidden.text.replace("plays-1", "plays-7") != missing.text:
            told[path] = hidden.text[:200]
        if not path.endswith(("/start", "/again")):
            answered += ask(server, path, ASKED, INSIDER).text != hidden.text
    assert told == {}
    assert answered > 20, "the questions would not tell of it to those who may see it either"


def test_what_was_computed_for_others_is_not_told(server):
    """The same question is asked by somebody who may see, so that its answer is kept."""
    asked = {"recording": "plays-1", "state": "layer0.cell", "threshold": 0.3}
    assert "answer" in ask(server, "/ask/share", asked, INSIDER).json
    assert "answer" not in ask(server, "/ask/share", asked, OUTSIDER).json


SEARCH = "?recording=plays-1&state=layer0.cell&beside=plays-1&state2=layer0.cell&r=plays-1,songs&at=3"
SENT_ANEW = re.compile(r'"id":"[0-9a-f]{32}"')
"""The name of a message."""


def callbacks(app) -> dict[str, dict]:
    """What the browser would send of each callback that the server answers, about `plays-1`."""
    app.server.test_client().get("/_dash-dependencies", environ_overrides=PEER, headers=OUTSIDER)
    requests = {}
    for output, known in app.callback_map.items():
        if "callback" not in known:
            continue
        inputs, states = ([_filled(part) for part in known[kind]] for kind in ("inputs", "state"))
        outputs = [_named(name) for name in output.strip(".").split("...")]
        requests[output] = {
            "output": output,
            "outputs": outputs if output.startswith("..") else outputs[0],
            "inputs": inputs,
            "state": states,
            "changedPropIds": [f"{part['id']}.{part['property']}" for part in inputs],
        }
    return requests


def _filled(part: dict) -> dict:
    data = {**ASKED, "key": "plays-1", "search": SEARCH, "n": 1}
    value = {"data": data, "n_clicks": 1, "pathname": "/match"}[part["property"]]
    return {
        "id": part["id"],
        "property": part["property"],
        "value": "light" if "theme" in part["id"] else value,
    }


def _named(output: str) -> dict[str, str]:
    component, _, name = output.rpartition(".")
    return {"id": component, "property": name.partition("@")[0]}


def test_no_callback_tells_of_a_recording_that_may_not_be_seen(app):
    """Each answers as if it were not there, word for word."""
    told, answered = {}, 0
    for output, asked in callbacks(app).items():
        absent = json.loads(json.dumps(asked).replace("plays-1", "plays-7"))
        hidden, missing = (
            SENT_ANEW.sub("", ask(app.server, "/_dash-update-component", each, OUTSIDER).text)
            for each in (asked, absent)
        )
        if hidden.replace("plays-1", "plays-7") != missing:
            told[output] = hidden[:300]
        shown = SENT_ANEW.sub("", ask(app.server, "/_dash-update-component", asked, INSIDER).text)
        answered += shown != hidden
    assert told == {}
    assert answered > 8, "the callbacks would not tell of it to those who may see it either"


def until(server, state: str) -> None:
    """Wait for the end of a verification."""
    ends = time.monotonic() + WAIT_S
    while (now := ask(server, "/verification/status", ASKED, INSIDER).json["answer"]["state"]) != state:
        assert now in ("waiting", "running") and time.monotonic() < ends, now
        time.sleep(0.1)


def test_a_job_is_told_of_and_ended_only_by_those_who_may_see_its_recording(server):
    begun = ask(server, "/verification/start", ASKED, INSIDER).json["answer"]
    assert begun["state"] in ("waiting", "running", "done")
    for action in ("status", "cancel", "start", "again"):
        assert "answer" not in ask(server, f"/verification/{action}", ASKED, OUTSIDER).json
    until(server, "done")


def test_nobody_ends_a_job_in_the_name_of_another_users_page(server, monkeypatch):
    work = Work("c0ffee", "tests.counting:count", {"to": 100_000})
    monkeypatch.setattr(VerificationQueries, "work", lambda *_: work)
    other = {"X-Forwarded-User": "carol", "X-Forwarded-Groups": "drama"}
    ask(server, "/verification/start", ASKED, INSIDER)
    try:
        told = ask(server, "/verification/cancel", ASKED, other).json["answer"]
        assert "it goes on there" in told["sentence"]
        state = ask(server, "/verification/status", ASKED, INSIDER).json["answer"]
        assert state["state"] in ("waiting", "running") and state["may_cancel"]
    finally:
        assert ask(server, "/verification/cancel", ASKED, INSIDER).json["answer"]["sentence"] == "Cancelled."
    until(server, "cancelled")
