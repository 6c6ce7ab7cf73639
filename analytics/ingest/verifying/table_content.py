"""What the tables of a recording hold, read back as the writer was given it: numbers and codes, in blocks.

The hashes of a recording's content are over these numbers. The manifest keeps them; for a recording that was
written before it did, and to check one, they are computed again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics.ingest.writing.completion import hash_of
from analytics.store.files import OpenFolder
from analytics.store.schema import (
    ANNOTATIONS_FILE,
    NO_TARGET,
    PREDICTIONS_FILE,
    TABLE_ROWS_PER_GROUP,
    TOKENS_FILE,
    VOCABULARY_FILE,
    predictions_schema,
    tokens_schema,
)

__all__ = ["FOREIGN_LABEL", "annotation_blocks", "content_of", "read_vocabulary", "table_blocks"]

_NO_LABEL = -1
FOREIGN_LABEL = -2
"""Code of a label that the manifest does not list."""


def table_blocks(
    folder: OpenFolder,
    file: str,
    columns: Sequence[str],
    *,
    labels: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[dict[str, NDArray]]:
    """Yield the columns of a table in blocks of at most 65,536 rows.

    Parameters
    ----------
    folder : OpenFolder
    file : str
    columns : sequence of str
        Whole numbers come as int32 with -1 for null, others as float32 with NaN for null.
    labels : mapping of str to sequence of str, optional
        Of columns of text: the label of each code. Null is -1, a label that is not listed `FOREIGN_LABEL`.

    Raises
    ------
    DamagedRecordingError
        If the file cannot be read or lacks a column.
    """
    codes = {
        name: {label: code for code, label in enumerate(texts)} for name, texts in (labels or {}).items()
    }
    with folder.parquet(file) as opened:
        for name in columns:
            if name not in opened.schema_arrow.names:
                raise folder.failure(file, f"has no column '{name}'")
        for batch in opened.iter_batches(TABLE_ROWS_PER_GROUP, columns=list(columns), use_threads=False):
            yield {name: _values(batch.column(name), codes.get(name)) for name in columns}


def annotation_blocks(
    folder: OpenFolder, facts: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, NDArray]]:
    """Yield the annotations that the manifest's `facts` describe, as `table_blocks` does."""
    labels = {name: fact["labels"] for name, fact in facts.items() if fact["kind"] == "categorical"}
    return table_blocks(folder, ANNOTATIONS_FILE, list(facts), labels=labels)


def read_vocabulary(folder: OpenFolder) -> list[str]:
    """Text of each token id."""
    with folder.parquet(VOCABULARY_FILE) as opened:
        return opened.read(columns=["token"], use_threads=False).column("token").to_pylist()


def content_of(folder: OpenFolder, facts: Mapping[str, Any], *, nan: float = np.nan) -> dict[str, Any]:
    """Hashes of what the tables hold, as the manifest keeps them under `content`.

    Parameters
    ----------
    folder : OpenFolder
    facts : mapping
        The manifest.
    nan : float, default=nan
        What stands for a number that is missing. NaN has a sign, which the file does not keep.
    """
    numbers = [name for name in tokens_schema().names if name != "token"]
    tokens = _hashes(table_blocks(folder, TOKENS_FILE, numbers), numbers, nan)
    # The column of texts is written from the ids; two ids may have the same text.
    tables = {TOKENS_FILE: {"token": tokens["token_id"], **tokens}}
    if facts.get("annotations"):
        annotations = facts["annotations"]
        tables[ANNOTATIONS_FILE] = _hashes(annotation_blocks(folder, annotations), list(annotations), nan)
    if facts.get("predictions"):
        names = predictions_schema(int(facts["predictions"]["top_k"])).names
        tables[PREDICTIONS_FILE] = _hashes(table_blocks(folder, PREDICTIONS_FILE, names), names, nan)
    return {"tables": tables, "vocabulary": hash_of(json.dumps(read_vocabulary(folder)))}


def _hashes(blocks: Iterator[dict[str, NDArray]], columns: Sequence[str], nan: float) -> dict[str, str]:
    hashes = {name: hashlib.sha256() for name in columns}
    for block in blocks:
        for name, values in block.items():
            if values.dtype.kind == "f":
                values = np.where(np.isnan(values), np.float32(nan), values)
            hashes[name].update(np.ascontiguousarray(values).data)
    return {name: column_hash.hexdigest() for name, column_hash in hashes.items()}


def _values(column: pa.Array, codes: Mapping[str, int] | None) -> NDArray:
    if codes is not None:
        return _codes(column, codes)
    if pa.types.is_floating(column.type):
        return column.fill_null(np.nan).to_numpy(zero_copy_only=False).astype(np.float32, copy=False)
    return column.fill_null(NO_TARGET).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)


def _codes(column: pa.Array, codes: Mapping[str, int]) -> NDArray[np.int32]:
    # Each row group has its own dictionary: translate its few labels, then the codes.
    column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    known = [codes.get(label, FOREIGN_LABEL) for label in column.dictionary.to_pylist()]
    places = np.array([*known, _NO_LABEL], dtype=np.int32)
    return places[column.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)]
