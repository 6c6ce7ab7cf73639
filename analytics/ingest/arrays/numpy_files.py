"""Arrays that NumPy saved, .npy and .npz: read in blocks, packed or not, and never unpickled."""

from __future__ import annotations

import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from analytics.errors import SourceFileError
from analytics.ingest.arrays.raw_array import RawArray
from analytics.ingest.importing.report import Notes

__all__ = ["open_npy", "open_npz"]

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_SKIP_BYTES = 1 << 20


def open_npy(path: Path, stack: ExitStack) -> Any:
    """Open the array of a .npy file.

    Raises
    ------
    SourceFileError
        If it holds Python objects, or is damaged.
    """
    file = stack.enter_context(path.open("rb"))
    with _refused(path.name):
        shape, is_fortran, dtype = _header(file, path.name)
        if is_fortran and len(shape) > 1:
            values = np.load(path, mmap_mode="r", allow_pickle=False)
            return _Mapped(values, name=path.name)
        return RawArray(file, name=path.name, offset=file.tell(), shape=shape, dtype=dtype)


def open_npz(path: Path, stack: ExitStack, notes: Notes) -> dict[str, Any]:
    """Open the arrays of an .npz file; those that hold Python objects are left out, and told."""
    found: dict[str, Any] = {}
    with _refused(path.name):
        archive = stack.enter_context(zipfile.ZipFile(path))
        file = stack.enter_context(path.open("rb"))
        for member in archive.infolist():
            if not member.filename.endswith(".npy"):
                notes.add(f"{path.name} holds '{member.filename}', which is no array, and is left out.")
                continue
            key = member.filename.removesuffix(".npy")
            try:
                found[key] = _member(archive, member, file, name=f"{path.name}::{key}")
            except SourceFileError as error:
                notes.add(str(error))
    return found


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: BinaryIO, *, name: str) -> Any:
    with _refused(name):
        with archive.open(member) as stream:
            shape, is_fortran, dtype = _header(stream, name)
            n_header = stream.tell()
        if is_fortran and len(shape) > 1:
            # The values of a position lie far apart in it; such an array is held in memory.
            with archive.open(member) as stream:
                return _Mapped(np.lib.format.read_array(stream, allow_pickle=False), name=name)
        if member.compress_type == zipfile.ZIP_STORED:
            offset = _data_offset(file, member) + n_header
            return RawArray(file, name=name, offset=offset, shape=shape, dtype=dtype)
        return _PackedArray(archive, member, n_header, name=name, shape=shape, dtype=dtype)


class _Mapped:
    """An array that NumPy holds or maps."""

    def __init__(self, values: NDArray, *, name: str) -> None:
        self._values, self.name = values, name
        self.shape, self.dtype = values.shape, values.dtype

    def read(self, start: int, stop: int) -> NDArray:
        return np.ascontiguousarray(self._values[start:stop])

    def flattened(self) -> _Mapped:
        return _Mapped(self._values.reshape(-1, *self.shape[2:]), name=self.name)


class _PackedArray:
    """A compressed member of a zip file: unpacked on the way, from the beginning to the end."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        member: zipfile.ZipInfo,
        n_header: int,
        *,
        name: str,
        shape: tuple[int, ...],
        dtype: np.dtype,
    ) -> None:
        self._archive, self._member, self._n_header = archive, member, n_header
        self.name, self.shape, self.dtype = name, shape, dtype
        self._row_bytes = int(np.prod(shape[1:], dtype=object)) * dtype.itemsize
        self._stream: Any = None
        self._at = 0
        if n_header + self._row_bytes * (shape[0] if shape else 1) != member.file_size:
            raise SourceFileError(f"{name} is damaged: its size is not what its header says.")

    def read(self, start: int, stop: int) -> NDArray:
        with _refused(self.name):
            self._go_to(self._n_header + start * self._row_bytes)
            n_bytes = (stop - start) * self._row_bytes
            data = self._stream.read(n_bytes)
            self._at += len(data)
            if len(data) != n_bytes:
                raise SourceFileError(f"{self.name} is cut short: it ends before its last value.")
            return np.frombuffer(data, dtype=self.dtype).reshape(stop - start, *self.shape[1:])

    def flattened(self) -> _PackedArray:
        shape = (self.shape[0] * self.shape[1], *self.shape[2:])
        return _PackedArray(
            self._archive, self._member, self._n_header, name=self.name, shape=shape, dtype=self.dtype
        )

    def _go_to(self, place: int) -> None:
        if self._stream is None or place < self._at:
            self._stream, self._at = self._archive.open(self._member), 0
        while self._at < place:
            skipped = len(self._stream.read(min(_SKIP_BYTES, place - self._at)))
            if not skipped:
                raise SourceFileError(f"{self.name} is cut short: it ends before its last value.")
            self._at += skipped


def _header(stream: Any, name: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(stream)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise SourceFileError(f"{name} is of version {version} of NumPy's format, and only 1 and 2 are read.")
    with warnings.catch_warnings():
        # Files of Python 2 are read with a warning.
        warnings.simplefilter("ignore")
        shape, is_fortran, dtype = readers[version](stream)
    if dtype.hasobject:
        raise SourceFileError(
            f"{name} holds Python objects, which are pickled and could run a program: save texts as "
            "np.array(texts, dtype=str), and arrays of different lengths one by one."
        )
    if any(length < 0 for length in shape):
        raise SourceFileError(f"{name} is damaged: it has the shape {shape}.")
    return shape, is_fortran, dtype


def _data_offset(file: BinaryIO, member: zipfile.ZipInfo) -> int:
    file.seek(member.header_offset)
    fields = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    return member.header_offset + _LOCAL_HEADER.size + fields[-2] + fields[-1]


@contextmanager
def _refused(name: str) -> Iterator[None]:
    """Turn what zipfile and NumPy say of a damaged file into one sentence."""
    try:
        yield
    except (
        zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError, EOFError, OSError,
        NotImplementedError, RuntimeError, ValueError, TypeError, KeyError, SyntaxError, MemoryError,
        OverflowError,
    ) as error:  # fmt: skip
        reason = " ".join(str(error).split())[:160]
        raise SourceFileError(
            f"{name} cannot be read: it is damaged, cut short or locked ({reason})."
        ) from None
