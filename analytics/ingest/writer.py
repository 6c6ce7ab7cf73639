"""The only code that writes a recording: checked at the door, written aside, then renamed into place."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ParameterError, RecordingWriteError
from analytics.ingest.annotation_columns import annotation_columns
from analytics.ingest.blocks import BlockChecker
from analytics.ingest.staging import StagedFolder, sync_file, write_error
from analytics.ingest.state_sink import StateSink
from analytics.ingest.table_files import TableFileWriter, write_table
from analytics.store.row_cache import write_stamp
from analytics.store.schema import (
    ANNOTATIONS_FILE,
    FORMAT,
    FORMAT_VERSION,
    MANIFEST_FILE,
    MODEL_FILE,
    PREDICTIONS_FILE,
    ROWS_FOLDER,
    ROWS_PER_GROUP,
    SEQUENCES_FILE,
    TOKENS_FILE,
    VOCABULARY_FILE,
    WEIGHTS_FILE,
    check_name,
    predictions_schema,
    sequences_schema,
    tokens_schema,
    vocabulary_schema,
)

__all__ = ["RecordingWriter"]

_LONGEST_TITLE = 200


class RecordingWriter:
    """Writes a recording block by block; holds one row group of each state, however long it becomes.

    A context manager: when its block ends well the recording appears at `path`, whole; when it ends by an
    exception or Ctrl-C nothing of it is left. A killed process leaves a folder `.partial-...` that nothing
    opens and that the next write to the same path removes.

    Parameters
    ----------
    path : path
        The recording's folder, which must not exist. Its own name is of letters, digits and ``_ - .``.
    name : str
        What a reader sees; one line.
    states : mapping of str to int
        The number of units of each state, for example ``{"layer0.cell": 256}``.
    vocabulary : sequence of str
        Text of each token id.
    annotations : mapping of str to str or list of str, optional
        ``"categorical"``, ``"numeric"`` (float32), ``"integer"`` (int32), or the list of labels.
    top_k : int, default=0
        Number of predictions kept at each position.
    dtype : {"float16", "float32"}, optional
        In which the states are stored. Default: as the first block of each state comes, float64 as float32.
    description : str, optional
    model : mapping, optional
        Facts about the network, kept in the manifest; with `weights`, also what is needed to build it again.
    corpus : mapping, optional
        Facts about the text.
    weights : path or bytes, optional
        The network's weights as a safetensors file, to be shipped with the recording; needs `model`.
    sequence_name : str, default="sequence"
        What a sequence is: scene, sentence, game, ...
    opening_view : mapping of str to str, optional
        A finding to show first: parameters of the dashboard's address, such as ``{"from": "120"}``.
    row_cache : bool, default=True
        Also write each state row by row: as much disk space again, and scattered ranges are read fast.
    overwrite : bool, default=False
        Replace the recording at `path`, once the new one is whole.
    rows_per_group : int, default=16384
        Positions in one row group of a state; other values are for tests.

    Raises
    ------
    RecordingWriteError
        If there is already something at `path`, it cannot be written to, or the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> from analytics.store.recording import open_recording
    >>> path = Path(tempfile.mkdtemp()) / "tiny"
    >>> with RecordingWriter(path, name="tiny", states={"layer0.hidden": 2}, vocabulary=["a", "b"]) as writer:
    ...     writer.append(token_ids=[0, 1], states={"layer0.hidden": [[0.5, -0.5], [0.25, 0.0]]})
    >>> open_recording(path).states("layer0.hidden").read(1, 2).tolist()
    [[0.25, 0.0]]
    """

    def __init__(
        self,
        path: str | Path,
        *,
        name: str,
        states: Mapping[str, int],
        vocabulary: Sequence[str],
        annotations: Mapping[str, str | Sequence[str]] | None = None,
        top_k: int = 0,
        dtype: str | None = None,
        description: str = "",
        model: Mapping[str, Any] | None = None,
        corpus: Mapping[str, Any] | None = None,
        weights: str | Path | bytes | None = None,
        sequence_name: str = "sequence",
        opening_view: Mapping[str, str] | None = None,
        row_cache: bool = True,
        overwrite: bool = False,
        rows_per_group: int = ROWS_PER_GROUP,
    ) -> None:
        self.path = Path(path)
        check_name(self.path.name, what="recording's folder")
        self._states = _check_states(states)
        self._vocabulary = _check_vocabulary(vocabulary)
        self._annotations = annotation_columns(annotations or {})
        self._top_k, self._dtype, self._weights = top_k, dtype, _check_weights(weights, model)
        self._row_cache, self._overwrite, self._rows_per_group = row_cache, overwrite, rows_per_group
        self._facts = {
            "name": _check_title(name),
            "description": str(description),
            "sequence_name": str(sequence_name),
            "opening_view": {str(key): str(value) for key, value in (opening_view or {}).items()},
            "model": _check_json(model, "model"),
            "corpus": _check_json(corpus, "corpus"),
        }
        self._staged: StagedFolder | None = None
        self._failed = False

    @property
    def n_positions(self) -> int:
        """Positions appended so far."""
        return self._checker.n_positions

    def append(
        self,
        *,
        token_ids: ArrayLike,
        states: Mapping[str, ArrayLike],
        sequence_starts: ArrayLike | None = None,
        targets: ArrayLike | None = None,
        log_probability: ArrayLike | None = None,
        annotations: Mapping[str, Any] | None = None,
        predictions: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> None:
        """Append a block of positions; blocks may have any length. A refused block leaves nothing behind.

        Parameters
        ----------
        token_ids : array-like of int, shape (n_block,)
        states : mapping of str to array-like of shape (n_block, n_units)
            All the states named at the start.
        sequence_starts : array-like of shape (n_block,), optional
            Of bool: True where a sequence begins. Of int: any number per sequence; a sequence begins where it
            changes. Default: the block continues the sequence.
        targets : array-like of int, shape (n_block,), optional
            Token id to be predicted at each position, -1 where there is none. In every block or in none.
        log_probability : array-like of float, shape (n_block,), optional
            Natural logarithm of the target's predicted probability, NaN where there is none. In every
            block or in none.
        annotations : mapping of str to values, optional
            All the annotations named at the start. None or NaN where there is none.
        predictions : pair of array-likes of shape (n_block, top_k), optional
            Token ids, the likeliest first, and their probabilities.

        Raises
        ------
        ShapeError, ParameterError
            If something does not fit; the sentence says what.
        RecordingWriteError
            If it cannot be written.
        """
        self._require_open()
        blocks = self._check_state_blocks(states, n_positions=np.size(token_ids))
        columns = self._checker.check(
            token_ids, sequence_starts, targets, log_probability, annotations, predictions
        )
        try:
            for name, block in blocks.items():
                self._sinks[name].write(block)
            for file, writer in self._tables.items():
                writer.append(columns.tables[file])
        except OSError as error:
            self._failed = True
            raise write_error(self.path, error) from error
        self._checker.accept(columns)

    def __enter__(self) -> Self:
        self._staged = StagedFolder(self.path, overwrite=self._overwrite)
        self._sinks: dict[str, StateSink] = {}
        self._tables: dict[str, TableFileWriter] = {}
        try:
            self._open_files(self._staged.path)
        except BaseException as error:
            self._discard()
            if isinstance(error, OSError):
                raise write_error(self.path, error) from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            self._require_open()
            if self.n_positions == 0:
                raise ParameterError("A recording has at least one position. Got none: append a block first.")
            self._finish(self._staged.path)
            self._staged.publish()
        except BaseException as failure:
            self._discard()
            if isinstance(failure, OSError):
                raise write_error(self.path, failure) from failure
            raise
        self._staged = None

    def _require_open(self) -> None:
        if self._staged is None:
            raise RecordingWriteError("A RecordingWriter is used in a with statement, and only inside it.")
        if self._failed:
            raise RecordingWriteError(f"The recording {self.path} could not be written; start it again.")

    def _open_files(self, folder: Path) -> None:
        (folder / "states").mkdir()
        if self._row_cache:
            (folder / ROWS_FOLDER).mkdir()
        for name, n_units in self._states.items():
            self._sinks[name] = StateSink(
                folder,
                name=name,
                n_units=n_units,
                dtype=self._dtype,
                row_cache=self._row_cache,
                rows_per_group=self._rows_per_group,
            )
        labels = {"token": self._vocabulary}
        self._tables[TOKENS_FILE] = TableFileWriter(folder / TOKENS_FILE, tokens_schema(), labels=labels)
        if self._annotations:
            schema = pa.schema([column.field for column in self._annotations.values()])
            labels = {name: column.labels for name, column in self._annotations.items()}
            self._tables[ANNOTATIONS_FILE] = TableFileWriter(folder / ANNOTATIONS_FILE, schema, labels=labels)
        if self._top_k:
            schema = predictions_schema(self._top_k)
            self._tables[PREDICTIONS_FILE] = TableFileWriter(folder / PREDICTIONS_FILE, schema, labels={})
        self._checker = BlockChecker(
            n_vocabulary=len(self._vocabulary), annotations=self._annotations, top_k=self._top_k
        )

    def _check_state_blocks(self, states: Mapping[str, ArrayLike], *, n_positions: int) -> dict[str, NDArray]:
        if set(states) != set(self._states):
            raise ParameterError(
                f"Each block has all states of the recording: {', '.join(self._states)}. "
                f"Got {', '.join(states) or 'none'}."
            )
        return {
            name: self._sinks[name].check(block, n_positions=n_positions) for name, block in states.items()
        }

    def _finish(self, folder: Path) -> None:
        self._write_small_files(folder)
        content = {file: writer.finish() for file, writer in self._tables.items()}
        finished = {name: self._sinks[name].finish() for name in self._states}
        state_facts = {name: facts for name, (facts, _) in finished.items()}
        checksums = {facts["file"]: checksum for facts, checksum in finished.values()}
        manifest = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            **self._facts,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "n_positions": self.n_positions,
            "n_sequences": len(self._checker.sequence_starts),
            "n_vocabulary": len(self._vocabulary),
            "has_targets": bool(self._checker.has_targets),
            "has_log_probability": bool(self._checker.has_log_probability),
            "states": state_facts,
            "annotations": {name: column.facts for name, column in self._annotations.items()},
            "predictions": {"file": PREDICTIONS_FILE, "top_k": self._top_k} if self._top_k else None,
            "files": _describe_files(folder, checksums),
        }
        manifest["fingerprint"] = self._fingerprint(manifest, content)
        if self._row_cache:
            write_stamp(folder, manifest["fingerprint"])
        (folder / MANIFEST_FILE).write_text(
            json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8"
        )
        for file in folder.rglob("*"):
            if file.is_file():
                sync_file(file)

    def _write_small_files(self, folder: Path) -> None:
        ids = np.arange(len(self._vocabulary), dtype=np.int32)
        table = pa.Table.from_arrays(
            [pa.array(ids), pa.array(self._vocabulary, pa.string())], schema=vocabulary_schema()
        )
        write_table(folder / VOCABULARY_FILE, table)
        starts = self._checker.sequence_starts
        lengths = np.diff(starts, append=self.n_positions)
        sequences = pa.array(np.arange(len(starts), dtype=np.int32))
        table = pa.Table.from_arrays(
            [sequences, pa.array(starts), pa.array(lengths)], schema=sequences_schema()
        )
        write_table(folder / SEQUENCES_FILE, table)
        if self._weights is None:
            return
        if isinstance(self._weights, bytes):
            (folder / WEIGHTS_FILE).write_bytes(self._weights)
        else:
            shutil.copyfile(self._weights, folder / WEIGHTS_FILE)
        (folder / MODEL_FILE).write_text(json.dumps(self._facts["model"], indent=1), encoding="utf-8")

    def _fingerprint(self, manifest: dict[str, Any], content: dict[str, dict[str, str]]) -> str:
        """Hash of everything an analysis can see: not of when it was written or how tables are encoded."""
        files = manifest["files"]
        seen = {
            "name": manifest["name"],
            "states": {name: facts | files[facts["file"]] for name, facts in manifest["states"].items()},
            "vocabulary": _hash_of("\0".join(self._vocabulary)),
            "tables": content,
            "annotations": manifest["annotations"],
            "network": [files[file] for file in (WEIGHTS_FILE, MODEL_FILE) if file in files],
        }
        return _hash_of(json.dumps(seen, sort_keys=True))

    def _discard(self) -> None:
        for writer in [*self._sinks.values(), *self._tables.values()]:
            writer.abandon()
        if self._staged is not None:
            self._staged.discard()
        self._staged = None


def _check_states(states: Mapping[str, int]) -> dict[str, int]:
    if not states:
        raise ParameterError("A recording has at least one state. Got none.")
    for name, n_units in states.items():
        check_name(name, what="state")
        if not isinstance(n_units, int | np.integer) or n_units < 1:
            raise ParameterError(f"State '{name}' has a number of units, at least 1. Got {n_units!r}.")
    return {name: int(n_units) for name, n_units in states.items()}


def _check_vocabulary(vocabulary: Sequence[str]) -> list[str]:
    texts = list(vocabulary)
    for token_id, text in enumerate(texts):
        if not isinstance(text, str):
            raise ParameterError(f"The vocabulary holds texts. Got {text!r} for token id {token_id}.")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ParameterError(f"Token id {token_id} is not valid Unicode: {text!r}.") from None
    if not texts:
        raise ParameterError("The vocabulary has at least one token. Got none.")
    return [str(text) for text in texts]


def _check_title(name: str) -> str:
    if (
        not isinstance(name, str)
        or not name.strip()
        or len(name) > _LONGEST_TITLE
        or re.search(r"[\x00-\x1f]", name)
    ):
        raise ParameterError(
            f"A recording's name is one line of at most {_LONGEST_TITLE} letters. Got {name!r:.300}."
        )
    return name


def _check_json(facts: Mapping[str, Any] | None, what: str) -> dict[str, Any] | None:
    if facts is None:
        return None
    try:
        return json.loads(json.dumps(dict(facts), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"{what} holds texts, numbers, lists and mappings that JSON knows: {error}."
        ) from None


def _check_weights(
    weights: str | Path | bytes | None, model: Mapping[str, Any] | None
) -> Path | bytes | None:
    if weights is None or isinstance(weights, bytes):
        path = weights
    else:
        path = Path(weights)
        if not path.is_file():
            raise ParameterError(f"weights is a safetensors file or its bytes. There is no file {path}.")
    if weights is not None and not model:
        raise ParameterError("weights come with model=: what is needed to build the network again. Got none.")
    return path


def _describe_files(folder: Path, checksums: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Size and checksum of each file; the row-major copies are derived and not among them."""
    found = {}
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder).as_posix()
        if path.is_file() and not file.startswith(f"{ROWS_FOLDER}/"):
            checksum = checksums.get(file) or _checksum(path)
            found[file] = {"bytes": path.stat().st_size, "sha256": checksum}
    return found


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
