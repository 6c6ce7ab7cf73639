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
from analytics.ingest.importing.report import Notes, some_of
from analytics.ingest.lstmvis.sections import (
    MetaEntry,
    StateEntry,
    TableEntry,
    mapping_under,
    meta_entries,
    state_entries,
    table_entry,
    table_sections,
    tell_unknown,
)
from analytics.ingest.lstmvis.yaml_file import read_yaml

__all__ = ["DICTIONARY_ENDINGS", "HDF5_ENDINGS", "LstmvisProject", "read_project"]

CONFIG_NAMES = ("lstm.yml", "lstm.yaml")
HDF5_ENDINGS = (".h5", ".hdf5")
DICTIONARY_ENDINGS = (".dict", ".txt")
OPENED = (*HDF5_ENDINGS, *DICTIONARY_ENDINGS)
"""Endings of the files that LSTMVis opens."""


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
    tell_unknown(facts, "lstm.yml", notes)
    folder = config.parent
    name = " ".join(str(facts.get("name") or folder.resolve().name).split())
    files = dict(_files(facts, folder, notes))
    _tell_left_out(facts, folder, notes)
    return LstmvisProject(
        folder=folder,
        name=name,
        description=str(facts.get("description") or ""),
        files=files,
        words=table_entry(mapping_under(facts.get("word_sequence"), "word_sequence"), "word_sequence"),
        states=tuple(state_entries(mapping_under(facts.get("states"), "states"), notes)),
        meta=tuple(meta_entries(facts.get("meta"), notes)),
        embedding=table_entry(facts["word_embedding"], "word_embedding")
        if facts.get("word_embedding")
        else None,
        sections=dict(table_sections(facts)),
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
    for key, value in mapping_under(facts.get("files"), "files").items():
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
                f"The file '{key}' in lstm.yml leads out of the project's folder: {value!r:.100}. Only files "
                f"in {folder} are read: copy it there."
            )
        if not path.exists():
            notes.add(f"files in lstm.yml names {value!r} as '{key}', which is not there.")
        elif path.suffix not in OPENED:
            notes.add(
                f"files in lstm.yml names {value!r} as '{key}', which LSTMVis does not open: it ends in none "
                f"of {', '.join(OPENED)}."
            )
        yield str(key), path


def _tell_left_out(facts: Mapping[str, Any], folder: Path, notes: Notes) -> None:
    etc = facts.get("etc")
    if isinstance(etc, Mapping) and etc.get("regex_search"):
        notes.add("etc.regex_search is not needed here: every recording can be searched.")
    if (folder / "indexdir").is_dir():
        notes.add("The search index in indexdir is left out: every recording can be searched without one.")
