"""The address of the Compare page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.links.reading import TEXT, Address, Parser, choice, number, plain, texts, whole

__all__ = [
    "MAX_COMPARED",
    "CompareView",
    "compare_address",
    "compare_defaults",
    "compare_from_dict",
    "read_compare",
]

PATH = "/compare"
TRANSFORMS = ("raw", "tanh", "abs", "abs_tanh")
MAX_COMPARED = 6
MAX_SEED = 9999
MAX_LABEL = 200
PAIR = re.compile(r"([0-5])-([0-5])")


@dataclass(frozen=True, slots=True)
class CompareView:
    """Everything the Compare page shows."""

    recordings: tuple[str, ...] = ()
    """Keys of two to six recordings, A first."""
    state: str = ""
    """The state that is compared; empty: each recording's usual one."""
    states: tuple[str, ...] = ()
    """The state of each recording, in the order of `recordings`; empty: `state`."""
    threshold: float = 0.3
    transform: str = "raw"
    sort: str = ""
    """Column that the table of facts is sorted by, `-` in front: falling; empty: as chosen."""
    pair: str = "0-1"
    """Which two are compared layer by layer: their places among the recordings."""
    first_state: str = ""
    """The state of the first of them whose units are matched; empty: the one that is compared."""
    second_state: str = ""
    scalar: str = "perplexity"
    """What is drawn against the step of a training."""
    seed: int = 0
    page: int = 0
    """Of the matched units."""
    recording: str = ""
    """Where the menu came from: the first of the recordings where none are named."""
    beside: str = ""
    """The second of them."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return plain(self)


def _recordings() -> Parser:
    _, split = texts("")

    def parse(text: str) -> tuple[str, ...]:
        found = split(text)
        if len(found) > MAX_COMPARED:
            raise ValueError
        return found

    return f"at most {MAX_COMPARED} recordings separated by commas", parse


def _states() -> Parser:
    """A state for each recording: the same one may be there twice, and none."""

    def parse(text: str) -> tuple[str, ...]:
        if not text:
            return ()
        found = tuple(part.replace("%2C", ",").replace("%25", "%") for part in text.split(","))
        if len(found) > MAX_COMPARED:
            raise ValueError
        return found if any(found) else ()

    return f"at most {MAX_COMPARED} states separated by commas", parse


def _pair(text: str) -> str:
    found = PAIR.fullmatch(text)
    if not found or found[1] == found[2]:
        raise ValueError
    return text


def _short(text: str) -> str:
    if len(text) > MAX_LABEL:
        raise ValueError
    return text


SHORT: Parser = (f"at most {MAX_LABEL} characters", _short)

ADDRESS = Address(
    CompareView(),
    path=PATH,
    parsers={
        "recordings": _recordings(),
        "state": TEXT,
        "states": _states(),
        "threshold": number(),
        "transform": choice(TRANSFORMS),
        "sort": SHORT,
        "pair": ("the places of two recordings, like 0-1", _pair),
        "first_state": TEXT,
        "second_state": TEXT,
        "scalar": SHORT,
        "seed": whole(0, MAX_SEED),
        "page": whole(0, 1 << 62),
        "recording": TEXT,
        "beside": TEXT,
    },
    other_names={"recordings": "r", "first_state": "a", "second_state": "b"},
)


def compare_address(view: CompareView, *, path: str = PATH) -> str:
    """Return the address of a view.

    Examples
    --------
    >>> compare_address(CompareView(recordings=("lstm", "rnn"), states=("layer0.cell", ""), pair="1-0"))
    '/compare?r=lstm%2Crnn&states=layer0.cell%2C&pair=1-0'
    """
    return ADDRESS.of(view, path=path)


def read_compare(query: str | None) -> tuple[CompareView, list[str]]:
    """Read a view from a query string; return it with a sentence for each value that made no sense.

    Examples
    --------
    >>> view, problems = read_compare("?r=lstm%2Crnn&states=layer0.cell%2C&pair=1-1")
    >>> view.recordings, view.states, view.pair
    (('lstm', 'rnn'), ('layer0.cell', ''), '0-1')
    >>> problems
    ["The address has pair='1-1'; wanted the places of two recordings, like 0-1. Showing 0-1."]
    """
    return ADDRESS.read(query)


def compare_defaults() -> dict[str, Any]:
    """Return what the browser needs to write addresses: the default view and the name of each field."""
    return {"view": CompareView().to_dict(), "names": ADDRESS.names}


def compare_from_dict(values: Mapping[str, Any] | None) -> CompareView:
    """Read a view that the browser keeps; what does not fit becomes the default."""
    return ADDRESS.from_dict(values)
