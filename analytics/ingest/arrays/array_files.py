"""Arrays in files of .npy, .npz, .safetensors and HDF5: found by key, read in blocks, never unpickled."""

from __future__ import annotations

import zipfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from analytics.errors import SourceFileError, nearest
from analytics.ingest.arrays.hdf5_arrays import Hdf5File
from analytics.ingest.arrays.numpy_files import open_npy, open_npz
from analytics.ingest.arrays.safetensors_file import open_safetensors
from analytics.ingest.importing.report import Notes

__all__ = ["ArrayFiles", "ArraySource"]

_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".t7")
_HDF5 = (".h5", ".hdf5", ".hdf", ".he5", ".mat")

MAX_ARRAYS = 10_000


class ArraySource(Protocol):
    """An array in a file, read in blocks of its first axis."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype

    def read(self, start: int, stop: int) -> NDArray:
        """Return the rows [start, stop)."""
        ...

    def flattened(self) -> ArraySource:
        """Return the first two axes as one."""
        ...


class ArrayFiles:
    """The arrays of one or more files by key. A context manager; keeps the files open.

    The key of an array in a .npy file is the file's name without its ending; where two files have the same
    key, the file's name comes before it.

    Parameters
    ----------
    paths : sequence of path
    notes : Notes
        Is told of arrays that cannot be read.

    Raises
    ------
    SourceFileError
        If a file cannot be read, is of another format, or is a pickle.
    """

    def __init__(self, paths: list[Path], notes: Notes) -> None:
        self.arrays: dict[str, ArraySource] = {}
        self._stack = ExitStack()
        try:
            for path in paths:
                for key, array in _open(path, self._stack, notes).items():
                    self.arrays[key if key not in self.arrays else f"{path.stem}.{key}"] = array
        except BaseException:
            self._stack.close()
            raise
        if len(self.arrays) > MAX_ARRAYS:
            self._stack.close()
            raise SourceFileError(f"There are more than {MAX_ARRAYS:,} arrays: name a file that has fewer.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _open(path: Path, stack: ExitStack, notes: Notes) -> dict[str, ArraySource]:
    if path.is_dir():
        raise SourceFileError(f"{path} is a folder: name the files in it.")
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        hint = nearest(path.name, _neighbours(path))
        raise SourceFileError(f"{path} cannot be read: {error.strerror or error}.{hint}") from None
    if (
        path.suffix.lower() in _PICKLES
        or (head[:1] == b"\x80" and head[1:2] <= b"\x05")
        or _holds_pickle(path)
    ):
        raise SourceFileError(_pickle_sentence(path))
    if head[:6] == b"\x93NUMPY":
        return {path.stem: open_npy(path, stack)}
    if head[:2] == b"PK":
        return open_npz(path, stack, notes)
    if head == b"\x89HDF\r\n\x1a\n" or path.suffix.lower() in _HDF5:
        return _hdf5(path, stack, notes)
    return open_safetensors(path, stack, notes)


def _hdf5(path: Path, stack: ExitStack, notes: Notes) -> dict[str, ArraySource]:
    file = stack.enter_context(Hdf5File(path))
    found: dict[str, ArraySource] = {}
    for name in file.names():
        try:
            found[name] = file.array(name)
        except SourceFileError as error:
            notes.add(str(error))
    return found


def _holds_pickle(path: Path) -> bool:
    """Whether it is a zip file as torch.save writes one."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".pkl") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _pickle_sentence(path: Path) -> str:
    return (
        f"{path.name} is a pickle, which can run a program when it is opened, and is not read: convert it "
        "once, with `safetensors.torch.save_file(torch.load(FILE, weights_only=True), "
        "'states.safetensors')`, or numpy.savez, and import that."
    )


def _neighbours(path: Path) -> list[str]:
    try:
        return sorted(file.name for file in path.parent.iterdir() if file.is_file())[:1000]
    except OSError:
        return []
