"""How long each unit holds what it takes in, beside its mean gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.half_life import half_life
from analytics.errors import NetworkError, ParameterError
from analytics.store.recording import Recording
from dashboard.facts import MemoryUnits
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.memory.curves import half_life_text, numbers
from dashboard.queries.memory.network import shipped_shape
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.told import nothing_stored
from dashboard.queries.recordings import RecordingQueries

__all__ = ["Gates", "MemoryUnitQueries", "mean_gates"]

GATES = {
    "lstm": ("input gate", "input_gate", "forget gate", "forget_gate"),
    "gru": ("1 − update gate", "update_gate", "update gate", "update_gate"),
}
"""By kind of layer: name and state of the gate that writes, of the one that keeps."""
BLOCK_POSITIONS = 4096


@dataclass(frozen=True, slots=True)
class Gates:
    """Mean over all positions of the gates of each unit, shape (n_units,); NaN where none were recorded."""

    write: NDArray[np.float64]
    keep: NDArray[np.float64]
    write_name: str
    keep_name: str
    why: str
    """Why there are none; empty where there are."""


@dataclass(frozen=True, slots=True)
class _Units:
    """What is known of all units of one result."""

    norms: NDArray[np.float64]
    """Norm of each unit's row of the mean gradient, shape (n_delays, n_units)."""
    half_lives: NDArray[np.float64]
    n: int
    gates: Gates


class MemoryUnitQueries:
    """Questions about single units."""

    def __init__(self, recordings: RecordingQueries, results: MemoryResults, cache: AnswerCache) -> None:
        self._recordings, self._results, self._cache = recordings, results, cache

    def table(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return what each unit takes from a word, how long it holds it, and its mean gates."""
        units = self._units(asked)
        if units is None:
            recording = self._recordings.open(asked.recording)
            raise ParameterError(nothing_stored(recording, asked.state))
        at = min(asked.delay, len(units.norms) - 1)
        return {
            "delay": at,
            "n": units.n,
            "writeName": units.gates.write_name,
            "keepName": units.gates.keep_name,
            "why": units.gates.why,
            "units": [
                {
                    "unit": unit,
                    "strength": plain(units.norms[0, unit]),
                    "atDelay": plain(units.norms[at, unit]),
                    "halfLife": plain(units.half_lives[unit]),
                    "halfLifeText": half_life_text(units.half_lives[unit], units.norms[:, unit]),
                    "write": plain(units.gates.write[unit]),
                    "keep": plain(units.gates.keep[unit]),
                }
                for unit in range(units.norms.shape[1])
            ],
        }

    def record(self, asked: MemoryQuestion) -> MemoryUnits | None:
        """Return what the figure of all units shows; None without a stored result."""
        units = self._units(asked)
        return units and MemoryUnits(
            half_life=tuple(numbers(units.half_lives)),
            strength=tuple(numbers(units.norms[0])),
            write=tuple(numbers(units.gates.write)),
            keep=tuple(numbers(units.gates.keep)),
            write_name=units.gates.write_name,
            keep_name=units.gates.keep_name,
            n=units.n,
            last_delay=len(units.norms) - 1,
        )

    def _units(self, asked: MemoryQuestion) -> _Units | None:
        recording = self._recordings.open(asked.recording)
        found = self._results.of(recording, asked)
        if found is None:
            return None
        norms = found.unit_norm[: asked.delays]
        half_lives = half_life(norms)
        try:
            kind = shipped_shape(recording).kind
        except NetworkError:
            kind = "rnn"
        gates = mean_gates(recording, asked.state, kind=kind, cache=self._cache)
        return _Units(norms, half_lives, int(found.count[0]), gates)


def mean_gates(recording: Recording, state: str, *, kind: str, cache: AnswerCache) -> Gates:
    """Return the mean gates of a state's layer: those recorded, over all positions.

    A GRU keeps a share z, its update gate, of what it holds and writes 1 - z (as torch defines it).
    """
    layer, n_units = state.partition(".")[0], recording.states(state).shape[1]
    nothing = np.full(n_units, np.nan)
    if kind not in GATES:
        return Gates(nothing, nothing, "", "", "A simple recurrent layer has no gates.")
    write_name, write, keep_name, keep = GATES[kind]
    names = [f"{layer}.{write}", f"{layer}.{keep}"]
    missing = [name for name in names if name not in recording.state_names]
    if missing:
        why = (
            f"{recording.name} has no {missing[0]}: record the gates too, to see them beside the half-lives."
        )
        return Gates(nothing, nothing, write_name, keep_name, why)
    means = [_mean(recording, name, cache) for name in names]
    return Gates(1 - means[0] if kind == "gru" else means[0], means[1], write_name, keep_name, "")


def _mean(recording: Recording, state: str, cache: AnswerCache) -> NDArray[np.float64]:
    def compute() -> NDArray[np.float64]:
        states = recording.states(state)
        total = np.zeros(states.shape[1])
        for start in range(0, states.shape[0], BLOCK_POSITIONS):
            block = states.read(start, min(start + BLOCK_POSITIONS, states.shape[0]))
            total += block.astype(np.float64).sum(axis=0)
        return total / states.shape[0]

    return cache.answer("mean state", recording.fingerprint, {"state": state}, compute)
