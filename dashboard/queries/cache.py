"""Answers worth keeping: in memory first, then on disk for every worker of this host.

A key holds everything that changes an answer: the recording's fingerprint, the sources that compute it,
the question and every parameter, unrounded. Arrays in answers are read-only, because they are shared.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

__all__ = ["AnswerCache", "code_version"]

Answer = TypeVar("Answer")
SOURCES = Path(__file__).resolve().parents[2]
BYTES_PER_MEGABYTE = 1_000_000
PRUNE_EVERY = 32
"""Answers written between two looks at the size of the folder."""
SMALLEST_ENTRY_BYTES = 1_000
"""What an answer without arrays is taken to need."""

log = logging.getLogger(__name__)


class AnswerCache:
    """Answers by question. Safe for threads: the same question asked twice at once is computed once."""

    def __init__(self, folder: Path, *, disk_megabytes: int, memory_megabytes: int) -> None:
        self.folder = folder.resolve()
        """Where answers are kept; sub-folders are for those who make them."""
        self._disk = _DiskAnswers(folder, max_bytes=disk_megabytes * BYTES_PER_MEGABYTE)
        self._memory = _MemoryAnswers(max_bytes=memory_megabytes * BYTES_PER_MEGABYTE)
        self._version = code_version()
        self._lock = threading.Lock()
        self._running: dict[str, threading.Lock] = {}

    def answer(
        self,
        question: str,
        fingerprint: str,
        parameters: Mapping[str, Any],
        compute: Callable[[], Answer],
        *,
        on_disk: bool = True,
    ) -> Answer:
        """Return the kept answer, or compute and keep it. What `compute` raises is not kept.

        `on_disk=False` suits answers that are faster to compute than to read from a file.
        """
        key = answer_key(question, fingerprint, parameters, version=self._version)
        found = self._memory.get(key)
        if found is not None:
            return found
        with self._lock:
            turn = self._running.setdefault(key, threading.Lock())
        with turn:
            try:
                found = self._memory.get(key)
                return self._fill(key, compute, on_disk=on_disk) if found is None else found
            finally:
                with self._lock:
                    self._running.pop(key, None)

    def _fill(self, key: str, compute: Callable[[], Answer], *, on_disk: bool) -> Answer:
        found = self._disk.get(key) if on_disk else None
        if found is None:
            found = compute()
            if on_disk:
                self._disk.put(key, found)
        self._memory.put(key, _freeze(found))
        return found


def answer_key(question: str, fingerprint: str, parameters: Mapping[str, Any], *, version: str) -> str:
    """Return a key that differs whenever the answer may.

    Examples
    --------
    >>> keys = {answer_key("match", "f", {"threshold": l}, version="1") for l in (0.3, 0.30000000000000004)}
    >>> len(keys)
    2
    """
    written = _written({name: parameters[name] for name in sorted(parameters)})
    return hashlib.sha256(f"{version}\n{fingerprint}\n{question}\n{written}".encode()).hexdigest()


def code_version() -> str:
    """Return a digest of the sources that compute and shape answers: other code, other answers."""
    digest = hashlib.sha256()
    for folder in ("analytics", "dashboard/queries"):
        for file in sorted((SOURCES / folder).rglob("*.py")):
            digest.update(file.relative_to(SOURCES).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _written(value: Any) -> str:
    """A text that differs for different values; `repr` leaves out the middle of long arrays."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{hashlib.sha256(np.ascontiguousarray(value)).hexdigest()}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{name!r}:{_written(part)}" for name, part in value.items()) + "}"
    if is_dataclass(value) or isinstance(value, (tuple, list)):
        return f"{type(value).__name__}[{','.join(map(_written, _parts(value)))}]"
    return repr(value)


class _MemoryAnswers:
    """The answers used last, up to a number of bytes."""

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes, self._n_bytes = max_bytes, 0
        self._entries: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Any:
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: str, value: Any) -> None:
        size = _size(value)
        with self._lock:
            if key in self._entries or size > self._max_bytes:
                return
            self._entries[key] = (value, size)
            self._n_bytes += size
            while self._n_bytes > self._max_bytes:
                self._n_bytes -= self._entries.popitem(last=False)[1][1]


class _DiskAnswers:
    """Answers as files, up to a number of bytes. A file that cannot be read is no answer."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        from flask_caching.backends import FileSystemCache

        self._folder, self._max_bytes, self._n_written = folder, max_bytes, 0
        # The files are pickles: whoever may write here may run code here.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        # threshold=0: the library counts files, here the bytes matter (`_prune`).
        self._files = FileSystemCache(str(folder), threshold=0, default_timeout=0, mode=0o600)

    def get(self, key: str) -> Any:
        try:
            return self._files.get(key)
        except Exception:
            log.warning("An answer in %s could not be read and is computed again.", self._folder)
            return None

    def put(self, key: str, value: Any) -> None:
        self._files.set(key, value)
        self._n_written += 1
        if self._n_written % PRUNE_EVERY == 0:
            self._prune()

    def _prune(self) -> None:
        """Remove the oldest files until the rest fits."""
        files = []
        for entry in os.scandir(self._folder):
            if entry.is_dir():
                continue  # The background jobs look after theirs.
            try:
                files.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
            except FileNotFoundError:
                continue  # Another worker was faster.
        excess = sum(size for _, size, _ in files) - self._max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                break
            Path(path).unlink(missing_ok=True)
            excess -= size


def _parts(value: Any) -> list[Any]:
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (tuple, list)) else []


def _freeze(value: Any) -> Any:
    """Make every array in an answer read-only."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    for part in _parts(value):
        _freeze(part)
    return value


def _size(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, (str, bytes)):
        return len(value)
    return sum(_size(part) for part in _parts(value)) + SMALLEST_ENTRY_BYTES
