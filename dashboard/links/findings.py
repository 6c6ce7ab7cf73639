"""The address of the Findings page, and the addresses that findings keep: without the host's prefix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard.links.reading import MAX_PARAMETERS, MAX_QUERY_CHARACTERS, TEXT, Address, Parser, plain

__all__ = [
    "FindingsView",
    "findings_address",
    "findings_defaults",
    "findings_from_dict",
    "kept_query",
    "read_findings",
    "recordings_named",
]

PATH = "/findings"
LOOK = ("embed", "theme")
"""Parameters that say how a view is framed, not what it shows."""
NAMES_RECORDINGS = ("recording", "beside", "r")
"""Parameters whose values name recordings, of any page: keys between commas, perhaps with `:` and a state."""


@dataclass(frozen=True, slots=True)
class FindingsView:
    """Which findings are listed, and which one is shown."""

    find: str = ""
    """Words that all occur in a finding."""
    of: str = ""
    """Key of a recording; empty: any. The recording of the frame is another matter."""
    author: str = ""
    page: str = ""
    finding: str = ""
    """Id of the one that is shown."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return plain(self)


PARSERS: dict[str, Parser] = dict.fromkeys(("find", "of", "author", "page", "finding"), TEXT)
ADDRESS = Address(FindingsView(), path=PATH, parsers=PARSERS, other_names={})


def findings_address(view: FindingsView, *, path: str = PATH) -> str:
    """Return the address of a view.

    Examples
    --------
    >>> findings_address(FindingsView(author="Ada", page="match"))
    '/findings?author=Ada&page=match'
    """
    return ADDRESS.of(view, path=path)


def findings_defaults() -> dict[str, Any]:
    """Return what the browser needs to write addresses: the default view and the name of each field."""
    return {"view": FindingsView().to_dict(), "names": ADDRESS.names}


def read_findings(query: str | None) -> tuple[FindingsView, list[str]]:
    """Read a view from a query string; return it with a sentence for each value that made no sense.

    Examples
    --------
    >>> read_findings("?find=the+queen&page=match")[0].find
    'the queen'
    """
    return ADDRESS.read(query)


def findings_from_dict(values: Mapping[str, Any] | None) -> FindingsView:
    """Read a view that the browser keeps; what does not fit becomes the default."""
    return ADDRESS.from_dict(values)


def kept_query(text: str) -> str:
    """Return a query string as it is kept: without what only frames the view; empty when it is none of ours.

    Examples
    --------
    >>> kept_query("?recording=plays&embed=1&from=4&theme=dark")
    'recording=plays&from=4'
    """
    query = text.lstrip("?")
    if len(query) > MAX_QUERY_CHARACTERS or query.count("&") >= MAX_PARAMETERS:
        return ""
    return urlencode(
        [
            (name, value)
            for name, value in parse_qsl(query, keep_blank_values=True, errors="replace")
            if name not in LOOK
        ]
    )


def recordings_named(query: str) -> tuple[str, ...]:
    """Return the keys that a query string names, each once; some may be no recordings.

    Examples
    --------
    >>> recordings_named("recording=plays&beside=songs:layer0.cell,plays&from=4")
    ('plays', 'songs:layer0.cell', 'songs')
    """
    found: dict[str, None] = {}
    for name, value in parse_qsl(query):
        for part in value.split(",") if name in NAMES_RECORDINGS else ():
            key = part.replace("%2C", ",").replace("%25", "%")
            found.update(dict.fromkeys(each for each in (key, key.partition(":")[0]) if each))
    return tuple(found)
