"""A folder that appears whole or not at all: written aside, made durable, then renamed into place.

The writer's folder is `.partial-<name>-<random>` beside the target, so on the same file system, and locked
while its writer lives (the kernel drops the lock when the process dies, however it dies). A folder of that
name without a lock is what a killed writer left, and the next write to the same name removes it.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import secrets
import shutil
from pathlib import Path

from analytics.errors import RecordingWriteError
from analytics.store.schema import MANIFEST_FILE, PARTIAL_PREFIX

__all__ = ["StagedFolder", "sync_file", "write_error"]

_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


class StagedFolder:
    """The folder a recording is written into until it is whole.

    Raises
    ------
    RecordingWriteError
        If there is already something at the path and `overwrite` is False, or nothing can be written there.
    """

    def __init__(self, target: Path, *, overwrite: bool) -> None:
        self.target, self._overwrite = target, overwrite
        try:
            _restore_replaced(target)
            self._refuse_existing()
            target.parent.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(target)
            self.path, self._lock = _create_locked(target)
        except OSError as error:
            raise write_error(target, error) from error

    def publish(self) -> None:
        """Make everything durable and put it at the target, replacing what is there if that was asked for."""
        try:
            _sync_folders(self.path)
            self._refuse_existing()
            if self.target.exists():
                _replace(self.path, self.target)
            else:
                self.path.rename(self.target)
            _sync_folder(self.target.parent)
        except OSError as error:
            raise write_error(self.target, error) from error
        finally:
            self._release()

    def discard(self) -> None:
        """Remove everything written so far."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._release()

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _refuse_existing(self) -> None:
        if self._overwrite and self.target.exists():
            self._refuse_foreign()
            return
        if self.target.exists() or self.target.is_symlink():
            raise RecordingWriteError(
                f"There is already something at {self.target}. Choose another name, or pass overwrite=True "
                "to replace the recording."
            )

    def _refuse_foreign(self) -> None:
        """Replacing a recording must not delete somebody's other work."""
        is_recording = (self.target / MANIFEST_FILE).is_file()
        if not is_recording and (not self.target.is_dir() or any(self.target.iterdir())):
            raise RecordingWriteError(
                f"{self.target} is not a recording, and is left as it is. Choose another name, or remove it."
            )


def write_error(target: Path, error: OSError) -> RecordingWriteError:
    """Turn a failure of the operating system into a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        advice = "The disk is full: free some space, or choose another folder."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        advice = "This folder cannot be written to: change its permissions, or choose another."
    else:
        advice = f"The system says: {error.strerror or error}."
    return RecordingWriteError(
        f"The recording {target} could not be written. {advice} Nothing of it is left."
    )


def sync_file(path: Path) -> None:
    """Wait until a file is on the disk."""
    _sync(path, os.O_RDONLY)


def _sync_folders(path: Path) -> None:
    for folder, _, _ in os.walk(path):
        _sync_folder(Path(folder))


def _sync_folder(path: Path) -> None:
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prefix(target: Path) -> str:
    return f"{PARTIAL_PREFIX}{target.name}-"


def _create_locked(target: Path) -> tuple[Path, int]:
    while True:
        path = target.parent / f"{_prefix(target)}{secrets.token_hex(4)}"
        path.mkdir()
        lock = _lock(path)
        # Between the two lines above, another writer may have taken the folder for an abandoned one.
        if lock is not None and path.exists():
            return path, lock
        if lock is not None:
            os.close(lock)


def _lock(path: Path) -> int | None:
    """Lock a folder for this process, or return None when another process holds it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _remove_abandoned(target: Path) -> None:
    random_length = 8
    for path in target.parent.glob(f"{_prefix(target)}*"):
        if len(path.name) != len(_prefix(target)) + random_length or not path.is_dir():
            continue
        lock = _lock(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _replace(new: Path, old: Path) -> None:
    """Put a folder in the place of another and remove that one; a crash leaves the old or the new."""
    if _exchange(new, old):
        shutil.rmtree(new, ignore_errors=True)
        return
    # Some file systems cannot swap. A crash between the two renames leaves the old one under its second
    # name, whole, and the next write to this name puts it back first.
    aside = old.parent / f".replaced-{old.name}"
    old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


def _restore_replaced(target: Path) -> None:
    aside = target.parent / f".replaced-{target.name}"
    if not aside.exists():
        return
    if target.exists():
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.rename(target)


def _exchange(new: Path, old: Path) -> bool:
    """Swap two folders in one step of the file system; False where it cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return rename(_AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(old), _RENAME_EXCHANGE) == 0
