"""How texts and numbers of a recording are written: white space visible, a unit that suits the size."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["count_text", "label_text", "number_text", "share_text", "token_text"]

SEPARATED, LONGEST = 1e3, 1e12
"""Numbers between these are written whole, with separators."""
MARKS = str.maketrans({" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥"})
INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Characters without a shape, as in assets/stateroom.js."""


def token_text(token: str) -> str:
    r"""Return a token as it is shown everywhere: white space and characters without a shape become visible.

    Examples
    --------
    >>> token_text("a b\n"), token_text(""), token_text("\u200b")
    ('a␣b↵', '∅', '\\u200b')
    """
    shown = token.translate(MARKS) if token else "∅"
    return INVISIBLE.sub(lambda found: f"\\u{ord(found.group()):04x}", shown)


def label_text(label: str) -> str:
    """Return a label as it is shown: single spaces between words stay, any other white space is marked.

    Examples
    --------
    >>> label_text("proper noun"), label_text(" noun")
    ('proper noun', '␣noun')
    """
    return label if label and " ".join(label.split()) == label else token_text(label)


def count_text(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count_text(1, "scene"), count_text(2220, "position")
    ('1 scene', '2,220 positions')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def share_text(part: int, whole: int) -> str:
    """Return a share in per cent, never 0 or 100 for what is not.

    Examples
    --------
    >>> share_text(1, 3), share_text(1, 100_000), share_text(99_999, 100_000), share_text(0, 5)
    ('33.3 %', '< 0.1 %', '> 99.9 %', '0 %')
    """
    if part in (0, whole):
        return "0 %" if part == 0 else "100 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "< 0.1 %"
    return "> 99.9 %" if percent > 99.9 else f"{percent:.1f} %"


def number_text(value: Any) -> str:
    """Return a value of a manifest: four digits that mean something, separators in large whole numbers.

    Examples
    --------
    >>> number_text(1125531), number_text(2.41812), number_text(0.0003), number_text(14996.0)
    ('1,125,531', '2.418', '0.0003', '14,996')
    >>> number_text(True), number_text(None)
    ('yes', 'none')
    """
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if SEPARATED <= abs(value) < LONGEST else f"{value:.4g}"
