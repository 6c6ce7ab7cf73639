"""Findings as the browser shows them: plain values, notes made safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dashboard.queries.findings.findings import Filter, FindingQueries
from dashboard.queries.findings.note import as_html, as_line
from dashboard.queries.findings.sight import Sight, is_author
from dashboard.queries.findings.table import Finding
from dashboard.user import current_user

__all__ = ["SHOWN_AT_ONCE", "detail", "listed"]

SHOWN_AT_ONCE = 100


def listed(queries: FindingQueries, asked: Filter, *, most: int = SHOWN_AT_ONCE) -> dict[str, Any]:
    """Return the rows that fit, how many there are, and what can be chosen in the filters."""
    seen, sight = queries.visible()
    fitting = [finding for finding in seen if asked.fits(finding)]
    return {
        "rows": [_row(finding, sight) for finding in fitting[:most]],
        "fitting": len(fitting),
        "all": len(seen),
        "recordings": _counted([recording.key for finding in seen for recording in finding.recordings]),
        "authors": _counted([finding.author for finding in seen]),
        "pages": _counted([finding.page for finding in seen]),
    }


def detail(queries: FindingQueries, finding_id: str, *, typed: str) -> dict[str, Any]:
    """Return everything about a finding; `typed` is the name somebody goes by where nobody signs in."""
    finding, sight = queries.one(finding_id)
    return {
        **_row(finding, sight),
        "version": finding.version,
        "note": finding.note,
        "html": as_html(finding.note),
        "numbers": [dict(number) for number in finding.numbers],
        "query": finding.query,
        "opens": sight.opens(finding),
        "picture": queries.picture(finding),
        "mine": is_author(finding, typed),
        "user": current_user().name,
    }


def _row(finding: Finding, sight: Sight) -> dict[str, Any]:
    return {
        "id": finding.id,
        "title": finding.title,
        "line": as_line(finding.note),
        "author": finding.author,
        "vouched": finding.vouched,
        "created": finding.created,
        "changed": finding.changed,
        "page": finding.page,
        "recordings": [
            {
                "key": recording.key,
                "name": recording.name,
                "fingerprint": recording.fingerprint,
                "state": sight.state(finding, recording),
            }
            for recording in finding.recordings
        ],
    }


def _counted(values: Sequence[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda counted: counted[0].casefold())
