"""Annotations of an LSTMVis project (`meta` of type general): per position, or per word of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.errors import AnalyticsError, ParameterError, ShapeError
from analytics.ingest.arrays.hdf5_arrays import Hdf5Array
from analytics.ingest.importing.id_codes import whole_numbers
from analytics.ingest.importing.plan import Column
from analytics.ingest.importing.report import Notes, some_of
from analytics.ingest.lstmvis.dictionary_file import placeholder, placeholders
from analytics.ingest.lstmvis.files import ProjectFiles
from analytics.ingest.lstmvis.sections import MetaEntry
from analytics.ingest.lstmvis.words import SCAN_POSITIONS

__all__ = ["general_columns"]

MAX_COLUMNS = 32
"""Values at each position that become an annotation each."""

MAX_TABLE_VALUES = 1 << 26
"""Values by word that are held in memory."""

MAX_IDS = 100_000
"""Different labels of an annotation."""

_Values = tuple[NDArray, NDArray[np.bool_]]
_ReadValues = Callable[[int, int], _Values]
"""Values at the positions [start, stop), and where there is one."""


@dataclass(frozen=True, slots=True)
class _Survey:
    """What all values of an annotation are like."""

    ids: list[int]
    all_whole: bool
    all_present: bool
    fits_integer: bool


def general_columns(files: ProjectFiles, *, n_positions: int, notes: Notes) -> Iterator[tuple[str, Column]]:
    """Yield the annotations of type general; one that cannot be read is left out, and told.

    With a dictionary they are categorical, labels in the order of their ids. Without, whole numbers are
    integer and others numeric; texts are categorical.
    """
    for entry in files.project.meta:
        if entry.kind == "wordvec":
            continue
        if entry.kind != "general":
            notes.add(
                f"The annotation '{entry.name}' is of type {entry.kind!r:.60}, which LSTMVis does not show."
            )
            continue
        try:
            yield from _columns(entry, files, n_positions, notes).items()
        except AnalyticsError as error:
            notes.add(f"The annotation '{entry.name}' is left out: {error}")


def _columns(entry: MetaEntry, files: ProjectFiles, n_positions: int, notes: Notes) -> dict[str, Column]:
    values = files.array(entry.file, entry.path)
    if len(values.shape) == 2 and values.shape[1] == 1:
        values = values.squeezed()
    if len(values.shape) not in (1, 2) or 0 in values.shape:
        raise ShapeError(f"{values.name} has one value for each row. Got shape {values.shape}.")
    texts = None if entry.dictionary is None else files.dictionary(entry.dictionary)
    if entry.index == "self":
        read = _by_position(entry.name, values, n_positions, notes)
    else:
        read = _by_row(entry, values, _positions(entry, files), n_positions, notes)
    if len(values.shape) == 1:
        return {entry.name: _column(entry, values, read, texts, n_positions, notes)}
    if values.shape[1] > MAX_COLUMNS:
        raise ShapeError(
            f"{values.name} has {values.shape[1]} values at each position; at most {MAX_COLUMNS} fit."
        )
    notes.add(
        f"The annotation '{entry.name}' has {values.shape[1]} values at each position: one annotation each."
    )
    return {
        f"{entry.name} {part + 1}": _column(entry, values, _part_of(read, part), texts, n_positions, notes)
        for part in range(values.shape[1])
    }


def _positions(entry: MetaEntry, files: ProjectFiles) -> Hdf5Array:
    section = files.project.sections.get(entry.index)
    if section is None:
        raise ParameterError(
            f"index names '{entry.index}', and lstm.yml has no such part with a file and a path."
        )
    found = files.array(section.file, section.path)
    return found if len(found.shape) == 1 else found.flattened(blocks=len(found.shape) == 3)


def _by_position(name: str, values: Hdf5Array, n_positions: int, notes: Notes) -> _ReadValues:
    if len(values) != n_positions:
        rest = "the rest has none" if len(values) < n_positions else f"the first {n_positions:,} are imported"
        notes.add(
            f"The annotation '{name}' has {len(values):,} values for {n_positions:,} positions: {rest}."
        )

    def read(start: int, stop: int) -> _Values:
        there = max(start, min(stop, len(values)))
        block = values.read(start, there) if there > start else np.zeros((0, *values.shape[1:]), values.dtype)
        missing = np.zeros((stop - there, *values.shape[1:]), values.dtype)
        return np.concatenate([block, missing]), np.arange(start, stop) < there

    return read


def _by_row(
    entry: MetaEntry, values: Hdf5Array, index: Hdf5Array, n_positions: int, notes: Notes
) -> _ReadValues:
    if int(np.prod(values.shape)) > MAX_TABLE_VALUES:
        raise ShapeError(f"{values.name} has one row for each word. Got {len(values):,} rows.")
    table = values.read(0, len(values))
    lacking: set[int] = set()
    notes.add_last(
        lambda: (
            f"The annotation '{entry.name}' has no row for {some_of(sorted(lacking))} of "
            f"{entry.index}: no value there."
            if lacking
            else None
        )
    )

    def read(start: int, stop: int) -> _Values:
        there = max(start, min(stop, len(index)))
        rows = np.full(stop - start, -1, dtype=np.int64)
        if there > start:
            numbers, is_whole = whole_numbers(index.read(start, there))
            rows[: there - start] = np.where(is_whole, numbers, -1)
        inside = (rows >= 0) & (rows < len(table))
        lacking.update(np.unique(rows[: there - start][~inside[: there - start]]).tolist())
        return table[np.where(inside, rows, 0)], inside

    return read


def _part_of(read: _ReadValues, part: int) -> _ReadValues:
    def read_part(start: int, stop: int) -> _Values:
        values, present = read(start, stop)
        return values[:, part], present

    return read_part


def _column(
    entry: MetaEntry,
    values: Hdf5Array,
    read: _ReadValues,
    texts: Mapping[int, str] | None,
    n_positions: int,
    notes: Notes,
) -> Column:
    if values.is_text:
        return Column("categorical", lambda start, stop: _objects(*read(start, stop)))
    if values.dtype.kind not in "fiub":
        raise ShapeError(f"{values.name} holds numbers or texts. Got {values.dtype}.")
    if texts is None and values.dtype.kind == "b":
        return Column(["no", "yes"], lambda start, stop: _objects(*read(start, stop)))
    survey = _survey(read, n_positions, with_ids=texts is not None, what=values.name)
    if texts is not None:
        return _labelled(entry, read, texts, survey, notes)
    wants_whole = values.dtype.kind in "iu" or entry.shown_as == "discrete"
    if wants_whole and survey.all_whole and survey.all_present and survey.fits_integer:
        return Column("integer", lambda start, stop: whole_numbers(read(start, stop)[0])[0])
    return Column("numeric", _numbers(entry.name, read, notes))


def _labelled(
    entry: MetaEntry, read: _ReadValues, texts: Mapping[int, str], survey: _Survey, notes: Notes
) -> Column:
    """Labels for ids; the order of the ids is the order to show them in."""
    lacking = [number for number in survey.ids if number not in texts]
    if lacking:
        notes.add(
            f"The annotation '{entry.name}' holds ids that '{entry.dictionary}' does not have "
            f"({some_of(lacking)}): shown as {placeholders(lacking)}."
        )
    if not survey.all_whole:
        notes.add(f"The annotation '{entry.name}' holds values that are no ids: no label there.")
    ids = np.array(survey.ids, dtype=np.int64)
    labels = np.array([texts.get(number, placeholder(number)) for number in survey.ids], dtype=object)

    def labels_at(start: int, stop: int) -> NDArray:
        values, present = read(start, stop)
        numbers, is_whole = whole_numbers(values)
        has_label = present & is_whole
        found = np.full(stop - start, None, dtype=object)
        found[has_label] = labels[np.searchsorted(ids, numbers[has_label])]
        return found

    return Column(list(dict.fromkeys(labels.tolist())) or "categorical", labels_at)


def _survey(read: _ReadValues, n_positions: int, *, with_ids: bool, what: str) -> _Survey:
    ids: set[int] = set()
    all_whole = all_present = fits = True
    for start in range(0, n_positions, SCAN_POSITIONS):
        values, present = read(start, min(start + SCAN_POSITIONS, n_positions))
        numbers, is_whole = whole_numbers(values)
        all_present &= bool(present.all())
        all_whole &= bool(is_whole[present].all())
        fits &= bool((np.abs(numbers) < 1 << 31).all())
        if with_ids:
            ids.update(np.unique(numbers[present & is_whole]).tolist())
            if len(ids) > MAX_IDS:
                raise ShapeError(
                    f"{what} holds more than {MAX_IDS:,} different ids; an annotation has fewer labels."
                )
    return _Survey(sorted(ids), all_whole, all_present, fits)


def _numbers(name: str, read: _ReadValues, notes: Notes) -> Callable[[int, int], NDArray[np.float64]]:
    n_infinite = 0

    def sentence() -> str | None:
        return (
            f"The annotation '{name}' is infinite at {n_infinite:,} positions: no value there."
            if n_infinite
            else None
        )

    notes.add_last(sentence)

    def numbers_at(start: int, stop: int) -> NDArray[np.float64]:
        nonlocal n_infinite
        values, present = read(start, stop)
        with np.errstate(over="ignore"):
            finite = np.isfinite(values.astype(np.float32))
        n_infinite += int((present & ~finite & ~np.isnan(values.astype(np.float64))).sum())
        return np.where(present & finite, values.astype(np.float64), np.nan)

    return numbers_at


def _objects(values: NDArray, present: NDArray[np.bool_]) -> NDArray:
    found = values.astype(object)
    found[~present] = None
    return found
