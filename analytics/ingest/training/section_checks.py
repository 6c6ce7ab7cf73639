"""What a section of a training file may hold: known keys, values of the right kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from analytics.errors import ParameterError, UnknownNameError, nearest

__all__ = ["check_keys", "check_types"]


def check_keys(section: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    """Refuse a key that is not known, with the nearest that is.

    Raises
    ------
    UnknownNameError
        It begins with `where`.
    """
    for key in section:
        if key not in known:
            raise UnknownNameError(f"{where}: there is no key {key!r}.{nearest(key, known)}")


def check_types(section: Mapping[str, Any], kind: type, where: str) -> None:
    """Refuse a value that is not of the type that a field of a dataclass `kind` has.

    Raises
    ------
    ParameterError
        It begins with `where` and says in words what the type is.

    Examples
    --------
    >>> from analytics.models.schedule import Schedule
    >>> check_types({"epochs": 2, "learning_rate": 1}, Schedule, "[schedule]")
    """
    for key, hint in get_type_hints(kind).items():
        if key in section and not _fits(section[key], hint):
            raise ParameterError(f"{where}: {key} is {_words(hint)}. Got {section[key]!r:.80}.")


def _fits(value: Any, hint: Any) -> bool:
    if get_origin(hint) in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if get_origin(hint) in (tuple, list):
        return isinstance(value, list) and all(_fits(part, get_args(hint)[0]) for part in value)
    if isinstance(value, bool) or hint is bool:
        return isinstance(value, bool) and hint is bool
    return isinstance(value, (int, float) if hint is float else hint)


def _words(hint: Any) -> str:
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(_words(part) for part in get_args(hint) if part is not type(None))
    if get_origin(hint) in (tuple, list):
        return f"a list, each {_words(get_args(hint)[0])}"
    return {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}[hint]
