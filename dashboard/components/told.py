"""What a manifest tells in words of its own - a network, a corpus - as a list of facts that can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from dashboard.components.written import number_text

__all__ = ["fact_list", "told_facts"]

MAX_FACTS = 60
MAX_CHARACTERS = 400
"""Longer texts are cut; the manifest has all of it."""
MAX_ITEMS = 12
LONG_ROW = 100
"""Characters from which the parts of a fact have rows of their own."""
MAX_DEPTH = 4
LEFT_OUT = {"log"}
"""The training log has a picture of its own."""


def fact_list(rows: Sequence[tuple[str, Any]], *, class_name: str = "facts") -> html.Dl:
    """Return names and values, aligned."""
    parts = [part for name, value in rows for part in (html.Dt(name), html.Dd(value))]
    return html.Dl(parts, className=class_name)


def told_facts(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a name and a text for each entry of a mapping, whatever is in it.

    Examples
    --------
    >>> told_facts({"title": "small LSTM", "network": {"n_layers": 2, "tied": True}, "log": [1, 2]})
    [('title', 'small LSTM'), ('network', 'layers 2; tied yes')]
    """
    rows = [row for name, value in told.items() if name not in LEFT_OUT for row in _rows(_name(name), value)]
    return [(name, text) for name, text in rows if text][:MAX_FACTS]


def _rows(name: str, value: Any) -> list[tuple[str, str]]:
    """One row, or one for each part where a single one would be long."""
    text = _text(value)
    if not isinstance(value, Mapping) or len(text) <= LONG_ROW:
        return [(name, text)]
    parts = [(part, inner) for part, inner in value.items() if part not in LEFT_OUT]
    return [(f"{name}: {_name(part)}", _text(inner)) for part, inner in parts]


def _text(value: Any, *, depth: int = 0) -> str:
    if isinstance(value, Mapping):
        if depth == MAX_DEPTH:
            return "…"
        parts = [
            f"{_name(name)} {_nested(part, depth=depth)}"
            for name, part in value.items()
            if name not in LEFT_OUT
        ]
        return _cut("; ".join(parts))
    if isinstance(value, Sequence) and not isinstance(value, str):
        if depth == MAX_DEPTH:
            return "…"
        shown = [_nested(part, depth=depth) for part in value[:MAX_ITEMS]]
        more = f" and {len(value) - MAX_ITEMS:,} more" if len(value) > MAX_ITEMS else ""
        return _cut(", ".join(shown) + more)
    return _cut(number_text(value))


def _nested(value: Any, *, depth: int) -> str:
    text = _text(value, depth=depth + 1)
    return f"({text})" if isinstance(value, Mapping) else text


def _name(name: Any) -> str:
    """A name as a reader would say it.

    Examples
    --------
    >>> _name("n_layers"), _name("learning_rate")
    ('layers', 'learning rate')
    """
    return str(name).removeprefix("n_").replace("_", " ")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"
