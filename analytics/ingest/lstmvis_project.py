"""What an LSTMVis project says in its lstm.yml: files, words, states, annotations; checked, nothing opened.

The format is told in LSTMVis' documentation (README, "Configuration Options for States", "Adding
Annotations") and by its server, `lstmdata/data_handler.py`, which accepts more than it tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.errors import ParameterError, SourceFileError, nearest
from analytics.ingest.import_report import Notes, some_of
from analytics.ingest.yaml_file import read_yaml

__all__ = ["LstmvisProject", "MetaEntry", "StateEntry", "TableEntry", "read_project"]

CONFIG_NAMES = ("lstm.yml", "lstm.yaml")

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


@dataclass(frozen=True, slots=True)
class LstmvisProject:
    """A project, as its lstm.yml tells."""

    folder: Path
    name: str
    description: str
    files: Mapping[str, Path]
    words: TableEntry
    states: tuple[StateEntry, ...]
    meta: tuple[MetaEntry, ...]
    embedding: TableEntry | None
    sections: Mapping[str, TableEntry]
    """Parts of lstm.yml with a file and a path, by name: what `index` may name."""

    def file_of(self, key: str, notes: Notes, *, endings: Sequence[str]) -> Path:
        """Return the file of a key of `files`, or the only one of that name and of such an ending.

        Raises
        ------
        ParameterError
            If there is none.
        """
        if key in self.files:
            return self.files[key]
        named = {
            path
            for path in self.files.values()
            if key == path.name or (key == path.stem and path.suffix in endings)
        }
        if len(named) != 1:
            raise ParameterError(
                f"lstm.yml names the file '{key}', which is not in files.{nearest(key, self.files)}"
            )
        (path,) = named
        notes.add(f"lstm.yml names the file '{key}', which is not in files: {path.name} is taken for it.")
        return path


def read_project(place: str | Path, notes: Notes) -> LstmvisProject:
    """Read a project's lstm.yml.

    Parameters
    ----------
    place : path
        The project's folder, the folder above it when there is one project in it, or the lstm.yml itself.
    notes : Notes

    Raises
    ------
    SourceFileError
        If there is no lstm.yml, it is not plain YAML, or a path in it leads out of the folder.
    ParameterError
        If it lacks something that no import can do without.
    """
    config = _config_file(Path(place))
    facts = read_yaml(config, notes)
    _tell_unknown(facts, "lstm.yml", notes)
    folder = config.parent
    name = " ".join(str(facts.get("name") or folder.resolve().name).split())
    files = dict(_files(facts, folder, notes))
    _tell_left_out(facts, folder, notes)
    return LstmvisProject(
        folder=folder,
        name=name,
        description=str(facts.get("description") or ""),
        files=files,
        words=_table(_mapping(facts.get("word_sequence"), "word_sequence"), "word_sequence"),
        states=tuple(_states(_mapping(facts.get("states"), "states"), notes)),
        meta=tuple(_meta(facts.get("meta"), notes)),
        embedding=_table(facts["word_embedding"], "word_embedding") if facts.get("word_embedding") else None,
        sections=dict(_sections(facts)),
    )


def _config_file(place: Path) -> Path:
    if place.is_file():
        return place
    for name in CONFIG_NAMES:
        if (place / name).is_file():
            return place / name
    below = sorted(found for name in CONFIG_NAMES for found in place.glob(f"*/{name}"))
    if len(below) == 1:
        return below[0]
    if below:
        raise ParameterError(
            f"{place} holds several LSTMVis projects: name one of {some_of(found.parent for found in below)}."
        )
    raise SourceFileError(f"An LSTMVis project is a folder with a file lstm.yml. There is none in {place}.")


def _files(facts: Mapping[str, Any], folder: Path, notes: Notes) -> Iterator[tuple[str, Path]]:
    root = folder.resolve()
    for key, value in _mapping(facts.get("files"), "files").items():
        if not isinstance(value, str) or not value.strip():
            raise ParameterError(f"files in lstm.yml gives '{key}' a file's name. Got {value!r:.100}.")
        try:
            path = (folder / value).resolve()
        except (OSError, ValueError, RuntimeError):
            raise SourceFileError(
                f"The file '{key}' in lstm.yml has a name that no file has: {value!r:.100}."
            ) from None
        if not path.is_relative_to(root):
            raise SourceFileError(
                f"The file '{key}' in lstm.yml leads out of the project's folder: {value!r:.100}. "
                "Only files in "
                f"{folder} are read: copy it there."
            )
        if not path.exists():
            notes.add(f"files in lstm.yml names {value!r} as '{key}', which is not there.")
        yield str(key), path


def _states(section: Mapping[str, Any], notes: Notes) -> Iterator[StateEntry]:
    _tell_unknown(section, "states", notes)
    types = section.get("types")
    if isinstance(types, Mapping) and "path" in types:
        types = [types]
    if not isinstance(types, list) or not types:
        raise ParameterError("states in lstm.yml has a list 'types', one entry for each state. Got none.")
    taken: set[str] = set()
    for entry in types:
        entry = _mapping(entry, "each entry of states.types")
        _tell_unknown(entry, "a state", notes)
        table = _table({"file": section.get("file"), **entry}, "each entry of states.types")
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


def _meta(section: Any, notes: Notes) -> Iterator[MetaEntry]:
    if not section:
        return
    for name, entry in _mapping(section, "meta").items():
        if not isinstance(entry, Mapping) or not entry.get("file") or not entry.get("path"):
            notes.add(f"The annotation '{name}' is left out: meta in lstm.yml gives it no file and path.")
            continue
        _tell_unknown(entry, "an annotation", notes)
        vis = entry.get("vis") if isinstance(entry.get("vis"), Mapping) else {}
        table = _table(entry, f"the annotation '{name}'", dictionary="dict")
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


def _table(section: Any, what: str, *, dictionary: str = "dict_file") -> TableEntry:
    section = _mapping(section, what)
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


def _sections(facts: Mapping[str, Any]) -> Iterator[tuple[str, TableEntry]]:
    for key, section in facts.items():
        if isinstance(section, Mapping) and section.get("file") and section.get("path"):
            yield str(key), _table(section, str(key))


def _mapping(section: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(section, Mapping) or not section:
        raise ParameterError(
            f"lstm.yml has names and values under {what}. Got "
            f"{'nothing' if not section else repr(section)[:60]}."
        )
    return section


def _tell_unknown(section: Mapping[Any, Any], where: str, notes: Notes) -> None:
    unknown = [key for key in section if key not in _KNOWN[where]]
    if unknown:
        notes.add(f"{some_of(unknown)} of {where} means nothing to LSTMVis and is left out.")


def _tell_left_out(facts: Mapping[str, Any], folder: Path, notes: Notes) -> None:
    etc = facts.get("etc")
    if isinstance(etc, Mapping) and etc.get("regex_search"):
        notes.add("etc.regex_search is not needed here: every recording can be searched.")
    if (folder / "indexdir").is_dir():
        notes.add("The search index in indexdir is left out: every recording can be searched without one.")
