"""The row-major copy of a state: derived from the recording, rebuilt at will, safe to delete.

One column per unit is the right order for a scan over all positions and the wrong one for all units at
a few thousand scattered places: `rows/<state>.npy` holds the same values position by position.
`rows/stamp.json` says of which recording; a copy with another stamp is not used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from analytics.errors import RecordingWriteError
from analytics.store.files import OpenFile, OpenFolder
from analytics.store.manifest import Manifest, StateFacts, check_files, read_manifest
from analytics.store.schema import ROWS_FOLDER, STAMP_FILE, rows_file
from analytics.store.state_reader import open_state
from analytics.store.tables import Sequences

__all__ = ["RowFileWriter", "build_row_cache", "open_rows", "write_stamp"]

HEADER_BYTES = 128
"""Length of the .npy header: fixed, so that the number of positions can be filled in at the end."""

BLOCK_BYTES = 32 << 20


class RowFileWriter:
    """Writes a state position by position as .npy.

    Parameters
    ----------
    stream : binary file, writable, positioned at its end
    n_units : int
    dtype : numpy.dtype
    n_positions : int, default=0
        Positions that the stream holds already.
    """

    def __init__(self, stream: BinaryIO, *, n_units: int, dtype: np.dtype, n_positions: int = 0) -> None:
        self._stream, self._n_units, self._dtype = stream, n_units, dtype
        self._n_positions = n_positions
        if not n_positions:
            stream.write(_header((0, n_units), dtype))

    def write(self, values: NDArray) -> None:
        """Append values of shape (n_rows, n_units)."""
        self._stream.write(np.ascontiguousarray(values, dtype=self._dtype).data)
        self._n_positions += len(values)

    def finish(self) -> None:
        """Fill in the number of positions."""
        self._stream.seek(0)
        self._stream.write(_header((self._n_positions, self._n_units), self._dtype))


def write_stamp(folder: Path, fingerprint: str) -> None:
    """Say of which recording the row-major copies are; written after them."""
    _write_synced(folder / STAMP_FILE, lambda stream: stream.write(_stamp(fingerprint)))


def open_rows(folder: OpenFolder, manifest: Manifest, state: StateFacts) -> OpenFile | None:
    """Open the row-major copy of a state, or return None when there is none or it is another's."""
    file, header = rows_file(state.name), _header(state.shape, state.dtype)
    expected = HEADER_BYTES + state.shape[0] * state.shape[1] * state.dtype.itemsize
    found = folder.stamp(file)
    if found is None or found[3] != expected or not _stamp_agrees(folder, manifest):
        return None
    opened = folder.open(file)
    return opened if opened.read(HEADER_BYTES, 0) == header else None


def build_row_cache(path: str | Path, *, progress: Callable[[str, int, int], None] | None = None) -> None:
    """Write the row-major copies of a recording anew, in blocks, and put them in place when whole.

    Parameters
    ----------
    path : path of a recording
    progress : callable, optional
        Called with the state's name, the positions done and all positions.

    Raises
    ------
    RecordingError
        If the recording cannot be opened, or its folder cannot be written to.
    """
    folder = OpenFolder(Path(path))
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    try:
        (folder.path / ROWS_FOLDER).mkdir(exist_ok=True)
        (folder.path / STAMP_FILE).unlink(missing_ok=True)
        for state in manifest.states.values():
            _build_rows(folder, manifest, state, progress)
        write_stamp(folder.path, manifest.fingerprint)
    except OSError as error:
        raise RecordingWriteError(
            f"The row cache of {folder.path} could not be written: {error.strerror}. The recording itself is "
            "whole; without the cache it is read more slowly."
        ) from error


def _build_rows(
    folder: OpenFolder,
    manifest: Manifest,
    state: StateFacts,
    progress: Callable[[str, int, int], None] | None,
) -> None:
    sequences = Sequences(folder, n_sequences=manifest.n_sequences)
    states = open_state(folder, state, rows=None, sequences=sequences)
    n_positions, n_units = state.shape
    step = max(1, BLOCK_BYTES // (n_units * state.dtype.itemsize))

    def write(stream: BinaryIO) -> None:
        rows = RowFileWriter(stream, n_units=n_units, dtype=state.dtype)
        for start in range(0, n_positions, step):
            stop = min(start + step, n_positions)
            rows.write(states.read(start, stop))
            if progress is not None:
                progress(state.name, stop, n_positions)
        rows.finish()

    _write_synced(folder.path / rows_file(state.name), write)


def _write_synced(path: Path, write: Callable[[BinaryIO], object]) -> None:
    aside = path.with_name(f".partial-{path.name}-{os.getpid()}")
    try:
        with aside.open("wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _header(shape: tuple[int, int], dtype: np.dtype) -> bytes:
    facts = f"{{'descr': '{dtype.str}', 'fortran_order': False, 'shape': {shape!r}, }}"
    start = np.lib.format.magic(1, 0) + (HEADER_BYTES - 10).to_bytes(2, "little")
    return start + facts.ljust(HEADER_BYTES - 11).encode("ascii") + b"\n"


def _stamp(fingerprint: str) -> bytes:
    return json.dumps({"fingerprint": fingerprint}).encode() + b"\n"


def _stamp_agrees(folder: OpenFolder, manifest: Manifest) -> bool:
    expected = _stamp(manifest.fingerprint)
    found = folder.stamp(STAMP_FILE)
    if found is None or found[3] != len(expected):
        return False
    return folder.open(STAMP_FILE).read(len(expected), 0) == expected
