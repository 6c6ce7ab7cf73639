"""A finding as it is stored: one row, read and written here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Table, Text

from dashboard.database import METADATA

__all__ = ["FINDINGS", "TEXTS", "Finding", "KeptRecording", "finding_of", "row_of"]

FINDINGS = Table(
    "findings",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Column("author", String(100), nullable=False, index=True),
    Column("vouched", Boolean, nullable=False),
    Column("created", String(32), nullable=False, index=True),
    Column("changed", String(32), nullable=False),
    Column("page", String(32), nullable=False),
    Column("query", Text, nullable=False),
    Column("recordings", Text, nullable=False),
    Column("numbers", Text, nullable=False),
    Column("picture_type", String(8), nullable=False),
    Column("picture", LargeBinary, nullable=False),
)
TEXTS = [column for column in FINDINGS.columns if column.name != "picture"]
"""All of a finding but its picture, which is large."""


@dataclass(frozen=True, slots=True)
class KeptRecording:
    """A recording as it was when the finding was kept."""

    key: str
    name: str
    fingerprint: str
    limited: bool = False
    """Whether only some groups saw it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A view with a note."""

    id: str
    version: int
    """Counts the changes: who changes an older one is told."""
    title: str
    note: str
    """Markdown, as it was written."""
    author: str
    vouched: bool
    """Whether the host knew who the author was; else the name was typed."""
    created: str
    changed: str
    """ISO 8601, UTC."""
    page: str
    query: str
    """Of the address, without the host's prefix."""
    recordings: tuple[KeptRecording, ...]
    numbers: tuple[Mapping[str, Any], ...]
    """What the view showed: name, value and perhaps unit of each."""
    picture_type: str
    """`svg`, `png`, or empty where there is none."""


PLAIN = tuple(name for name in Finding.__slots__ if name not in ("recordings", "numbers"))
"""Fields that are stored as they are."""


def row_of(finding: Finding, picture: bytes) -> dict[str, Any]:
    """Return the values of a row."""
    row = {field: getattr(finding, field) for field in Finding.__slots__}
    row["recordings"] = json.dumps([asdict(recording) for recording in finding.recordings])
    row["numbers"] = json.dumps([dict(number) for number in finding.numbers])
    return {**row, "picture": picture}


def finding_of(row: Mapping[str, Any]) -> Finding:
    """Read a row, with or without its picture."""
    plain = {name: row[name] for name in PLAIN}
    numbers = tuple(json.loads(row["numbers"]))
    return Finding(**plain, recordings=_recordings_of(row["recordings"]), numbers=numbers)


@lru_cache(maxsize=256)
def _recordings_of(text: str) -> tuple[KeptRecording, ...]:
    """Read recordings as they are stored: many findings are about the same ones."""
    return tuple(KeptRecording(**recording) for recording in json.loads(text))
