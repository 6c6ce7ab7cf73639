"""The only code that writes a recording: checked at the door, written aside, then renamed into place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from analytics.errors import ParameterError, RecordingWriteError
from analytics.ingest.writing.blocks import BlockChecker, Progress
from analytics.ingest.writing.completion import complete, hash_of, write_network
from analytics.ingest.writing.growing import GrowingFiles
from analytics.ingest.writing.marks import Mark, furthest, has_mark, read_mark, write_mark
from analytics.ingest.writing.opening import Opening, check_json
from analytics.ingest.writing.staging import StagedFolder, write_error
from analytics.store.schema import ROWS_PER_GROUP, check_name

__all__ = ["RecordingWriter"]


class RecordingWriter:
    """Writes a recording block by block; holds one row group of each state, however long it becomes.

    A context manager: when its block ends well the recording appears at `path`, whole; when it ends by an
    exception or Ctrl-C nothing of it is left. A killed process leaves a folder `.partial-...` that nothing
    opens. The next write to the same path removes it, or, with `resume`, goes on from its last `mark`.

    Parameters
    ----------
    path : path
        The recording's folder, which must not exist. Its own name is of letters, digits and ``_ - .``.
    name : str
        What a reader sees; one line.
    states : mapping of str to int or tuple of int
        The number of units of each state, for example ``{"layer0.cell": 256}``, or the shape of a state that
        is a matrix at each position, ``{"layer0.memory": (8, 64)}``: stored flat, with its shape.
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
    step : int, optional
        Of a checkpoint: after how many steps, epochs or updates of its training it was taken.
    training : str, optional
        Name of that training: recordings with the same one are checkpoints of it.
    row_cache : bool, default=True
        Also write each state row by row: as much disk space again, and scattered ranges are read fast.
    overwrite : bool, default=False
        Replace the recording at `path`, once the new one is whole.
    resume : bool, default=False
        Go on from the last mark of an unfinished recording of the same job at `path`, if there is one. An
        exception or Ctrl-C then keeps what was marked.
    job : mapping, optional
        Facts that JSON can hold, by which a job is known, such as the seed. States, vocabulary, annotations
        and facts about model and corpus belong to it anyway.
    rows_per_group : int, default=16384
        Positions in one row group of a state; other values are for tests.

    Raises
    ------
    RecordingWriteError
        If there is already something at `path`, it cannot be written to, the disk is full, or what is to be
        resumed is of another job.

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
        states: Mapping[str, int | tuple[int, ...]],
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
        step: int | None = None,
        training: str = "",
        row_cache: bool = True,
        overwrite: bool = False,
        resume: bool = False,
        job: Mapping[str, Any] | None = None,
        rows_per_group: int = ROWS_PER_GROUP,
    ) -> None:
        self.path = Path(path)
        check_name(self.path.name, what="recording's folder")
        self._opening = Opening.check(
            name=name,
            states=states,
            vocabulary=vocabulary,
            annotations=annotations,
            top_k=top_k,
            dtype=dtype,
            description=description,
            model=model,
            corpus=corpus,
            weights=weights,
            sequence_name=sequence_name,
            opening_view=opening_view,
            step=step,
            training=training,
            row_cache=row_cache,
            rows_per_group=rows_per_group,
        )
        self._job = self._opening.job(check_json(job, "job"))
        self._resume, self._overwrite = resume, overwrite
        self._staged: StagedFolder | None = None
        self._files: GrowingFiles | None = None
        self._failed = False
        self._start(None)

    @property
    def n_positions(self) -> int:
        """Positions appended so far; after resuming, those up to the mark."""
        return self._checker.progress.n_positions

    @property
    def note(self) -> bytes | None:
        """What was noted at the last mark; None when there is none."""
        return self._note

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
        blocks = self._files.check(states, n_positions=np.size(token_ids))
        columns = self._checker.check(
            token_ids, sequence_starts, targets, log_probability, annotations, predictions
        )
        try:
            self._files.write(blocks, columns)
            self._checker.accept(columns)
        except BaseException as error:
            self._fail(error)
            raise

    def mark(self, note: bytes = b"") -> None:
        """Make everything appended so far outlive this process; before the first position, do nothing.

        A later writer of the same job, with ``resume=True``, goes on from the last mark. Costs about as much
        as writing the positions of the row groups that are not full, at most 16,384 of each state.

        Parameters
        ----------
        note : bytes
            What the caller needs to go on, such as a network's carried state; `note` of the later writer.

        Raises
        ------
        RecordingWriteError
            If it cannot be written; the mark before remains.
        """
        self._require_open()
        if self.n_positions == 0:
            return
        annotations = self._opening.annotations
        labels = {name: column.labels for name, column in annotations.items() if column.kind == "categorical"}
        try:
            waiting = self._files.flush()
            mark = Mark(self._job, self._checker.progress, labels, bytes(note), waiting)
            write_mark(self._staged.path, mark)
        except BaseException as error:
            self._fail(error)
            raise
        self._note = mark.note

    def __enter__(self) -> Self:
        choose = partial(furthest, job=self._job, target=self.path) if self._resume else None
        self._staged = StagedFolder(self.path, overwrite=self._overwrite, choose=choose)
        try:
            mark = read_mark(self._staged.path) if self._staged.is_taken_over else None
            self._start(mark)
            self._files = GrowingFiles(self._staged.path, self._opening, mark=mark)
        except BaseException as error:
            self._give_up(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._give_up()
            return
        try:
            self._require_open()
            if self.n_positions == 0:
                raise ParameterError("A recording has at least one position. Got none: append a block first.")
            self._finish(self._staged.path)
            self._staged.publish()
        except BaseException as failure:
            self._give_up(failure)
            raise
        self._staged = None

    def _start(self, mark: Mark | None) -> None:
        opening = self._opening
        self._note = None if mark is None else mark.note
        for name, labels in ({} if mark is None else mark.labels).items():
            opening.annotations[name].encode(labels, n_positions=len(labels))
        self._checker = BlockChecker(
            n_vocabulary=len(opening.vocabulary),
            annotations=opening.annotations,
            top_k=opening.top_k,
            progress=Progress() if mark is None else mark.progress,
        )

    def _require_open(self) -> None:
        if self._staged is None:
            raise RecordingWriteError("A RecordingWriter is used in a with statement, and only inside it.")
        if self._failed:
            raise RecordingWriteError(f"The recording {self.path} could not be written; start it again.")

    def _finish(self, folder: Path) -> None:
        opening, progress = self._opening, self._checker.progress
        states, tables = self._files.finish(n_positions=progress.n_positions)
        if opening.weights is not None:
            write_network(folder, opening.weights, opening.facts["model"])
        content = {"tables": tables, "vocabulary": hash_of(json.dumps(opening.vocabulary))}
        complete(folder, opening.described(progress), states=states, content=content)

    def _fail(self, error: BaseException) -> None:
        """A block or a mark is written in part, and nothing can follow it."""
        self._failed = True
        if isinstance(error, OSError):
            raise write_error(self.path, error, is_marked=self._keeps()) from error

    def _give_up(self, error: BaseException | None = None) -> None:
        """Leave what is unfinished to a later writer, or remove it."""
        keeps = self._keeps()
        if self._files is not None:
            self._files.abandon()
        if self._staged is not None and keeps:
            self._staged.leave()
        elif self._staged is not None:
            self._staged.discard()
        self._staged = None
        if isinstance(error, OSError):
            raise write_error(self.path, error, is_marked=keeps) from error

    def _keeps(self) -> bool:
        return self._resume and self._staged is not None and has_mark(self._staged.path)
