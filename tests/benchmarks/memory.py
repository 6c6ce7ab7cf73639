"""State gradients: seconds for 1,000 positions, and the most memory. Embedding 64, 256 units, delays 0 to 29.

python -m tests.benchmarks.memory

The aims hold for two cores that do nothing else; `cpu` is what all threads together used.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import torch

from analytics import state_gradients
from tests.benchmarks.measure import machine

N_EMBEDDING, N_UNITS = 64, 256
ROUNDS = 3
MUST_S, AIM_S = 5.0, 3.0
UNIT_BY_UNIT_S = 5_720
"""For 1,000 positions of the LSTM with one gradient for each unit: 20 times faster is 286 s."""


def main() -> None:
    """Measure and print."""
    print(machine())
    heads = "".join(f"{head:>9}" for head in ("median", "min", "cpu", "must", "aim"))
    print(f"\n{'state gradients, s per 1,000 positions':50}{heads}")
    for kind in ("LSTM", "GRU", "RNN"):
        network = getattr(torch.nn, kind)(N_EMBEDDING, N_UNITS)
        state = "layer0.cell" if kind == "LSTM" else "layer0.hidden"
        _row(f"{kind}, {state}", network, 2_000, MUST_S, AIM_S, state=state)
    two = torch.nn.LSTM(N_EMBEDDING, N_UNITS, 2)
    _row("LSTM of 2 layers, layer1.cell", two, 1_000, state="layer1.cell")
    network = torch.nn.LSTM(N_EMBEDDING, N_UNITS)
    labels = np.random.default_rng(0).integers(0, 24, 2_000).astype(str)
    groups = {"class": labels, "control": np.roll(labels, 1)}
    _row("LSTM with 48 groups in two groupings", network, 2_000, groups=groups)
    cell = torch.nn.LSTMCell(N_EMBEDDING, N_UNITS)
    _row("LSTMCell as a step function", cell, 100, UNIT_BY_UNIT_S / 20)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nmost memory of this process: {megabytes:,.0f} MB (must stay below 1,000)")


def _row(
    work: str,
    network: torch.nn.Module,
    n_positions: int,
    must: float | None = None,
    aim: float | None = None,
    **options: object,
) -> None:
    inputs = np.random.default_rng(1).normal(size=(n_positions, N_EMBEDDING)).astype(np.float32)
    _time(network, inputs[:64], {name: value for name, value in options.items() if name == "state"})
    times = [_time(network, inputs, options) for _ in range(ROUNDS)]
    wall, cpu = np.median(times, axis=0)
    goals = "".join(f"{'' if goal is None else f'{goal:g}':>9}" for goal in (must, aim))
    print(f"{work:50}{wall:>9.2f}{min(times)[0]:>9.2f}{cpu:>9.2f}{goals}", flush=True)


def _time(network: torch.nn.Module, inputs: np.ndarray, options: dict) -> tuple[float, float]:
    """Seconds for 1,000 positions: by the clock, and of all cores together."""
    began, used = time.perf_counter(), time.process_time()
    state_gradients(network, inputs, device="cpu", **options)
    factor = 1000 / len(inputs)
    return (time.perf_counter() - began) * factor, (time.process_time() - used) * factor


if __name__ == "__main__":
    main()
