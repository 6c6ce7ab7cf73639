"""The recordings of one folder, as it is now: nothing stale is handed out."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from analytics.errors import NotARecordingError, RecordingError, UnknownNameError, nearest
from analytics.store.recording import Recording, open_recording
from analytics.store.removal import remove_folder
from analytics.store.schema import MANIFEST_FILE, STAMP_FILE

__all__ = ["Catalog"]

_Seen = tuple[tuple[int, int, int] | None, ...]


class Catalog:
    """The recordings in a folder, by the names of their folders.

    Each call looks at the folder again (a few microseconds per recording), so that recordings added,
    replaced or removed meanwhile are noticed. Safe to share between threads.

    Parameters
    ----------
    folder : path
        May not exist yet: then there are none.
    visible : callable, optional
        Asked with the name of each folder at each call; those for which it is False are as if they were
        not there, in hints of errors as well.
    """

    def __init__(self, folder: str | Path, *, visible: Callable[[str], bool] | None = None) -> None:
        self.folder = Path(folder)
        self._visible = visible
        self._lock = threading.Lock()
        self._was_there = self.folder.is_dir()
        self._opened: dict[str, tuple[_Seen, Recording]] = {}

    def names(self) -> tuple[str, ...]:
        """Folder names of the recordings that open, sorted."""
        return tuple(self.recordings())

    def recordings(self) -> dict[str, Recording]:
        """Every recording that opens by its folder's name, sorted; the folder is looked at once."""
        found = {name: self._look(name) for name in self._candidates()}
        return {name: recording for name, recording in found.items() if isinstance(recording, Recording)}

    def open(self, name: str) -> Recording:
        """Open a recording by the name of its folder; the same object as long as it is unchanged.

        Raises
        ------
        UnknownNameError
            If there is no such folder.
        RecordingError
            If it does not open; the sentence says why.
        """
        found = self._look(self._check_name(name))
        if isinstance(found, RecordingError):
            raise found
        return found

    def remove(self, name: str) -> None:
        """Delete a recording: first it is renamed, so that it is gone as a whole, whatever happens then.

        One that is damaged or of a newer format is removed too. Links are not followed: what a link leads
        to stays, inside the recording as well.

        Raises
        ------
        UnknownNameError
            If there is no such folder.
        NotARecordingError
            If it is no recording, or a link to one: then it is left as it is.
        RecordingWriteError
            If it cannot be removed.
        """
        found = self._look(self._check_name(name))
        if isinstance(found, NotARecordingError):
            raise NotARecordingError(f"{found} It is left as it is.")
        remove_folder(self.folder / name)

    def problems(self) -> list[tuple[str, str]]:
        """Folder name and a sentence for each folder that does not open, and for names used twice."""
        found = {name: self._look(name) for name in self._candidates()}
        sentences = [(name, str(error)) for name, error in found.items() if isinstance(error, RecordingError)]
        by_title: dict[str, list[str]] = {}
        for name, recording in found.items():
            if isinstance(recording, Recording):
                by_title.setdefault(recording.name, []).append(name)
        for title, names in by_title.items():
            if len(names) > 1:
                sentence = f"{len(names)} recordings are named '{title}': {', '.join(names)}."
                sentences += [(name, f"{sentence} They are told apart by their folders.") for name in names]
        return sorted(sentences)

    def _check_name(self, name: str) -> str:
        if name not in self._candidates():
            if self._was_there and not os.access(self.folder, os.R_OK | os.X_OK):
                raise UnknownNameError(
                    f"The folder of recordings, {self.folder}, cannot be read at the moment. "
                    "Once it is back, so are its recordings."
                )
            raise UnknownNameError(
                f"There is no recording '{name}' in {self.folder}.{nearest(name, self.names())}"
            )
        return name

    def _candidates(self) -> list[str]:
        """All folders that may be seen, but the hidden ones, where a recording is still being written."""
        try:
            with os.scandir(self.folder) as entries:
                self._was_there = True
                names = sorted(entry.name for entry in entries if entry.name[0] != "." and entry.is_dir())
        except OSError:
            # Not there, or not there at the moment: a network folder may come back.
            names = []
        with self._lock:
            for name in set(self._opened).difference(names):
                del self._opened[name]
        return [name for name in names if self._visible is None or self._visible(name)]

    def _look(self, name: str) -> Recording | RecordingError:
        path = self.folder / name
        seen = _stat(path), _stat(path / MANIFEST_FILE), _stat(path / STAMP_FILE)
        with self._lock:
            if name in self._opened and self._opened[name][0] == seen:
                return self._opened[name][1]
        try:
            found = open_recording(path)
        except RecordingError as error:
            # Not kept: a file put back in its place must be noticed.
            return error
        with self._lock:
            self._opened[name] = (seen, found)
        return found


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
