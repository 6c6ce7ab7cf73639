"""Parquet and CSV tables that somebody else wrote, read from the beginning to the end in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from analytics.errors import SourceFileError

__all__ = ["MISSING", "BlockReader", "TableSource"]

_PARQUET = (".parquet", ".pq")
_SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}

MISSING = tuple(pyarrow.csv.ConvertOptions().null_values)
"""Texts that stand for no value in a text file's columns of numbers."""

CSV_BLOCK_BYTES = 1 << 22
"""Text parsed at once, and what the kinds of a CSV file's columns are guessed from."""

BATCH_ROWS = 4096


class TableSource:
    """A table in one file, or in several with the same columns.

    Parameters
    ----------
    paths : list of path
        .parquet, .csv, .tsv; the text files may be compressed (.gz).

    Attributes
    ----------
    schema : pyarrow.Schema
        Of a text file as its beginning looks.
    is_text : bool
        Whether it is CSV: kinds of columns are guesses then.

    Raises
    ------
    SourceFileError
        If a file cannot be read, is of another format, or has other columns than the first.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)
        self.is_text = _separator(self.paths[0]) is not None
        self.schema = self._schema_of(self.paths[0])
        for path in self.paths[1:]:
            if (_separator(path) is not None) != self.is_text or set(self._schema_of(path).names) != set(
                self.schema.names
            ):
                raise SourceFileError(f"{path.name} has other columns than {self.paths[0].name}.")

    def batches(
        self, columns: Sequence[str], kinds: Mapping[str, pa.DataType] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Yield the columns in blocks of a few thousand rows.

        Parameters
        ----------
        columns : sequence of str
        kinds : mapping of str to pyarrow.DataType, optional
            As which a text file's columns are read.
        """
        for path in self.paths:
            with refuse_table_failure(path):
                yield from self._file_batches(path, list(columns), dict(kinds or {}))

    def _file_batches(
        self, path: Path, columns: list[str], kinds: dict[str, pa.DataType]
    ) -> Iterator[pa.RecordBatch]:
        if self.is_text:
            with _open_csv(path, columns=columns, kinds=kinds) as reader:
                yield from reader
            return
        # A group of rows may be as large as the file; a buffered stream reads it page by page.
        with pyarrow.parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 16) as file:
            yield from file.iter_batches(BATCH_ROWS, columns=columns)

    def _schema_of(self, path: Path) -> pa.Schema:
        if not path.is_file():
            raise SourceFileError(f"There is no file {path}.")
        with refuse_table_failure(path):
            schema = _text_schema(path) if self.is_text else pyarrow.parquet.read_schema(path)
            # Names that are no text are found when they are asked for.
            return pa.schema([pa.field(name, schema.types[place]) for place, name in enumerate(schema.names)])


class BlockReader:
    """Hands out batches by position: each range goes on from the one before."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._waiting: list[pa.RecordBatch] = []
        self._range, self._block = (0, 0), pa.table({})

    def read(self, start: int, stop: int) -> pa.Table:
        """Return the rows [start, stop); the same range may be asked for again."""
        if (start, stop) == self._range:
            return self._block
        if start != self._range[1]:
            raise ValueError(f"Rows are read in order: from {self._range[1]}, not from {start}.")
        n_rows = sum(batch.num_rows for batch in self._waiting)
        while n_rows < stop - start:
            batch = next(self._batches)
            self._waiting.append(batch)
            n_rows += batch.num_rows
        table = pa.Table.from_batches(self._waiting)
        self._range, self._block = (start, stop), table.slice(0, stop - start).combine_chunks()
        self._waiting = table.slice(stop - start).to_batches()
        return self._block


@contextmanager
def refuse_table_failure(path: Path) -> Iterator[None]:
    """Turn what Arrow says of a damaged or foreign file into one sentence."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:200]
        raise SourceFileError(f"{path.name} cannot be read as a table: {reason}.") from None


def _separator(path: Path) -> str | None:
    """The separator of a text file; None for Parquet."""
    endings = [ending.lower() for ending in path.suffixes if ending.lower() not in (".gz", ".bz2")]
    ending = endings[-1] if endings else ""
    if ending in _PARQUET:
        return None
    if ending not in _SEPARATORS:
        raise SourceFileError(f"{path.name} is no table that is read: those end in .parquet, .csv or .tsv.")
    return _SEPARATORS[ending]


def _text_schema(path: Path) -> pa.Schema:
    with _open_csv(path, columns=None, kinds={}) as reader:
        return reader.schema


def _open_csv(
    path: Path, *, columns: list[str] | None, kinds: dict[str, pa.DataType]
) -> pyarrow.csv.CSVStreamingReader:
    return pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(block_size=CSV_BLOCK_BYTES, use_threads=False),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=_separator(path), newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            # "NA", "null" and the empty text are tokens like any other; in columns of numbers they are none.
            column_types=kinds,
            include_columns=columns,
            strings_can_be_null=False,
        ),
    )
