"""Accounts: names, salted slow hashes of passwords, groups."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update

from analytics.errors import ParameterError, UnknownNameError, nearest
from dashboard.access.names import NAME, check_groups, check_name, folded
from dashboard.access.tables import ACCOUNTS, SESSIONS
from dashboard.database import Database

__all__ = ["FEWEST_CHARACTERS", "Account", "Accounts", "checked_password"]

FEWEST_CHARACTERS = 10
MOST_CHARACTERS = 1_000
"""Of a password: longer ones would only keep the server busy."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of a user besides the password."""

    name: str
    groups: frozenset[str]
    made: float
    """Seconds since 1970."""


class Accounts:
    """The accounts of a database. A change holds for the next request."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # RFC 9106, second recommendation: 64 MiB for each check, so that they take turns.
        self._hasher, self._turn = PasswordHasher(), threading.Lock()
        self._nobodys_hash = ""

    def all(self) -> list[Account]:
        """Return every account, by name."""
        with self._database.reading(ACCOUNTS) as connection:
            if connection is None:
                return []
            columns = ACCOUNTS.c.name, ACCOUNTS.c.groups, ACCOUNTS.c.made
            found = connection.execute(select(*columns).order_by(ACCOUNTS.c.name)).all()
        return [Account(name, frozenset(json.loads(groups)), made) for name, groups, made in found]

    def add(self, name: str, password: str, groups: Iterable[str] = ()) -> Account:
        """Make an account.

        Raises
        ------
        ParameterError
            If there is one of this name, or name, password or groups make no sense.
        """
        name, named = check_name(name), check_groups(groups)
        password_hash = self._hash(checked_password(password))
        row = {"name": name, "password_hash": password_hash, "groups": _written(named), "made": time.time()}
        with self._database.writing() as connection:
            if connection.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)).first():
                raise ParameterError(f"There is an account '{name}' already.")
            connection.execute(insert(ACCOUNTS), row)
        return Account(name, named, row["made"])

    def change_password(self, name: str, password: str) -> None:
        """Give an account another password, and end its sessions."""
        password_hash = self._hash(checked_password(password))
        self._change(name, {"password_hash": password_hash}, ends_sessions=True)

    def change_groups(self, name: str, groups: Iterable[str]) -> None:
        """Put an account into these groups and no others."""
        self._change(name, {"groups": _written(check_groups(groups))})

    def remove(self, name: str) -> None:
        """Remove an account, and end its sessions."""
        with self._database.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.account == folded(name)))
            removed = connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.name == folded(name))).rowcount
        if not removed:
            raise self._unknown(name)

    def check(self, name: str, password: str) -> str | None:
        """Return the name of the account that this password is of; None takes as long."""
        nobodys, stored = self._nobodys(), self._stored_hash(folded(name))
        fits = self._verify(stored or nobodys, password[:MOST_CHARACTERS])
        return folded(name) if fits and stored and len(password) <= MOST_CHARACTERS else None

    def password_mark(self, name: str) -> str:
        """Return what changes whenever the password of an account does; empty where there is no account."""
        stored = self._stored_hash(folded(name))
        return hashlib.blake2b(stored.encode(), digest_size=16).hexdigest() if stored else ""

    def _change(self, name: str, values: dict[str, str], *, ends_sessions: bool = False) -> None:
        with self._database.writing() as connection:
            where = ACCOUNTS.c.name == folded(name)
            changed = connection.execute(update(ACCOUNTS).where(where).values(**values)).rowcount
            if ends_sessions:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.account == folded(name)))
        if not changed:
            raise self._unknown(name)

    def _stored_hash(self, name: str) -> str | None:
        if not NAME.fullmatch(name):
            # No database has to be asked for what no name can be; PostgreSQL fails at some of it.
            return None
        with self._database.reading(ACCOUNTS) as connection:
            if connection is None:
                return None
            return connection.scalar(select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.name == name))

    def _nobodys(self) -> str:
        """A hash to check against where there is no account, so that it takes as long."""
        if not self._nobodys_hash:
            self._nobodys_hash = self._hash("nobody has this password")
        return self._nobodys_hash

    def _hash(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(unicodedata.normalize("NFC", password))

    def _verify(self, stored: str, password: str) -> bool:
        with self._turn:
            try:
                return self._hasher.verify(stored, unicodedata.normalize("NFC", password))
            except (VerificationError, InvalidHashError):
                return False

    def _unknown(self, name: str) -> UnknownNameError:
        hint = nearest(folded(name), [account.name for account in self.all()])
        return UnknownNameError(f"There is no account '{name[:64]}'.{hint}")


def checked_password(password: str) -> str:
    """Return a password if it may be one."""
    if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise ParameterError(
            f"A password has {FEWEST_CHARACTERS} to {MOST_CHARACTERS:,} characters. Got {len(password)}."
        )
    return password


def _written(groups: frozenset[str]) -> str:
    return json.dumps(sorted(groups))
