"""What users and groups may be called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from analytics.errors import ParameterError

__all__ = ["NAME", "check_groups", "check_name", "folded"]

NAME = re.compile(r"[\w.@+-]{1,64}")
"""No white space, no comma, no slash: a name stands in logs, in lists and on the command line."""


def folded(name: str) -> str:
    """Return a name as it is kept: large and small letters are one.

    Examples
    --------
    >>> folded(" Ada ")
    'ada'
    """
    return unicodedata.normalize("NFC", name).strip().casefold()


def check_name(name: str) -> str:
    """Return the name of a user as it is kept, if it may be one."""
    if not NAME.fullmatch(folded(name)):
        raise ParameterError(
            f"The name of a user has 1 to 64 letters, digits or . @ + - _. Got {name[:80]!r}."
        )
    return folded(name)


def check_groups(groups: Iterable[str]) -> frozenset[str]:
    """Return the names of groups, if they may be names."""
    named = frozenset(group.strip() for group in groups)
    for group in named:
        if not NAME.fullmatch(group):
            raise ParameterError(
                f"The name of a group has 1 to 64 letters, digits or . @ + - _. Got {group[:64]!r}."
            )
    return named
