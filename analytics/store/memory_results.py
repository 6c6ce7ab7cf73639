"""Results on a recording's memory, kept beside it or in a folder of its own: found, read, written whole or
not.

Each result is a folder named after what it is of:

    <folder>/<digest>/memory.json        what it is of: parameters, the recording's fingerprint, when, how
    long <folder>/<digest>/decay.parquet      a row for each group and delay: count, norms, bands, singular
    values <folder>/<digest>/gradients.parquet  a row for each delay and unit: the mean gradient of all words
    <folder>/<digest>/spans.parquet      the stretches of positions that were counted
    <folder>/.lock-<digest>              held by the process that computes it
    <folder>/.marks-<digest>/            from where that goes on after it was stopped
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.errors import BusyError, DamagedRecordingError, RecordingWriteError
from analytics.store.schema import MEMORY_FOLDER, PARTIAL_PREFIX

__all__ = ["marks_folder", "read_facts", "read_table", "results_folders", "work_alone", "write_result"]

FACTS_FILE = "memory.json"
FORMAT_VERSION = 1
WAIT_S = 0.5


def results_folders(path: Path, folder: Path | None, fingerprint: str) -> list[Path]:
    """Return where results of a recording may lie, the place for new ones first."""
    beside = path / MEMORY_FOLDER
    return [beside] if folder is None else [Path(folder) / fingerprint[:32], beside]


def marks_folder(folder: Path, digest: str) -> Path:
    """Return where the marks of unfinished work lie."""
    return folder / f".marks-{digest}"


def read_facts(folder: Path, fingerprint: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give each whole result of this fingerprint in a folder, and what it is of; others are passed over."""
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        return
    for entry in entries:
        with suppress(OSError, ValueError):
            facts = json.loads((entry / FACTS_FILE).read_text(encoding="utf-8"))
            known = facts.get("format_version") == FORMAT_VERSION
            if known and facts["fingerprint"] == fingerprint and facts["digest"] == entry.name:
                yield entry, facts


def read_table(result: Path, name: str) -> pa.Table:
    """Read one table of a result.

    Raises
    ------
    DamagedRecordingError
        If it is missing or damaged.
    """
    try:
        return pq.read_table(result / f"{name}.parquet")
    except (OSError, pa.ArrowException) as error:
        raise DamagedRecordingError(
            f"The stored result {result} cannot be read ({str(error).partition(chr(10))[0]}). Delete that "
            "folder and compute it again."
        ) from None


def write_result(folder: Path, digest: str, facts: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> Path:
    """Write a result aside and put it in place when it is whole, instead of an older one.

    Raises
    ------
    RecordingWriteError
        If it cannot be written; nothing half-written is left.
    """
    aside = folder / f"{PARTIAL_PREFIX}{digest}-{os.getpid()}"
    try:
        try:
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            for name, table in tables.items():
                pq.write_table(table, aside / f"{name}.parquet", compression="zstd")
            text = json.dumps({"format_version": FORMAT_VERSION, "digest": digest, **facts}, indent=1)
            (aside / FACTS_FILE).write_text(text, encoding="utf-8")
            shutil.rmtree(folder / digest, ignore_errors=True)
            aside.replace(folder / digest)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise _failure(folder, error) from None
    return folder / digest


@contextmanager
def work_alone(
    folder: Path, digest: str, *, waits: bool = False, check: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Let one process at a time compute a result.

    Parameters
    ----------
    waits : bool, default=False
        Whether to wait for the other process, calling `check` now and then.

    Raises
    ------
    BusyError
        If another process computes it, unless `waits`.
    RecordingWriteError
        If the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / f".lock-{digest}", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _failure(folder, error) from None
    try:
        while not _locked(descriptor):
            if not waits:
                raise BusyError(
                    f"Another process computes the same, in {folder}. Wait for it: its result will be found "
                    "there."
                )
            check()
            time.sleep(WAIT_S)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _failure(folder: Path, error: OSError) -> RecordingWriteError:
    return RecordingWriteError(
        f"The result could not be written to {folder}: {error.strerror or error}. Nothing half-written is "
        "left; make room, or name another folder for results."
    )
