"""How lines of Python are written: calls with the arguments that matter, broken where they are long."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["beside_each_other", "call", "given", "opened", "script"]

WIDTH = 88
ENDINGS = "bcdefgh"
"""Letters of what stands beside the first; its names end in them."""
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


def beside_each_other(first: str, *others: str) -> str:
    """Return one script of several: the names that a further one gives get an ending, so that all stay.

    Examples
    --------
    >>> first, second = "import analytics\\n\\nn = 1\\n", "import analytics\\n\\nn = 2\\nf(n, n=n)\\n"
    >>> print(beside_each_other(first, second))
    import analytics
    <BLANKLINE>
    n = 1
    <BLANKLINE>
    n_b = 2
    f(n_b, n=n_b)
    <BLANKLINE>
    """
    parts = [text.partition("\n\n") for text in (first, *others)]
    imports = sorted({line for head, _, _ in parts for line in head.splitlines()})
    further = [_renamed(body, f"_{letter}") for (_, _, body), letter in zip(parts[1:], ENDINGS, strict=False)]
    return "\n".join([*imports, "", parts[0][2], *further])


def _renamed(text: str, ending: str) -> str:
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    given_here = _assigned(tokens)
    lines, depths = text.splitlines(keepends=True), _depths(tokens)
    for place in reversed(range(len(tokens))):
        token = tokens[place]
        is_argument = depths[place] > 0 and tokens[place + 1].string == "="
        if token.string in given_here and tokens[place - 1].string != "." and not is_argument:
            row, column = token.end[0] - 1, token.end[1]
            lines[row] = lines[row][:column] + ending + lines[row][column:]
    return "".join(lines)


def _assigned(tokens: list[tokenize.TokenInfo]) -> set[str]:
    """Names in front of the first `=` of a line, outside of brackets."""
    found, names = set(), []
    for token, depth in zip(tokens, _depths(tokens), strict=True):
        if token.type == tokenize.NEWLINE:
            names = []
        elif token.type == tokenize.NAME and depth == 0:
            names.append(token.string)
        elif token.string == "=" and depth == 0:
            found.update(names)
    return found


def _depths(tokens: list[tokenize.TokenInfo]) -> list[int]:
    """How many brackets are open in front of each token."""
    depths, depth = [], 0
    for token in tokens:
        depths.append(depth)
        depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
    return depths
