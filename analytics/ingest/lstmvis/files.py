"""The files of an LSTMVis project, each opened once, when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

from analytics.errors import ShapeError
from analytics.ingest.arrays.hdf5_arrays import Hdf5Array, Hdf5File
from analytics.ingest.importing.report import Notes
from analytics.ingest.lstmvis.dictionary_file import read_dictionary
from analytics.ingest.lstmvis.project import DICTIONARY_ENDINGS, HDF5_ENDINGS, LstmvisProject
from analytics.ingest.lstmvis.sections import StateEntry

__all__ = ["ProjectFiles", "shared_length", "word_array"]

STATE_KINDS = "fiub"
"""Kinds of numbers that are states: floats, and whole numbers, which become float32."""

MIN_SHARE = 0.9
"""States of at least this share of the longest state's rows go into one recording with it."""


class ProjectFiles:
    """HDF5 files and dictionaries by their keys in `files`. A context manager; closes what was opened."""

    def __init__(self, project: LstmvisProject, notes: Notes) -> None:
        self.project, self._notes = project, notes
        self._hdf5: dict[str, Hdf5File] = {}
        self._dictionaries: dict[str, dict[int, str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._hdf5.values():
            file.close()

    def array(self, key: str, path: str) -> Hdf5Array:
        """Return a set of a file."""
        if key not in self._hdf5:
            file = self.project.file_of(key, self._notes, endings=HDF5_ENDINGS)
            if file.suffix not in HDF5_ENDINGS:
                self._notes.add(
                    f"{file.name} ends neither in .h5 nor in .hdf5, as LSTMVis wants: read as HDF5."
                )
            self._hdf5[key] = Hdf5File(file)
        return self._hdf5[key].array(path)

    def dictionary(self, key: str) -> dict[int, str]:
        """Return a dictionary: texts by id."""
        if key not in self._dictionaries:
            self._dictionaries[key] = read_dictionary(
                self.project.file_of(key, self._notes, endings=DICTIONARY_ENDINGS), self._notes
            )
        return self._dictionaries[key]

    def state(self, entry: StateEntry, *, n_words: int) -> Hdf5Array:
        """Return a state with two axes, positions and units.

        Raises
        ------
        ShapeError
            If it has another number of axes, or holds no numbers.
        """
        found = self.array(entry.file, entry.path)
        if found.dtype.kind not in STATE_KINDS:
            raise ShapeError(f"The state '{entry.name}' ({found.name}) holds numbers. Got {found.dtype}.")
        if len(found.shape) == 3 and 0 not in found.shape:
            shape, found = found.shape, found.flattened()
            self._notes.add(
                f"The state '{entry.name}' has three axes {shape}: the first two become "
                f"{found.shape[0]:,} positions, one row of the first after the other."
            )
        if len(found.shape) != 2 or 0 in found.shape:
            raise ShapeError(
                f"The state '{entry.name}' ({found.name}) has two axes, a row for each of the {n_words:,} "
                f"words and a column for each unit. Got shape {found.shape}."
            )
        if found.dtype.itemsize > 4 or found.dtype.kind != "f":
            self._notes.add(f"{found.dtype} states are stored as float32: {entry.name}.")
        return found


def word_array(files: ProjectFiles, notes: Notes) -> tuple[Hdf5Array, int | None]:
    """Return the word ids on one axis, and the length of the sequences where their shape tells it.

    Raises
    ------
    ShapeError
        If there are none, or too many axes.
    """
    entry = files.project.words
    found = files.array(entry.file, entry.path)
    shape, length = found.shape, None
    if not found.is_text and found.dtype.kind not in STATE_KINDS:
        raise ShapeError(f"word_sequence ({found.name}) holds ids of words. Got {found.dtype}.")
    if len(shape) not in (1, 2, 3) or 0 in shape:
        raise ShapeError(f"word_sequence ({found.name}) has one id for each position. Got shape {shape}.")
    if len(shape) == 3:
        notes.add(
            f"word_sequence has three axes {shape}, blocks, batch and steps as LSTMVis' preprocessing cuts a "
            "text: each row of the batch is read on through all blocks."
        )
        found = found.flattened(blocks=True)
    elif len(shape) == 2:
        found, length = found.flattened(), shape[1] if min(shape) > 1 else None
    if length:
        notes.add(f"word_sequence has two axes {shape}: {shape[0]:,} sequences of {length:,} words each.")
    return found, length


def shared_length(
    n_words: int, states: Mapping[str, Hdf5Array], notes: Notes
) -> tuple[int, dict[str, Hdf5Array]]:
    """Return the number of positions that words and states share, and the states that have them.

    States of nearly the same length belong together and lose their ends; one that is much shorter than the
    others would cost them most of their positions, and is left out.
    """
    longest = max(min(len(rows), n_words) for rows in states.values())
    kept = {name: rows for name, rows in states.items() if len(rows) >= longest * MIN_SHARE}
    n_positions = min(n_words, *(len(rows) for rows in kept.values()))
    for name, rows in states.items():
        if name not in kept:
            notes.add(
                f"The state '{name}' has {len(rows):,} rows where others have {longest:,}, and is left out: "
                f"import it by itself with states=['{name}']."
            )
        elif len(rows) != n_positions:
            notes.add(f"The state '{name}' has {len(rows):,} rows: the first {n_positions:,} are imported.")
    if n_words != n_positions:
        notes.add(f"word_sequence has {n_words:,} words: the first {n_positions:,} are imported.")
    return n_positions, kept
