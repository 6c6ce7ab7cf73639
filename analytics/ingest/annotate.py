"""Annotations onto a recording that is there already, and off it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.corpora.annotators import Annotator
from analytics.corpora.corpus import Corpus
from analytics.errors import ParameterError, RecordingChangedError, ShapeError, UnknownNameError, nearest
from analytics.ingest.annotating.alignment import align_by_text, placed, where_they_part
from analytics.ingest.annotating.revision import Revision, revised
from analytics.ingest.annotating.sources import AnnotationSource, source_of
from analytics.ingest.writing.annotation_columns import AnnotationColumn, annotation_columns, kind_of
from analytics.store.recording import Recording, open_recording
from analytics.store.schema import TOKENS_FILE, VOCABULARY_FILE

__all__ = ["annotate", "remove_annotations"]

_WAYS = ("position", "text")

_ATTEMPTS = 20
"""Of reading a recording's text, which takes milliseconds, while others replace the recording."""


def annotate(
    path: str | Path,
    annotations: Mapping[str, Any] | pd.DataFrame | Corpus | str | Path | Sequence[str],
    /,
    *,
    labels: Mapping[str, Sequence[str]] | None = None,
    align: Literal["position", "text"] = "position",
    tokens: Sequence[str] | None = None,
    replace: bool = False,
) -> Recording:
    """Add annotations to a recording: all of them or, after an error, none.

    The states are not written again, and who has the recording open keeps what it holds open. The result is
    the same, to the fingerprint, as if it had been recorded with these annotations.

    Parameters
    ----------
    path : path
        The recording's folder.
    annotations : mapping, DataFrame, Corpus, path of a file, name of an annotator, or list of such names
        - a mapping from names to values, one for each position, as in `write_recording`; or to functions,
          of one token ``f(token) -> value`` (called once for each kind of token) or, when the parameter is
          named `tokens`, of all tokens of a sequence ``f(tokens) -> list``; or to the name of an annotator;
        - a DataFrame or a file, ``.csv``, ``.tsv`` or ``.parquet``: each column is an annotation, and one
          named `token` holds the tokens they belong to;
        - a ``.conllu`` file, or what `analytics.corpora.conllu.read_conllu` gave;
        - the name of an annotator of `analytics.corpora.annotators`, such as ``"bracket depth"``.
    labels : mapping of str to sequence of str, optional
        Of a categorical annotation, its labels in the order to show them; no other is then allowed.
    align : {"position", "text"}, default="position"
        By position, the first value belongs to the first position, and so on. By text, `tokens` are compared
        with those of the recording, where `<unk>` stands for any one token, capitals make no difference
        if the recording has none, and markers such as `<eos>` that only the recording has get no value.
    tokens : sequence of str, optional
        The tokens that the values belong to, for ``align="text"``. Default: those that come with them.
    replace : bool, default=False
        Whether annotations that are there already are replaced, in their values, kind and labels.

    Returns
    -------
    Recording
        Opened anew.

    Raises
    ------
    ParameterError, ShapeError
        If the values do not fit, an annotation is there already, or the texts do not agree; the sentence
        shows the first place where.
    RecordingError
        If the recording does not open, was replaced meanwhile, or cannot be written; it is then as it was.

    Examples
    --------
    >>> import tempfile
    >>> from analytics.ingest.from_arrays import write_recording
    >>> path = Path(tempfile.mkdtemp()) / "tiny"
    >>> states = {"layer0.hidden": np.zeros((3, 2))}
    >>> _ = write_recording(path, name="tiny", tokens=["(", "a", ")"], states=states)
    >>> recording = annotate(path, {"kind": ["mark", "letter", "mark"], "letter": str.isalpha})
    >>> recording = annotate(path, "bracket depth")
    >>> recording.annotations["bracket depth"].tolist(), recording.annotations["letter"].tolist()
    ([1, 1, 0], ['no', 'yes', 'no'])
    """
    if align not in _WAYS:
        raise ParameterError(f"align is 'position' or 'text'. Got {align!r}.")
    recording = _opened(path)
    source = source_of(annotations)
    _check_new(
        source.columns, recording.manifest.get("annotations", {}), replace=replace, name=recording.name
    )
    values = _values(source, recording, align=align, tokens=tokens)
    added = _encoded(values, {**source.labels, **(labels or {})}, n_positions=recording.n_positions)
    with revised(recording.path) as revision:
        _check_same_text(revision, recording)
        _check_new(added, revision.kept, replace=replace, name=recording.name)
        revision.kept = [name for name in revision.kept if name not in added]
        revision.added = added
    return open_recording(path)


def remove_annotations(path: str | Path, /, *names: str) -> Recording:
    """Take annotations off a recording: all that are named or, after an error, none.

    Parameters
    ----------
    path : path
        The recording's folder.
    *names : str

    Returns
    -------
    Recording
        Opened anew; its fingerprint is that of a recording which never had them.

    Raises
    ------
    UnknownNameError
        If the recording has no annotation of a name.
    RecordingError
        As `annotate`.
    """
    with revised(Path(path)) as revision:
        for name in names:
            if name not in revision.kept:
                raise UnknownNameError(
                    f"Recording '{revision.manifest.name}' has no annotation {name!r}."
                    f"{nearest(str(name), revision.kept)}"
                )
        revision.kept = [name for name in revision.kept if name not in names]
    return open_recording(path)


def _opened(path: str | Path) -> Recording:
    """The recording with its text read: another annotator may replace it at any moment."""
    for attempt in range(_ATTEMPTS):
        recording = open_recording(path)
        try:
            _ = recording.tokens, recording.sequence_starts
        except RecordingChangedError:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            break
    return recording


def _values(
    source: AnnotationSource, recording: Recording, *, align: str, tokens: Sequence[str] | None
) -> dict[str, Any]:
    """Values of each annotation in the order of the recording's positions."""
    given = {name: column for name, column in source.columns.items() if not isinstance(column, Annotator)}
    if not source.columns:
        raise ParameterError("At least one annotation is needed. Got none.")
    if given:
        text = source.tokens if tokens is None else tokens
        given = _placed(given, text, recording, align=align, name=source.name)
    asked = {
        name: column.values(recording.tokens.tolist(), recording.sequence_starts)
        for name, column in source.columns.items()
        if isinstance(column, Annotator)
    }
    return {name: given[name] if name in given else asked[name] for name in source.columns}


def _placed(
    columns: Mapping[str, Any], tokens: Sequence[str] | None, recording: Recording, *, align: str, name: str
) -> dict[str, Any]:
    n_expected = recording.n_positions
    if align == "text":
        if tokens is None:
            raise ParameterError(
                f"{name} came without tokens, which align='text' compares. Pass tokens=, or a column 'token'."
            )
        places, n_expected = align_by_text(recording.tokens, tokens), len(tokens)
    for column, values in columns.items():
        if len(values) != n_expected:
            raise ShapeError(
                f"Annotation '{column}' has one value for each of the {n_expected} "
                f"{'tokens' if align == 'text' else 'positions'}. Got {len(values)}."
                f"{_first_difference(tokens, recording) if align == 'position' else ''}"
            )
    if align == "position":
        return dict(columns)
    return {column: placed(values, places) for column, values in columns.items()}


def _first_difference(tokens: Sequence[str] | None, recording: Recording) -> str:
    """Where texts of different length part, when the other one is known."""
    if tokens is None:
        return ""
    theirs = np.array([*tokens, None], dtype=object)[:-1]
    sentence = where_they_part(recording.tokens, theirs)
    return f" {sentence}" if sentence else ""


def _encoded(
    values: Mapping[str, Any], labels: Mapping[str, Sequence[str]], *, n_positions: int
) -> dict[str, tuple[AnnotationColumn, NDArray]]:
    for name in labels:
        if name not in values:
            raise ParameterError(
                f"labels are given for {name!r}, which is not annotated.{nearest(name, values)}"
            )
    columns = annotation_columns(
        {name: list(labels[name]) if name in labels else kind_of(column) for name, column in values.items()}
    )
    return {
        name: (column, column.encode(values[name], n_positions=n_positions))
        for name, column in columns.items()
    }


def _check_same_text(revision: Revision, recording: Recording) -> None:
    """Values belong to the text that was read; meanwhile the recording may have been replaced."""
    for file in (TOKENS_FILE, VOCABULARY_FILE):
        if revision.manifest.facts["files"][file] != recording.manifest["files"][file]:
            raise RecordingChangedError(
                f"The recording {recording.path} was replaced by one of another text while it was annotated. "
                "Annotate it again."
            )


def _check_new(names: Iterable[str], there: Iterable[str], *, replace: bool, name: str) -> None:
    """Refuse to replace what was not meant: before values are computed, and again when nothing can change."""
    both = [annotation for annotation in names if annotation in there]
    if both and not replace:
        raise ParameterError(
            f"Recording '{name}' has the annotation {both[0]!r} already. Choose another name, or pass "
            "replace=True to replace it."
        )
