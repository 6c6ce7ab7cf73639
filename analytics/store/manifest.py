"""The manifest of a recording, `recording.json`, and the checks before anything else is opened."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from analytics.errors import DamagedRecordingError, FormatVersionError, NotARecordingError
from analytics.store.files import OpenFile, OpenFolder, Stamp
from analytics.store.layout import MAGIC, TileLayout
from analytics.store.schema import (
    ANNOTATION_KINDS,
    FORMAT,
    FORMAT_VERSION,
    MANIFEST_FILE,
    PARTIAL_PREFIX,
    SEQUENCES_FILE,
    STATE_DTYPES,
    TOKENS_FILE,
    VOCABULARY_FILE,
    check_name,
)

__all__ = ["Manifest", "StateFacts", "check_files", "read_manifest"]


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What the manifest says of one state."""

    name: str
    file: str
    shape: tuple[int, int]
    unit_shape: tuple[int, ...]
    dtype: np.dtype
    layout: TileLayout | None
    """None when the file was written by other software."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The checked content of `recording.json`."""

    facts: dict[str, Any]
    """The whole of it, as written."""
    stamp: Stamp
    name: str
    fingerprint: str
    n_positions: int
    n_sequences: int
    states: dict[str, StateFacts]
    sizes: dict[str, int]
    """Bytes of each file of the recording; those that may be deleted are not among them."""


def read_manifest(folder: OpenFolder) -> Manifest:
    """Read and check the manifest.

    Raises
    ------
    NotARecordingError
        If there is none, or it is not ours.
    FormatVersionError
        If a newer version of the format wrote it.
    DamagedRecordingError
        If something is missing in it.
    """
    stamp = folder.stamp(MANIFEST_FILE)
    if folder.path.name.startswith(PARTIAL_PREFIX):
        raise NotARecordingError(
            f"{folder.path} is a recording that is being written, or whose writer was killed."
        )
    if stamp is None and folder.is_gone():
        raise folder.failure(MANIFEST_FILE, "is missing")
    if stamp is None:
        raise NotARecordingError(
            f"{folder.path} holds no finished recording: {MANIFEST_FILE}, written last, is not there."
        )
    try:
        facts = folder.read_json(MANIFEST_FILE)
    except DamagedRecordingError as error:
        raise NotARecordingError(str(error)) from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise NotARecordingError(
            f"{folder.path / MANIFEST_FILE} does not describe a recording: its 'format' is not '{FORMAT}'."
        )
    _check_version(folder, facts.get("format_version"))
    try:
        return _manifest(facts, stamp)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise folder.failure(MANIFEST_FILE, f"is incomplete or wrong ({_reason(error)})") from None


def check_files(folder: OpenFolder, manifest: Manifest) -> None:
    """Check that each file is there, has its size, and is Parquet where it says so.

    Raises
    ------
    DamagedRecordingError
        Naming the first file that is missing, cut short or foreign.
    """
    for file, n_bytes in manifest.sizes.items():
        opened = folder.open(file)
        if opened.size != n_bytes:
            raise folder.failure(
                file, f"has {opened.size:,} bytes where the recording has {n_bytes:,}: cut short or replaced"
            )
        if file.endswith(".parquet") and not _is_parquet(opened, n_bytes):
            raise folder.failure(file, "is not a Parquet file, or its end is missing")


def _check_version(folder: OpenFolder, version: object) -> None:
    if not isinstance(version, int) or version < 1:
        raise NotARecordingError(f"{folder.path / MANIFEST_FILE} states no format version. Got {version!r}.")
    if version > FORMAT_VERSION:
        raise FormatVersionError(
            f"{folder.path / MANIFEST_FILE} was written in version {version} of the format; this Stateroom "
            f"reads up to {FORMAT_VERSION}. Install a newer Stateroom, or record it again with this one."
        )


def _manifest(facts: dict[str, Any], stamp: Stamp) -> Manifest:
    n_positions, n_sequences = int(facts["n_positions"]), int(facts["n_sequences"])
    if not 1 <= n_sequences <= n_positions:
        raise ValueError(f"{n_sequences} sequences of {n_positions} positions")
    if int(facts["n_vocabulary"]) < 1 or not facts["states"]:
        raise ValueError("it has no vocabulary or no state")
    for annotation in facts.get("annotations", {}).values():
        if annotation["kind"] not in ANNOTATION_KINDS:
            raise ValueError(f"an annotation of kind {annotation['kind']!r}")
    sizes = {_inside(file): int(entry["bytes"]) for file, entry in facts["files"].items()}
    states = {name: _state(name, entry, n_positions) for name, entry in facts["states"].items()}
    needed = [TOKENS_FILE, SEQUENCES_FILE, VOCABULARY_FILE, *(state.file for state in states.values())]
    if unlisted := [file for file in needed if file not in sizes]:
        raise ValueError(f"'files' does not list {unlisted[0]}")
    return Manifest(
        facts=facts,
        stamp=stamp,
        name=str(facts["name"]),
        fingerprint=str(facts["fingerprint"]),
        n_positions=n_positions,
        n_sequences=n_sequences,
        states=states,
        sizes=sizes,
    )


def _state(name: str, entry: dict[str, Any], n_positions: int) -> StateFacts:
    check_name(name, what="state")
    shape, dtype = (n_positions, int(entry["n_units"])), STATE_DTYPES[entry["dtype"]]
    if shape[1] < 1:
        raise ValueError(f"state '{name}' has no unit")
    unit_shape = tuple(int(n) for n in entry.get("unit_shape", shape[1:]))
    if min(unit_shape, default=0) < 1 or math.prod(unit_shape) != shape[1]:
        raise ValueError(f"state '{name}' has {shape[1]} units, which do not make {unit_shape!r:.100}")
    return StateFacts(
        name=name,
        file=_inside(entry["file"]),
        shape=shape,
        unit_shape=unit_shape,
        dtype=dtype,
        layout=TileLayout.from_json(entry.get("layout"), shape=shape, dtype=dtype),
    )


def _inside(file: str) -> str:
    """Refuse a name that leads out of the recording's folder."""
    path = PurePosixPath(file)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in file:
        raise ValueError(f"the file name {file!r} leads out of the recording")
    return file


def _is_parquet(file: OpenFile, n_bytes: int) -> bool:
    last = max(0, n_bytes - len(MAGIC))
    return file.read(len(MAGIC), 0) == MAGIC == file.read(len(MAGIC), last)


def _reason(error: Exception) -> str:
    return f"'{error.args[0]}' is missing or unknown" if isinstance(error, KeyError) else str(error)
