"""Findings as a table: a row each, no cell of which a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.queries.findings.sight import Sight
from dashboard.queries.findings.table import Finding

__all__ = ["HEADS", "as_csv", "safe_cell", "told"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADS = (
    "title", "note", "author", "kept", "changed", "page", "address", "recordings", "fingerprints",
    "recordings since", "numbers", "id",
)  # fmt: skip


def as_csv(findings: Sequence[Finding], sight: Sight, address: Callable[[Finding], str]) -> str:
    """Return the table; `address` says where a finding's view is."""
    content = io.StringIO()
    # Where a spreadsheet parts cells at semicolons, only quotes keep a text with one in its cell.
    writer = csv.writer(content, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADS)
    for finding in findings:
        writer.writerow([safe_cell(cell) for cell in _cells(finding, sight, address(finding))])
    return content.getvalue()


def safe_cell(text: str) -> str:
    """Return a text as a cell that is no formula: an apostrophe stands before what would be one.

    A full-width sign counts too: some spreadsheets read it as the usual one.

    Examples
    --------
    >>> [safe_cell(text) for text in ("=1+1", " =1+1", "1-1")]
    ["'=1+1", "' =1+1", '1-1']
    """
    start = text.lstrip(" ")[:1]
    return f"'{text}" if start and _plain(start) in FORMULA_STARTS else text


def _plain(character: str) -> str:
    """A full-width sign as the usual one."""
    return chr(ord(character) - 0xFEE0) if "\uff01" <= character <= "\uff5e" else character


def _cells(finding: Finding, sight: Sight, address: str) -> tuple[str, ...]:
    recordings = finding.recordings
    return (
        finding.title,
        finding.note,
        finding.author,
        finding.created,
        finding.changed,
        finding.page,
        address,
        "; ".join(recording.key for recording in recordings),
        "; ".join(recording.fingerprint for recording in recordings),
        "; ".join(sight.state(finding, recording) for recording in recordings),
        "; ".join(f"{each['name']} = {told(each)}" for each in finding.numbers),
        finding.id,
    )


def told(number: Mapping[str, Any]) -> str:
    """Return a number with its unit.

    Examples
    --------
    >>> told({"name": "loss", "value": 0.25, "unit": "nats"})
    '0.25 nats'
    """
    value = number["value"]
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f"{text} {number['unit']}" if number.get("unit") else text
