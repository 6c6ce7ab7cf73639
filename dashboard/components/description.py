"""What a manifest says of a network or a corpus, as one line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["corpus_line", "network_line", "size_text"]

BYTES = (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000))
LEFT_OUT = ("vocabulary", "network", "title", "kind", "layers", "units", "parameters", "corpus")
"""Entries that the line tells in its own words, or that say nothing to a reader."""

TITLES = ("text", "title", "source", "description")
"""Entries of a corpus that need no name before them."""


def network_line(model: Mapping[str, Any]) -> str:
    """Return what is known of a network.

    Examples
    --------
    >>> network_line({"kind": "LSTM", "layers": 2, "units": 300, "perplexity": {"test": 2.418}})
    'LSTM, 2 layers x 300 units; perplexity 2.418 (test)'
    >>> network_line({})
    'not described'
    """
    parts = [str(model.get("title") or _shape(model))]
    if model.get("parameters"):
        parts.append(f"{_number(model['parameters'])} parameters")
    return _joined(parts + _told(model)) or "not described"


def corpus_line(corpus: Mapping[str, Any]) -> str:
    """Return what is known of a corpus.

    Examples
    --------
    >>> corpus_line({"text": "four plays", "year": 1623})
    'four plays; year: 1623'
    """
    plain = {name: str(value) for name, value in corpus.items() if isinstance(value, (str, int))}
    return _joined([text if name in TITLES else f"{_name(name)}: {text}" for name, text in plain.items()])


def size_text(n_bytes: int) -> str:
    """Return a size with the unit that suits it.

    Examples
    --------
    >>> size_text(3_141_592), size_text(14_000), size_text(12)
    ('3.1 MB', '14.0 kB', '12 bytes')
    """
    for unit, size in BYTES:
        if n_bytes >= size:
            return f"{n_bytes / size:,.1f} {unit}"
    return f"{n_bytes} bytes"


def _shape(model: Mapping[str, Any]) -> str:
    kind = str(model.get("kind", ""))
    if "layers" in model and "units" in model:
        return f"{kind or 'network'}, {_number(model['layers'])} layers x {_number(model['units'])} units"
    return kind


def _told(model: Mapping[str, Any]) -> list[str]:
    """Plain entries, and those that give one number for each part of the text (`perplexity` on `test`)."""
    parts = []
    for name, value in model.items():
        if name in LEFT_OUT:
            continue
        if isinstance(value, Mapping) and all(isinstance(part, float) for part in value.values()):
            numbers = ", ".join(f"{_number(number)} ({part})" for part, number in value.items())
            parts.append(f"{_name(name)} {numbers}")
        elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
            parts.append(f"{_name(name)} {_number(value)}")
    return parts


def _name(name: str) -> str:
    return name.replace("_", " ")


def _number(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _joined(parts: list[str]) -> str:
    return "; ".join(part for part in parts if part)
