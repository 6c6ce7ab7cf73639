"""Where each part of the Compare page is explained: addresses of the other pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from dash import get_relative_path

from dashboard.links import (
    PATHS,
    ClustersView,
    MatchView,
    MemoryView,
    clusters_address,
    match_address,
    memory_address,
)
from dashboard.queries.compare.question import CompareQuestion

__all__ = [
    "activity_links",
    "fact_links",
    "layer_links",
    "memory_links",
    "response_links",
    "step_links",
    "unit_links",
]

BEFORE = 30
"""Positions shown in front of a place that is opened in Match."""

Answer = dict[str, Any]
Place = tuple[str, str]
"""Key of a recording, and its state."""


def fact_links(answer: Answer, asked: CompareQuestion) -> Answer:
    """Each recording is told of on the Recordings page."""
    for row in _ready(answer):
        row["href"] = f"{get_relative_path(PATHS['recordings'])}?recording={quote(row['key'])}"
    return answer


def activity_links(answer: Answer, asked: CompareQuestion) -> Answer:
    """Units that are on are seen on the Match page, beside those of another network."""
    for row, beside in _beside(answer):
        view = MatchView(*_place(row), threshold=asked.threshold, transform=asked.transform)
        row["href"] = _with_beside(match_address(view, path=get_relative_path(PATHS["match"])), beside)
    return answer


def response_links(answer: Answer, asked: CompareQuestion) -> Answer:
    """Responses are seen on the Clusters page."""
    for row, beside in _beside(answer):
        address = clusters_address(ClustersView(*_place(row)), path=get_relative_path(PATHS["clusters"]))
        row["href"] = _with_beside(address, beside)
    return answer


def memory_links(answer: Answer, asked: CompareQuestion) -> Answer:
    """Memories are computed and drawn on the Memory page, all recordings beside each other."""
    rows = list(_ready(answer))
    for row in rows:
        others = tuple(":".join(_place(other)) for other in rows if other is not row)
        view = MemoryView(*_place(row), beside=others)
        row["href"] = memory_address(view, path=get_relative_path(PATHS["memory"]))
    return answer


def step_links(answer: Answer, asked: CompareQuestion) -> Answer:
    """Each checkpoint is told of on the Recordings page."""
    for training in answer["trainings"]:
        fact_links(training, asked)
    return answer


def layer_links(answer: Answer, asked: CompareQuestion) -> Answer:
    """Two states are seen beside each other on the Match page."""
    for cell in answer["cells"]:
        view = MatchView(answer["first"]["key"], cell["a"])
        address = match_address(view, path=get_relative_path(PATHS["match"]))
        cell["href"] = _with_beside(address, (answer["second"]["key"], cell["b"]))
    return answer


def unit_links(answer: Answer, asked: CompareQuestion) -> Answer:
    """Each unit is seen on the Match page where the pair is strongest, the other one beside it."""
    for row in answer.get("rows", ()):
        sides = {side: _place(answer[side]) for side in ("first", "second")}
        for side, other, at, name in (
            ("first", "second", row["at"], "hrefFirst"),
            ("second", "first", row["atSecond"], "hrefSecond"),
        ):
            view = MatchView(*sides[side], at=max(0, at - BEFORE), start=at, stop=at + 1, pinned=(row[side],))
            address = match_address(view, path=get_relative_path(PATHS["match"]))
            row[name] = _with_beside(address, sides[other])
    return answer


def _ready(answer: Answer) -> list[dict[str, Any]]:
    """Rows of recordings that open."""
    return [row for row in answer.get("rows", ()) if row.get("state")]


def _beside(answer: Answer) -> list[tuple[dict[str, Any], Place | None]]:
    """Each row with what is shown beside it: A beside the others, the second beside A."""
    rows = _ready(answer)
    places = [_place(row) for row in rows]
    return [(row, None if len(rows) < 2 else places[place == 0]) for place, row in enumerate(rows)]


def _place(row: dict[str, Any]) -> Place:
    return row["key"], row["state"]


def _with_beside(address: str, beside: Place | None) -> str:
    if beside is None:
        return address
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({'beside': beside[0], 'state2': beside[1]})}"
