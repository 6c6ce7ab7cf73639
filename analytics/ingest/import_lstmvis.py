"""LSTMVis projects to recordings: lstm.yml, HDF5 and dictionary files, whole and in blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from analytics.errors import AnalyticsError, UnknownNameError, nearest
from analytics.ingest.arrays.hdf5_arrays import Hdf5Array
from analytics.ingest.importing.plan import ImportPlan, Progress, write_plan
from analytics.ingest.importing.report import ImportReport, Notes
from analytics.ingest.lstmvis.embedding import embedding_rows
from analytics.ingest.lstmvis.files import ProjectFiles, shared_length, word_array
from analytics.ingest.lstmvis.meta import general_columns
from analytics.ingest.lstmvis.predictions import choose_predictions, word_vectors
from analytics.ingest.lstmvis.project import LstmvisProject, read_project
from analytics.ingest.lstmvis.sections import StateEntry
from analytics.ingest.lstmvis.words import WordTable

__all__ = ["import_lstmvis"]

EMBEDDING = "word_embedding"
"""The state that holds the embedding of the word at each position."""

THRESHOLD = "0.3"
"""At which LSTMVis opens."""


def import_lstmvis(
    folder_or_yml: str | Path,
    path: str | Path,
    /,
    *,
    name: str | None = None,
    states: Sequence[str] | Mapping[str, str] | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> ImportReport:
    """Write an LSTMVis project as a recording.

    States are stored as they are in the file; LSTMVis applies tanh, or what `transform` says, when it shows
    them, and the recording opens with the same transform. They are named ``layer<layer>.<type>``. `meta`
    becomes annotations, and where it is of type wordvec, predictions. The project is one sequence, unless the
    words have two axes.

    Parameters
    ----------
    folder_or_yml : path
        The project's folder, or its lstm.yml. Nothing outside that folder is read.
    path : path
        The recording's folder, which must not exist unless `overwrite`.
    name : str, optional
        What a reader sees. Default: the project's name.
    states : list of str, or mapping of str to str, optional
        The states to import, by their names here, their `path`, or ``file::path``; a mapping renames them:
        ``{"layer1.cell": "states1"}``. Default: all, and the word embedding.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of positions.
    **options
        For `RecordingWriter`: `description`, `dtype`, `overwrite`, ...

    Returns
    -------
    ImportReport
        The recording, and a sentence for everything that was left out or changed: ids without a word, lines
        of a dictionary that are none, lengths that differ, ...

    Raises
    ------
    SourceFileError
        If a file cannot be read, or lies outside the folder.
    ParameterError, ShapeError, UnknownNameError
        If the project lacks words or states, they have the wrong shape, or hold NaN.
    RecordingWriteError
        If the recording cannot be written. Nothing is left then.

    References
    ----------
    H. Strobelt, S. Gehrmann, H. Pfister, A. M. Rush, *LSTMVis: A Tool for Visual Analysis of Hidden State
    Dynamics in Recurrent Neural Networks*, IEEE TVCG 24(1), 2018, doi:10.1109/TVCG.2017.2744158; the format
    is that of its program's documentation, version 2.
    """
    notes = Notes()
    project = read_project(folder_or_yml, notes)
    entries = _chosen(project, states)
    with ProjectFiles(project, notes) as files:
        plan = _plan(files, entries, notes, with_embedding=states is None or EMBEDDING in states)
        facts = _facts(project, [entry for entry in entries if entry.name in plan.states])
        recording = write_plan(
            plan, path, name=name or project.name[:200], progress=progress, options={**facts, **options}
        )
    return ImportReport(recording, notes.sentences())


def _plan(
    files: ProjectFiles, entries: list[StateEntry], notes: Notes, *, with_embedding: bool
) -> ImportPlan:
    words, length = word_array(files, notes)
    found = {entry.name: files.state(entry, n_words=len(words)) for entry in entries}
    n_positions, rows = shared_length(len(words), found, notes)
    table = _word_table(files, words, n_positions, notes)
    vectors = word_vectors(files, table, n_positions=n_positions, notes=notes)
    table.close()
    predictions, top_k, extra = choose_predictions(vectors, notes)
    annotations = dict(general_columns(files, n_positions=n_positions, notes=notes)) | dict(extra)
    states: dict[str, Any] = dict(rows)
    if with_embedding and files.project.embedding is not None:
        states |= _embedding(files, words, n_positions, notes)
    return ImportPlan(
        n_positions=n_positions,
        vocabulary=table.vocabulary,
        token_ids=table.token_ids,
        states=states,
        sequence_starts=np.arange(0, n_positions, length or n_positions),
        annotations=annotations,
        predictions=predictions,
        top_k=top_k,
    )


def _word_table(files: ProjectFiles, words: Hdf5Array, n_positions: int, notes: Notes) -> WordTable:
    key = files.project.words.dictionary
    texts = None if key is None else files.dictionary(key)
    if texts is None and not words.is_text:
        notes.add("word_sequence names no dict_file: words are shown as their ids.")
    table = WordTable(words, texts, what=f"word_sequence ({words.name})")
    table.scan(n_positions, notes, dictionary=f"'{key}'")
    return table


def _embedding(files: ProjectFiles, words: Hdf5Array, n_positions: int, notes: Notes) -> dict[str, Any]:
    try:
        return {EMBEDDING: embedding_rows(files, words, n_positions=n_positions, notes=notes)}
    except AnalyticsError as error:
        notes.add(f"The word embedding is left out: {error}")
        return {}


def _chosen(project: LstmvisProject, states: Sequence[str] | Mapping[str, str] | None) -> list[StateEntry]:
    if states is None:
        return list(project.states)
    wanted = states.items() if isinstance(states, Mapping) else [(None, source) for source in states]
    chosen = []
    for new_name, source in wanted:
        if source == EMBEDDING and project.embedding is not None:
            continue
        found = [
            entry
            for entry in project.states
            if source in (entry.name, f"{entry.file}::{entry.path}", entry.path)
        ]
        if not found:
            known = [entry.name for entry in project.states]
            raise UnknownNameError(f"The project has no state '{source}'.{nearest(str(source), known)}")
        chosen.append(replace(found[0], name=new_name or found[0].name))
    return chosen


def _facts(project: LstmvisProject, entries: list[StateEntry]) -> dict[str, Any]:
    sources = {
        entry.name: {
            "source": f"{entry.file}::{entry.path}", "transform": entry.transform, "unsigned": entry.unsigned,
        }
        for entry in entries
    }  # fmt: skip
    first = entries[0]
    return {
        "description": project.description,
        "corpus": {
            "source": f"LSTMVis project {project.name}",
            "annotations": {
                entry.name: {"shown as": entry.shown_as, "range": entry.range} for entry in project.meta
            },
        },
        "model": {"source": f"LSTMVis project {project.name}", "states": sources},
        "opening_view": {
            "title": "as LSTMVis shows it",
            "state": first.name,
            "transform": first.transform,
            "threshold": THRESHOLD,
        },
    }
