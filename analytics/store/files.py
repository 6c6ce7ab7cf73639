"""The open folder of a recording, and positional reads from its files."""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from analytics.errors import DamagedRecordingError, NotARecordingError, RecordingChangedError
from analytics.store.scattered import read_scattered
from analytics.store.schema import MANIFEST_FILE

__all__ = ["OpenFile", "OpenFolder", "Stamp"]

Stamp = tuple[int, int, int, int]
"""Device, inode, modification time (ns) and size: changes whenever a file is replaced."""


class OpenFolder:
    """A folder held open: its files are found although it was renamed or replaced meanwhile.

    Raises
    ------
    NotARecordingError
        If there is no such folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except ValueError:
            raise NotARecordingError(f"{str(path)!r:.300} is no path that the system can hold.") from None
        except NotADirectoryError:
            raise NotARecordingError(f"{path} is a file. A recording is a folder.") from None
        except FileNotFoundError:
            raise NotARecordingError(f"There is no folder {path}.") from None
        except OSError as error:
            raise NotARecordingError(f"The folder {path} cannot be opened: {error.strerror}.") from None
        self._finalizer = weakref.finalize(self, os.close, self._descriptor)

    def stamp(self, file: str) -> Stamp | None:
        """What changes when the file is replaced; None when it is missing."""
        try:
            found = os.stat(file, dir_fd=self._descriptor)
        except OSError:
            return None
        return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)

    def open(self, file: str) -> OpenFile:
        """Open a file of the recording for positional reads."""
        return OpenFile(self, file, self._open_descriptor(file))

    def read_json(self, file: str) -> Any:
        """The content of a JSON file."""
        with os.fdopen(self._open_descriptor(file), "rb") as stream:
            content = stream.read()
        try:
            return json.loads(content)
        except ValueError:
            raise self.failure(file, "is not JSON") from None

    @contextmanager
    def parquet(self, file: str) -> Iterator[pq.ParquetFile]:
        """Open a file of the recording with pyarrow; what goes wrong inside is a damaged recording."""
        with os.fdopen(self._open_descriptor(file), "rb") as stream:
            try:
                yield pq.ParquetFile(stream)
            except (OSError, pa.ArrowException) as error:
                reason = str(error).partition("\n")[0].rstrip(".")
                raise self.failure(file, f"cannot be read as Parquet ({reason})") from None

    def is_current(self, stamp: Stamp) -> bool:
        """Whether the folder found at the path still holds the manifest with this stamp."""
        try:
            found = os.stat(self.path / MANIFEST_FILE)
        except OSError:
            return False
        return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size) == stamp

    def is_gone(self) -> bool:
        """Whether another folder, or none, is at the path now."""
        try:
            return not os.path.samestat(os.stat(self.path), os.fstat(self._descriptor))
        except OSError:
            return True

    def failure(self, file: str, what: str) -> DamagedRecordingError | RecordingChangedError:
        """The error to raise when a file cannot be read."""
        if self.is_gone():
            return RecordingChangedError(
                f"The recording {self.path} was replaced or removed while it was open. Open it again."
            )
        return DamagedRecordingError(
            f"{self.path / file} {what}. Record it again, or take the file from a copy."
        )

    def _open_descriptor(self, file: str) -> int:
        try:
            return os.open(file, os.O_RDONLY, dir_fd=self._descriptor)
        except FileNotFoundError:
            raise self.failure(file, "is missing") from None
        except OSError as error:
            raise self.failure(file, f"cannot be opened ({error.strerror})") from None


class OpenFile:
    """A file held open and read at given offsets; safe to share between threads.

    Not memory-mapped: a mapped file that somebody truncates ends the whole process (SIGBUS),
    a short read is an error that a page can show.
    """

    def __init__(self, folder: OpenFolder, name: str, descriptor: int) -> None:
        self.folder, self.name, self.descriptor = folder, name, descriptor
        self._finalizer = weakref.finalize(self, os.close, descriptor)

    @property
    def size(self) -> int:
        """Bytes."""
        return os.fstat(self.descriptor).st_size

    def read(self, n_bytes: int, offset: int) -> bytes:
        """Bytes at an offset; fewer where the file ends."""
        return os.pread(self.descriptor, n_bytes, offset)

    def read_into(self, buffer: memoryview | NDArray, offset: int) -> None:
        """Fill a contiguous buffer from the bytes at an offset."""
        view = memoryview(buffer).cast("B") if not isinstance(buffer, memoryview) else buffer
        done = 0
        while done < len(view):
            # One read transfers at most 2 GiB on Linux.
            try:
                count = os.preadv(self.descriptor, [view[done:]], offset + done)
            except OSError as error:
                raise self.failure(f"cannot be read ({error.strerror})") from None
            if count == 0:
                raise self.too_short()
            done += count

    def read_many(self, offsets: NDArray, sizes: NDArray, out: NDArray, places: NDArray) -> None:
        """Read `sizes` bytes at `offsets` to `places` of a buffer of bytes: arrays of one length."""
        done = 0
        while (
            short := read_scattered(self.descriptor, offsets[done:], sizes[done:], out, places[done:])
        ) >= 0:
            # Cut off by a signal, which is read again, or the file's end, which is an error.
            done += short
            self.read_into(out[places[done] : places[done] + sizes[done]], int(offsets[done]))
            done += 1

    def too_short(self) -> DamagedRecordingError | RecordingChangedError:
        """The error to raise when the file ends too early."""
        return self.failure(f"was cut short: it has {self.size:,} bytes")

    def failure(self, what: str) -> DamagedRecordingError | RecordingChangedError:
        """The error to raise when the file cannot be read."""
        return self.folder.failure(self.name, what)
