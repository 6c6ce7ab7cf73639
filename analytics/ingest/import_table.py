"""Parquet and CSV tables to a recording: a column of tokens, columns of units, the rest as annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from analytics.errors import ParameterError, ShapeError
from analytics.ingest.importing.plan import ImportPlan, Progress, write_plan
from analytics.ingest.importing.report import ImportReport, Notes
from analytics.ingest.importing.token_source import read_vocabulary
from analytics.ingest.tables.columns import TableRoles, Units, roles_of
from analytics.ingest.tables.reading import FirstReading, read_first
from analytics.ingest.tables.source import BlockReader, TableSource
from analytics.ingest.tables.states import TableStates, annotation_of, list_width

__all__ = ["import_table"]


def import_table(
    source: str | Path | Sequence[str | Path],
    path: str | Path,
    /,
    *,
    token: str = "token",
    units: Units | None = None,
    sequence: str | None = None,
    annotations: Sequence[str] | None = None,
    vocabulary: str | Path | Sequence[str] | Mapping[Any, Any] | None = None,
    name: str | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> ImportReport:
    """Write a table with a row for each token as a recording.

    The table is read in blocks, twice: once for the tokens, once for all of it.

    Parameters
    ----------
    source : path, or list of paths
        .parquet, .csv or .tsv (also .csv.gz); several are one after the other.
    path : path
        The recording's folder, which must not exist unless `overwrite`.
    token : str, default="token"
        The column of the tokens: texts, or ids together with `vocabulary`.
    units : list of str, or mapping of str to str or list of str, optional
        Columns of the states' units: by pattern, ``{"layer0.hidden": "h_*"}``, where ``*`` is the unit's
        number; by name; or a column of lists. Default: columns of floats that are numbered from 0 or 1, such
        as ``layer0.hidden_0``, and columns of lists of floats.
    sequence : str, optional
        A sequence begins where this column changes. Default: the column called `sequence`, `sentence_id`,
        ..., or one sequence.
    annotations : list of str, optional
        Columns. Default: all others.
    vocabulary : list, mapping or path, optional
        As in `import_arrays`.
    name : str, optional
        What a reader sees. Default: the folder's name.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of positions.
    **options
        For `RecordingWriter`: `description`, `dtype`, `overwrite`, ...

    Returns
    -------
    ImportReport
        The recording, and a sentence for everything that was guessed, changed or left out.

    Raises
    ------
    SourceFileError
        If a file cannot be read as a table.
    ParameterError, ShapeError, UnknownNameError
        If a column is missing, a token is missing, or a state has gaps or NaN.
    RecordingWriteError
        If the recording cannot be written. Nothing is left then.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "run.csv").write_text("token,tag,h_0,h_1\\nthe,DET,0.5,-1\\ncat,NOUN,0.25,0\\n")
    >>> report = import_table(folder / "run.csv", folder / "mine")
    >>> report.recording.states("h").read(0, 2).tolist(), report.recording.manifest["annotations"]
    ([[0.5, -1.0], [0.25, 0.0]], {'tag': {'kind': 'categorical', 'labels': ['DET', 'NOUN']}})
    """
    notes = Notes()
    table = TableSource(_paths(source))
    roles = roles_of(
        table.schema, token=token, units=units, sequence=sequence, annotations=annotations, notes=notes
    )
    texts = None if vocabulary is None else read_vocabulary(vocabulary, notes)
    first = read_first(table, roles, texts, notes)
    plan = _plan(table, roles, first, notes)
    recording = write_plan(plan, path, name=name or Path(path).name, progress=progress, options=options)
    return ImportReport(recording, notes.sentences())


def _paths(source: str | Path | Sequence[str | Path]) -> list[Path]:
    paths = [Path(source)] if isinstance(source, str | Path) else [Path(place) for place in source]
    if not paths:
        raise ParameterError("Name a table to import. Got none.")
    return paths


def _plan(table: TableSource, roles: TableRoles, first: FirstReading, notes: Notes) -> ImportPlan:
    units = [column for columns in roles.states.values() for column in columns]
    kinds = {**first.kinds, **{column: pa.float32() for column in units}}
    reader = BlockReader(table.batches(list(dict.fromkeys([*first.kinds, *units])), kinds))
    n_positions = len(first.tokens.ids)
    annotations = {name: annotation_of(name, table, first, reader, notes) for name in roles.annotations}
    return ImportPlan(
        n_positions=n_positions,
        vocabulary=first.tokens.vocabulary,
        token_ids=first.tokens.read,
        states={
            name: _state(name, columns, table, reader, n_positions=n_positions, notes=notes)
            for name, columns in roles.states.items()
        },
        sequence_starts=first.sequence_starts,
        annotations={name: column for name, column in annotations.items() if column is not None},
    )


def _state(
    name: str,
    columns: tuple[str, ...],
    table: TableSource,
    reader: BlockReader,
    *,
    n_positions: int,
    notes: Notes,
) -> TableStates:
    kinds = [table.schema.field(column).type for column in columns]
    is_list = len(columns) == 1 and pa.types.is_nested(kinds[0])
    numbers = [kinds[0].value_type] if is_list else kinds
    if not all(pa.types.is_floating(kind) or pa.types.is_integer(kind) for kind in numbers):
        raise ShapeError(f"The columns of state '{name}' hold numbers. Got {numbers[0]} in '{columns[0]}'.")
    dtype = (
        np.dtype(np.float32)
        if table.is_text
        else np.result_type(*(kind.to_pandas_dtype() for kind in numbers))
    )
    if dtype.kind != "f" or dtype.itemsize > 4:
        notes.add(f"{dtype} states are stored as float32: {name}.")
    width = list_width(table, columns[0]) if is_list else len(columns)
    return TableStates(
        name,
        columns,
        reader,
        shape=(n_positions, width),
        dtype=dtype if dtype.kind == "f" else np.dtype("f4"),
    )
