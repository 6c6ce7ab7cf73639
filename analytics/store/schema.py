"""What a recording looks like on disk: names of files, columns and their meaning, version.

The prose of it is `data/README.md`; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from analytics.errors import ParameterError

__all__ = [
    "ANNOTATIONS_FILE",
    "ANNOTATION_KINDS",
    "FORMAT",
    "FORMAT_VERSION",
    "MANIFEST_FILE",
    "MEMORY_FOLDER",
    "MODEL_FILE",
    "NO_TARGET",
    "PARTIAL_PREFIX",
    "PREDICTIONS_FILE",
    "PROGRESS_FOLDER",
    "REMOVED_PREFIX",
    "ROWS_FOLDER",
    "ROWS_PER_GROUP",
    "SEQUENCES_FILE",
    "STAMP_FILE",
    "STATE_DTYPES",
    "TABLE_ROWS_PER_GROUP",
    "TOKENS_FILE",
    "VOCABULARY_FILE",
    "WEIGHTS_FILE",
    "check_name",
    "predictions_schema",
    "rows_file",
    "sequences_schema",
    "state_file",
    "tokens_schema",
    "unit_column",
    "vocabulary_schema",
]

FORMAT = "stateroom-recording"
FORMAT_VERSION = 1

MANIFEST_FILE = "recording.json"
TOKENS_FILE = "tokens.parquet"
SEQUENCES_FILE = "sequences.parquet"
VOCABULARY_FILE = "vocabulary.parquet"
ANNOTATIONS_FILE = "annotations.parquet"
PREDICTIONS_FILE = "predictions.parquet"
WEIGHTS_FILE = "model.safetensors"
MODEL_FILE = "model.json"
ROWS_FOLDER = "rows"
MEMORY_FOLDER = "memory"
STAMP_FILE = "rows/stamp.json"
PARTIAL_PREFIX = ".partial-"
"""Folders of this name are being written, or were when their writer was killed."""
PROGRESS_FOLDER = ".progress"
"""In such a folder: what a writer needs to go on. It is gone when the recording is whole."""
REMOVED_PREFIX = ".removed-"
"""Folders of this name are being deleted, or were when that was cut off."""

ROWS_PER_GROUP = 16_384
"""Positions in one row group of a state: 32 KiB of float16 for each unit. A window of all units then
touches little more than it needs, and the writer holds 20 MiB for 650 units."""

TABLE_ROWS_PER_GROUP = 65_536
"""Positions in one row group of tokens, annotations and predictions."""

STATE_DTYPES: Mapping[str, np.dtype] = MappingProxyType(
    {"float16": np.dtype("<f2"), "float32": np.dtype("<f4")}
)
ANNOTATION_KINDS = ("categorical", "numeric", "integer")
NO_TARGET = -1
"""In memory, the target of a position that predicts nothing (null in the file)."""

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", re.ASCII)
_LONGEST_NAME = 100


def check_name(name: str, *, what: str) -> str:
    """Return a name that is safe as a file or folder name, or refuse it.

    Examples
    --------
    >>> check_name("layer1.cell", what="state")
    'layer1.cell'
    >>> check_name("../escape", what="state")
    Traceback (most recent call last):
    ...
    analytics.errors.ParameterError: A state is named with letters, digits, '_', '-' and '.', not with ...
    """
    if not isinstance(name, str) or len(name) > _LONGEST_NAME or not _SAFE_NAME.fullmatch(name):
        raise ParameterError(
            f"A {what} is named with letters, digits, '_', '-' and '.', not with '.' or '-' first, at most "
            f"{_LONGEST_NAME} characters long. Got {name!r}."
        )
    return name


def state_file(state: str) -> str:
    """Path of a state's Parquet file inside the recording."""
    return f"states/{state}.parquet"


def rows_file(state: str) -> str:
    """Path of a state's row-major copy inside the recording."""
    return f"{ROWS_FOLDER}/{state}.npy"


def unit_column(unit: int) -> str:
    """Name of a unit's column."""
    return f"unit_{unit}"


def tokens_schema() -> pa.Schema:
    """One row for each position."""
    return pa.schema(
        [
            pa.field("token", pa.dictionary(pa.int32(), pa.string()), nullable=False),
            pa.field("token_id", pa.int32(), nullable=False),
            pa.field("sequence", pa.int32(), nullable=False),
            pa.field("target", pa.int32()),
            pa.field("log_probability", pa.float32()),
        ]
    )


def sequences_schema() -> pa.Schema:
    """One row for each sequence: its first position and its length."""
    return pa.schema(
        [
            pa.field("sequence", pa.int32(), nullable=False),
            pa.field("start", pa.int64(), nullable=False),
            pa.field("n_positions", pa.int64(), nullable=False),
        ]
    )


def vocabulary_schema() -> pa.Schema:
    """One row for each token id."""
    return pa.schema(
        [pa.field("token_id", pa.int32(), nullable=False), pa.field("token", pa.string(), nullable=False)]
    )


def predictions_schema(top_k: int) -> pa.Schema:
    """One row for each position: ids and probabilities, the likeliest first."""
    ids = [pa.field(f"id_{rank}", pa.int32(), nullable=False) for rank in range(1, top_k + 1)]
    return pa.schema(
        ids + [pa.field(f"probability_{rank}", pa.float32(), nullable=False) for rank in range(1, top_k + 1)]
    )
