"""How lines of Python are written: calls with the arguments that matter, broken where they are long."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["call", "given", "opened", "script"]

WIDTH = 88
IMPORTS = (("np.", "import numpy as np"), ("analytics.", "import analytics"))


def call(function: str, *positional: str, **named: Any) -> str:
    """Return a call; arguments by position are expressions, those by name are values.

    Examples
    --------
    >>> call("analytics.match_pattern", "states", "units", threshold=0.3)
    'analytics.match_pattern(states, units, threshold=0.3)'
    """
    arguments = [*positional, *(f"{name}={value!r}" for name, value in named.items())]
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= WIDTH:
        return line
    return f"{function}(\n    {', '.join(arguments)}\n)"


def given(values: Mapping[str, Any], **usual: Any) -> dict[str, Any]:
    """Return the values that are not the usual ones of the function that gets them.

    Examples
    --------
    >>> given({"threshold": 0.3, "off_after": 0}, off_after=0)
    {'threshold': 0.3}
    """
    return {name: value for name, value in values.items() if name not in usual or usual[name] != value}


def opened(folder: str, key: str, *, name: str = "recording") -> str:
    """Return the line that opens a recording."""
    return f"{name} = analytics.open_recording({(Path(folder) / key).as_posix()!r})"


def script(*lines: str) -> str:
    """Return lines under the imports they need; empty ones are left out."""
    body = [line for line in lines if line]
    text = "\n".join(body)
    imports = sorted(line for mark, line in IMPORTS if mark in text)
    return "\n".join([*imports, "", text]) + "\n"
