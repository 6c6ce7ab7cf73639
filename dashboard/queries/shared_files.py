"""Answers of all workers of a host, as files: bounded in bytes, and each computed by one of them at a time.

    <folder>/answers/<key>    an answer; the file's time is when it was last used
    <folder>/locks/<key>      held while one computes it; the lock is the kernel's and ends with its process

The folder may be deleted at any time, as a whole too: it is made again.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["FileAnswers", "private_folder"]

LOOK_AGAIN_S = 0.02
WAIT_S = 100
"""Longest wait for another process; then one computes it oneself. Below the time a worker may take."""
KEEP = 0.9
"""Share of the most bytes that is left when old answers are removed."""
LOOK_EVERY = 640
"""The folder is looked at when a process has written this fraction of it: 64 of them stay within the rest."""
PART_LIVES_S = 600

log = logging.getLogger(__name__)


class FileAnswers:
    """Sealed answers by key, in a folder that only this user may touch."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._answers, self._locks = folder / "answers", folder / "locks"
        self._max_bytes, self._unseen_bytes = max_bytes, max_bytes
        self._counting = threading.Lock()
        for each in (folder, self._answers, self._locks):
            private_folder(each)

    def get(self, key: str) -> bytes | None:
        """Return an answer, None where there is none, or one that is not ours."""
        try:
            with open(os.open(self._answers / key, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                found = os.fstat(file.fileno())
                if not _is_ours(found) or found.st_size > self._max_bytes:
                    log.warning("A file in %s belongs to somebody else and is not read.", self._answers)
                    return None
                os.utime(file.fileno())
                return file.read()
        except OSError:
            return None

    def put(self, key: str, sealed: bytes) -> None:
        """Keep an answer; without it, one that does not fit or cannot be written is computed again."""
        if len(sealed) > self._max_bytes * KEEP:
            return
        try:
            if not self._is_time_to_look(len(sealed)):
                _write(self._answers / key, sealed)
                return
            with _alone(self._locks / "room"):
                self._make_room(len(sealed))
                _write(self._answers / key, sealed)
        except OSError as error:
            log.warning("An answer could not be kept in %s: %s.", self._answers, error.strerror)

    @contextmanager
    def turn(self, key: str) -> Iterator[None]:
        """Wait until no other process computes this answer, and keep others waiting meanwhile."""
        path = self._locks / key
        lock = _locked(path)
        try:
            yield
        finally:
            if lock is not None:
                # While it is held: whoever waits on the old file sees that it is gone, and locks the new one.
                with contextlib.suppress(OSError):
                    path.unlink()
                os.close(lock)

    def n_bytes(self) -> int:
        """Return what all answers take."""
        return sum(size for _, size, _ in self._files())

    def problem(self) -> str:
        """Return a sentence where no answer can be kept; empty where all is well."""
        try:
            private_folder(self._answers)
        except OSError:
            return "The folder for answers cannot be used."
        return "" if os.access(self._answers, os.W_OK) else "The folder for answers cannot be written."

    def _is_time_to_look(self, n_bytes: int) -> bool:
        with self._counting:
            self._unseen_bytes += n_bytes
            if self._unseen_bytes * LOOK_EVERY < self._max_bytes:
                return False
            self._unseen_bytes = 0
            return True

    def _make_room(self, n_bytes: int) -> None:
        files = sorted(self._files())
        excess = sum(size for _, size, _ in files) + n_bytes - self._max_bytes * KEEP
        for _, size, path in files:
            if excess <= 0:
                break
            Path(path).unlink(missing_ok=True)
            excess -= size

    def _files(self) -> list[tuple[float, int, str]]:
        """Time of last use, size and path of each file; those that were left half-written count as oldest."""
        files = []
        with contextlib.suppress(OSError), os.scandir(self._answers) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    found = entry.stat(follow_symlinks=False)
                    is_stale = entry.name[0] == "." and time.time() - found.st_mtime > PART_LIVES_S
                    files.append((0.0 if is_stale else found.st_mtime, found.st_size, entry.path))
        return files


def private_folder(folder: Path) -> None:
    """Make a folder that only this user may touch, or see that it is one.

    Raises
    ------
    PermissionError
        If it belongs to somebody else.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise PermissionError(0, "it belongs to another user of this system", str(folder))
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def _is_ours(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o022


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f".{secrets.token_hex(8)}")
    try:
        file = _made(part)
        with open(file, "wb") as target:
            target.write(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _made(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        for folder in (path.parent.parent, path.parent):
            private_folder(folder)
        return os.open(path, flags, 0o600)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = _made(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _locked(path: Path) -> int | None:
    """Return the descriptor of a lock, None where it cannot be had."""
    ends = time.monotonic() + WAIT_S
    while time.monotonic() < ends:
        try:
            lock = _made(path)
        except OSError:
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(lock).st_ino == os.stat(path).st_ino:
                return lock
        except BlockingIOError:
            time.sleep(LOOK_AGAIN_S)
        except FileNotFoundError:
            pass
        os.close(lock)
    log.warning("Another process has computed the same for %d s; it is computed here too.", WAIT_S)
    return None
