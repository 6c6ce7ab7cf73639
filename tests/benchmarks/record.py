"""How fast a network is recorded, against its bare forward pass plus the writing, and in how much memory.

    python -m tests.benchmarks.record

The network is an embedding, two layers of 256 units and logits over 5,000 words. "Writing" is the time that
`write_recording` takes for the same arrays. Memory is the highest resident set of a process of its own that
records a GRU of 16 units, without the process that only imports what is needed and holds the ids.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

import analytics
from tests.benchmarks.measure import machine

N_WORDS, N_UNITS, N_POSITIONS = 5_000, 256, 40_000
ROUNDS = 5
WINDOW = 4096

MEMORY = """
import resource, shutil, sys, tempfile
from pathlib import Path
import numpy as np, torch
import analytics
from analytics.ingest import record
n_positions, length, run = (int(part) for part in sys.argv[1:])
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Embedding(100, 8), torch.nn.GRU(8, 16, batch_first=True))
ids = np.random.default_rng(0).integers(0, 100, n_positions, dtype=np.int32)
starts = np.arange(0, n_positions, length) if length else None
folder = Path(tempfile.mkdtemp())
analytics.record(model, ids[:1000], folder / "warm", progress=False)
if run:
    analytics.record(model, ids, folder / "mine", sequence_starts=starts, progress=False)
shutil.rmtree(folder)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class Network(nn.Module):
    """A language model as most people write it."""

    def __init__(self, kind: type[nn.RNNBase]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(N_WORDS, N_UNITS)
        self.layers = kind(N_UNITS, N_UNITS, num_layers=2, batch_first=True)
        self.output = nn.Linear(N_UNITS, N_WORDS)

    def forward(self, ids: torch.Tensor, state: object = None) -> tuple[torch.Tensor, object]:
        """Logits and the state after the last step."""
        output, state = self.layers(self.embedding(ids), state)
        return self.output(output), state


@torch.no_grad()
def bare_pass(model: Network, ids: NDArray, length: int | None) -> None:
    """The network alone, in batches or windows as large as the recorder's."""
    if length:
        for batch in torch.from_numpy(ids).view(-1, length).split(WINDOW // length):
            model(batch)
        return
    state = None
    for window in torch.from_numpy(ids)[None].split(WINDOW, dim=1):
        _, state = model(window, state)


def compare(
    work: str, kind: type[nn.RNNBase], *, length: int | None, states: list[str] | None = None
) -> None:
    """Print the medians of the bare pass, of the writing, and of recording."""
    torch.manual_seed(0)
    model, folder = Network(kind).eval(), Path(tempfile.mkdtemp())
    ids = np.random.default_rng(0).integers(0, N_WORDS, N_POSITIONS)
    starts = None if length is None else list(range(0, N_POSITIONS, length))

    def record() -> analytics.Recording:
        return analytics.record(
            model, ids, folder / "mine", sequence_starts=starts, states=states, overwrite=True, progress=False
        )

    recording = record()
    arrays = {
        "tokens": recording.token_ids, "vocabulary": recording.vocabulary.tolist(),
        "targets": recording.targets,
        "states": {name: recording.states(name).read(0, N_POSITIONS) for name in recording.state_names},
        "annotations": recording.annotations, "log_probability": recording.log_probability,
        "predictions": recording.predictions.read(0, N_POSITIONS), "sequence_starts": starts,
    }  # fmt: skip
    bare, writing, whole = (
        median(_seconds(call) for _ in range(ROUNDS))
        for call in (
            lambda: bare_pass(model, ids, length),
            lambda: analytics.write_recording(folder / "written", name="written", overwrite=True, **arrays),
            record,
        )
    )
    shutil.rmtree(folder)
    print(
        f"{work:44}{bare:>8.2f}{writing:>9.2f}{whole:>9.2f}{whole / (bare + writing):>10.2f}"
        f"{(whole - writing) / bare:>12.2f}{N_POSITIONS / whole:>14,.0f}",
        flush=True,
    )


def memory(n_positions: int, length: int) -> None:
    """Print what recording adds to the highest resident set, and its speed."""
    peaks = []
    for run in (0, 1):
        began = time.perf_counter()
        arguments = [sys.executable, "-c", MEMORY, str(n_positions), str(length), str(run)]
        peaks.append(int(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout))
    spent = time.perf_counter() - began
    sequences = f"sequences of {length}" if length else "one sequence"
    print(
        f"{n_positions:>12,} positions, {sequences:20}{(peaks[1] - peaks[0]) / 1024:>8.0f} MB{spent:>8.1f} s",
        flush=True,
    )


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


if __name__ == "__main__":
    print(machine())
    print(f"{'':44}{'bare':>8}{'writing':>9}{'record':>9}{'/ both':>10}{'-w / bare':>12}{'positions/s':>14}")
    compare("LSTM, 1,000 sequences of 40, all states", nn.LSTM, length=40)
    compare("LSTM, 1,000 sequences of 40, one state", nn.LSTM, length=40, states=["layer1.hidden"])
    compare("GRU, 1,000 sequences of 40, all states", nn.GRU, length=40)
    compare("LSTM, one sequence, all states", nn.LSTM, length=None)
    compare("LSTM, one sequence, one state", nn.LSTM, length=None, states=["layer1.hidden"])
    print("\nmemory added by recording a GRU of 16 units, and the whole process")
    for n_positions in (1_000_000, 10_000_000):
        memory(n_positions, 0)
        memory(n_positions, 100)
