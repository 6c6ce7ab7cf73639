"""A folder that appears whole or not at all: written aside, made durable, then renamed into place.

The writer's folder is `.partial-<name>-<random>` beside the target, so on the same file system, and locked
while its writer lives (the kernel drops the lock when the process dies, however it dies). A folder of that
name without a lock is what a killed writer left: the next write to the same name goes on with it, if it was
asked to and can, or removes it.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from analytics.errors import ParameterError, RecordingWriteError
from analytics.store.schema import MANIFEST_FILE, PARTIAL_PREFIX, PROGRESS_FOLDER

__all__ = ["StagedFolder", "sync_file", "write_error"]

_RENAME_EXCHANGE = 2
_AT_FDCWD = -100
_RANDOM_BYTES = 4


class StagedFolder:
    """The folder a recording is written into until it is whole.

    Parameters
    ----------
    target : Path
        Where it will be.
    overwrite : bool
        Replace the recording there.
    choose : callable, optional
        Is given the folders that killed writers left, and returns the one to go on with, or None. All are
        locked meanwhile. Without it, and when it returns, the others are removed.

    Attributes
    ----------
    path : Path
    is_taken_over : bool
        Whether the folder is one that another writer left.

    Raises
    ------
    RecordingWriteError
        If there is already something at the path and `overwrite` is False, or nothing can be written there.
    """

    def __init__(
        self,
        target: Path,
        *,
        overwrite: bool,
        choose: Callable[[list[Path]], Path | None] | None = None,
    ) -> None:
        self.target, self._overwrite = target, overwrite
        _check_path(target)
        try:
            _restore_replaced(target)
            self._refuse_existing()
            target.parent.mkdir(parents=True, exist_ok=True)
            found = _take_abandoned(target, choose or (lambda folders: None))
            self.is_taken_over = found is not None
            self.path, self._lock = found or _create_locked(target)
        except OSError as error:
            raise write_error(target, error) from error

    def publish(self) -> None:
        """Make everything durable and put it at the target, replacing what is there if that was asked for."""
        try:
            _sync_folders(self.path)
            self._refuse_existing()
            shutil.rmtree(self.path / PROGRESS_FOLDER, ignore_errors=True)
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
        _remove(self.path)
        self._release()

    def leave(self) -> None:
        """Leave everything as it is, for another writer to go on with."""
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


def write_error(target: Path, error: OSError, *, is_marked: bool = False) -> RecordingWriteError:
    """Turn a failure of the operating system into a sentence; `is_marked`: a later writer can go on."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        advice = "The disk is full: free some space, or choose another folder."
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        advice = "This folder cannot be written to: change its permissions, or choose another."
    else:
        advice = f"The system says: {error.strerror or error}."
    left = "What was marked is kept: call it again to go on." if is_marked else "Nothing of it is left."
    return RecordingWriteError(f"The recording {target} could not be written. {advice} {left}")


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


def _check_path(target: Path) -> None:
    try:
        usable = b"\0" not in os.fsencode(target)
    except UnicodeEncodeError:
        usable = False
    if not usable:
        raise ParameterError(f"A recording's path is one that the system can hold. Got {str(target)!r:.300}.")


def _prefix(target: Path) -> str:
    return f"{PARTIAL_PREFIX}{target.name}-"


def _create_locked(target: Path) -> tuple[Path, int]:
    while True:
        path = target.parent / f"{_prefix(target)}{secrets.token_hex(_RANDOM_BYTES)}"
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


def _take_abandoned(target: Path, choose: Callable[[list[Path]], Path | None]) -> tuple[Path, int] | None:
    """Lock what killed writers left, keep the one that is chosen, and remove the others."""
    found = {path: lock for path in _abandoned(target) if (lock := _lock(path)) is not None}
    kept = None
    try:
        # A folder can have been finished or removed by its writer just before it was locked.
        kept = choose([path for path in found if path.exists()])
        for path in found:
            if path != kept:
                _remove(path)
    finally:
        for path, lock in found.items():
            if path != kept:
                os.close(lock)
    return None if kept is None else (kept, found[kept])


def _abandoned(target: Path) -> list[Path]:
    name = re.compile(re.escape(_prefix(target)) + f"[0-9a-f]{{{2 * _RANDOM_BYTES}}}")
    with os.scandir(target.parent) as entries:
        names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    return [target.parent / found for found in sorted(names) if name.fullmatch(found)]


def _remove(path: Path) -> None:
    # First what another writer would go on with: a folder that is half removed must not look whole.
    shutil.rmtree(path / PROGRESS_FOLDER, ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)


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
