"""The only code that writes a recording: checked at the door, written aside, then renamed into place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ParameterError, RecordingWriteError
from analytics.ingest.annotation_columns import annotation_columns
from analytics.ingest.blocks import BlockChecker
from analytics.ingest.completion import complete, hash_of, write_network
from analytics.ingest.opening import (
    check_json,
    check_states,
    check_text,
    check_title,
    check_vocabulary,
    check_weights,
)
from analytics.ingest.staging import StagedFolder, write_error
from analytics.ingest.state_sink import StateSink
from analytics.ingest.table_files import TableFileWriter, write_sequences, write_vocabulary
from analytics.store.schema import (
    ANNOTATIONS_FILE,
    PREDICTIONS_FILE,
    ROWS_FOLDER,
    ROWS_PER_GROUP,
    SEQUENCES_FILE,
    TOKENS_FILE,
    VOCABULARY_FILE,
    check_name,
    predictions_schema,
    tokens_schema,
)

__all__ = ["RecordingWriter"]


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
        self._states = check_states(states)
        self._vocabulary = check_vocabulary(vocabulary)
        self._annotations = annotation_columns(annotations or {})
        self._top_k, self._dtype, self._weights = top_k, dtype, check_weights(weights, model)
        self._row_cache, self._overwrite, self._rows_per_group = row_cache, overwrite, rows_per_group
        self._facts = {
            "name": check_title(name),
            "description": check_text(description, "The description"),
            "sequence_name": check_text(sequence_name, "The sequence's name"),
            "opening_view": {str(key): str(value) for key, value in (opening_view or {}).items()},
            "model": check_json(model, "model"),
            "corpus": check_json(corpus, "corpus"),
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
        starts = self._checker.sequence_starts
        write_vocabulary(folder / VOCABULARY_FILE, self._vocabulary)
        write_sequences(folder / SEQUENCES_FILE, starts, n_positions=self.n_positions)
        if self._weights is not None:
            write_network(folder, self._weights, self._facts["model"])
        tables = {file: writer.finish() for file, writer in self._tables.items()}
        states = {name: self._sinks[name].finish() for name in self._states}
        facts = self._facts | {
            "n_positions": self.n_positions,
            "n_sequences": len(starts),
            "n_vocabulary": len(self._vocabulary),
            "has_targets": bool(self._checker.has_targets),
            "has_log_probability": bool(self._checker.has_log_probability),
            "annotations": {name: column.facts for name, column in self._annotations.items()},
            "predictions": {"file": PREDICTIONS_FILE, "top_k": self._top_k} if self._top_k else None,
        }
        content = {"tables": tables, "vocabulary": hash_of(json.dumps(self._vocabulary))}
        complete(folder, facts, states=states, content=content)

    def _discard(self) -> None:
        for writer in [*self._sinks.values(), *self._tables.values()]:
            writer.abandon()
        if self._staged is not None:
            self._staged.discard()
        self._staged = None
