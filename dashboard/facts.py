"""What a reader is told of a recording: the values that travel from queries to figures and pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "AnnotationContent",
    "FileGroup",
    "MemoryCurve",
    "MemoryNorms",
    "MemoryProperty",
    "MemorySpectrum",
    "MemoryUnits",
    "RecordingContent",
    "RecordingDetail",
    "RecordingFacts",
    "SequenceLengths",
    "StateRow",
    "TrainingCurve",
]


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """A recording in the list. `key` is its folder's name and its name in addresses."""

    key: str
    name: str
    description: str
    fingerprint: str
    n_positions: int
    n_sequences: int
    n_bytes: int
    """Of the recording itself."""
    n_derived_bytes: int
    """Of the rows beside it, which may be deleted and built again."""
    states: dict[str, int]
    """Units of each state."""
    annotations: dict[str, str]
    """Kind of each annotation: `categorical`, `numeric` or `integer`."""
    n_vocabulary: int = 0
    top_k: int = 0
    """Predictions kept for each position; 0: none."""
    sequence_name: str = "sequence"
    model: dict[str, Any] = field(default_factory=dict)
    corpus: dict[str, Any] = field(default_factory=dict)
    opening_view: dict[str, str] = field(default_factory=dict)
    """Address parameters of a finding worth seeing first."""
    created: str = ""
    """When it was recorded, ISO 8601; empty when the manifest does not say."""

    def for_browser(self) -> dict[str, Any]:
        """Return what the frame needs to know: the pickers, the facts line, the links."""
        return {
            "name": self.name,
            "positions": self.n_positions,
            "sequences": self.n_sequences,
            "sequenceName": self.sequence_name,
            "states": self.states,
            "annotations": self.annotations,
            "opening": self.opening_view,
        }

    def for_list(self) -> dict[str, Any]:
        """Return what the list of recordings shows, sorts by and searches."""
        return {
            "key": self.key,
            "name": self.name,
            "positions": self.n_positions,
            "states": list(self.states),
            "bytes": self.n_bytes + self.n_derived_bytes,
            "created": self.created,
            "words": " ".join(
                (self.description, *map(str, self.annotations), str(self.model.get("title", "")))
            ),
        }


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state of a recording."""

    name: str
    n_units: int
    unit_shape: tuple[int, ...]
    """Of the matrix that a position holds; empty for plain vectors."""
    dtype: str
    n_bytes: int
    n_derived_bytes: int
    """Of its rows for scattered reading; 0: not built."""


@dataclass(frozen=True, slots=True)
class FileGroup:
    """Files that belong together, and what they take on disk."""

    name: str
    n_bytes: int
    n_files: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordingDetail:
    """What the manifest and the sizes of the files tell of one recording."""

    facts: RecordingFacts
    states: tuple[StateRow, ...]
    groups: tuple[FileGroup, ...]
    has_loss: bool
    settings: dict[str, Any] = field(default_factory=dict)
    """How it was recorded, as far as its manifest says."""


@dataclass(frozen=True, slots=True)
class SequenceLengths:
    """Lengths of a recording's sequences, in positions."""

    shortest: int
    median: float
    longest: int
    counts: tuple[int, ...]
    """Sequences in each of equally wide bins from `shortest` to `longest`."""


@dataclass(frozen=True, slots=True)
class AnnotationContent:
    """What one annotation holds over the whole recording."""

    name: str
    kind: str
    n_labels: int
    """Different labels; 0 for numbers."""
    n_missing: int
    n_positions: int
    largest: tuple[tuple[str, int], ...] = ()
    """The most frequent labels and their positions."""
    n_other: int = 0
    """Positions of all further labels together."""
    limits: tuple[float, float, float] | None = None
    """Smallest, median and largest number; None when there is none."""
    counts: tuple[int, ...] = ()
    """Numbers in each of equally wide bins between the limits."""


@dataclass(frozen=True, slots=True)
class RecordingContent:
    """What is known only by reading a recording's tables."""

    sequence_name: str
    lengths: SequenceLengths
    frequent: tuple[tuple[str, int], ...]
    """The most frequent tokens and their positions."""
    annotations: tuple[AnnotationContent, ...]
    perplexity: float | None
    """Over this corpus; None when no log-probabilities were recorded."""
    n_predicted: int = 0
    """Positions it is a mean over."""


@dataclass(frozen=True, slots=True)
class TrainingCurve:
    """How a network was trained: one value for each epoch, None where the log has none. Losses in nats."""

    epochs: tuple[int, ...]
    training_loss: tuple[float | None, ...]
    validation_loss: tuple[float | None, ...]
    learning_rate: tuple[float | None, ...]
    seconds: tuple[float | None, ...]
    validation_accuracy: tuple[float | None, ...]
    kept_epoch: int | None
    """The epoch whose weights were kept; None when the log does not tell."""
    kept_by: str = ""
    """How that is known."""


@dataclass(frozen=True, slots=True)
class MemoryCurve:
    """What is left of the input after each delay, from 0 on; None where there is no number.

    `color` names a meaning: `first`, `second`, `text`, `other` or `category 3`.
    """

    name: str
    color: str
    n: tuple[int, ...]
    """Positions that the mean at each delay is over."""
    value: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    """Lower limit of the band around each value; empty: no band."""
    high: tuple[float | None, ...] = ()
    half_life: float | None = None
    """Delay at which half is left; None: more is left at the last one."""


@dataclass(frozen=True, slots=True)
class MemoryNorms:
    """Norm of the mean gradient beside the mean norm of the gradients, for each delay."""

    name: str
    color: str
    n: tuple[int, ...]
    mean_norm: tuple[float | None, ...]
    norm_of_mean: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class MemorySpectrum:
    """All singular values of a mean gradient, the largest first."""

    name: str
    color: str
    n: int
    values: tuple[float | None, ...]
    shares: tuple[float | None, ...]
    """Of the values up to each in the sum of all."""
    delay: int | None = None
    """None: the one that the figure is shown at."""


@dataclass(frozen=True, slots=True)
class MemoryProperty:
    """How much of the difference of two classes of words is left after each delay."""

    name: str
    color: str
    relative: tuple[float | None, ...]
    cosine: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class MemoryUnits:
    """How long each unit holds what it takes in, and its mean gates; a value for each unit, None: unknown."""

    half_life: tuple[float | None, ...]
    strength: tuple[float | None, ...]
    """Norm of the unit's row of the mean gradient at delay 0."""
    write: tuple[float | None, ...]
    keep: tuple[float | None, ...]
    write_name: str
    keep_name: str
    n: int
    """Positions the means are over."""
    last_delay: int
