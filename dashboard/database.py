"""The database of what people keep: findings and accounts. SQLite in a file, or PostgreSQL.

Tables are declared against `METADATA` where they are used. The engine is made at the first question, in each
process anew: connections do not survive a fork.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from analytics.errors import AnalyticsError

__all__ = ["METADATA", "Database", "DatabaseError"]

METADATA = MetaData()
"""Every table of ours."""
FILE = "stateroom.sqlite"
BUSY_S = 15
"""How long a writer waits for another one."""


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
        try:
            self._url = make_url(url or f"sqlite:///{(data_dir / FILE).resolve()}")
        except ArgumentError:
            raise DatabaseError(
                "The database's address makes no sense. Wanted e.g. sqlite:////data/x.sqlite."
            ) from None
        self._engine: Engine | None = None
        self._pid = 0
        self._lock = threading.Lock()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of this machine."""
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """Yield a connection, or None where the file is not there yet: then nothing was kept so far."""
        if self.is_sqlite and not Path(self._url.database or "").exists():
            yield None
            return
        with self._connection() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection in a transaction: all of the block is kept, or nothing."""
        if self.is_sqlite:
            self._make_folder()
        with self._connection() as connection:
            yield connection

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self._opened().begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise DatabaseError(f"The database could not be used: {_reason(error)}.") from error

    def _opened(self) -> Engine:
        with self._lock:
            if self._engine is None or self._pid != os.getpid():
                self._engine, self._pid = self._made(), os.getpid()
            return self._engine

    def _made(self) -> Engine:
        if not self.is_sqlite:
            engine = create_engine(self._url, pool_pre_ping=True)
        else:
            engine = create_engine(self._url, connect_args={"timeout": BUSY_S})
            event.listen(engine, "connect", _ready_sqlite)
            event.listen(engine, "begin", _begin_at_once)
        METADATA.create_all(engine)
        return engine

    def _make_folder(self) -> None:
        try:
            Path(self._url.database or "").parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"The database's folder cannot be made ({error.strerror}).") from None


def _ready_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: a reader that writes later would fail, not wait.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_at_once(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _reason(error: SQLAlchemyError) -> str:
    original = getattr(error, "orig", None)
    return str(original or error).splitlines()[0].rstrip(".")
