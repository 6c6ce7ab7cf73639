"""Sessions: what a browser has to show after a sign-in, and what ends it.

The browser holds a random name for its session, signed with the key of the host; the database holds only
that name's hash. So a copy of the database lets nobody in, and whatever is deleted there has ended.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time

from itsdangerous import BadSignature, Signer
from sqlalchemy import delete, insert, select

from dashboard.access.tables import ACCOUNTS, SESSIONS
from dashboard.database import Database
from dashboard.user import User

__all__ = ["Sessions"]

SECONDS_PER_HOUR = 3_600
MOST_SEEN = 1_000
"""Sessions remembered by a worker."""


class Sessions:
    """The sessions of a database.

    Parameters
    ----------
    key : bytes
        Signs the names of sessions; the same for every worker.
    """

    def __init__(self, database: Database, key: bytes, *, hours: int) -> None:
        self._database, self._seconds = database, hours * SECONDS_PER_HOUR
        self._signer = Signer(key, salt="session", digest_method=hashlib.sha256)
        self._seen: dict[str, tuple[float, User]] = {}

    @property
    def seconds(self) -> int:
        """How long a session lasts."""
        return self._seconds

    def begin(self, account: str) -> str:
        """Begin a session; return what the browser has to show."""
        token = secrets.token_urlsafe(32)
        row = {"token_hash": _hashed(token), "account": account, "began": time.time()}
        with self._database.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.began <= time.time() - self._seconds))
            connection.execute(insert(SESSIONS), row)
        return self._signer.sign(token).decode()

    def user(self, shown: str, *, seen_s: float = 0.0) -> User | None:
        """Return whose session it is, None where it is none, has ended or is too old.

        With `seen_s` it is enough that it was one so many seconds ago.
        """
        at, user = self._seen.get(shown, (0.0, None))
        if user is not None and time.monotonic() - at < seen_s:
            return user
        user = self._stored_user(shown)
        if user is not None:
            if len(self._seen) >= MOST_SEEN:
                self._seen.clear()
            self._seen[shown] = (time.monotonic(), user)
        return user

    def _stored_user(self, shown: str) -> User | None:
        token = self._token(shown)
        if token is None:
            return None
        with self._database.reading(SESSIONS, ACCOUNTS) as connection:
            if connection is None:
                return None
            found = connection.execute(
                select(ACCOUNTS.c.name, ACCOUNTS.c.groups, SESSIONS.c.began)
                .join(ACCOUNTS, ACCOUNTS.c.name == SESSIONS.c.account)
                .where(SESSIONS.c.token_hash == _hashed(token))
            ).first()
        if found is None or time.time() - found.began >= self._seconds:
            return None
        return User(found.name, frozenset(json.loads(found.groups)), sees_all=False)

    def end(self, shown: str) -> None:
        """End a session."""
        token = self._token(shown)
        if token is not None:
            with self._database.writing() as connection:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == _hashed(token)))

    def _token(self, shown: str) -> str | None:
        try:
            return self._signer.unsign(shown).decode()
        except (BadSignature, UnicodeError):
            return None


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
