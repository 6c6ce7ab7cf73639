"""A second recording or state beside the first, panel by panel: the same of it, and B - A where defined."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analytics.errors import ParameterError
from dashboard.queries.memory.classes import MemoryClassQueries
from dashboard.queries.memory.curves import numbers
from dashboard.queries.memory.difference import half_life_difference, listed_difference
from dashboard.queries.memory.directions import MemoryDirectionQueries
from dashboard.queries.memory.properties import MemoryPropertyQueries
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.second import MemorySecondQueries, Put
from dashboard.queries.memory.status import MemoryStatusQueries
from dashboard.queries.memory.told import no_annotation, no_place, two_spaces
from dashboard.queries.memory.where import MemoryWhereQueries

__all__ = ["MemoryBesideQueries"]

NOTHING = "Nothing is shown beside. Choose a second recording or state first."


class MemoryBesideQueries:
    """Questions about the second of a view."""

    def __init__(
        self,
        seconds: MemorySecondQueries,
        results: MemoryResults,
        *,
        status: MemoryStatusQueries,
        classes: MemoryClassQueries,
        properties: MemoryPropertyQueries,
        directions: MemoryDirectionQueries,
        where: MemoryWhereQueries,
    ) -> None:
        self._seconds, self._results, self._status = seconds, results, status
        self._classes, self._properties = classes, properties
        self._directions, self._where = directions, where

    def question(self, asked: MemoryQuestion) -> MemoryQuestion:
        """Return what is asked of the second.

        Raises
        ------
        ParameterError
            If nothing is beside.
        """
        return self._put(asked).asked

    def known(self, asked: MemoryQuestion) -> MemoryQuestion | None:
        """Return what is asked of the second where its memory is stored; None where not."""
        put = self._seconds.put(asked)
        return put.asked if put and self._results.best(put.recording, put.asked) else None

    def second(self, asked: MemoryQuestion) -> MemoryQuestion | None:
        """Return the question of the second's classes: those shown of the first where the two are linked."""
        put = self._seconds.put(asked)
        if put is None or not put.has_classes:
            return None
        return self._of_classes(put, asked, self._rows(asked)) if asked.linked else put.asked

    def status(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return what is computed of the second, what a run would take, and the view with the two swapped."""
        put = self._put(asked)
        lost = [text for word, text in _texts(put, asked) if word not in put.words]
        place = self._seconds.place(put, asked) if asked.position >= 0 else None
        notes = [f"B has no word {', '.join(repr(text) for text in lost)}."] if lost else []
        return {
            **self._status.computed(put.recording, put.asked),
            "recording": put.asked.recording,
            "state": put.asked.state,
            "sameRecording": put.first.fingerprint == put.recording.fingerprint,
            "notes": notes,
            "swapped": {
                "by": asked.by and put.asked.by,
                "words": list(put.words.values()),
                "properties": [text for text in put.asked.properties if _is_whole(text)],
                "position": -1 if place is None else place,
            },
        }

    def table(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return the classes of the second in the order of the first, with B - A where both have them."""
        put = self._put(asked)
        if not put.has_classes:
            return {"rows": [], "notes": [], "why": no_annotation(put.recording, put.by)}
        rows = self._rows(asked)
        second = self._of_classes(put, asked, rows) if asked.linked else put.asked
        answer = self._classes.table(second)
        order = {_name(row, put.words): place for place, row in enumerate(rows)}
        found = self._differences(asked, second, put)
        listed = [{**row, **found.get((row["kind"], row["key"]), {})} for row in answer["rows"]]
        listed.sort(key=lambda row: order.get((row["kind"], row["key"]), len(order)))
        return {**answer, "rows": listed, "recording": second.recording, "state": second.state, "why": ""}

    def properties(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return what is left of each property in the second, with B - A at the delay if it is one."""
        put = self._put(asked)
        answer, first = self._properties.table(put.asked), self._first_properties(asked)
        for one, other in zip(first, answer["properties"], strict=bool(first)):
            if one["error"] or other["error"]:
                continue
            other["difference"] = {
                name: _subtracted(one[name], other[name]) for name in ("relative", "cosine")
            }
        return answer

    def separability(self, asked: MemoryQuestion, which: object) -> dict[str, Any]:
        """Return how well a line tells the embeddings of two classes apart in the second."""
        return self._properties.separability(self.question(asked), which)

    def directions(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return the directions of the second, and why they are not subtracted."""
        put = self._put(asked)
        answer = self._directions.directions(put.asked)
        return {**answer, "why": two_spaces(is_one=put.first.fingerprint == put.recording.fingerprint)}

    def where(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return what is left in the second of the same token, with B - A of shares; unlinked, its own."""
        put = self._put(asked)
        if not asked.linked:
            return {**self._where.where(put.asked), "why": "", "same": False}
        place = self._seconds.place(put, asked)
        if place is None:
            return {"position": -1, "tokens": [], "why": no_place(put.recording), "same": False}
        answer = self._where.where(replace(put.asked, position=place))
        first = self._where.where(asked)
        count = min(len(first["relative"]), len(answer["relative"]))
        after = [_after(each, count) for each in (first, answer)]
        # Where the texts part, what is left is left at different tokens.
        count = next((at for at, (one, other) in enumerate(zip(*after, strict=True)) if one != other), count)
        shares = _subtracted(first["relative"][:count], answer["relative"][:count])
        return {**answer, "why": "", "same": True, "firstLimit": first["limit"], "difference": shares}

    def _put(self, asked: MemoryQuestion) -> Put:
        put = self._seconds.put(asked)
        if put is None:
            raise ParameterError(NOTHING)
        return put

    def _rows(self, asked: MemoryQuestion) -> list[dict[str, Any]]:
        return self._classes.table(asked)["rows"]

    def _of_classes(self, put: Put, asked: MemoryQuestion, rows: list[dict[str, Any]]) -> MemoryQuestion:
        shown = tuple(row["key"] for row in rows if row["shown"] and row["kind"] == "class")
        return replace(put.asked, classes=shown or asked.classes)

    def _differences(
        self, asked: MemoryQuestion, second: MemoryQuestion, put: Put
    ) -> dict[tuple[str, str], dict[str, float | None]]:
        """B - A of each class and word that both have, by its kind and its key in the second."""
        ours, theirs = self._classes.at_delay(asked), self._classes.at_delay(second)
        found = {}
        for (kind, key), (curve, falling, at) in ours.items():
            own = (kind, str(put.words.get(int(key), "")) if kind == "word" else key)
            if own not in theirs:
                continue
            other, other_falling, other_at = theirs[own]
            found[own] = half_life_difference(falling, other_falling)
            found[own] = {f"{name}Difference": value for name, value in found[own].items()}
            if asked.delay == second.delay:
                found[own] |= listed_difference("difference", curve.at(at), other.at(other_at))
        return found

    def _first_properties(self, asked: MemoryQuestion) -> list[dict[str, Any]]:
        recording = self._put(asked).first
        if self._results.best(recording, asked) is None:
            return []
        return self._properties.table(asked)["properties"]


def _texts(put: Put, asked: MemoryQuestion) -> list[tuple[int, str]]:
    vocabulary = put.first.vocabulary
    return [(word, str(vocabulary[word])) for word in asked.words if word < len(vocabulary)]


def _is_whole(text: str) -> bool:
    """Whether both sides of a property have something in the second."""
    return "w:" not in text.split("|")


def _name(row: dict[str, Any], words: dict[int, int]) -> tuple[str, str]:
    """The kind of a row of the first, and its key in the second."""
    is_word = row["kind"] == "word"
    return row["kind"], str(words.get(int(row["key"]), "")) if is_word else row["key"]


def _after(answer: dict[str, Any], count: int) -> list[str]:
    begin = answer["position"] - answer["start"]
    return [token["text"] for token in answer["tokens"][begin : begin + count]]


def _subtracted(first: list[float | None], second: list[float | None]) -> list[float | None]:
    """B - A in plain values, None where one has none."""
    n = min(len(first), len(second))
    one, other = (np.array(values[:n], dtype=np.float64) for values in (first, second))
    return numbers(other - one)
