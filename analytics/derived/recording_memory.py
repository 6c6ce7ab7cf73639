"""The memory of a recording's network: computed once, stored, and found again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics.analyses.memory.record import StateGradients
from analytics.analyses.memory.state_gradients import state_gradients
from analytics.derived.memory_groups import word_groups
from analytics.derived.memory_parameters import MemoryParameters, memory_parameters
from analytics.derived.memory_tables import from_tables, to_tables
from analytics.store.memory_results import (
    marks_folder,
    read_facts,
    read_table,
    results_folders,
    work_alone,
    write_result,
)
from analytics.store.recording import Recording

__all__ = [
    "StoredMemory",
    "load_memory",
    "memory_job",
    "recording_memory",
    "stored_memories",
    "stored_memory",
]

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """What a stored result is of."""

    path: Path
    digest: str
    parameters: MemoryParameters
    n_counted: int
    """Positions whose state was looked at."""
    left_out: dict[str, int]
    """By annotation, how many labels got no class because there were more than memory allows."""
    finished: str
    """Date and time (UTC, ISO 8601)."""
    seconds: float
    facts: dict[str, Any]
    """All of `memory.json`."""


def recording_memory(
    recording: Recording,
    *,
    state: str,
    folder: str | Path | None = None,
    progress: Report | None = None,
    waits: bool = False,
    device: str = "auto",
    **parameters: Any,
) -> StateGradients:
    """Return the state gradients of a recording's own network over its own text; stored if computed before.

    Parameters
    ----------
    recording : Recording
        It must ship its network.
    state : str
        `layer<k>.hidden` or `layer<k>.cell`.
    delays : int or iterable of int, default=30
        A number stands for 0 up to below it.
    by : iterable of str
        Categorical annotations. Each label is a group of that grouping, by the annotation at the input word.
    words : iterable of int
        Ids of single words: groups of the grouping `word`, their label the id.
    controls : bool, default=True
        Whether each of these groups has one of random words of the same frequencies, in the grouping
        `<grouping> (control)` under the same label.
    positions : int, optional
        A sample. Default: all.
    seed : int, default=0
    folder : path, optional
        Where results are stored and looked for. Default: `memory/` inside the recording's folder.
    progress : callable, optional
        Called with the positions done, all positions, and what is being done. What it raises ends the work,
        which goes on from there the next time.
    waits : bool, default=False
        Whether to wait where another process computes the same.

    Returns
    -------
    StateGradients
        `mean` of groups is None.

    Raises
    ------
    NetworkError
        If no network is shipped, or none that it can be computed of.
    BusyError
        If another process computes the same, unless `waits`.
    RecordingWriteError
        If the result cannot be stored.
    """
    asked = memory_parameters(recording, state=state, **parameters)
    found = _find(recording, asked, folder)
    if found is not None:
        return load_memory(found)
    digest = asked.digest(recording.fingerprint)
    place = results_folders(recording.path, _as_path(folder), recording.fingerprint)[0]
    tell = progress or (lambda done, total, what: None)
    n_asked = asked.positions or recording.n_positions

    def wait() -> None:
        tell(0, n_asked, "another process computes the same")

    with work_alone(place, digest, waits=waits, check=wait):
        found = _find(recording, asked, folder)
        if found is None:
            _compute(recording, asked, place, tell, device=device)
            found = _find(recording, asked, folder)
    return load_memory(found)


def stored_memories(recording: Recording, *, folder: str | Path | None = None) -> tuple[StoredMemory, ...]:
    """Return what is stored of a recording as it is now, the newest first; nothing of another content."""
    found = {
        facts["digest"]: _header(path, facts)
        for place in reversed(results_folders(recording.path, _as_path(folder), recording.fingerprint))
        for path, facts in read_facts(place, recording.fingerprint)
    }
    return tuple(sorted(found.values(), key=lambda header: header.finished, reverse=True))


def stored_memory(
    recording: Recording, *, state: str, folder: str | Path | None = None, **parameters: Any
) -> StateGradients | None:
    """Return the stored result of exactly these parameters (those of `recording_memory`), or None."""
    found = _find(recording, memory_parameters(recording, state=state, **parameters), folder)
    return None if found is None else load_memory(found)


def load_memory(stored: StoredMemory) -> StateGradients:
    """Read a stored result.

    Raises
    ------
    DamagedRecordingError
        If a file of it is missing or damaged.
    """
    tables = {name: read_table(stored.path, name) for name in ("decay", "gradients", "spans")}
    return from_tables(tables, stored.facts)


def memory_job(arguments: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Compute and store; for a process of its own.

    `arguments` holds `recording` (a path), `fingerprint` (what it must be) and the parameters of
    `recording_memory`.
    """
    from analytics.errors import RecordingChangedError
    from analytics.store.recording import open_recording

    given = dict(arguments)
    recording = open_recording(given.pop("recording"))
    fingerprint = given.pop("fingerprint", recording.fingerprint)
    if recording.fingerprint != fingerprint:
        raise RecordingChangedError(f"The recording {recording.path} was replaced meanwhile. Start again.")
    found = recording_memory(recording, **given, progress=report, waits=True)
    return {"n_counted": found.n_counted, "fingerprint": fingerprint}


def _compute(
    recording: Recording, asked: MemoryParameters, place: Path, tell: Report, *, device: str
) -> None:
    # torch takes seconds to load; results are found without it.
    from analytics.derived.embedded import shipped_layers

    began = time.monotonic()
    tell(0, asked.positions or recording.n_positions, "opening the network")
    layers, embedded = shipped_layers(recording)
    groups, left_out = word_groups(
        recording, asked, n_embedding=embedded.shape[1], n_units=layers.hidden_size
    )
    digest = asked.digest(recording.fingerprint)
    found = state_gradients(
        layers,
        embedded,
        state=asked.state,
        delays=asked.delays,
        sequence_starts=recording.sequence_starts,
        groups=groups,
        positions=asked.positions,
        seed=asked.seed,
        progress=lambda done, total: tell(done, total, "positions"),
        checkpoint=marks_folder(place, digest),
        device=device,
        group_means=False,
    )
    recording.check_unchanged()
    facts = {
        "fingerprint": recording.fingerprint,
        "recording": recording.name,
        "parameters": asked.to_dict(),
        "n_positions": found.n_positions,
        "n_counted": found.n_counted,
        "n_blocks": found.n_blocks,
        "dtype": found.dtype,
        "left_out": left_out,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began, 1),
    }
    write_result(place, digest, facts, to_tables(found))


def _find(recording: Recording, asked: MemoryParameters, folder: str | Path | None) -> StoredMemory | None:
    digest = asked.digest(recording.fingerprint)
    return next(
        (stored for stored in stored_memories(recording, folder=folder) if stored.digest == digest), None
    )


def _header(path: Path, facts: dict[str, Any]) -> StoredMemory:
    parameters = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in facts["parameters"].items()
    }
    return StoredMemory(
        path=path,
        digest=facts["digest"],
        parameters=MemoryParameters(**parameters),
        n_counted=int(facts["n_counted"]),
        left_out=dict(facts["left_out"]),
        finished=str(facts["finished"]),
        seconds=float(facts["seconds"]),
        facts=facts,
    )


def _as_path(folder: str | Path | None) -> Path | None:
    return None if folder is None else Path(folder)
