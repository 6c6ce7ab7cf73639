"""The tables beside the states: tokens, sequences, vocabulary, annotations, predictions."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from analytics.errors import RangeError
from analytics.store.files import OpenFolder
from analytics.store.schema import ANNOTATIONS_FILE, NO_TARGET, PREDICTIONS_FILE, SEQUENCES_FILE

__all__ = ["Predictions", "Sequences", "as_ids", "read_annotations", "read_column"]


def read_column(folder: OpenFolder, file: str, column: str, *, n_rows: int) -> pa.ChunkedArray:
    """One column of a table of the recording."""
    with folder.parquet(file) as opened:
        if column not in opened.schema_arrow.names:
            raise folder.failure(file, f"has no column '{column}'")
        if opened.metadata.num_rows != n_rows:
            raise folder.failure(file, f"has {opened.metadata.num_rows:,} rows where {n_rows:,} belong")
        # One column gains nothing by Arrow's threads, and they may abort a short program as it ends.
        values = opened.read(columns=[column], use_threads=False).column(column)
        values.validate(full=True)
        return values


def as_ids(column: pa.ChunkedArray) -> NDArray[np.int32]:
    """Token ids, `NO_TARGET` where there is none."""
    return column.fill_null(NO_TARGET).to_numpy().astype(np.int32, copy=False)


def read_annotations(folder: OpenFolder, facts: dict[str, Any], *, n_rows: int) -> pd.DataFrame:
    """All annotations as a frame: categorical ones with their labels in the order of the manifest."""
    if not facts:
        return pd.DataFrame(index=pd.RangeIndex(n_rows))
    columns = {
        name: _annotation(read_column(folder, ANNOTATIONS_FILE, name, n_rows=n_rows), fact)
        for name, fact in facts.items()
    }
    return pd.DataFrame(columns)


def _annotation(column: pa.ChunkedArray, fact: dict[str, Any]) -> pd.Series | pd.Categorical:
    if fact["kind"] != "categorical":
        return column.to_numpy()
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    categories = pd.Index(fact["labels"], dtype=object)
    codes = [_codes(chunk, categories) for chunk in column.chunks]
    return pd.Categorical.from_codes(np.concatenate(codes), categories=categories)


def _codes(chunk: pa.DictionaryArray, categories: pd.Index) -> NDArray[np.int64]:
    # Each row group has its own dictionary: translate its few labels, then the codes.
    places = np.append(categories.get_indexer(chunk.dictionary.to_pylist()), -1)
    return places[chunk.indices.fill_null(len(places) - 1).to_numpy(zero_copy_only=False)]


class Sequences:
    """Where the sequences of a recording begin, read once for the recording and all its states."""

    def __init__(self, folder: OpenFolder, *, n_sequences: int) -> None:
        self._folder, self._n_sequences = folder, n_sequences

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """First position of each sequence, shape (n_sequences,)."""
        column = read_column(self._folder, SEQUENCES_FILE, "start", n_rows=self._n_sequences)
        starts = column.to_numpy()
        starts.setflags(write=False)
        return starts


class Predictions:
    """The k likeliest next tokens at each position, read in parts.

    Attributes
    ----------
    top_k : int
    shape : tuple of int
        (n_positions, top_k).
    """

    def __init__(self, folder: OpenFolder, *, n_positions: int, top_k: int) -> None:
        self._folder = folder
        self.top_k, self.shape = top_k, (n_positions, top_k)
        self._lock = threading.Lock()
        self._whole: tuple[NDArray[np.int32], NDArray[np.float32]] | None = None

    @property
    def ids(self) -> NDArray[np.int32]:
        """Token ids, the likeliest first, shape (n_positions, top_k). Reads them all."""
        return self._all()[0]

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Their probabilities, falling, shape (n_positions, top_k). Reads them all."""
        return self._all()[1]

    def read(self, start: int, stop: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Ids and probabilities of the positions [start, stop), each of shape (stop - start, top_k)."""
        if not 0 <= start <= stop <= self.shape[0]:
            raise RangeError(
                f"A range of predictions lies within [0, {self.shape[0]}). Got [{start}, {stop})."
            )
        with self._folder.parquet(PREDICTIONS_FILE) as file:
            groups = range(file.metadata.num_row_groups)
            borders = np.cumsum([0] + [file.metadata.row_group(group).num_rows for group in groups])
            first = int(np.searchsorted(borders[1:-1], start, side="right"))
            after = max(first + 1, int(np.searchsorted(borders, stop)))
            table = file.read_row_groups(list(groups[first:after]), use_threads=False)
        return self._matrices(table.slice(start - int(borders[first]), stop - start))

    def _all(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        with self._lock:
            if self._whole is None:
                self._whole = self.read(0, self.shape[0])
            return self._whole

    def _matrices(self, table: pa.Table) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        ranks = range(1, self.top_k + 1)
        ids, probabilities = (
            np.column_stack([table.column(f"{column}_{rank}").to_numpy() for rank in ranks])
            for column in ("id", "probability")
        )
        ids.setflags(write=False)
        probabilities.setflags(write=False)
        return ids, probabilities
