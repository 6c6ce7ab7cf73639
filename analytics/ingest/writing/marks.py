"""Marks: what a writer leaves in its unfinished folder so that another process can go on from there.

A mark is one small file, written aside and renamed, so that there is always the last whole one. It holds
what the growing files do not: the positions of row groups that are not full, labels seen, the caller's
note. Everything else is cut back to the number of positions it states.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.errors import RecordingWriteError
from analytics.ingest.writing.blocks import Progress
from analytics.store.schema import PROGRESS_FOLDER, STATE_DTYPES

__all__ = ["Mark", "furthest", "has_mark", "read_mark", "write_mark"]

_FILE = f"{PROGRESS_FOLDER}/mark"
_LENGTH_BYTES = 8
_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a writer stood."""

    job: dict[str, Any]
    """What makes the recording this one: a mark of another job is of no use."""
    progress: Progress
    labels: dict[str, list[str]]
    """Of each categorical annotation, those seen so far."""
    note: bytes
    waiting: dict[str, NDArray]
    """By state, the positions of the row group that is not full: each (n_waiting, n_units)."""


def write_mark(folder: Path, mark: Mark) -> None:
    """Replace the mark of an unfinished recording in one step."""
    header = {
        "job": mark.job,
        "progress": asdict(mark.progress),
        "labels": mark.labels,
        "note_bytes": len(mark.note),
        "waiting": {name: [values.dtype.name, *values.shape] for name, values in mark.waiting.items()},
    }
    text = json.dumps(header).encode()
    aside = folder / f"{_FILE}.new"
    with aside.open("wb") as stream:
        stream.write(len(text).to_bytes(_LENGTH_BYTES, "little") + text + mark.note)
        for values in mark.waiting.values():
            stream.write(np.ascontiguousarray(values).data)
    aside.replace(folder / _FILE)


def has_mark(folder: Path) -> bool:
    """Whether another process can go on with an unfinished recording."""
    return (folder / _FILE).is_file()


def read_mark(folder: Path) -> Mark:
    """The last mark made in a folder.

    Raises
    ------
    RecordingWriteError
        If the file was damaged.
    """
    with (folder / _FILE).open("rb") as stream:
        try:
            header = _header(stream)
            note = stream.read(header["note_bytes"])
            waiting = {}
            for name, (dtype, n_rows, n_units) in header["waiting"].items():
                values = np.fromfile(stream, dtype=STATE_DTYPES[dtype], count=n_rows * n_units)
                waiting[name] = values.reshape(n_rows, n_units)
            progress = Progress(**header["progress"])
        except (ValueError, KeyError, TypeError) as error:
            raise RecordingWriteError(
                f"{folder / _FILE} is damaged ({error}). Start the recording anew: without resume=True."
            ) from None
    return Mark(header["job"], progress, header["labels"], note, waiting)


def furthest(folders: list[Path], *, job: Mapping[str, Any], target: Path) -> Path | None:
    """The folder whose mark is of this job and lies furthest, or None when none has a mark.

    Raises
    ------
    RecordingWriteError
        If there are marks, but only of other jobs; the sentence says what differs.
    """
    marks = {folder: read_mark(folder) for folder in folders if has_mark(folder)}
    ours = {folder: mark for folder, mark in marks.items() if mark.job == job}
    if ours:
        return max(ours, key=lambda folder: ours[folder].progress.n_positions)
    for mark in marks.values():
        raise RecordingWriteError(
            f"There is an unfinished recording at {target}, but of another job: "
            f"{_differences(mark.job, job)}. "
            "Call it as it was called then to go on, or without resume=True to start anew."
        )
    return None


def _header(stream: Any) -> dict[str, Any]:
    length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
    return json.loads(stream.read(length))


def _differences(then: Mapping[str, Any], now: Mapping[str, Any], *, within: str = "") -> str:
    found = []
    for key in sorted({*then, *now}):
        before, after = then.get(key), now.get(key)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            found.append(_differences(before, after, within=f"{within}{key} "))
            continue
        texts = [json.dumps(value, ensure_ascii=False) for value in (before, after)]
        shown = all(len(text) <= _SHOWN_LENGTH for text in texts) and not key.endswith("hash")
        found.append(f"{within}{key} {f'was {texts[0]} and is {texts[1]}' if shown else 'differs'}")
    return ", ".join(found)
