"""What somebody sends to be kept: read, measured, and refused in a sentence where it does not fit."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.errors import ParameterError
from dashboard.queries.findings.picture import read_picture

__all__ = [
    "FINDING_ID",
    "MAX_AUTHOR",
    "MAX_NOTE",
    "MAX_NUMBERS",
    "MAX_TITLE",
    "Submitted",
    "read_submitted",
    "read_text",
]

MAX_TITLE = 200
MAX_NOTE = 20_000
MAX_AUTHOR = 100
MAX_NUMBERS = 60
MAX_NAME = 120
MAX_VALUE = 400
LARGEST = 1e300
KEPT_CONTROLS = "\n\t"
FINDING_ID = re.compile(r"[0-9a-f]{16}")
REQUEST = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Submitted:
    """A view and what is said of it."""

    title: str
    note: str
    author: str
    """As typed; it counts only where the host does not know who asks."""
    numbers: tuple[Mapping[str, Any], ...]
    picture_type: str
    picture: bytes
    request: str = ""
    """The name that the page gave what it sends; it may arrive twice. Empty: it gave none."""

    def id_of(self, *kept_with: object) -> str:
        """Return the id of the finding: the same whenever this arrives again, and of nothing else.

        `kept_with` is what the host adds: who keeps it and which view it is of. So no name that somebody
        sends leads to what another has kept, and a text that was changed since is another finding.
        """
        if not self.request:
            return secrets.token_hex(8)
        return hashlib.sha256(repr((self, kept_with)).encode()).hexdigest()[:16]


def read_submitted(given: Mapping[str, Any]) -> Submitted:
    """Read what a page sends."""
    kind, picture = read_picture(_string(given.get("picture")))
    return Submitted(
        title=read_text("title", given.get("title"), most=MAX_TITLE, line=True, needed=True),
        note=read_text("note", given.get("note"), most=MAX_NOTE),
        author=read_text("name", given.get("author"), most=MAX_AUTHOR, line=True),
        numbers=_numbers(given.get("numbers")),
        picture_type=kind,
        picture=picture,
        request=_request(given.get("request")),
    )


def read_text(name: str, given: Any, *, most: int, line: bool = False, needed: bool = False) -> str:
    """Return a text that was sent; of a `line`, white space becomes single spaces.

    Examples
    --------
    >>> read_text("title", " two\\nlines\\x00 ", most=20, line=True)
    'two lines'
    """
    text = _string(given).replace("\r\n", "\n")
    text = "".join(each for each in text if each in KEPT_CONTROLS or unicodedata.category(each) != "Cc")
    # Half of a pair of code units is no character; no database keeps it.
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = " ".join(text.split()) if line else text.strip()
    if len(text) > most:
        raise ParameterError(f"The {name} may have {most:,} characters. It has {len(text):,}.")
    if needed and not text:
        raise ParameterError(f"The {name} is empty. Say in a few words what was found.")
    return text


def _request(given: Any) -> str:
    name = _string(given)
    return name if REQUEST.fullmatch(name) else ""


def _numbers(given: Any) -> tuple[Mapping[str, Any], ...]:
    listed = given if isinstance(given, list) else []
    if len(listed) > MAX_NUMBERS:
        raise ParameterError(f"A finding keeps at most {MAX_NUMBERS} numbers. Got {len(listed)}.")
    read = [_number(each) for each in listed if isinstance(each, dict)]
    return tuple(each for each in read if each["name"] and each["value"] is not None)


def _number(given: Mapping[str, Any]) -> dict[str, Any]:
    value = given.get("value")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number:
        # False for what is no number, too, and for whole numbers that no table has room for.
        value = value if abs(value) < LARGEST else None
    else:
        value = read_text("value", value, most=MAX_VALUE, line=True) or None
    read = {
        "name": read_text("name of a number", given.get("name"), most=MAX_NAME, line=True),
        "value": value,
    }
    unit = read_text("unit", given.get("unit"), most=MAX_NAME, line=True)
    return {**read, "unit": unit} if unit else read


def _string(given: Any) -> str:
    return given if isinstance(given, str) else ""
