"""Arrays in a .safetensors file, read in blocks: its header is JSON, its values lie one after the other."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from analytics.errors import SourceFileError
from analytics.ingest.arrays.raw_array import RawArray
from analytics.ingest.importing.report import Notes

__all__ = ["open_safetensors"]

MAX_HEADER_BYTES = 100_000_000
"""The format's own limit."""

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "BOOL": "?", "I64": "<i8", "I32": "<i4",
    "I16": "<i2", "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1",
}  # fmt: skip


def open_safetensors(path: Path, stack: ExitStack, notes: Notes) -> dict[str, RawArray]:
    """Open the arrays of a file.

    Raises
    ------
    SourceFileError
        If it is no such file, or damaged. An array of numbers that NumPy has not is left out, and told.
    """
    file = stack.enter_context(path.open("rb"))
    n_bytes = int.from_bytes(file.read(8), "little")
    begin = 8 + n_bytes
    if not 2 <= n_bytes <= MAX_HEADER_BYTES or begin > path.stat().st_size:
        raise SourceFileError(
            f"{path.name} is of none of the formats that are read: .npz, .npy, .safetensors, HDF5 "
            "(.h5, .hdf5)."
        )
    found = {}
    for key, facts in _header(file.read(n_bytes), path).items():
        if key == "__metadata__":
            continue
        offset, shape, dtype = _facts(facts, path, key)
        if dtype not in _DTYPES:
            notes.add(f"{path.name}::{key} holds {dtype}, which is not read, and is left out.")
            continue
        found[key] = RawArray(
            file,
            name=f"{path.name}::{key}",
            offset=begin + offset,
            shape=shape,
            dtype=np.dtype(_DTYPES[dtype]),
            bfloat16=dtype == "BF16",
        )
    return found


def _header(text: bytes, path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise SourceFileError(
            f"{path.name} is of none of the formats that are read: .npz, .npy, .safetensors, HDF5 "
            "(.h5, .hdf5)."
        )
    return facts


def _facts(facts: Any, path: Path, key: str) -> tuple[int, tuple[int, ...], str]:
    try:
        shape = tuple(int(length) for length in facts["shape"])
        begin, end = (int(place) for place in facts["data_offsets"])
        dtype = str(facts["dtype"])
    except (KeyError, TypeError, ValueError):
        raise SourceFileError(f"{path.name}::{key} is damaged: its header lacks shape or place.") from None
    n_values = int(np.prod(shape, dtype=object)) if shape else 1
    itemsize = np.dtype(_DTYPES[dtype]).itemsize if dtype in _DTYPES else None
    if min((begin, *shape)) < 0 or (itemsize is not None and end - begin != n_values * itemsize):
        raise SourceFileError(f"{path.name}::{key} is damaged: its size is not what its shape {shape} needs.")
    return begin, shape, dtype
