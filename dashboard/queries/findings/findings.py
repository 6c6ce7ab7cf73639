"""Keeping, listing, showing, changing and removing findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from analytics.errors import AnalyticsError, ParameterError, UnknownNameError
from dashboard.database import Database
from dashboard.queries.findings.picture import as_address
from dashboard.queries.findings.sight import Sight, is_author, is_limited
from dashboard.queries.findings.submitted import (
    FINDING_ID,
    MAX_AUTHOR,
    MAX_NOTE,
    MAX_TITLE,
    Submitted,
    read_text,
)
from dashboard.queries.findings.table import (
    FINDINGS,
    TEXTS,
    Finding,
    KeptRecording,
    finding_of,
    row_of,
)
from dashboard.queries.recordings import RecordingQueries
from dashboard.user import current_user

__all__ = ["Filter", "FindingQueries"]

PICTURES_AT_ONCE = 16
GONE = "There is no such finding any more, or it is on a recording that you do not see."


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are asked for; what is empty does not matter."""

    find: str = ""
    """Words that all occur in the title, the note, the author's name or a recording's name."""
    of: str = ""
    """Key of a recording."""
    author: str = ""
    page: str = ""

    def fits(self, finding: Finding) -> bool:
        """Whether a finding is asked for."""
        if (self.author and finding.author != self.author) or (self.page and finding.page != self.page):
            return False
        if self.of and self.of not in {recording.key for recording in finding.recordings}:
            return False
        names = [text for recording in finding.recordings for text in (recording.key, recording.name)]
        text = "\n".join((finding.title, finding.note, finding.author, *names)).casefold()
        return all(word in text for word in self.find.casefold().split())


class FindingQueries:
    """What people found. Each question is answered as the user who asks may see it."""

    def __init__(self, database: Database, recordings: RecordingQueries) -> None:
        self._database = database
        self._recordings = recordings

    def visible(self) -> tuple[list[Finding], Sight]:
        """Return what the user who asks may see, the latest first."""
        sight = Sight(self._recordings)
        newest = select(*TEXTS).order_by(FINDINGS.c.created.desc(), FINDINGS.c.id)
        with self._database.reading(FINDINGS) as connection:
            rows = () if connection is None else connection.execute(newest).mappings()
            kept = [finding_of(row) for row in rows]
        return [finding for finding in kept if sight.sees(finding)], sight

    def one(self, finding_id: str) -> tuple[Finding, Sight]:
        """Return a finding that the user who asks may see."""
        with self._database.reading(FINDINGS) as connection:
            chosen = select(*TEXTS).where(FINDINGS.c.id == finding_id)
            row = None if connection is None else connection.execute(chosen).mappings().first()
        sight = Sight(self._recordings)
        if row is None or not sight.sees(finding_of(row)):
            raise UnknownNameError(GONE)
        return finding_of(row), sight

    def picture(self, finding: Finding) -> str:
        """Return the picture of a finding that may be seen as the address of an image; empty: none."""
        return next(self.pictures([finding]))

    def pictures(self, findings: Iterable[Finding]) -> Iterator[str]:
        """Yield the picture of each, a few at a time: together they may be large."""
        waiting = iter(findings)
        while together := list(islice(waiting, PICTURES_AT_ONCE)):
            pictures: dict[str, bytes] = {}
            with self._database.reading(FINDINGS) as connection:
                drawn = [finding.id for finding in together if finding.picture_type]
                if connection is not None and drawn:
                    chosen = select(FINDINGS.c.id, FINDINGS.c.picture).where(FINDINGS.c.id.in_(drawn))
                    pictures = {row.id: row.picture for row in connection.execute(chosen)}
            for finding in together:
                yield as_address(finding.picture_type, pictures.get(finding.id, b""))

    def keep(self, submitted: Submitted, *, page: str, query: str, recordings: Iterable[str]) -> Finding:
        """Keep a view and what is said of it; `recordings` are keys, of which some may be no recordings.

        What arrives a second time, as after a broken connection, is kept once.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        user = current_user()
        author = read_text("name of the author", user.name or submitted.author, most=MAX_AUTHOR, line=True)
        if not author:
            raise ParameterError("A finding has an author. Type your name.")
        finding = Finding(
            id=submitted.id_of(author, user.name, page, query), version=1, title=submitted.title,
            note=submitted.note, author=author, vouched=bool(user.name), created=now, changed=now,
            page=page, query=query,
            recordings=tuple(self._as_now(recordings)), numbers=submitted.numbers,
            picture_type=submitted.picture_type,
        )  # fmt: skip
        with self._database.writing() as connection:
            _insert_once(connection, row_of(finding, submitted.picture))
        return finding

    def change(self, finding_id: str, given: Mapping[str, Any]) -> tuple[Finding, bool]:
        """Change title and note; return what is kept now, and whether that is the change.

        It is not where somebody else changed the finding first: `version` is the one that was changed.
        """
        finding = self._own(finding_id, given)
        changed = replace(
            finding,
            title=read_text("title", given.get("title"), most=MAX_TITLE, line=True, needed=True),
            note=read_text("note", given.get("note"), most=MAX_NOTE),
            changed=datetime.now(UTC).isoformat(timespec="seconds"),
            version=_version(given) + 1,
        )
        values = {name: getattr(changed, name) for name in ("title", "note", "changed", "version")}
        with self._database.writing() as connection:
            done = connection.execute(update(FINDINGS).where(*_is(finding_id, given)).values(values)).rowcount
        if done:
            return changed, True
        now = self.one(finding_id)[0]
        # The very change, which arrived twice.
        return now, (now.version, now.title, now.note) == (changed.version, changed.title, changed.note)

    def remove(self, finding_id: str, given: Mapping[str, Any]) -> Finding | None:
        """Remove a finding; return what is kept instead where somebody changed it first.

        What is not there, or not for who asks, needs no removing: the question may have arrived twice.
        """
        try:
            self._own(finding_id, given)
        except UnknownNameError:
            if FINDING_ID.fullmatch(finding_id):
                return None
            raise
        with self._database.writing() as connection:
            done = connection.execute(delete(FINDINGS).where(*_is(finding_id, given))).rowcount
        return None if done else self.one(finding_id)[0]

    def _own(self, finding_id: str, given: Mapping[str, Any]) -> Finding:
        finding, _sight = self.one(finding_id)
        if not is_author(finding, str(given.get("author", ""))):
            raise ParameterError(f"Only {finding.author}, who kept this finding, may change it.")
        return finding

    def _as_now(self, keys: Iterable[str]) -> Iterator[KeptRecording]:
        for key in keys:
            try:
                found = self._recordings.find(key)
            except AnalyticsError:
                found = None
            if found is not None:
                limited = is_limited(self._recordings, key)
                yield KeptRecording(key, found.name, found.fingerprint, limited)


def _insert_once(connection: Connection, row: Mapping[str, Any]) -> None:
    """Insert a row, unless there is one of its id."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(FINDINGS).values(row).on_conflict_do_nothing())


def _version(given: Mapping[str, Any]) -> int:
    version = given.get("version")
    return version if type(version) is int and 0 < version < 1 << 31 else 0


def _is(finding_id: str, given: Mapping[str, Any]) -> tuple[Any, Any]:
    return FINDINGS.c.id == finding_id, FINDINGS.c.version == _version(given)
