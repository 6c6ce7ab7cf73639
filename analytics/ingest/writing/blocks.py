"""What is appended to a recording beside the states: checked, and turned into columns of the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ParameterError, ShapeError
from analytics.ingest.writing.annotation_columns import AnnotationColumn
from analytics.store.schema import ANNOTATIONS_FILE, NO_TARGET, PREDICTIONS_FILE, TOKENS_FILE

__all__ = ["Block", "BlockChecker", "Progress"]


@dataclass(slots=True)
class Progress:
    """What is known of the blocks accepted so far."""

    n_positions: int = 0
    n_sequences: int = 0
    has_targets: bool | None = None
    """Whether blocks come with targets; None before the first block."""
    has_log_probability: bool | None = None
    last_sequence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Checked columns of a block, by file."""

    n_positions: int
    tables: dict[str, dict[str, NDArray]]
    starts: NDArray[np.int64]
    """Positions in the recording at which a sequence begins in this block."""
    last_sequence_id: int | None
    has_targets: bool
    has_log_probability: bool


class BlockChecker:
    """Checks blocks against each other and against the vocabulary, and numbers the sequences.

    Attributes
    ----------
    progress : Progress
        Of the blocks accepted so far.
    """

    def __init__(
        self,
        *,
        n_vocabulary: int,
        annotations: Mapping[str, AnnotationColumn],
        top_k: int,
        progress: Progress | None = None,
    ) -> None:
        self._n_vocabulary, self._annotations, self._top_k = n_vocabulary, annotations, top_k
        self.progress = progress or Progress()

    def check(
        self,
        token_ids: ArrayLike,
        sequence_starts: ArrayLike | None,
        targets: ArrayLike | None,
        log_probability: ArrayLike | None,
        annotations: Mapping[str, Any] | None,
        predictions: tuple[ArrayLike, ArrayLike] | None,
    ) -> Block:
        """Check a block; nothing is remembered of it before `accept`."""
        ids = self._check_ids(token_ids, what="token_ids", lowest=0)
        n_positions = len(ids)
        _check_always(targets, self.progress.has_targets, what="targets")
        _check_always(log_probability, self.progress.has_log_probability, what="log_probability")
        flags, last_id = self._check_sequences(sequence_starts, n_positions)
        tables = {
            TOKENS_FILE: {
                "token": ids,
                "token_id": ids,
                "sequence": (np.cumsum(flags) + self.progress.n_sequences - 1).astype(np.int32),
                "target": self._check_targets(targets, n_positions),
                "log_probability": _check_log_probability(log_probability, n_positions),
            }
        }
        if self._top_k or predictions is not None:
            tables[PREDICTIONS_FILE] = self._check_predictions(predictions, n_positions)
        tables[ANNOTATIONS_FILE] = self._check_annotations(annotations or {}, n_positions)
        return Block(
            n_positions=n_positions,
            tables=tables,
            starts=np.flatnonzero(flags) + self.progress.n_positions,
            last_sequence_id=last_id,
            has_targets=targets is not None,
            has_log_probability=log_probability is not None,
        )

    def accept(self, block: Block) -> None:
        """Count a block that was written."""
        self.progress = Progress(
            n_positions=self.progress.n_positions + block.n_positions,
            n_sequences=self.progress.n_sequences + len(block.starts),
            has_targets=block.has_targets,
            has_log_probability=block.has_log_probability,
            last_sequence_id=block.last_sequence_id,
        )

    def _check_ids(self, values: ArrayLike, *, what: str, lowest: int) -> NDArray[np.int32]:
        ids = np.asarray(values)
        if ids.size == 0:
            ids = ids.astype(np.int32)
        if not np.issubdtype(ids.dtype, np.integer):
            raise ShapeError(f"{what} are whole numbers. Got an array of {ids.dtype}.")
        wrong = np.argwhere((ids < lowest) | (ids >= self._n_vocabulary))
        if len(wrong):
            raise ParameterError(
                f"{what} lie within the vocabulary of {self._n_vocabulary} tokens"
                f"{' (-1: none)' if lowest < 0 else ''}. Got {ids[tuple(wrong[0])]} at position "
                f"{self.progress.n_positions + wrong[0][0]}."
            )
        if what == "token_ids" and ids.ndim != 1:
            raise ShapeError(f"token_ids have one axis, positions. Got shape {ids.shape}.")
        return ids.astype(np.int32)

    def _check_targets(self, targets: ArrayLike | None, n_positions: int) -> NDArray[np.int32]:
        if targets is None:
            return np.full(n_positions, NO_TARGET, dtype=np.int32)
        ids = self._check_ids(targets, what="targets", lowest=NO_TARGET)
        _check_length(ids, n_positions, what="targets")
        return ids

    def _check_sequences(
        self, sequence_starts: ArrayLike | None, n_positions: int
    ) -> tuple[NDArray[np.bool_], int | None]:
        flags, last_id = np.zeros(n_positions, dtype=bool), self.progress.last_sequence_id
        if sequence_starts is not None:
            given = np.asarray(sequence_starts)
            _check_length(given, n_positions, what="sequence_starts")
            if given.dtype == bool:
                flags = given.copy()
            elif np.issubdtype(given.dtype, np.integer) and n_positions:
                before = given[0] if last_id is None else last_id
                flags, last_id = np.diff(given, prepend=before) != 0, int(given[-1])
            elif n_positions:
                raise ShapeError(f"sequence_starts are bool or whole numbers. Got an array of {given.dtype}.")
        if self.progress.n_positions == 0 and n_positions:
            flags[0] = True
        return flags, last_id

    def _check_predictions(
        self, predictions: tuple[ArrayLike, ArrayLike] | None, n_positions: int
    ) -> dict[str, NDArray]:
        if predictions is None or not self._top_k:
            raise ParameterError(
                f"The recording keeps top_k={self._top_k} predictions. "
                f"Got {'none' if predictions is None else 'some'} in this block."
            )
        ids = self._check_ids(predictions[0], what="The ids of predictions", lowest=0)
        probabilities = np.asarray(predictions[1], dtype=np.float32)
        expected = (n_positions, self._top_k)
        if ids.shape != expected or probabilities.shape != expected:
            raise ShapeError(
                f"predictions are ids and probabilities of shape {expected}. Got {ids.shape} and "
                f"{probabilities.shape}."
            )
        if not ((probabilities >= 0) & (probabilities <= 1 + 1e-3)).all():
            raise ShapeError("The probabilities of predictions lie in [0, 1].")
        columns = {f"id_{rank + 1}": ids[:, rank] for rank in range(self._top_k)}
        return columns | {f"probability_{rank + 1}": probabilities[:, rank] for rank in range(self._top_k)}

    def _check_annotations(self, annotations: Mapping[str, Any], n_positions: int) -> dict[str, NDArray]:
        if set(annotations) != set(self._annotations):
            raise ParameterError(
                f"Each block has all annotations of the recording: {', '.join(self._annotations) or 'none'}. "
                f"Got {', '.join(map(str, annotations)) or 'none'}."
            )
        n_labels = {name: len(column.labels) for name, column in self._annotations.items()}
        try:
            return {
                name: column.encode(annotations[name], n_positions=n_positions)
                for name, column in self._annotations.items()
            }
        except (ParameterError, ShapeError):
            for name, column in self._annotations.items():
                column.forget(n_labels[name])
            raise


def _check_always(given: ArrayLike | None, before: bool | None, *, what: str) -> None:
    if before is not None and before != (given is not None):
        raise ParameterError(
            f"{what} come with every block or with none. The blocks before had "
            f"{'them' if before else 'none'}."
        )


def _check_log_probability(values: ArrayLike | None, n_positions: int) -> NDArray[np.float32]:
    if values is None:
        return np.full(n_positions, np.nan, dtype=np.float32)
    numbers = np.array(values, dtype=np.float32)
    numbers[np.isnan(numbers)] = np.nan  # one NaN, of one sign: the fingerprint is of the bytes
    _check_length(numbers, n_positions, what="log_probability")
    wrong = (numbers > 1e-3) | np.isneginf(numbers)
    if wrong.any():
        raise ShapeError(
            "log_probability is the natural logarithm of a probability: finite, 0 or less, NaN where none. "
            f"Got {numbers[wrong][0]:g} at position {int(wrong.argmax())} of this block."
        )
    return numbers


def _check_length(values: NDArray, n_positions: int, *, what: str) -> None:
    if values.shape != (n_positions,):
        raise ShapeError(f"{what} has one value per position: {n_positions} here. Got shape {values.shape}.")
