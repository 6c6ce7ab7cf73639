"""Removing a recording: gone as a whole, and nothing outside its folder is touched."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from analytics.errors import NotARecordingError, RecordingWriteError
from analytics.store.schema import REMOVED_PREFIX

__all__ = ["remove_folder"]

_RANDOM_BYTES = 4
_REMOVED = re.compile(re.escape(REMOVED_PREFIX) + f"[0-9a-f]{{{2 * _RANDOM_BYTES}}}")


def remove_folder(path: Path) -> None:
    """Rename a folder to ``.removed-<random>``, which nothing opens, and delete that.

    Also deletes what calls that were killed in the middle left of that kind.

    Raises
    ------
    NotARecordingError
        If the path is a link.
    RecordingWriteError
        If it cannot be renamed, and is still there, or cannot be deleted wholly.
    """
    if path.is_symlink():
        raise NotARecordingError(
            f"{path} is a link to {os.readlink(path)}; both are left as they are. Delete the link by hand."
        )
    aside = path.with_name(REMOVED_PREFIX + secrets.token_hex(_RANDOM_BYTES))
    try:
        path.rename(aside)
    except OSError as error:
        raise RecordingWriteError(
            f"{path} could not be removed, and is still there: {error.strerror}."
        ) from error
    try:
        shutil.rmtree(aside)
    except OSError as error:
        raise RecordingWriteError(
            f"{path} is no recording any more, but some of its files could not be deleted: {error.strerror}. "
            f"They are in {aside}."
        ) from error
    _delete_left(path.parent)


def _delete_left(folder: Path) -> None:
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    for entry in found:
        if _REMOVED.fullmatch(entry.name):
            shutil.rmtree(entry.path, ignore_errors=True)
