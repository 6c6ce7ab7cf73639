"""Answers worth keeping: in memory first, then where all workers find them, in files or in Redis.

A key holds everything that changes an answer: the recording's fingerprint, the sources that compute it,
the question and every parameter, unrounded. Arrays in answers are read-only, because they are shared.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from dashboard.queries.sealed import BrokenSealError, seal, unseal
from dashboard.queries.shared_files import FileAnswers
from dashboard.queries.shared_redis import RedisAnswers

__all__ = ["AnswerCache", "code_version"]

Answer = TypeVar("Answer")
SOURCES = Path(__file__).resolve().parents[2]
BYTES_PER_MEGABYTE = 1_000_000
SMALLEST_ENTRY_BYTES = 1_000
"""What an answer without arrays is taken to need."""

log = logging.getLogger(__name__)


class AnswerCache:
    """Answers by question. The same question asked at once, by threads or processes, is computed once.

    `key` seals what is kept, `url` names a Redis to keep it in rather than in `folder`; `tell` is called with
    each question, where its answer was found (memory, shared or computed) and the seconds it took.
    """

    def __init__(
        self,
        folder: Path,
        *,
        disk_megabytes: int,
        memory_megabytes: int,
        key: bytes = b"",
        url: str = "",
        tell: Callable[[str, str, float], None] = lambda question, found, seconds: None,
    ) -> None:
        self.folder = folder.resolve()
        """Where answers are kept; sub-folders are for those who make them."""
        max_bytes = disk_megabytes * BYTES_PER_MEGABYTE
        files = FileAnswers(folder, max_bytes=max_bytes)
        self.shared = RedisAnswers(url, max_bytes=max_bytes) if url else files
        """What all workers share."""
        self._memory = _MemoryAnswers(max_bytes=memory_megabytes * BYTES_PER_MEGABYTE)
        self._key, self._tell = key, tell
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
        began = time.perf_counter()
        answer, found = self._found(key, compute, on_disk=on_disk)
        self._tell(question, found, time.perf_counter() - began)
        return answer

    def _found(self, key: str, compute: Callable[[], Answer], *, on_disk: bool) -> tuple[Answer, str]:
        """Return an answer and where it was found; of several threads, one looks further than the memory."""
        kept = self._memory.get(key)
        if kept is not None:
            return kept, "memory"
        with self._lock:
            turn = self._running.setdefault(key, threading.Lock())
        with turn:
            try:
                kept = self._memory.get(key)
                if kept is not None:
                    return kept, "memory"
                answer, found = self._fetched(key, compute) if on_disk else (compute(), "computed")
                self._memory.put(key, _freeze(answer))
                return answer, found
            finally:
                with self._lock:
                    self._running.pop(key, None)

    def _fetched(self, key: str, compute: Callable[[], Answer]) -> tuple[Answer, str]:
        """Return what all workers share; of several processes, one computes it."""
        kept = self._unsealed(key)
        if kept is not None:
            return kept, "shared"
        with self.shared.turn(key):
            kept = self._unsealed(key)
            if kept is not None:
                return kept, "shared"
            answer = compute()
            self.shared.put(key, seal(key, answer, key=self._key))
            return answer, "computed"

    def _unsealed(self, key: str) -> Any:
        sealed = self.shared.get(key)
        if sealed is None:
            return None
        try:
            return unseal(key, sealed, key=self._key)
        except BrokenSealError:
            log.warning("An answer in the cache is damaged or not ours, and is computed again.")
        except Exception as error:
            log.warning(
                "An answer in the cache could not be read (%s), and is computed again.", type(error).__name__
            )
        return None


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


@functools.cache
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
