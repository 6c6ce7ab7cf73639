"""Which column of a table is what: the tokens, numbered columns as states, the rest as annotations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from analytics.errors import ParameterError, ShapeError, UnknownNameError, nearest
from analytics.ingest.arrays.array_roles import state_name
from analytics.ingest.importing.report import Notes, some_of

__all__ = ["TableRoles", "Units", "roles_of"]

TOKEN_NAMES = ("token", "word", "text", "form", "character", "char", "tokens", "words", "token_id", "word_id")
SEQUENCE_NAMES = (
    "sequence", "sequence_id", "sentence", "sentence_id", "document", "document_id", "doc_id", "text_id",
)  # fmt: skip

_NUMBERED = re.compile(r"(?P<stem>.*?)[ ._:/\-\[(]*(?P<number>[0-9]{1,7})[\])]?", re.DOTALL)

Units = Sequence[str] | Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class TableRoles:
    """The columns of a table by what they are."""

    token: str
    sequence: str | None
    states: dict[str, tuple[str, ...]]
    """Columns of each state in the order of its units; a single one may hold lists."""
    annotations: tuple[str, ...]


def roles_of(
    schema: pa.Schema,
    *,
    token: str,
    units: Units | None,
    sequence: str | None,
    annotations: Sequence[str] | None,
    notes: Notes,
) -> TableRoles:
    """Find out what each column is; what is guessed is told.

    Raises
    ------
    UnknownNameError
        If a column that is named is not there.
    ShapeError
        If there are no columns of units.
    """
    names = list(schema.names)
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ParameterError(f"Each column has a name of its own. Got '{twice[0]}' twice.")
    token = _token(token, names, notes)
    sequence = _sequence(sequence, [name for name in names if name != token], notes)
    rest = [name for name in names if name not in (token, sequence)]
    states = _numbered_states(schema, rest) if units is None else _named_states(units, rest)
    if not states:
        raise ShapeError(
            "States are columns of numbers, numbered from 0 or 1, such as layer0.hidden_0, "
            "layer0.hidden_1, ..., or "
            f"columns of lists. There are the columns {some_of(rest, limit=8) or 'none'}: name them "
            "with units=."
        )
    used = {column for columns in states.values() for column in columns}
    for name in annotations or ():
        _check_known(name, rest)
    kept = [name for name in rest if name not in used] if annotations is None else list(annotations)
    return TableRoles(token, sequence, states, tuple(kept))


def _token(token: str, names: list[str], notes: Notes) -> str:
    if token in names:
        return token
    guess = next((name for wanted in TOKEN_NAMES for name in names if name.lower() == wanted), None)
    if token != "token" or guess is None:
        raise UnknownNameError(f"The table has no column '{token}' for the tokens.{nearest(token, names)}")
    notes.add(f"The column '{guess}' holds the tokens.")
    return guess


def _sequence(sequence: str | None, names: list[str], notes: Notes) -> str | None:
    if sequence is not None:
        _check_known(sequence, names)
        return sequence
    guess = next((name for wanted in SEQUENCE_NAMES for name in names if name.lower() == wanted), None)
    if guess is not None:
        notes.add(f"A sequence begins where the column '{guess}' changes.")
    return guess


def _numbered_states(schema: pa.Schema, names: list[str]) -> dict[str, tuple[str, ...]]:
    """Floats whose names differ in a number at their end only, none missing; and lists of floats."""
    stems: defaultdict[str, dict[int, str]] = defaultdict(dict)
    states: dict[str, tuple[str, ...]] = {}
    for name in names:
        kind = schema.field(name).type
        if _is_list(kind):
            states[state_name(name)] = (name,)
        elif _is_number(kind) and (match := _NUMBERED.fullmatch(name)):
            stems[match["stem"]].setdefault(int(match["number"]), name)
    for stem, numbered in stems.items():
        first = min(numbered)
        is_whole = sorted(numbered) == list(range(first, first + len(numbered))) and first in (0, 1)
        has_floats = any(pa.types.is_floating(schema.field(name).type) for name in numbered.values())
        if is_whole and has_floats and len(numbered) > 1:
            states[state_name(stem)] = tuple(numbered[number] for number in sorted(numbered))
    return states


def _named_states(units: Units, names: list[str]) -> dict[str, tuple[str, ...]]:
    """Patterns such as `h_*`, or lists of columns."""
    wanted = units if isinstance(units, Mapping) else {_stem(pattern): pattern for pattern in units}
    return {name: _matching(given, names) for name, given in wanted.items()}


def _stem(pattern: str) -> str:
    return state_name(pattern.replace("*", "").rstrip(" ._:/-[(") or "state")


def _matching(given: str | Sequence[str], names: list[str]) -> tuple[str, ...]:
    if not isinstance(given, str):
        for name in given:
            _check_known(name, names)
        return tuple(given)
    if "*" not in given:
        _check_known(given, names)
        return (given,)
    before, _, after = given.partition("*")
    found = {
        int(name[len(before) : len(name) - len(after)]): name
        for name in names
        if name.startswith(before)
        and name.endswith(after)
        and re.fullmatch(r"[0-9]{1,7}", name[len(before) : len(name) - len(after)])
    }
    if not found:
        raise UnknownNameError(f"No column is called '{given}' with a number for *.{nearest(given, names)}")
    return tuple(found[number] for number in sorted(found))


def _check_known(name: str, names: list[str]) -> None:
    if name not in names:
        raise UnknownNameError(f"The table has no column '{name}'.{nearest(str(name), names)}")


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_floating(kind) or pa.types.is_integer(kind)


def _is_list(kind: pa.DataType) -> bool:
    is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return is_list and pa.types.is_floating(kind.value_type)
