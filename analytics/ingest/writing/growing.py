"""The files of an unfinished recording: they grow by blocks, and are cut back to a mark."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ParameterError
from analytics.ingest.writing.blocks import Block
from analytics.ingest.writing.marks import Mark
from analytics.ingest.writing.opening import Opening
from analytics.ingest.writing.spool import Spool
from analytics.ingest.writing.state_sink import StateSink
from analytics.ingest.writing.table_files import column_dtypes, write_sequences, write_table, write_vocabulary
from analytics.store.schema import (
    ANNOTATIONS_FILE,
    PREDICTIONS_FILE,
    PROGRESS_FOLDER,
    ROWS_FOLDER,
    SEQUENCES_FILE,
    TOKENS_FILE,
    VOCABULARY_FILE,
    predictions_schema,
    tokens_schema,
)

__all__ = ["GrowingFiles"]


class GrowingFiles:
    """States go straight to their files, tables are kept aside until the end.

    Parameters
    ----------
    folder : Path
    opening : Opening
    mark : Mark, optional
        Where another writer stood in this folder.
    """

    def __init__(self, folder: Path, opening: Opening, *, mark: Mark | None) -> None:
        self._folder, self._opening = folder, opening
        self._schemas = _schemas(opening)
        self._sinks: dict[str, StateSink] = {}
        self._spools: dict[str, Spool] = {}
        try:
            self._open(mark)
        except BaseException:
            self.abandon()
            raise

    def check(self, states: Mapping[str, ArrayLike], *, n_positions: int) -> dict[str, NDArray]:
        """Return the states of a block as they will be stored, or refuse them."""
        if set(states) != set(self._sinks):
            raise ParameterError(
                f"Each block has all states of the recording: {', '.join(self._sinks)}. "
                f"Got {', '.join(states) or 'none'}."
            )
        return {
            name: self._sinks[name].check(block, n_positions=n_positions) for name, block in states.items()
        }

    def write(self, blocks: dict[str, NDArray], columns: Block) -> None:
        """Append a checked block."""
        for name, block in blocks.items():
            self._sinks[name].write(block)
        for file, schema in self._schemas.items():
            self._spools[file].append([columns.tables[file][name] for name in schema.names])
        self._spools[SEQUENCES_FILE].append([columns.starts])

    def flush(self) -> dict[str, NDArray]:
        """Hand everything to the system; return the positions of each state that no file holds yet."""
        for growing in [*self._sinks.values(), *self._spools.values()]:
            growing.flush()
        return {name: sink.waiting for name, sink in self._sinks.items()}

    def finish(self, *, n_positions: int) -> tuple[dict[str, tuple[dict[str, Any], str | None]], dict]:
        """Complete all files; return what `complete` wants to know of states and of tables."""
        labels = {name: column.labels for name, column in self._opening.annotations.items()}
        labels = {TOKENS_FILE: {"token": self._opening.vocabulary}, ANNOTATIONS_FILE: labels}
        write_vocabulary(self._folder / VOCABULARY_FILE, self._opening.vocabulary)
        write_sequences(self._folder / SEQUENCES_FILE, self._spools[SEQUENCES_FILE], n_positions=n_positions)
        tables = {
            file: write_table(self._folder / file, schema, self._spools[file], labels=labels.get(file, {}))
            for file, schema in self._schemas.items()
        }
        for spool in self._spools.values():
            spool.close()
        return {name: sink.finish() for name, sink in self._sinks.items()}, tables

    def abandon(self) -> None:
        """Close all files."""
        for sink in self._sinks.values():
            sink.abandon()
        for spool in self._spools.values():
            spool.close()

    def _open(self, mark: Mark | None) -> None:
        opening = self._opening
        for name in ("states", PROGRESS_FOLDER, *([ROWS_FOLDER] if opening.row_cache else [])):
            (self._folder / name).mkdir(exist_ok=mark is not None)
        for name, shape in opening.states.items():
            self._sinks[name] = StateSink(
                self._folder,
                name=name,
                unit_shape=shape,
                dtype=opening.dtype,
                row_cache=opening.row_cache,
                rows_per_group=opening.rows_per_group,
            )
            if mark is not None:
                self._sinks[name].go_on(mark.waiting[name], n_positions=mark.progress.n_positions)
        for file, schema in self._schemas.items():
            n_rows = 0 if mark is None else mark.progress.n_positions
            self._spools[file] = self._spool(file, column_dtypes(schema), n_rows)
        n_sequences = 0 if mark is None else mark.progress.n_sequences
        self._spools[SEQUENCES_FILE] = self._spool(SEQUENCES_FILE, [np.int64], n_sequences)

    def _spool(self, file: str, dtypes: list, n_rows: int) -> Spool:
        path = self._folder / PROGRESS_FOLDER / Path(file).with_suffix(".rows").name
        return Spool(path, dtypes, n_rows=n_rows)


def _schemas(opening: Opening) -> dict[str, pa.Schema]:
    schemas = {TOKENS_FILE: tokens_schema()}
    if opening.annotations:
        schemas[ANNOTATIONS_FILE] = pa.schema([column.field for column in opening.annotations.values()])
    if opening.top_k:
        schemas[PREDICTIONS_FILE] = predictions_schema(opening.top_k)
    return schemas
