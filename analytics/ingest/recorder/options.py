"""What the caller of `analytics.record` said, and what of it is known for every position."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.errors import ParameterError, ShapeError
from analytics.ingest.from_arrays import annotation_values
from analytics.ingest.writing.annotation_columns import kind_of

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["RecordOptions", "annotation_kinds", "class_texts", "per_position"]


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What the caller of `analytics.record` said, unchanged."""

    path: Path
    name: str | None = None
    states: Sequence[str] | Mapping[str, str] | None = None
    head: Callable[[Tensor], Tensor] | None = None
    call: Callable[[nn.Module, Any], Any] | None = None
    batch_first: bool | None = None
    time_axis: Mapping[str, int] = field(default_factory=dict)
    carry_state: bool = False
    targets: Any = "next"
    labels: Sequence[Any] | None = None
    classes: Sequence[str] | None = None
    annotations: Any = None
    annotation_labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    top_k: int = 5
    dtype: str | None = None
    device: str = "auto"
    max_batch_positions: int | None = None
    resume: bool = False
    ship: bool | None = None
    progress: bool = True
    writer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What a reader sees."""
        return self.path.name if self.name is None else self.name


def per_position(options: RecordOptions, starts: NDArray[np.int64], n_positions: int) -> dict[str, Any]:
    """The caller's annotations and labels, one value for each position."""
    values = annotation_values(options.annotations)
    for name, column in values.items():
        if len(column) != n_positions:
            raise ShapeError(
                f"Annotation '{name}' has one value for each of the {n_positions:,} positions. Got "
                f"{len(column):,}."
            )
    if options.labels is not None:
        values["label"] = _spread(options, starts, n_positions)
    return values


def annotation_kinds(values: Mapping[str, Any], options: RecordOptions) -> dict[str, Any]:
    """How each is stored: its labels in the caller's order, or what its values are."""
    given = dict(options.annotation_labels)
    if options.labels is not None:
        given["label"] = class_texts(options)
    return {name: list(given[name]) if name in given else kind_of(column) for name, column in values.items()}


def class_texts(options: RecordOptions) -> list[str]:
    """Texts of the classes: as given, or the labels in order."""
    if options.classes is not None:
        return [str(text) for text in options.classes]
    found = set(np.asarray(options.labels).tolist())
    if all(isinstance(label, int) and label >= 0 for label in found):
        return [str(number) for number in range(max(found) + 1)]
    return [str(label) for label in sorted(found, key=str)]


def _spread(options: RecordOptions, starts: NDArray[np.int64], n_positions: int) -> NDArray:
    labels = np.asarray(options.labels)
    texts = class_texts(options)
    if labels.dtype.kind in "iu":
        if len(labels) and not (labels.min() >= 0 and labels.max() < len(texts)):
            raise ParameterError(
                f"labels are numbers of the {len(texts)} classes, from 0. Got {labels.min()} to "
                f"{labels.max()}."
            )
        labels = np.array(texts, dtype=object)[labels]
    unknown = sorted(set(labels.tolist()) - set(texts), key=str)
    if unknown:
        raise ParameterError(f"The label {unknown[0]!r} is not among the classes {', '.join(texts)}.")
    if len(labels) == len(starts):
        return np.repeat(labels.astype(object), np.diff(starts, append=n_positions))
    if len(labels) == n_positions:
        return labels.astype(object)
    raise ShapeError(
        f"labels has one label for each of the {len(starts):,} sequences, or of the {n_positions:,} "
        "positions. "
        f"Got {len(labels):,}."
    )
