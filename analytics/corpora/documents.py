"""Documents with a label each, one a line of a table: TSV, CSV or JSONL. A sequence per document.

The label may be a number, as ratings are: then `borders` cut its range into classes.
"""

from __future__ import annotations

import csv
import io
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from analytics.corpora.corpus import Corpus
from analytics.corpora.text import as_paths, join_sequences, read_characters
from analytics.corpora.words import check_unit, text_tokens
from analytics.errors import ParameterError, UnknownNameError, nearest

__all__ = ["LABEL", "read_documents", "sequence_labels"]

LABEL = "label"
"""The annotation that holds the label, at every token of a document."""

_SEPARATORS = {".tsv": "\t", ".txt": "\t", ".csv": ","}
_JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
_LONGEST_FIELD = 1 << 30


def read_documents(
    paths: str | Path | Iterable[str | Path],
    /,
    *,
    text: str | int = "text",
    label: str | int | None = "label",
    by: str = "word",
    lower: bool = False,
    borders: Sequence[float] = (),
    classes: Sequence[str] = (),
    name: str | None = None,
) -> Corpus:
    """Read labelled documents into one corpus.

    Parameters
    ----------
    paths : path, or several
        UTF-8. By their ending: ``.tsv`` and ``.txt`` are parted by tabs without quoting, ``.csv`` by commas
        with quoting, ``.jsonl`` has a JSON object a line.
    text, label : str or int
        The columns: names from the first line, or numbers counted from 1 where there is no line of names.
        `label` None: the documents have none.
    by, lower
        As in `read_text`.
    borders : sequence of float, optional
        Rising numbers that cut a numeric label into ``len(borders) + 1`` classes; a label equal to a border
        belongs to the upper class.
    classes : sequence of str, optional
        The classes: with `borders` from the lowest, else all labels that are allowed. Default: as they come.
    name : str, optional
        Default: the names of the files.

    Returns
    -------
    Corpus
        With the annotation `label`. Documents without a token are left out.

    Raises
    ------
    ParameterError
        If a line lacks a field, or a label is not a number or not a class; the sentence names the line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tiny.tsv"
    >>> _ = path.write_text("1\\t2.5\\tGood fun.\\n2\\t-1\\tDull.\\n")
    >>> corpus = read_documents(path, text=3, label=2, borders=[0], classes=["negative", "positive"])
    >>> corpus.tokens, corpus.sequence_starts.tolist(), sequence_labels(corpus)
    (['Good', 'fun', '.', 'Dull', '.'], [0, 3], ['positive', 'negative'])
    """
    check_unit(by)
    _check_borders(borders, classes)
    files = as_paths(paths, what="file of documents")
    documents, labels = [], []
    for file in files:
        for place, content, value in _rows(file, text=text, label=label):
            tokens = text_tokens(content, by=by, lower=lower)
            if tokens:
                documents.append(tokens)
                labels.append(None if label is None else _class(value, place, borders, classes))
    if not documents:
        raise ParameterError(f"{', '.join(map(str, files))} holds no document.")
    tokens, starts = join_sequences(documents)
    given = [value for document, value in zip(documents, labels, strict=True) for _ in document]
    annotations = {} if label is None else {LABEL: given}
    return Corpus(name or ", ".join(file.stem for file in files), tokens, starts, annotations)


def sequence_labels(corpus: Corpus) -> list[str] | None:
    """Return the label of each sequence, or None where the corpus has none."""
    if LABEL not in corpus.annotations:
        return None
    labels = corpus.annotations[LABEL]
    return [str(labels[start]) for start in corpus.sequence_starts.tolist()]


def _check_borders(borders: Sequence[float], classes: Sequence[str]) -> None:
    if list(borders) != sorted(set(borders)):
        raise ParameterError(f"borders are rising numbers. Got {list(borders)}.")
    if borders and len(classes) != len(borders) + 1:
        raise ParameterError(
            f"{len(borders)} borders make {len(borders) + 1} classes, which need a name each. "
            f"Got {len(classes)} names."
        )


def _class(value: Any, place: str, borders: Sequence[float], classes: Sequence[str]) -> str:
    if borders:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if number != number:
            raise ParameterError(f"{place}: the label must be a number, to be cut at borders. Got {value!r}.")
        return classes[bisect_right(borders, number)]
    text = str(value).strip()
    if not text or value is None:
        raise ParameterError(f"{place}: the label is empty. Every document has one.")
    if classes and text not in classes:
        raise ParameterError(f"{place}: there is no class {text!r}.{nearest(text, classes)}")
    return text


def _rows(file: Path, *, text: str | int, label: str | int | None) -> Iterator[tuple[str, str, Any]]:
    """Place (for a sentence), text and label of each document."""
    rows = _json_rows(file) if file.suffix.lower() in _JSON_ENDINGS else _table_rows(file, named=text)
    for line, row in rows:
        place = f"{file}, line {line}"
        content = _field(row, text, place)
        if not isinstance(content, str):
            raise ParameterError(f"{place}: the text must be a string. Got {content!r:.60}.")
        yield place, content, None if label is None else _field(row, label, place)


def _field(row: dict[Any, Any], column: str | int, place: str) -> Any:
    if column in row and row[column] is not None:
        return row[column]
    known = [str(name) for name in row if name is not None]
    raise UnknownNameError(f"{place}: there is no column {column!r}.{nearest(str(column), known)}")


def _json_rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, content in enumerate(read_characters(file).split("\n"), start=1):
        if not content.strip():
            continue
        try:
            row = json.loads(content)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise ParameterError(f"{file}, line {line}: a JSON object is needed on each line.")
        yield line, row


def _table_rows(file: Path, *, named: str | int) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Rows as mappings from names, or from numbers counted from 1."""
    separator = _SEPARATORS.get(file.suffix.lower())
    if separator is None:
        raise ParameterError(
            f"Documents are read from {', '.join([*_SEPARATORS, *_JSON_ENDINGS])} files. Got {file}."
        )
    quoting = csv.QUOTE_MINIMAL if separator == "," else csv.QUOTE_NONE
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(read_characters(file)), delimiter=separator, quoting=quoting)
    names: Sequence[Any] | None = None
    try:
        for fields in reader:
            if not fields:
                continue
            if isinstance(named, str) and names is None:
                names = fields
                continue
            yield reader.line_num, dict(zip(names or range(1, len(fields) + 1), fields, strict=False))
    except csv.Error as error:
        raise ParameterError(f"{file}, line {reader.line_num}: {error}.") from None
