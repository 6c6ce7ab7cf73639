"""Imports are bounded by the block, not by the file: measured in a process of their own."""

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.lstmvis_projects import WORDS, dictionary

ROOT = Path(__file__).resolve().parents[3]
N_POSITIONS, N_UNITS, BLOCK = 500_000, 64, 20_000
FILE_BYTES = N_POSITIONS * N_UNITS * 4
LIMIT_BYTES = 64 << 20
"""Half of the file; about 30 MB are used."""

PROGRAM = """
import sys
from pathlib import Path
import analytics

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

importer = getattr(analytics, sys.argv[1])
small, large, folder = sys.argv[2:5]
importer(small, folder + "/small", row_cache=False)
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before = peak()
report = importer(large, folder + "/large", row_cache=False)
print(report.recording.n_positions, peak() - before)
"""


def blocks(n):
    """States and word ids, never all at once."""
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        # Values that repeat: packing them is no part of the test.
        ids = np.arange(size) % 6 + 1
        yield slice(start, start + size), np.repeat(ids[:, None], N_UNITS, axis=1).astype(np.float32), ids


def lstmvis(folder, n):
    folder.mkdir()
    (folder / "lstm.yml").write_text(
        "name: x\nfiles: {s: s.h5, d: d.dict}\nword_sequence: {file: s, path: w, dict_file: d}\n"
        "states: {file: s, types: [{type: state, layer: 1, path: h}]}\n"
        "meta: {m: {file: s, path: w, dict: d, vis: {type: discrete, range: dict}}}\n"
    )
    (folder / "d.dict").write_text(dictionary(WORDS))
    hdf5(folder / "s.h5", n)
    return folder


def hdf5(path, n):
    with h5py.File(path, "w") as file:
        states = file.create_dataset("h", (n, N_UNITS), "f4", chunks=(1000, 16))
        words = file.create_dataset("w", (n,), "i8")
        for place, values, ids in blocks(n):
            states[place], words[place] = values, ids


def npz(path, n):
    states = np.concatenate([values for _, values, _ in blocks(n)])
    np.savez_compressed(path, h=states, tokens=np.concatenate([ids for *_, ids in blocks(n)]).astype("i4"))
    return path


def parquet(path, n):
    """All rows in one group."""
    states = np.concatenate([values for _, values, _ in blocks(n)])
    columns = {f"h_{unit}": states[:, unit] for unit in range(N_UNITS)}
    table = pa.table({"token": ["a", "b"] * (n // 2), **columns})
    pq.write_table(table, path, row_group_size=n, use_dictionary=False, compression="none")
    return path


@pytest.mark.parametrize(
    ("importer", "write", "name"),
    [
        ("import_lstmvis", lstmvis, "{}"),
        ("import_arrays", npz, "{}.npz"),
        ("import_table", parquet, "{}.parquet"),
    ],
)
def test_memory_does_not_grow_with_the_file(tmp_path, importer, write, name):
    small, large = (write(tmp_path / name.format(n), n) for n in (40_000, N_POSITIONS))
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, importer, str(small), str(large), str(tmp_path / "out")],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    n_positions, grown = map(int, done.stdout.split())
    assert n_positions == N_POSITIONS
    print(f"{importer}: {grown / 1e6:.0f} MB for a file of {FILE_BYTES / 1e6:.0f} MB")
    assert grown < LIMIT_BYTES < FILE_BYTES / 1.9
