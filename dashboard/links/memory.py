"""The address of the Memory page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from dashboard.links.reading import (
    MAX_QUERY_CHARACTERS,
    SWITCH,
    TEXT,
    Address,
    choice,
    numbers,
    plain,
    texts,
    whole,
    written,
)

__all__ = [
    "AUTOMATIC",
    "MAX_BESIDE",
    "MAX_DELAYS",
    "MAX_PROPERTIES",
    "MemoryView",
    "memory_address",
    "memory_defaults",
    "memory_from_dict",
    "read_memory",
]

PATH = "/memory"
SECOND_STATE = "state2"
VIEWS = ("decay", "classes", "properties", "directions", "where")
MEASURES = ("largest", "sum", "share")
SCALES = ("log", "linear")
SORTS = ("strength", "half-life", "n")
MAX_BESIDE = 5
MAX_DELAYS = 200
MAX_FIRST = 1000
MAX_CLASSES = 16
MAX_WORDS = 16
MAX_PROPERTIES = 6
MAX_SEED = (1 << 32) - 1
AUTOMATIC = -1
"""Positions: those of the largest stored run, else as many as take under a minute."""
SIDE = re.compile(r"w:\d+(?:;\d+)*|[^=|]+=[^=|]+", re.DOTALL)
"""A class of a property: ids of words, or a label of an annotation, with %, | and = as %25, %7C, %3D."""


@dataclass(frozen=True, slots=True)
class MemoryView:
    """Everything the Memory page shows. Words are ids of the recording's vocabulary, delays in positions."""

    recording: str = ""
    state: str = ""
    beside: tuple[str, ...] = ()
    """Further curves, `recording:state` each; the first of them is the second recording of the page, B."""
    delays: int = 30
    """How many delays, from 0 on."""
    positions: int = AUTOMATIC
    """Positions averaged over; 0: all, -1: those of the largest stored run, else some."""
    seed: int = 0
    view: str = "decay"
    measure: str = "largest"
    """Largest singular value, sum of all, or share of the first `n` in the sum."""
    n: int = 5
    scale: str = "log"
    whitened: bool = False
    """Whether embeddings are measured in their own standard deviations."""
    by: str = ""
    """Categorical annotation whose labels are the classes; empty: the one most like a part of speech."""
    classes: tuple[str, ...] = ()
    """Labels whose curves are shown; none: the strongest."""
    words: tuple[int, ...] = ()
    """Single words beside the classes."""
    sort: str = "strength"
    delay: int = 0
    properties: tuple[str, ...] = ()
    """Two classes each, `annotation=label|annotation=label` or ids of words, `w:12;15|w:9`."""
    types: bool = True
    """Whether the mean embedding of a class is over its word types, or over its tokens."""
    position: int = -1
    """Position whose influence is followed; -1: none."""
    control: bool = True
    """Whether the frequency-matched control stands beside the classes."""
    unit: int = -1
    linked: bool = True
    """Whether what is chosen of the first holds for the second, and both have one scale."""
    beside_delay: int = 0
    """This and the next three: those of the second where it is not linked."""
    beside_positions: int = AUTOMATIC
    beside_classes: tuple[str, ...] = ()
    beside_position: int = -1
    beside_unit: int = -1
    """The unit of the second; other units than those of the first."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return plain(self)


def _beside(text: str) -> tuple[str, ...]:
    found = texts("")[1](text)
    if len(found) > MAX_BESIDE or not all(each.rpartition(":")[0] for each in found):
        raise ValueError
    return found


def _properties(text: str) -> tuple[str, ...]:
    found = texts("")[1](text)
    if len(found) > MAX_PROPERTIES or not all(_is_property(each) for each in found):
        raise ValueError
    return found


def _is_property(text: str) -> bool:
    sides = text.split("|")
    return len(sides) == 2 and all(SIDE.fullmatch(side) for side in sides)


def _labels(text: str) -> tuple[str, ...]:
    found = texts("")[1](text)
    if len(found) > MAX_CLASSES:
        raise ValueError
    return found


ADDRESS = Address(
    MemoryView(),
    path=PATH,
    parsers={
        "recording": TEXT,
        "state": TEXT,
        "beside": (f"at most {MAX_BESIDE} curves like recording:state separated by commas", _beside),
        "delays": whole(1, MAX_DELAYS),
        "positions": whole(AUTOMATIC, 1 << 62),
        "seed": whole(0, MAX_SEED),
        "view": choice(VIEWS),
        "measure": choice(MEASURES),
        "n": whole(1, MAX_FIRST),
        "scale": choice(SCALES),
        "whitened": SWITCH,
        "by": TEXT,
        "classes": (f"at most {MAX_CLASSES} labels separated by commas", _labels),
        "words": numbers("word ids", most=MAX_WORDS),
        "sort": choice(SORTS),
        "delay": whole(0, MAX_DELAYS - 1),
        "properties": (
            f"at most {MAX_PROPERTIES} properties like annotation=label|annotation=label or w:12;15|w:9, "
            "separated by commas",
            _properties,
        ),
        "types": SWITCH,
        "position": whole(-1, 1 << 62),
        "control": SWITCH,
        "unit": whole(-1, 1 << 62),
        "linked": SWITCH,
        "beside_delay": whole(0, MAX_DELAYS - 1),
        "beside_positions": whole(AUTOMATIC, 1 << 62),
        "beside_classes": (f"at most {MAX_CLASSES} labels separated by commas", _labels),
        "beside_position": whole(-1, 1 << 62),
        "beside_unit": whole(-1, 1 << 62),
    },
    other_names={
        "classes": "class",
        "words": "word",
        "properties": "property",
        "beside_delay": "delay2",
        "beside_positions": "positions2",
        "beside_classes": "class2",
        "beside_position": "position2",
        "beside_unit": "unit2",
    },
)


def memory_address(view: MemoryView, *, path: str = PATH) -> str:
    """Return the address of a view.

    Examples
    --------
    >>> memory_address(MemoryView(recording="plays", state="layer0.cell", position=40, view="where"))
    '/memory?recording=plays&state=layer0.cell&view=where&position=40'
    """
    return ADDRESS.of(view, path=path)


def read_memory(query: str | None) -> tuple[MemoryView, list[str]]:
    """Read a view from a query string; return it with a sentence for each value that made no sense.

    Examples
    --------
    >>> view, problems = read_memory("?recording=plays&delays=0&property=w:4;9|part of speech=verb")
    >>> view.recording, view.delays, view.properties
    ('plays', 30, ('w:4;9|part of speech=verb',))
    >>> problems
    ["The address has delays='0'; wanted a whole number from 1 to 200. Showing 30."]
    """
    return ADDRESS.read(_one_curve(query))


def _one_curve(query: str | None) -> str:
    """Write what the other pages call the second recording (`beside`) and its state (`state2`) as a curve.

    Without a state it ends in a colon: which one that is, the recording says.
    """
    text = query or ""
    named = f"{SECOND_STATE}=" in text or "beside=" in text
    given = parse_qs(text.lstrip("?"), keep_blank_values=True) if named else {}
    state, recording = (given.get(name, [""])[-1] for name in (SECOND_STATE, "beside"))
    is_curve = ":" in recording and not state
    recording = recording or (given.get("recording", [""])[-1] if state else "")
    if is_curve or not recording or len(text) > MAX_QUERY_CHARACTERS:
        return text
    return urlencode({**given, "beside": [written((f"{recording}:{state}",))]}, doseq=True)


def memory_defaults() -> dict[str, Any]:
    """Return what the browser needs to write addresses: the default view and the name of each field."""
    return {"view": MemoryView().to_dict(), "names": ADDRESS.names}


def memory_from_dict(values: Mapping[str, Any] | None) -> MemoryView:
    """Read a view that the browser keeps; what does not fit becomes the default."""
    return ADDRESS.from_dict(values)
