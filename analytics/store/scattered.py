"""Many positional reads in one compiled loop, without the interpreter's lock.

A match reads tens of thousands of short ranges. From Python each costs three times what the system call
takes, one thread at a time. Mapping the file would need no calls, but a mapped file that is cut short by
somebody else ends the whole process; a short read is only an error.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

__all__ = ["read_scattered"]

_pread = types.ExternalFunction("pread", types.ssize_t(types.intc, types.voidptr, types.size_t, types.int64))


def read_scattered(descriptor: int, offsets: NDArray, sizes: NDArray, out: NDArray, places: NDArray) -> int:
    """Read ``sizes[i]`` bytes at ``offsets[i]`` of a file to ``out[places[i]]`` and on, for each i.

    Parameters
    ----------
    descriptor : int
        An open file.
    offsets, sizes, places : ndarray of shape (n_reads,)
        In bytes.
    out : ndarray of uint8, one axis, C-contiguous

    Returns
    -------
    int
        Index of the first read that came back short; -1 if all are whole.
    """
    offsets, sizes, places = (np.asarray(part, dtype=np.int64) for part in (offsets, sizes, places))
    return _read(descriptor, offsets, sizes, out, places)


@numba.njit(cache=True, nogil=True)
def _read(descriptor, offsets, sizes, out, places):
    for index in range(len(offsets)):
        size, place = sizes[index], places[index]
        if _pread(descriptor, out[place : place + size].ctypes, size, offsets[index]) != size:
            return index
    return -1
