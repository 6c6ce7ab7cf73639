"""Writing the tables of a recording in row groups, with a checksum and a hash of their content.

The content hash is over the values, not over the file: it stays the same when another version of
pyarrow encodes them differently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analytics.store.schema import TABLE_ROWS_PER_GROUP, sequences_schema, vocabulary_schema

__all__ = ["TableFileWriter", "write_sequences", "write_vocabulary"]


class TableFileWriter:
    """Collects columns of numbers and writes them as Parquet, a row group at a time.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema
        A dictionary-typed field takes codes; its labels come from `labels` when a row group is written.
    labels : mapping of str to list of str
        For each dictionary-typed field, the labels its codes stand for. May grow while writing.
    """

    def __init__(self, path: Path, schema: pa.Schema, *, labels: Mapping[str, list[str]]) -> None:
        self._schema, self._labels = schema, labels
        self._stream = path.open("wb")
        self._writer = pq.ParquetWriter(self._stream, schema, compression="zstd")
        self._hashes = {name: hashlib.sha256() for name in schema.names}
        self._waiting: list[dict[str, NDArray]] = []
        self._n_waiting = 0

    def append(self, columns: Mapping[str, NDArray]) -> None:
        """Append rows: one array of numbers per column; -1 in codes and targets, NaN elsewhere, is null."""
        names = self._schema.names
        n_rows = len(columns[names[0]])
        for start in range(0, n_rows, TABLE_ROWS_PER_GROUP):
            self._append(
                {name: np.array(columns[name][start : start + TABLE_ROWS_PER_GROUP]) for name in names}
            )

    def finish(self) -> dict[str, str]:
        """Write what is left and close; return the hash of each column's values."""
        if self._n_waiting:
            self._write(self._n_waiting)
        self._writer.close()
        self._stream.close()
        return {name: column_hash.hexdigest() for name, column_hash in self._hashes.items()}

    def abandon(self) -> None:
        """Close the file, which will be removed: what a full disk does not take is not missed."""
        self._writer.is_open = False  # or its finalizer would write the footer
        with suppress(OSError):
            self._stream.close()

    def _append(self, columns: dict[str, NDArray]) -> None:
        for name, values in columns.items():
            self._hashes[name].update(values.data)
        self._waiting.append(columns)
        self._n_waiting += len(columns[self._schema.names[0]])
        if self._n_waiting >= TABLE_ROWS_PER_GROUP:
            self._write(TABLE_ROWS_PER_GROUP)

    def _write(self, n_rows: int) -> None:
        joined = {
            name: np.concatenate([block[name] for block in self._waiting]) for name in self._schema.names
        }
        arrays = [self._as_arrow(field, joined[field.name][:n_rows]) for field in self._schema]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=n_rows)
        self._n_waiting -= n_rows
        self._waiting = (
            [{name: column[n_rows:] for name, column in joined.items()}] if self._n_waiting else []
        )

    def _as_arrow(self, field: pa.Field, values: NDArray) -> pa.Array:
        if pa.types.is_dictionary(field.type):
            codes = pa.array(values.astype(np.int32), mask=values < 0)
            labels = pa.array(self._labels[field.name], pa.string())
            return pa.DictionaryArray.from_arrays(codes, labels)
        missing = None
        if field.nullable:
            missing = np.isnan(values) if pa.types.is_floating(field.type) else values < 0
        return pa.array(values, field.type, mask=missing)


def write_vocabulary(path: Path, texts: list[str]) -> None:
    """Write the text of each token id."""
    ids = np.arange(len(texts), dtype=np.int32)
    _write_table(path, [pa.array(ids), pa.array(texts, pa.string())], vocabulary_schema())


def write_sequences(path: Path, starts: NDArray[np.int64], *, n_positions: int) -> None:
    """Write the first position and the length of each sequence."""
    numbers = np.arange(len(starts), dtype=np.int32)
    lengths = np.diff(starts, append=n_positions)
    _write_table(path, [pa.array(column) for column in (numbers, starts, lengths)], sequences_schema())


def _write_table(path: Path, columns: list[pa.Array], schema: pa.Schema) -> None:
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), path, compression="zstd")
