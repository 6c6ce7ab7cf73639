"""The address of the Select & match page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from dashboard.links.reading import (
    SWITCH,
    TEXT,
    Address,
    Parser,
    choice,
    number,
    numbers,
    plain,
    texts,
    whole,
)

__all__ = [
    "MAX_CELL",
    "MAX_LIMIT",
    "MatchView",
    "address_defaults",
    "match_address",
    "match_from_dict",
    "opening_address",
    "read_match",
]

PATH = "/match"
TRANSFORMS = ("raw", "tanh", "abs", "abs_tanh")
AXES = ("auto", "most", "fixed")
SIDES = ("a", "b")
MIN_WIDTH, MAX_WIDTH = 10, 500
MAX_LIMIT = 1000
MAX_OFF = 500
MAX_CELL = 300


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
    beside: str = ""
    """The recording beside the first; empty: the same one, in the state `beside_state`."""
    beside_state: str = ""
    """The state beside the first; empty: there is none."""
    linked: bool = True
    """Whether both show the same positions and range on one scale; else those below are the second's own."""
    beside_at: int = 0
    beside_start: int = -1
    beside_stop: int = -1
    beside_dropped: tuple[int, ...] = ()
    """Units of the second taken out of its selection by hand."""
    beside_pinned: tuple[int, ...] = ()
    by_unit: bool = False
    """Whether the states are subtracted unit by unit."""
    matches_of: str = "a"
    """Whose pattern the matches are of: the first's or the second's."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return plain(self)


POSITION = whole(-1, 1 << 62)
UNITS = numbers("unit numbers")
PARSERS: dict[str, Parser] = {
    "recording": TEXT,
    "state": TEXT,
    "at": whole(0, 1 << 62),
    "width": whole(MIN_WIDTH, MAX_WIDTH),
    "start": POSITION,
    "stop": POSITION,
    "off_before": whole(0, MAX_OFF),
    "off_after": whole(0, MAX_OFF),
    "threshold": number(),
    "transform": choice(TRANSFORMS),
    "dropped": UNITS,
    "pinned": UNITS,
    "tracks": texts("names of annotations"),
    "axis": choice(AXES),
    "run": whole(1, MAX_WIDTH),
    "mask": SWITCH,
    "search": TEXT,
    "matched": SWITCH,
    "min_length": whole(0, 1 << 62),
    "max_length": whole(0, 1 << 62),
    "min_overlap": whole(1, 1 << 62),
    "limit": whole(1, MAX_LIMIT),
    "length": whole(0, 1 << 62),
    "color": TEXT,
    "heat": TEXT,
    "cell": whole(0, MAX_CELL),
    "labels": TEXT,
    "beside": TEXT,
    "beside_state": TEXT,
    "linked": SWITCH,
    "beside_at": whole(0, 1 << 62),
    "beside_start": POSITION,
    "beside_stop": POSITION,
    "beside_dropped": UNITS,
    "beside_pinned": UNITS,
    "by_unit": SWITCH,
    "matches_of": choice(SIDES),
}

ADDRESS = Address(
    MatchView(),
    path=PATH,
    parsers=PARSERS,
    other_names={
        "start": "from",
        "stop": "to",
        "off_before": "before",
        "off_after": "after",
        "beside_state": "state2",
        "beside_at": "at2",
        "beside_start": "from2",
        "beside_stop": "to2",
        "beside_dropped": "dropped2",
        "beside_pinned": "pinned2",
        "matches_of": "of",
    },
)


def match_address(view: MatchView, *, path: str = PATH) -> str:
    """Return the address of a view.

    Examples
    --------
    >>> match_address(MatchView(recording="plays", state="layer1.cell", start=4, stop=6))
    '/match?recording=plays&state=layer1.cell&from=4&to=6'
    """
    return ADDRESS.of(view, path=path)


def opening_address(recording: str, parameters: Mapping[str, str], *, path: str = PATH) -> str:
    """Return the address of a view given as address parameters; those that are none of ours are left out.

    Examples
    --------
    >>> opening_address("plays", {"state": "layer1.cell", "from": "4", "to": "6", "title": "a noun phrase"})
    '/match?recording=plays&state=layer1.cell&from=4&to=6'
    """
    known = set(ADDRESS.names.values())
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
    view, problems = ADDRESS.read(query)
    return _with_a_range(view, problems)


def address_defaults() -> dict[str, Any]:
    """Return what the browser needs to write addresses: the default view and the name of each field."""
    return {"view": MatchView().to_dict(), "names": ADDRESS.names}


def match_from_dict(values: Mapping[str, Any] | None) -> MatchView:
    """Read a view that the browser keeps; what does not fit becomes the default."""
    return _with_a_range(ADDRESS.from_dict(values), [])[0]


def _with_a_range(view: MatchView, problems: list[str]) -> tuple[MatchView, list[str]]:
    for start, stop in (("start", "stop"), ("beside_start", "beside_stop")):
        low, high = getattr(view, start), getattr(view, stop)
        if (low < 0) != (high < 0) or high < low or low == high >= 0:
            sentence = f"The address selects {low} to {high}, which is no range. Nothing is selected."
            view, problems = replace(view, **{start: -1, stop: -1}), [*problems, sentence]
    return view, problems
