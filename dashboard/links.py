"""Reads and builds page addresses. The address holds the whole view; nonsense in it becomes a sentence.

A view is a frozen value. `read_match` makes one from a query string, `match_address` writes it back;
only what differs from the default is written, so that addresses stay short.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

__all__ = ["PATHS", "MatchView", "match_address", "match_from_dict", "opening_address", "read_match"]

PATHS = {"recordings": "/", "match": "/match"}
"""Path of each page, without the prefix of the host; in menu order."""

TRANSFORMS = ("raw", "tanh", "abs", "abs_tanh")
AXES = ("auto", "most", "fixed")
MIN_WIDTH, MAX_WIDTH = 10, 500
MAX_LIMIT = 1000
MAX_OFF = 500
MAX_CELL = 300
MAX_QUERY_CHARACTERS = 8000
"""Longer query strings are not read: a browser or proxy would have cut them anyway."""
MAX_PARAMETERS = 100


@dataclass(frozen=True, slots=True)
class MatchView:
    """Everything the Select & match page shows. Positions are 0-based, ranges half-open."""

    recording: str = ""
    state: str = ""
    at: int = 0
    """First position of the window."""
    width: int = 80
    """Positions in the window."""
    start: int = -1
    """First position of the selected range; -1: nothing is selected."""
    stop: int = -1
    """End of the selected range, exclusive."""
    off_before: int = 0
    off_after: int = 0
    threshold: float = 0.3
    transform: str = "raw"
    dropped: tuple[int, ...] = ()
    """Units taken out of the selection by hand."""
    pinned: tuple[int, ...] = ()
    """Units that stay in the selection whatever the range."""
    tracks: tuple[str, ...] = ()
    """Annotations shown under the tokens."""
    axis: str = "auto"
    """Value axis: fitted to the window (`auto`), 98 % of its values (`most`) or the state (`fixed`)."""
    run: int = 1
    """On-runs shorter than this are hidden from the plot."""
    mask: bool = False
    """Fade tokens and tracks where no selected unit is on."""
    search: str = ""
    """Phrase, or a regular expression between slashes."""
    matched: bool = False
    """Whether the matches are shown."""
    min_length: int = 0
    """Shortest match; 0: 2 when the selection is longer than one position, else 1."""
    max_length: int = 0
    """Longest match; 0: unlimited."""
    min_overlap: int = 1
    limit: int = 50
    length: int = 0
    """Only matches of this length; 0: all."""
    color: str = "count"
    """What colours the words of the matches: `count`, an annotation, or nothing."""
    heat: str = ""
    """Annotation drawn as a second heat map beside the matches."""
    cell: int = 0
    """Width of a word of the matches in pixels; 0: as wide as most words need."""
    labels: str = ""
    """Annotation whose labels inside the matches are compared with the corpus; empty: the most telling."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }


ADDRESS_NAMES = {"start": "from", "stop": "to", "off_before": "before", "off_after": "after"}
"""Fields whose name in the address differs from the name in the code."""


def match_address(view: MatchView, *, path: str = PATHS["match"]) -> str:
    """Return the address of a view.

    Examples
    --------
    >>> match_address(MatchView(recording="plays", state="layer1.cell", start=4, stop=6))
    '/match?recording=plays&state=layer1.cell&from=4&to=6'
    """
    default = MatchView()
    shown = {
        ADDRESS_NAMES.get(name, name): _written(value)
        for name, value in asdict(view).items()
        if value != getattr(default, name)
    }
    return f"{path}?{urlencode(shown)}" if shown else path


def opening_address(recording: str, parameters: Mapping[str, str], *, path: str = PATHS["match"]) -> str:
    """Return the address of a view given as address parameters; those that are none of ours are left out.

    Examples
    --------
    >>> opening_address("plays", {"state": "layer1.cell", "from": "4", "to": "6", "title": "a noun phrase"})
    '/match?recording=plays&state=layer1.cell&from=4&to=6'
    """
    known = set(_names().values())
    shown = {name: text for name, text in parameters.items() if name in known}
    return f"{path}?{urlencode({'recording': recording, **shown})}"


def read_match(query: str | None) -> tuple[MatchView, list[str]]:
    """Read a view from a query string; return it with a sentence for each value that made no sense.

    Examples
    --------
    >>> view, problems = read_match("?recording=plays&width=abc&from=4&to=6")
    >>> view.recording, view.width, view.start, view.stop
    ('plays', 80, 4, 6)
    >>> problems
    ["The address has width='abc'; wanted a whole number from 10 to 500. Showing 80."]
    """
    text = (query or "").lstrip("?")
    if len(text) > MAX_QUERY_CHARACTERS or text.count("&") >= MAX_PARAMETERS:
        return MatchView(), ["The address is too long to be one of ours. Showing the default view."]
    given = parse_qs(text, keep_blank_values=True)
    values = {name: values[-1] for name, values in given.items()}
    return _read({field: values[name] for field, name in _names().items() if name in values})


def address_defaults() -> dict[str, Any]:
    """Return what the browser needs to write addresses: the default view and the name of each field."""
    return {"view": MatchView().to_dict(), "names": _names()}


def match_from_dict(values: Mapping[str, Any] | None) -> MatchView:
    """Read a view that the browser keeps; what does not fit becomes the default."""
    texts = {
        name: _written(tuple(value) if isinstance(value, list) else value)
        for name, value in (values or {}).items()
        if name in _names()
    }
    return _read(texts)[0]


def _names() -> dict[str, str]:
    return {field.name: ADDRESS_NAMES.get(field.name, field.name) for field in fields(MatchView)}


def _read(texts: Mapping[str, str]) -> tuple[MatchView, list[str]]:
    default, found, problems = MatchView(), {}, []
    for name, text in texts.items():
        wanted, parse = PARSERS[name]
        try:
            found[name] = parse(text)
        except (ValueError, OverflowError):
            shown = _written(getattr(default, name)) or "nothing"
            problems.append(
                f"The address has {_names()[name]}={text[:40]!r}; wanted {wanted}. Showing {shown}."
            )
    view = replace(default, **found)
    if (view.start < 0) != (view.stop < 0) or view.stop < view.start or view.start == view.stop >= 0:
        problems.append(
            f"The address selects {view.start} to {view.stop}, which is no range. Nothing is selected."
        )
        view = replace(view, start=-1, stop=-1)
    return view, problems


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ",".join(str(item).replace("%", "%25").replace(",", "%2C") for item in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _whole(low: int, high: int) -> tuple[str, Callable[[str], int]]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    limits = f"from {low} to {high}" if high < 1 << 40 else f"of at least {low}"
    return f"a whole number {limits}", parse


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _choice(options: tuple[str, ...]) -> tuple[str, Callable[[str], str]]:
    def parse(text: str) -> str:
        if text not in options:
            raise ValueError
        return text

    return "one of " + ", ".join(options), parse


def _units(text: str) -> tuple[int, ...]:
    units = tuple(dict.fromkeys(int(part) for part in text.split(",") if part))
    if any(unit < 0 for unit in units):
        raise ValueError
    return units


def _texts(text: str) -> tuple[str, ...]:
    parts = [part.replace("%2C", ",").replace("%25", "%") for part in text.split(",") if part]
    return tuple(dict.fromkeys(parts))


_POSITION = _whole(-1, 1 << 62)
_UNITS = ("unit numbers separated by commas", _units)
_TEXT = ("text", str)
_SWITCH = ("0 or 1", lambda text: bool(_whole(0, 1)[1](text)))

PARSERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "recording": _TEXT,
    "state": _TEXT,
    "at": _whole(0, 1 << 62),
    "width": _whole(MIN_WIDTH, MAX_WIDTH),
    "start": _POSITION,
    "stop": _POSITION,
    "off_before": _whole(0, MAX_OFF),
    "off_after": _whole(0, MAX_OFF),
    "threshold": ("a number", _number),
    "transform": _choice(TRANSFORMS),
    "dropped": _UNITS,
    "pinned": _UNITS,
    "tracks": ("names of annotations", _texts),
    "axis": _choice(AXES),
    "run": _whole(1, MAX_WIDTH),
    "mask": _SWITCH,
    "search": _TEXT,
    "matched": _SWITCH,
    "min_length": _whole(0, 1 << 62),
    "max_length": _whole(0, 1 << 62),
    "min_overlap": _whole(1, 1 << 62),
    "limit": _whole(1, MAX_LIMIT),
    "length": _whole(0, 1 << 62),
    "color": _TEXT,
    "heat": _TEXT,
    "cell": _whole(0, MAX_CELL),
    "labels": _TEXT,
}
