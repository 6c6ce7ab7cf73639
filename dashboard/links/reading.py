"""Reads and writes a frozen view as the parameters of an address; what makes no sense becomes a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

__all__ = [
    "SWITCH",
    "TEXT",
    "Address",
    "Parser",
    "choice",
    "number",
    "numbers",
    "plain",
    "texts",
    "whole",
    "written",
]

Parser = tuple[str, Callable[[str], Any]]
"""What is wanted, in words, and what reads it or raises ValueError."""

MAX_QUERY_CHARACTERS = 8000
"""Longer query strings are not read: a browser or proxy would have cut them anyway."""
MAX_PARAMETERS = 100
MAX_NUMBER = 1 << 62
"""Of a unit or a word; larger ones are no index of anything."""


@dataclass(frozen=True, slots=True)
class Address:
    """How the view of one page is written: only what differs from the default, so that it stays short."""

    default: Any
    """The default view."""
    path: str
    parsers: Mapping[str, Parser]
    """What reads each field."""
    other_names: Mapping[str, str]
    """Fields whose name in the address differs from the name in the code."""

    @property
    def names(self) -> dict[str, str]:
        """Name in the address of each field."""
        return {field.name: self.other_names.get(field.name, field.name) for field in fields(self.default)}

    def of(self, view: Any, *, path: str | None = None) -> str:
        """Return the address of a view."""
        path = self.path if path is None else path
        shown = {
            self.names[name]: written(value)
            for name, value in asdict(view).items()
            if value != getattr(self.default, name)
        }
        return f"{path}?{urlencode(shown)}" if shown else path

    def read(self, query: str | None) -> tuple[Any, list[str]]:
        """Read a view from a query string; return it with a sentence for each value that made no sense."""
        text = (query or "").lstrip("?")
        if len(text) > MAX_QUERY_CHARACTERS or text.count("&") >= MAX_PARAMETERS:
            return self.default, ["The address is too long to be one of ours. Showing the default view."]
        given = parse_qs(text, keep_blank_values=True)
        values = {name: values[-1] for name, values in given.items()}
        return self.read_fields({field: values[name] for field, name in self.names.items() if name in values})

    def from_dict(self, values: Mapping[str, Any] | None) -> Any:
        """Read a view that the browser keeps; what does not fit becomes the default."""
        known = self.names
        return self.read_fields(
            {
                name: written(tuple(value) if isinstance(value, list) else value)
                for name, value in (values or {}).items()
                if name in known
            }
        )[0]

    def read_fields(self, given: Mapping[str, str]) -> tuple[Any, list[str]]:
        """Read the text of each field."""
        found, problems = {}, []
        for name, text in given.items():
            wanted, parse = self.parsers[name]
            try:
                found[name] = parse(text)
            except (ValueError, OverflowError):
                shown = written(getattr(self.default, name)) or "nothing"
                problems.append(
                    f"The address has {self.names[name]}={text[:40]!r}; wanted {wanted}. Showing {shown}."
                )
        return replace(self.default, **found), problems


def written(value: Any) -> str:
    """Return a value as the text of an address."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ",".join(str(item).replace("%", "%25").replace(",", "%2C") for item in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def plain(view: Any) -> dict[str, Any]:
    """Return a view as plain values for the browser."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(view).items()}


def whole(low: int, high: int) -> Parser:
    """Read a whole number within limits."""

    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    limits = f"from {low} to {high}" if high < 1 << 40 else f"of at least {low}"
    return f"a whole number {limits}", parse


def number(low: float = -math.inf, high: float = math.inf) -> Parser:
    """Read a finite number within limits."""

    def parse(text: str) -> float:
        value = float(text)
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError
        return value

    return ("a number" if math.isinf(high) else f"a number from {low:g} to {high:g}"), parse


def choice(options: tuple[str, ...]) -> Parser:
    """Read one of some words."""

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError
        return text

    return "one of " + ", ".join(options), parse


def numbers(of_what: str, *, most: int | None = None) -> Parser:
    """Read whole numbers of at least 0 between commas, each once."""

    def parse(text: str) -> tuple[int, ...]:
        found = tuple(dict.fromkeys(int(part) for part in text.split(",") if part))
        if any(not 0 <= value < MAX_NUMBER for value in found) or (most is not None and len(found) > most):
            raise ValueError
        return found

    return (of_what if most is None else f"at most {most} {of_what}") + " separated by commas", parse


def _split(text: str) -> tuple[str, ...]:
    parts = [part.replace("%2C", ",").replace("%25", "%") for part in text.split(",") if part]
    return tuple(dict.fromkeys(parts))


def texts(of_what: str) -> Parser:
    """Read texts between commas, each once."""
    return of_what, _split


TEXT: Parser = ("text", str)
SWITCH: Parser = ("0 or 1", lambda text: bool(whole(0, 1)[1](text)))
