"""Recordings that only some groups may see. What is said in one place holds for every question."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, select

from analytics.errors import ParameterError
from dashboard.access.names import check_groups
from dashboard.access.tables import LIMITS
from dashboard.database import Database
from dashboard.user import current_user

__all__ = ["RecordingLimits"]

FRESH_S = 2.0
"""How long what was read is used; a change is noticed by every worker within this time."""
MOST_CHARACTERS = 256


class RecordingLimits:
    """Which groups may see which recordings; one that no limit names is seen by everybody who came in.

    A limit names recordings by their folder, `*` standing for any characters. Where several limits name
    a recording, each of them has to let the user see it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read_at = float("-inf")
        self._limits: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = ()
        self._lock = threading.Lock()

    def lets_see(self, name: str) -> bool:
        """Return whether the current user may know of a recording."""
        user = current_user()
        return user.sees_all or all(
            groups & user.groups for pattern, groups in self._fresh() if pattern.fullmatch(name)
        )

    def all(self) -> dict[str, frozenset[str]]:
        """Return the groups of each limit."""
        return self._stored() or {}

    def limit(self, pattern: str, groups: Iterable[str]) -> None:
        """Let only these groups see the recordings of a name."""
        named = check_groups(groups)
        if not named or not pattern or len(pattern) > MOST_CHARACTERS:
            raise ParameterError("A limit needs the name of a recording and at least one group.")
        with self._database.writing() as connection:
            connection.execute(delete(LIMITS).where(LIMITS.c.pattern == pattern))
            rows = [{"pattern": pattern, "group_name": group} for group in sorted(named)]
            connection.execute(insert(LIMITS), rows)

    def free(self, pattern: str) -> bool:
        """Take a limit away; return whether there was one."""
        with self._database.writing() as connection:
            return connection.execute(delete(LIMITS).where(LIMITS.c.pattern == pattern)).rowcount > 0

    def _fresh(self) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
        with self._lock:
            if time.monotonic() - self._read_at >= FRESH_S:
                # A database that fails is an error here: nothing is shown rather than too much.
                stored = self._stored()
                if stored is not None:
                    self._limits = _compiled(stored)
                self._read_at = time.monotonic()
            return self._limits

    def _stored(self) -> dict[str, frozenset[str]] | None:
        with self._database.reading(LIMITS) as connection:
            if connection is None:
                return None
            found: dict[str, set[str]] = {}
            for pattern, group in connection.execute(select(LIMITS).order_by(LIMITS.c.pattern)):
                found.setdefault(pattern, set()).add(group)
        return {pattern: frozenset(groups) for pattern, groups in found.items()}


def _compiled(
    limits: Mapping[str, frozenset[str]],
) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    return tuple(
        (re.compile(re.escape(pattern).replace(r"\*", ".*"), re.DOTALL), groups)
        for pattern, groups in limits.items()
    )
