"""Where annotations come from: values, tables in files, treebanks, functions. One form for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.arrays import as_array
from analytics.corpora.annotators import ANNOTATORS, Annotator, annotator, as_annotator
from analytics.corpora.conllu import read_conllu
from analytics.corpora.corpus import Corpus
from analytics.errors import ParameterError

__all__ = ["AnnotationSource", "source_of"]

TOKEN_COLUMN = "token"
"""A column of this name holds the tokens that the values belong to; it is no annotation."""

_CONLLU = (".conllu", ".conll")
_TEXT_TABLES = {".csv": ",", ".tsv": "\t"}
_PARQUET = (".parquet", ".pq")
_INDEX_COLUMN = "__index_level_"


@dataclass(frozen=True, slots=True)
class AnnotationSource:
    """Annotations before they are laid beside a recording."""

    columns: Mapping[str, Any]
    """One value per token, by the annotation's name; or an `Annotator`, which is asked for them."""
    tokens: Sequence[str] | None = None
    """The tokens that the values belong to, where they are known."""
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    name: str = "The annotations"
    """What sentences call it."""


def source_of(annotations: Any) -> AnnotationSource:
    """Bring what a user gives into one form.

    Parameters
    ----------
    annotations : mapping, DataFrame, Corpus, path of a file, name of an annotator, or several names
        A mapping gives for each annotation its values, a function, or the name of an annotator.

    Raises
    ------
    ParameterError, UnknownNameError
        If it is nothing of these, or a file cannot be read.
    """
    if isinstance(annotations, Corpus):
        return _of_corpus(annotations)
    if isinstance(annotations, pd.DataFrame):
        return _of_frame(annotations)
    if isinstance(annotations, Mapping):
        return _of_mapping(annotations)
    if isinstance(annotations, str) and annotations in ANNOTATORS:
        return _of_mapping({annotations: annotator(annotations)})
    if isinstance(annotations, str | Path):
        return _of_file(annotations)
    if isinstance(annotations, Sequence) and all(isinstance(name, str) for name in annotations):
        return _of_mapping({name: annotator(name) for name in annotations})
    raise ParameterError(
        "Annotations are a mapping from names to values or functions, a DataFrame, a file, or names of "
        f"annotators. Got {type(annotations).__name__}."
    )


def _of_mapping(given: Mapping[str, Any]) -> AnnotationSource:
    columns = {name: _column(name, values) for name, values in given.items() if name != TOKEN_COLUMN}
    labels = {
        name: column.labels
        for name, column in columns.items()
        if isinstance(column, Annotator) and column.labels is not None
    }
    return AnnotationSource(columns, tokens=_texts(given.get(TOKEN_COLUMN)), labels=labels)


def _column(name: str, values: Any) -> Any:
    """Values in a form with a length and an order, or an annotator."""
    if callable(values) or isinstance(values, Annotator | str):
        return as_annotator(values)
    if isinstance(values, pd.Series | pd.Index):
        return values.array
    if hasattr(values, "detach"):
        return as_array(values, what=f"Annotation '{name}'")
    if hasattr(values, "dtype"):
        return values
    if isinstance(values, Mapping) or not isinstance(values, Iterable):
        raise ParameterError(
            f"Annotation '{name}' is one value for each position, a function, or the name of an annotator. "
            f"Got {type(values).__name__}."
        )
    return list(values)


def _of_frame(frame: pd.DataFrame, *, name: str = "The DataFrame") -> AnnotationSource:
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ParameterError(f"Annotations have a name each. {name} has two columns {twice!r}.")
    columns = {column: frame[column].array for column in frame if column != TOKEN_COLUMN}
    if not columns:
        raise ParameterError(f"{name} has no column beside '{TOKEN_COLUMN}': add one for each annotation.")
    tokens = _texts(frame[TOKEN_COLUMN]) if TOKEN_COLUMN in frame else None
    return AnnotationSource(columns, tokens=tokens, name=name)


def _of_corpus(corpus: Corpus) -> AnnotationSource:
    if not corpus.annotations:
        raise ParameterError(f"The corpus '{corpus.name}' has tokens but no annotations.")
    columns = {name: _column(name, values) for name, values in corpus.annotations.items()}
    return AnnotationSource(columns, tokens=corpus.tokens, name=f"The corpus '{corpus.name}'")


def _of_file(file: str | Path) -> AnnotationSource:
    path = Path(file)
    ending = path.suffix.lower()
    if ending in _CONLLU:
        return _of_corpus(read_conllu(path))
    if ending in _TEXT_TABLES:
        return _of_frame(_read_text_table(path, separator=_TEXT_TABLES[ending]), name=str(path))
    if ending in _PARQUET:
        return _of_frame(_read_parquet(path), name=str(path))
    if isinstance(file, str) and not path.exists():
        annotator(file)  # says which there are
    raise ParameterError(
        f"Annotations are read from files that end in .csv, .tsv, .parquet or .conllu. Got {str(file)!r}."
    )


def _read_text_table(path: Path, *, separator: str) -> pd.DataFrame:
    """Texts as they stand, such as `null` and `NA`, which are words; an empty field is missing."""
    quoting = 0 if separator == "," else 3  # a quotation mark is an ordinary token of a tab-separated file
    try:
        table = pd.read_csv(
            path, sep=separator, dtype=str, keep_default_na=False, quoting=quoting, encoding="utf-8-sig"
        )
    except OSError as error:
        raise ParameterError(f"The file {path} cannot be read: {error.strerror or error}.") from None
    except (UnicodeDecodeError, ValueError) as error:  # pandas' own errors are of the second kind
        reason = str(error).strip().rstrip(".")
        raise ParameterError(f"The file {path} cannot be read as a table: {reason}.") from None
    return table.apply(lambda column: column if column.name == TOKEN_COLUMN else _typed(column))


def _typed(texts: pd.Series) -> pd.Series:
    """Numbers where every field that is not empty is one, else labels."""
    given = texts.where(texts != "", None)
    try:
        return pd.to_numeric(given)
    except (ValueError, TypeError):
        return given


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        table = pq.read_table(path, partitioning=None)
    except OSError as error:
        raise ParameterError(f"The file {path} cannot be read: {error.strerror or error}.") from None
    except pa.ArrowException as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ParameterError(f"The file {path} cannot be read as Parquet: {reason}.") from None
    kept = [name for name in table.column_names if not name.startswith(_INDEX_COLUMN)]
    return table.select(kept).to_pandas(ignore_metadata=True)


def _texts(tokens: Any) -> list[str] | None:
    if tokens is None:
        return None
    texts = list(np.asarray(tokens, dtype=object))
    wrong = next((place for place, text in enumerate(texts) if not isinstance(text, str)), None)
    if wrong is not None:
        raise ParameterError(f"tokens are texts. Got {texts[wrong]!r} as token {wrong}.")
    return texts
