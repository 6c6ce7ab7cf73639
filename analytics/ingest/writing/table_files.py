"""Writing the tables of a recording, a row group at a time, with a hash of each column's content.

The content hash is over the values, not over the file: it stays the same when another version of
pyarrow encodes them differently.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import DTypeLike, NDArray

from analytics.ingest.writing.spool import Spool
from analytics.store.schema import TABLE_ROWS_PER_GROUP, sequences_schema, vocabulary_schema

__all__ = ["column_dtypes", "write_sequences", "write_table", "write_vocabulary"]

SEQUENCES_PER_GROUP = 1 << 20
"""Rows in one row group of `sequences.parquet`."""


def column_dtypes(schema: pa.Schema) -> list[DTypeLike]:
    """In which numbers each column is kept aside: the codes of a dictionary, the values of the others."""
    return [
        np.int32 if pa.types.is_dictionary(field.type) else field.type.to_pandas_dtype() for field in schema
    ]


def write_table(
    path: Path, schema: pa.Schema, rows: Spool, *, labels: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Write what was kept aside as Parquet; return the hash of each column's values.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema
    rows : Spool
        A column of numbers for each field: -1 in codes and targets, NaN elsewhere, is null.
    labels : mapping of str to list of str
        For each dictionary-typed field, the labels its codes stand for.
    """
    hashes = {name: hashlib.sha256() for name in schema.names}
    dictionaries = {
        field.name: pa.array(labels[field.name], pa.string())
        for field in schema
        if pa.types.is_dictionary(field.type)
    }
    with _parquet(path, schema) as writer:
        for block in rows.blocks(TABLE_ROWS_PER_GROUP):
            arrays = []
            for field, column in zip(schema, block.dtype.names, strict=True):
                values = np.ascontiguousarray(block[column])
                hashes[field.name].update(values.data)
                arrays.append(_as_arrow(field, values, dictionaries.get(field.name)))
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=len(block))
    return {name: column_hash.hexdigest() for name, column_hash in hashes.items()}


def write_vocabulary(path: Path, texts: list[str]) -> None:
    """Write the text of each token id."""
    ids = np.arange(len(texts), dtype=np.int32)
    table = pa.Table.from_arrays([pa.array(ids), pa.array(texts, pa.string())], schema=vocabulary_schema())
    pq.write_table(table, path, compression="zstd")


def write_sequences(path: Path, starts: Spool, *, n_positions: int) -> None:
    """Write the first position and the length of each sequence."""
    schema, number = sequences_schema(), 0
    with _parquet(path, schema) as writer:
        for block, after in _with_next(starts.blocks(SEQUENCES_PER_GROUP), n_positions):
            numbers = np.arange(number, number + len(block), dtype=np.int32)
            columns = (numbers, block, np.diff(block, append=after))
            table = pa.Table.from_arrays([pa.array(column) for column in columns], schema=schema)
            writer.write_table(table, row_group_size=len(block))
            number += len(block)


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetWriter]:
    with path.open("wb") as stream:
        writer = pq.ParquetWriter(stream, schema, compression="zstd")
        try:
            yield writer
            writer.close()
        finally:
            writer.is_open = False  # or, after a failure, its finalizer would write the footer


def _as_arrow(field: pa.Field, values: NDArray, labels: pa.Array | None) -> pa.Array:
    if labels is not None:
        return pa.DictionaryArray.from_arrays(pa.array(values, mask=values < 0), labels)
    missing = None
    if field.nullable:
        missing = np.isnan(values) if pa.types.is_floating(field.type) else values < 0
    return pa.array(values, field.type, mask=missing)


def _with_next(blocks: Iterable[NDArray], last: int) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Each block of first positions, and the first position of the block after it."""
    before = None
    for block in blocks:
        starts = block["column_0"]
        if before is not None:
            yield before, int(starts[0])
        before = starts
    if before is not None:
        yield before, last
