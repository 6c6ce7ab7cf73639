"""HDF5 files that somebody else wrote: their sets, read in parts, and never anything outside the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import NDArray

from analytics.errors import ShapeError, SourceFileError, nearest

__all__ = ["Hdf5Array", "Hdf5File", "refuse_hdf5_failure"]

MAX_CHUNK_BYTES = 1 << 30
"""HDF5 unpacks whole chunks; larger ones do not fit beside the rest."""

CHUNK_CACHE_BYTES = 1 << 24
"""Unpacked chunks kept for the next block."""

_MAX_LINKS = 8
_MAX_SETS = 10_000


class Hdf5File:
    """An HDF5 file opened for reading. A context manager.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SourceFileError
        If it cannot be read, or is no HDF5.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise SourceFileError(f"There is no file {path}.")
        try:
            self._file = h5py.File(path, "r", rdcc_nbytes=CHUNK_CACHE_BYTES, locking="best-effort")
        except OSError as error:
            raise SourceFileError(
                f"{path.name} cannot be read as HDF5: it is damaged, cut short, or of another format "
                f"({_short(error)})."
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; its arrays cannot be read any more."""
        self._file.close()

    def names(self) -> list[str]:
        """Paths of all sets in the file itself."""
        found: list[str] = []

        def keep(name: str, thing: Any) -> bool | None:
            if isinstance(thing, h5py.Dataset):
                found.append(name)
            return True if len(found) >= _MAX_SETS else None

        with refuse_hdf5_failure(self.path):
            self._file.visititems(keep)
        return found

    def array(self, name: str) -> Hdf5Array:
        """Return the set of that path.

        Raises
        ------
        SourceFileError
            If there is none, or its values lie in another file, or cannot be unpacked in parts.
        """
        with refuse_hdf5_failure(self.path):
            found = self._follow(str(name))
            if not isinstance(found, h5py.Dataset):
                raise SourceFileError(
                    f"{self.path.name} has no set '{name}'"
                    f"{': that is a group' if found is not None else ''}.{nearest(str(name), self.names())}"
                )
            self._check(found)
            return Hdf5Array(found, file=self.path)

    def _follow(self, name: str) -> Any:
        """Walk along the links by hand: one that leads into another file is not followed."""
        place: Any = self._file
        parts, n_links = [part for part in name.split("/") if part and part != "."], 0
        while parts:
            link = place.get(parts[0], getlink=True) if isinstance(place, h5py.Group) else None
            if link is None:
                return None
            if isinstance(link, h5py.ExternalLink):
                raise SourceFileError(
                    f"{self.path.name}: '{name}' lies in another file: copy it into this one."
                )
            if isinstance(link, h5py.SoftLink):
                n_links += 1
                if n_links > _MAX_LINKS:
                    return None
                place = self._file if link.path.startswith("/") else place
                parts = [part for part in link.path.split("/") if part] + parts[1:]
            else:
                place, parts = place[parts[0]], parts[1:]
        return place

    def _check(self, dataset: h5py.Dataset) -> None:
        where = f"{self.path.name}: '{dataset.name.lstrip('/')}'"
        if dataset.external or dataset.is_virtual:
            raise SourceFileError(
                f"{where} keeps its values in another file: copy them into this one (h5repack)."
            )
        if dataset.shape is None:
            raise SourceFileError(f"{where} is empty.")
        if dataset.chunks and np.prod(dataset.chunks) * dataset.dtype.itemsize > MAX_CHUNK_BYTES:
            raise SourceFileError(
                f"{where} is packed in chunks of shape {dataset.chunks}, each above "
                f"{MAX_CHUNK_BYTES >> 30} GiB: repack it in smaller ones (h5repack -l CHUNK=...)."
            )


class Hdf5Array:
    """One set of a file, read in blocks of its first axis.

    Attributes
    ----------
    name : str
        The file's name and the path in it.
    shape : tuple of int
    dtype : numpy.dtype
        Texts, of whatever kind in the file, are of dtype object.
    """

    def __init__(self, dataset: h5py.Dataset, *, file: Path, view: _View | None = None) -> None:
        self._dataset, self._file, self._view = dataset, file, view
        self.is_text = dataset.dtype.kind == "S" or h5py.check_string_dtype(dataset.dtype) is not None
        self.name = f"{file.name}::{dataset.name.lstrip('/')}"
        self.shape: tuple[int, ...] = dataset.shape if view is None else view.shape
        self.dtype = np.dtype(object) if self.is_text else dataset.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def read(self, start: int, stop: int) -> NDArray:
        """Values of the rows [start, stop)."""
        with refuse_hdf5_failure(self._file):
            if self._view is None:
                return self._get(slice(start, stop))
            pieces = [
                self._get(index).reshape(-1, *self.shape[1:]) for index in self._view.indices(start, stop)
            ]
            return np.concatenate(pieces) if len(pieces) != 1 else pieces[0]

    def flattened(self, *, blocks: bool = False) -> Hdf5Array:
        """The first two axes as one, the first outermost; or with `blocks` the first three.

        Blocks are how LSTMVis cuts a text: axes (blocks, batch, steps), where each row of the batch is a
        piece of the text and goes on from block to block.
        """
        view = _BatchedView(self.shape) if blocks else _FlatView(self.shape)
        return Hdf5Array(self._dataset, file=self._file, view=view)

    def squeezed(self) -> Hdf5Array:
        """Without a second axis of length 1."""
        return Hdf5Array(self._dataset, file=self._file, view=_FlatView(self.shape))

    def _get(self, index: Any) -> NDArray:
        if not self.is_text:
            return self._dataset[index]
        values = self._dataset[index]
        return np.array([_text(value) for value in values.ravel()], dtype=object).reshape(values.shape)


class _FlatView:
    """Axes (a, b, ...) as rows (a * b, ...)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._inner = shape[1]
        self.shape = (shape[0] * shape[1], *shape[2:])

    def indices(self, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
        """Parts of the set that are the rows [start, stop), in order: whole rows of `a` at once."""
        while start < stop:
            outer, inner = divmod(start, self._inner)
            n_whole = 0 if inner else (stop - start) // self._inner
            if n_whole:
                yield (slice(outer, outer + n_whole),)
                start += n_whole * self._inner
            else:
                end = min(self._inner, inner + stop - start)
                yield (outer, slice(inner, end))
                start += end - inner
        # A slice keeps its axis and a number does not; both become rows by the reshape of the caller.


class _BatchedView:
    """Axes (blocks, batch, steps, ...) as rows in the order batch, block, step."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        n_blocks, n_batch, n_steps = shape[:3]
        self._inside = _FlatView((n_blocks, n_steps))
        self._row = n_blocks * n_steps
        self.shape = (n_batch * self._row, *shape[3:])

    def indices(self, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
        """Parts of the set that are the rows [start, stop), in order."""
        while start < stop:
            row, inside = divmod(start, self._row)
            end = min(self._row, inside + stop - start)
            for block, *steps in self._inside.indices(inside, end):
                yield (block, row, *steps)
            start += end - inside


_View = _FlatView | _BatchedView


@contextmanager
def refuse_hdf5_failure(path: Path) -> Iterator[None]:
    """Turn what HDF5 says of a damaged or foreign part into one sentence."""
    try:
        yield
    except (OSError, RuntimeError, KeyError, MemoryError) as error:
        if "filter" in str(error):
            raise SourceFileError(
                f"{path.name} is packed with a compression that is not at hand here: repack it "
                "(h5repack -f GZIP=4 old.h5 new.h5)."
            ) from None
        raise SourceFileError(f"{path.name} is damaged or cut short ({_short(error)}).") from None
    except (TypeError, ValueError) as error:
        if isinstance(error, ShapeError):
            raise
        raise SourceFileError(f"{path.name} holds something that cannot be read ({_short(error)}).") from None


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:160]
