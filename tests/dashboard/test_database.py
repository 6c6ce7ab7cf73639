"""The database: a real SQLite and a real PostgreSQL, several processes, files that may only be read."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from dashboard import database
from dashboard.database import Database, DatabaseError
from tests.postgresql import missing, running_postgresql

ROWS = 100


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    """Close what a test opens: a connection that is only forgotten is a warning."""
    opened, begin = [], Database.__init__

    def remembered(self, *arguments):
        begin(self, *arguments)
        opened.append(self)

    monkeypatch.setattr(Database, "__init__", remembered)
    yield
    for each in opened:
        each.close()


@pytest.fixture(autouse=True)
def things(monkeypatch):
    """A table that stands for all."""
    metadata = MetaData()
    monkeypatch.setattr(database, "METADATA", metadata)
    return Table("things", metadata, Column("id", Integer, primary_key=True), Column("text", Text))


@pytest.fixture(scope="module")
def postgresql():
    if missing():
        pytest.skip(missing())
    with running_postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kept.sqlite'}"
    return request.getfixturevalue("postgresql")


def kept(opened: Database, things: Table) -> list[str]:
    with opened.reading(things) as connection:
        return [] if connection is None else list(connection.scalars(select(things.c.text)))


def keep(opened: Database, things: Table, text: str) -> None:
    with opened.writing() as connection:
        connection.execute(insert(things).values(text=text))


WRITER = """
import sys
from pathlib import Path
from sqlalchemy import Column, Integer, Table, Text, insert
from dashboard import database
from dashboard.database import METADATA, Database
database.BUSY_S = 300
url, table, name = sys.argv[1:]
things = Table(table, METADATA, Column("id", Integer, primary_key=True), Column("text", Text))
opened = Database(url, Path("."))
for number in range({rows}):
    with opened.writing() as connection:
        connection.execute(insert(things).values(text=f"{{name}} {{number}}"))
"""


def test_two_processes_that_begin_together_lose_nothing(url):
    metadata = MetaData()
    shared = Table("shared", metadata, Column("id", Integer, primary_key=True), Column("text", Text))
    program = WRITER.format(rows=ROWS)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, url, "shared", name], stderr=subprocess.PIPE, text=True
        )
        for name in "ab"
    ]
    told = [writer.communicate(timeout=600)[1] for writer in writers]
    assert told == ["", ""]
    with Database(url, None).reading(shared) as connection:
        texts = set(connection.scalars(select(shared.c.text)))
    assert texts == {f"{name} {number}" for name in "ab" for number in range(ROWS)}


def test_what_fails_is_not_kept(url, things):
    opened = Database(url, None)
    keep(opened, things, "before")
    with pytest.raises(ZeroDivisionError), opened.writing() as connection:
        connection.execute(insert(things).values(text="half"))
        raise ZeroDivisionError
    assert kept(opened, things)[-1] == "before"


def test_a_child_process_gets_connections_of_its_own(url, things):
    opened = Database(url, None)
    keep(opened, things, "parent")
    before = len(kept(opened, things))
    child = os.fork()
    if child == 0:
        try:
            keep(opened, things, "child")
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(kept(opened, things)) == before + 1


def test_nothing_is_there_before_something_is_kept(tmp_path, things):
    opened = Database("", tmp_path / "data")
    assert kept(opened, things) == []
    assert not (tmp_path / "data").exists()


def test_only_its_owner_may_read_the_file(tmp_path, things):
    keep(Database("", tmp_path), things, "a")
    assert stat.S_IMODE((tmp_path / "stateroom.sqlite").stat().st_mode) == 0o600


def test_a_writer_does_not_wait_for_a_reader(tmp_path, things):
    opened = Database("", tmp_path)
    keep(opened, things, "a")
    with opened.reading(things) as connection:
        connection.scalars(select(things.c.text)).all()
        # Were it to wait, it would wait in vain, and say so.
        keep(opened, things, "b")
        assert connection.scalars(select(things.c.text)).all() == ["a"]
    assert kept(opened, things) == ["a", "b"]


def test_a_reader_does_not_wait_for_a_writer(tmp_path, things):
    opened = Database("", tmp_path)
    keep(opened, things, "a")
    with opened.writing() as connection:
        connection.execute(insert(things).values(text="b"))
        assert kept(opened, things) == ["a"]


def test_a_file_that_may_only_be_read_is_read(tmp_path, things, monkeypatch):
    opened = Database("", tmp_path)
    keep(opened, things, "a")
    # For root every folder may be written to, so the answer of the system is what a reader would get.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert kept(opened, things) == ["a"]
    with pytest.raises(DatabaseError, match="may only be read"):
        keep(opened, things, "b")


def test_a_table_that_is_not_there_yet_holds_nothing(tmp_path, things):
    opened = Database("", tmp_path)
    sqlite3.connect(tmp_path / "stateroom.sqlite").execute(
        "CREATE TABLE accounts (name TEXT)"
    ).connection.close()
    assert kept(opened, things) == []
    keep(opened, things, "a")
    assert kept(opened, things) == ["a"]


def test_a_folder_that_disappears_is_told_and_not_made_again(tmp_path, things):
    folder = tmp_path / "data"
    opened = Database("", folder)
    keep(opened, things, "a")
    folder.rename(tmp_path / "elsewhere")
    assert kept(opened, things) == []
    with pytest.raises(DatabaseError, match="folder is gone"):
        keep(opened, things, "b")
    (tmp_path / "elsewhere").rename(folder)
    assert kept(opened, things) == ["a"]


def test_a_file_that_was_deleted_begins_anew(tmp_path, things):
    opened = Database("", tmp_path)
    keep(opened, things, "a")
    for file in tmp_path.glob("stateroom.sqlite*"):
        file.unlink()
    assert kept(opened, things) == []
    keep(opened, things, "b")
    assert kept(opened, things) == ["b"]


def test_a_busy_writer_is_waited_for(tmp_path, things):
    opened = Database("", tmp_path)
    keep(opened, things, "a")
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with opened.writing() as connection:
            connection.execute(insert(things).values(text="b"))
            begun.set()
            done.wait(1)

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait()
    keep(opened, things, "c")
    holder.join()
    assert sorted(kept(opened, things)) == ["a", "b", "c"]


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_makes_no_sense_is_refused(url, tmp_path):
    with pytest.raises(DatabaseError, match="Wanted postgresql"):
        Database(url, tmp_path)


def test_a_database_that_does_not_answer_is_told_without_its_address(tmp_path, things):
    opened = Database(f"postgresql://secret:word@/x?host={tmp_path}", tmp_path)
    with pytest.raises(DatabaseError) as told:
        kept(opened, things)
    assert str(told.value) == "The database does not answer as it should; the server's log has the details."


def test_a_damaged_file_is_told(tmp_path, things):
    (tmp_path / "stateroom.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(DatabaseError, match="is damaged"):
        kept(Database("", tmp_path), things)
