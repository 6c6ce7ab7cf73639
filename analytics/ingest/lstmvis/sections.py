"""The parts of an lstm.yml: states, annotations, and whatever has a file and a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analytics.errors import ParameterError
from analytics.ingest.importing.report import Notes, some_of

__all__ = [
    "MetaEntry",
    "StateEntry",
    "TableEntry",
    "mapping_under",
    "meta_entries",
    "state_entries",
    "table_entry",
    "table_sections",
    "tell_unknown",
]

_KNOWN = {
    "lstm.yml": (
        "name", "description", "files", "word_sequence", "states", "word_embedding", "meta", "etc", "index",
    ),
    "states": ("file", "types"),
    "a state": ("type", "layer", "path", "file", "unsigned", "transform"),
    "an annotation": ("file", "path", "dict", "type", "index", "vis", "weights_path"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A set in an HDF5 file, and the dictionary of its ids."""

    file: str
    path: str
    dictionary: str | None = None


@dataclass(frozen=True, slots=True)
class StateEntry:
    """One of `states.types`."""

    file: str
    path: str
    name: str
    """As the recording has it: `layer1.state`."""
    transform: str
    """`tanh`, `raw`, `abs` or `abs_tanh`: how LSTMVis shows it. The values are stored as they are."""
    unsigned: bool


@dataclass(frozen=True, slots=True)
class MetaEntry:
    """One of `meta`."""

    name: str
    kind: str
    file: str
    path: str
    index: str
    """`self`, or the part of lstm.yml whose values say which row counts at a position."""
    dictionary: str | None
    weights_path: str | None
    shown_as: str | None
    """`discrete`, `scalar`, or None where it does not say."""
    range: str | None


def state_entries(section: Mapping[str, Any], notes: Notes) -> Iterator[StateEntry]:
    """Yield the entries of `states.types`, each under a name of its own."""
    tell_unknown(section, "states", notes)
    types = section.get("types")
    if isinstance(types, Mapping) and "path" in types:
        types = [types]
    if not isinstance(types, list) or not types:
        raise ParameterError("states in lstm.yml has a list 'types', one entry for each state. Got none.")
    taken: set[str] = set()
    for entry in types:
        entry = mapping_under(entry, "each entry of states.types")
        tell_unknown(entry, "a state", notes)
        table = table_entry({"file": section.get("file"), **entry}, "each entry of states.types")
        name = _state_name(entry, table, taken)
        taken.add(name)
        yield StateEntry(
            file=table.file,
            path=table.path,
            name=name,
            transform=_transform(entry, name, notes),
            unsigned=bool(entry.get("unsigned", False)),
        )


def _state_name(entry: Mapping[str, Any], table: TableEntry, taken: set[str]) -> str:
    kind, layer = entry.get("type"), entry.get("layer")
    parts = [f"layer{layer}" if layer is not None else None, str(kind) if kind is not None else None]
    name = _safe(".".join(part for part in parts if part) or table.path)
    if name in taken:
        name = _safe(f"{name}.{table.path}")
    if name in taken:
        name = _safe(f"{name}.{table.file}")
    number = 2
    while name in taken:
        name, number = f"{name.rstrip('0123456789')}{number}", number + 1
    return name


def _safe(name: str) -> str:
    kept = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "_.-") else "_" for letter in name
    )
    return (kept.lstrip(".-") or "state")[:80]


def _transform(entry: Mapping[str, Any], name: str, notes: Notes) -> str:
    given = entry.get("transform", "tanh")
    known = {
        "tanh": "tanh",
        "tanh_abs": "abs_tanh",
        "tanhabs": "abs_tanh",
        "abs": "abs",
        "none": "raw",
        "raw": "raw",
    }
    text = str(given).lower()
    if text not in known and given not in (None, False):
        notes.add(
            f"State '{name}' has the transform {given!r:.60}, which LSTMVis does not know: shown as it is."
        )
    return known.get(text, "raw")


def meta_entries(section: Any, notes: Notes) -> Iterator[MetaEntry]:
    """Yield the annotations; one without a file and a path is left out, and told."""
    if not section:
        return
    for name, entry in mapping_under(section, "meta").items():
        if not isinstance(entry, Mapping) or not entry.get("file") or not entry.get("path"):
            notes.add(f"The annotation '{name}' is left out: meta in lstm.yml gives it no file and path.")
            continue
        tell_unknown(entry, "an annotation", notes)
        vis = entry.get("vis") if isinstance(entry.get("vis"), Mapping) else {}
        table = table_entry(entry, f"the annotation '{name}'", dictionary="dict")
        weights = entry.get("weights_path")
        yield MetaEntry(
            name=" ".join(str(name).split()) or "annotation",
            kind=str(entry.get("type") or "general"),
            file=table.file,
            path=table.path,
            index=str(entry.get("index") or "self"),
            dictionary=table.dictionary,
            weights_path=None if weights is None else str(weights),
            shown_as=None if vis.get("type") is None else str(vis["type"]),
            range=None if vis.get("range") is None else str(vis["range"]),
        )


def table_entry(section: Any, what: str, *, dictionary: str = "dict_file") -> TableEntry:
    """Return a section's file, path and dictionary.

    Raises
    ------
    ParameterError
        If file or path is missing.
    """
    section = mapping_under(section, what)
    file, path, words = section.get("file"), section.get("path"), section.get(dictionary)
    if isinstance(file, str) and "::" in file:
        # The server writes a source as file::path.
        file, _, inside = file.partition("::")
        path = inside if path is None else path
    for key, value in (("file", file), ("path", path)):
        if value is None or isinstance(value, Mapping | list):
            raise ParameterError(
                f"{what} in lstm.yml has a '{key}'. Got {'none' if value is None else value!r:.60}."
            )
    return TableEntry(str(file), str(path), None if words is None else str(words))


def table_sections(facts: Mapping[str, Any]) -> Iterator[tuple[str, TableEntry]]:
    """Yield the parts of lstm.yml that have a file and a path, by name."""
    for key, section in facts.items():
        if isinstance(section, Mapping) and section.get("file") and section.get("path"):
            yield str(key), table_entry(section, str(key))


def mapping_under(section: Any, what: str) -> Mapping[str, Any]:
    """Return a section, or say that there is none."""
    if not isinstance(section, Mapping) or not section:
        raise ParameterError(
            f"lstm.yml has names and values under {what}. Got "
            f"{'nothing' if not section else repr(section)[:60]}."
        )
    return section


def tell_unknown(section: Mapping[Any, Any], where: str, notes: Notes) -> None:
    """Note what LSTMVis does not read."""
    unknown = [key for key in section if key not in _KNOWN[where]]
    if unknown:
        notes.add(f"{some_of(unknown)} of {where} means nothing to LSTMVis and is left out.")
