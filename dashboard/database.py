"""The database of what people keep: findings and accounts. SQLite in a file, or PostgreSQL.

Tables are declared against `METADATA` where they are used. A file of SQLite is opened anew for each
transaction, so nothing is written into one that was deleted meanwhile. Connections of PostgreSQL do not
survive a fork.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, MetaData, NullPool, Table, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from analytics.errors import AnalyticsError

__all__ = ["METADATA", "Database", "DatabaseError"]

METADATA = MetaData()
"""Every table of ours."""
FILE = "stateroom.sqlite"
BUSY_S = 15
"""How long a writer waits for another one."""
CONNECT_S = 5
TABLES_LOCK = 7_283_366
"""Any number: who makes the tables of a PostgreSQL database holds the lock of this number."""

log = logging.getLogger(__name__)


class DatabaseError(AnalyticsError):
    """The database cannot be read or written; the text is fit for a reader."""


class Database:
    """Where findings and accounts are kept. Safe for threads and after a fork.

    Parameters
    ----------
    url : str
        Of SQLAlchemy; empty: a file in `data_dir`.
    """

    def __init__(self, url: str, data_dir: Path) -> None:
        self._url = _checked(url or f"sqlite:///{(data_dir / FILE).resolve()}")
        self._made: tuple[int, Engine] | None = None
        self._ready: Any = None
        """The file whose tables are known to be there; True for PostgreSQL."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self._url.get_backend_name() == "sqlite"

    def close(self) -> None:
        """Give the connections back; the next question opens new ones."""
        made, self._made = self._made, None
        if made is not None:
            made[1].dispose(close=made[0] == os.getpid())

    @contextmanager
    def reading(self, *tables: Table) -> Iterator[Connection | None]:
        """Yield a connection, or None where one of the tables is not there: nothing was kept in it so far.

        Without `tables` every table of `METADATA` has to be there. Readers do not keep writers waiting.
        """
        with self._told(""):
            with self._begun(writes=False) as connection:
                if connection is not None and self._has(connection, tables):
                    yield connection
                    return
            yield None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction: all of the block is kept, or nothing."""
        with self._told(" Nothing was changed."):
            if self._make_file():
                self._ready = None
            with self._begun(writes=True) as connection:
                self._make_tables(connection)
                yield connection
            self._ready = self._identity()

    @contextmanager
    def _told(self, then: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            _log(error)
            raise DatabaseError(f"The database {_reason(error)}.{then}") from error

    @contextmanager
    def _begun(self, *, writes: bool) -> Iterator[Connection | None]:
        if self.is_sqlite and not self._file.exists():
            yield None
            return
        connection = self._engine().connect().execution_options(stateroom_writes=writes)
        with connection, connection.begin():
            yield connection

    def _has(self, connection: Connection, tables: tuple[Table, ...]) -> bool:
        if self._ready is not None and self._ready == self._identity():
            return True
        known = set(inspect(connection).get_table_names())
        if known >= set(METADATA.tables):
            self._ready = self._identity()
        return known >= {table.name for table in tables or METADATA.tables.values()}

    def _make_tables(self, connection: Connection) -> None:
        if self._ready is not None and self._ready == self._identity():
            return
        if not self.is_sqlite:
            # Two processes that look at the same time would both find no table.
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": TABLES_LOCK})
        METADATA.create_all(connection)

    def _engine(self) -> Engine:
        if self._made is None or self._made[0] != os.getpid():
            # Connections of the process that this one was forked from are left to it.
            self.close()
            self._made = (os.getpid(), _sqlite(self._url) if self.is_sqlite else _postgresql(self._url))
        return self._made[1]

    @property
    def _file(self) -> Path:
        return Path(self._url.database or "")

    def _identity(self) -> Any:
        """What tells this database from another one at the same place."""
        if not self.is_sqlite:
            return True
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _make_file(self) -> bool:
        """Make an empty database where there is none; only its owner may read it: accounts are in it."""
        if not self.is_sqlite or self._file.exists():
            return False
        if self._ready is not None and not self._file.parent.is_dir():
            raise DatabaseError("The database's folder is gone. Nothing was changed.")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))
            # Readers and a writer do not wait for each other. Kept in the file.
            with closing(_opened_file(self._file)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
            return True
        except OSError as error:
            raise DatabaseError(
                f"The database cannot be made where it should be ({error.strerror}). Nothing was changed."
            ) from None
        except sqlite3.Error as error:
            log.error("The database could not be made.", exc_info=error)
            raise DatabaseError("The database cannot be made. Nothing was changed.") from error


def _checked(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The latter where its port is no number.
        url = None
    kind = url.get_backend_name() if url is not None else ""
    if kind == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url
    raise DatabaseError(
        "The address of the database makes no sense. Wanted postgresql+psycopg://user@host/name or "
        "sqlite:////folder/file.sqlite."
    )


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_S}, hide_parameters=True
    )


def _sqlite(url: URL) -> Engine:
    file = Path(url.database or "")
    engine = create_engine(url, poolclass=NullPool, creator=lambda: _opened_file(file), hide_parameters=True)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _opened_file(file: Path) -> sqlite3.Connection:
    way = "rw"
    if not (os.access(file.parent, os.W_OK) and os.access(file, os.W_OK)):
        # A log beside the file means that somebody else writes to it; without one it can only be read so,
        # because readers, too, would make one.
        way = "ro" if file.with_name(f"{file.name}-wal").exists() else "ro&immutable=1"
    # The driver must not begin transactions by itself: a reader that writes later would fail, not wait.
    connection = sqlite3.connect(
        f"file:{quote(str(file))}?mode={way}",
        uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False,
    )  # fmt: skip
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("stateroom_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


REASONS = {
    "SQLITE_READONLY": "may only be read",
    "SQLITE_FULL": "has no room left on its disk",
    "SQLITE_BUSY": "is busy: somebody else writes to it. Try again",
    "SQLITE_CANTOPEN": "cannot be opened",
    "SQLITE_CORRUPT": "is damaged; the server's log has the details",
    "SQLITE_NOTADB": "is damaged; the server's log has the details",
}


def _log(error: SQLAlchemyError) -> None:
    """Log what the driver says; of a place that cannot be reached or read, a traceback would say no more."""
    cause = getattr(error, "orig", None)
    of_place = (
        bool(_known(error)) if isinstance(cause, sqlite3.Error) else isinstance(error, OperationalError)
    )
    said = " ".join(str(cause or error).split())
    log.error("The database could not be used: %s", said, exc_info=None if of_place else error)


def _reason(error: SQLAlchemyError) -> str:
    """What is wrong, in words that do not tell where the database is."""
    return _known(error) or "does not answer as it should; the server's log has the details"


def _known(error: SQLAlchemyError) -> str:
    name = str(getattr(getattr(error, "orig", None), "sqlite_errorname", ""))
    return next((sentence for kind, sentence in REASONS.items() if name.startswith(kind)), "")
