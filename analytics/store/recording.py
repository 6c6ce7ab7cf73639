"""A recording on disk, opened: what it is, and readers for its parts."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import RangeError, RecordingChangedError, UnknownNameError, nearest
from analytics.store.files import OpenFolder
from analytics.store.manifest import Manifest, check_files, read_manifest
from analytics.store.row_cache import HEADER_BYTES, open_rows
from analytics.store.schema import (
    MANIFEST_FILE,
    TOKENS_FILE,
    VOCABULARY_FILE,
    WEIGHTS_FILE,
)
from analytics.store.state_reader import open_state
from analytics.store.states import RecordedStates
from analytics.store.tables import Predictions, Sequences, as_ids, read_annotations, read_column

__all__ = ["Recording", "open_recording"]

_ATTEMPTS = 5
"""Opening takes under a millisecond, and a recording may be replaced in the middle of it: then, once more."""


def open_recording(path: str | Path) -> Recording:
    """Open a recording: read its manifest and check its files; values are read when asked for.

    Parameters
    ----------
    path : path
        The recording's folder.

    Raises
    ------
    NotARecordingError
        If the folder holds no finished recording.
    FormatVersionError
        If a newer version of the format wrote it.
    DamagedRecordingError
        If a file is missing, cut short or foreign; the sentence names it.
    """
    for _ in range(_ATTEMPTS - 1):
        with suppress(RecordingChangedError):
            return _open(Path(path))
    return _open(Path(path))


def _open(path: Path) -> Recording:
    folder = OpenFolder(path)
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    return Recording(folder, manifest)


class Recording:
    """One trained model run over one corpus. Made by `open_recording`; safe to share between threads.

    Attributes
    ----------
    path : Path
    name, description, fingerprint : str
        The fingerprint changes with the content.
    manifest : dict
        All of `recording.json`.
    n_positions, n_sequences : int
    state_names : tuple of str
    """

    def __init__(self, folder: OpenFolder, manifest: Manifest) -> None:
        self._folder, self._manifest = folder, manifest
        self._lock = threading.Lock()
        self._sequences = Sequences(folder, n_sequences=manifest.n_sequences)
        self._open_states: dict[str, RecordedStates] = {}
        self.path = folder.path
        self.manifest: dict[str, Any] = manifest.facts
        self.name, self.fingerprint = manifest.name, manifest.fingerprint
        self.description: str = manifest.facts.get("description", "")
        self.n_positions, self.n_sequences = manifest.n_positions, manifest.n_sequences
        self.state_names: tuple[str, ...] = tuple(manifest.states)

    def __repr__(self) -> str:
        return (
            f"<Recording '{self.name}': {self.n_positions:,} positions, states {', '.join(self.state_names)}>"
        )

    def states(self, name: str) -> RecordedStates:
        """The reader of a state.

        Raises
        ------
        UnknownNameError
            If the recording has no such state.
        """
        if name not in self._manifest.states:
            raise UnknownNameError(
                f"Recording '{self.name}' has no state '{name}'.{nearest(name, self.state_names)}"
            )
        with self._lock:
            if name not in self._open_states:
                facts = self._manifest.states[name]
                self._open_states[name] = open_state(
                    self._folder,
                    facts,
                    rows=open_rows(self._folder, self._manifest, facts),
                    rows_offset=HEADER_BYTES,
                    sequences=self._sequences,
                )
            return self._open_states[name]

    @property
    def sequence_starts(self) -> NDArray[np.int64]:
        """First position of each sequence, shape (n_sequences,)."""
        return self._sequences.starts

    @cached_property
    def vocabulary(self) -> NDArray[np.object_]:
        """Text of each token id, shape (n_vocabulary,)."""
        n_rows = int(self.manifest["n_vocabulary"])
        column = read_column(self._folder, VOCABULARY_FILE, "token", n_rows=n_rows)
        return _frozen(np.array(column.to_pylist(), dtype=object))

    @cached_property
    def token_ids(self) -> NDArray[np.int32]:
        """Id of the token at each position, shape (n_positions,)."""
        return _frozen(as_ids(self._token_column("token_id")))

    @cached_property
    def tokens(self) -> NDArray[np.object_]:
        """Text of the token at each position, shape (n_positions,)."""
        return _frozen(self.vocabulary[self.token_ids])

    @cached_property
    def targets(self) -> NDArray[np.int32] | None:
        """Id of the token that was to be predicted at each position, -1 where none; None if not recorded."""
        if not self.manifest.get("has_targets"):
            return None
        return _frozen(as_ids(self._token_column("target")))

    @cached_property
    def log_probability(self) -> NDArray[np.float32] | None:
        """Natural logarithm of the target's predicted probability, NaN where none; None if not recorded."""
        if not self.manifest.get("has_log_probability"):
            return None
        column = self._token_column("log_probability").fill_null(np.float32(np.nan))
        return _frozen(column.to_numpy().astype(np.float32, copy=False))

    @property
    def annotations(self) -> pd.DataFrame:
        """One column per annotation, one row per position; categorical ones are pandas Categoricals."""
        # A shallow copy shares the values until somebody writes to it (copy on write).
        return self._annotations.copy(deep=False)

    @cached_property
    def _annotations(self) -> pd.DataFrame:
        return read_annotations(self._folder, self.manifest.get("annotations", {}), n_rows=self.n_positions)

    @cached_property
    def predictions(self) -> Predictions | None:
        """The likeliest next tokens at each position; None if not recorded."""
        facts = self.manifest.get("predictions")
        if not facts:
            return None
        return Predictions(self._folder, n_positions=self.n_positions, top_k=int(facts["top_k"]))

    @property
    def weights_path(self) -> Path | None:
        """The network's weights (safetensors); None when they were not shipped with the recording."""
        return self.path / WEIGHTS_FILE if WEIGHTS_FILE in self._manifest.sizes else None

    def token_texts(self, start: int, stop: int) -> list[str]:
        """Texts of the tokens at the positions [start, stop)."""
        if not 0 <= start <= stop <= self.n_positions:
            raise RangeError(
                f"Positions of '{self.name}' lie within [0, {self.n_positions}). Got [{start}, {stop})."
            )
        return self.vocabulary[self.token_ids[start:stop]].tolist()

    def check_unchanged(self) -> None:
        """Check that the recording at this path is still the one that was opened.

        Raises
        ------
        RecordingChangedError
            If it was replaced or removed. What is open can still be read.
        """
        if not self._folder.is_current(self._manifest.stamp):
            there = (self.path / MANIFEST_FILE).exists()
            raise RecordingChangedError(
                f"The recording {self.path} was {'replaced' if there else 'removed'} while it was open."
                + (" Open it again." if there else "")
            )

    def _token_column(self, column: str):
        return read_column(self._folder, TOKENS_FILE, column, n_rows=self.n_positions)


def _frozen(array: NDArray) -> NDArray:
    if array.flags.writeable:
        array.setflags(write=False)
    return array
