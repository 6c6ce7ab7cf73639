"""Computing a memory as a piece of background work: what it depends on, how long it takes, its command."""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from analytics.derived.memory_groups import MOST_LABELS
from analytics.store.recording import Recording
from dashboard.queries.cache import code_version
from dashboard.queries.memory.network import ShippedShape, layer_of, shipped_shape
from dashboard.queries.memory.question import AUTOMATIC, MemoryQuestion
from dashboard.queries.memory.results import MemoryResults, known_words, n_delays
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.verification import Work

__all__ = [
    "MemoryRun",
    "MemoryRunQueries",
    "command",
    "default_positions",
    "proposed_positions",
    "run_of",
    "run_seconds",
]

FIRST_RUN_SECONDS = 40
FEWEST_POSITIONS = 200
"""Below this means say little, however long they take."""
OPERATIONS_PER_SECOND = 1.2e11
"""Of two cores, measured with 256 cells and an embedding of 64: 4 s for 1,000 positions and 30 delays."""
DECOMPOSITIONS_PER_SECOND = 6e8
"""Of two cores: 2 ms for the singular values of a matrix of 256 by 64."""
START_SECONDS = 4.0
"""Loading torch and the recording."""
USUAL_FOLDER = Path(__file__).resolve().parents[3] / "data" / "recordings"
"""Where the command looks unless told otherwise."""
GATES = {"lstm": 4, "gru": 3, "rnn": 1}


@dataclass(frozen=True, slots=True)
class MemoryRun:
    """What is computed. `positions` None: all."""

    state: str
    delays: int
    by: tuple[str, ...]
    words: tuple[int, ...]
    positions: int | None
    seed: int


class MemoryRunQueries:
    """Which work answers a question."""

    def __init__(self, recordings: RecordingQueries, results: MemoryResults) -> None:
        self._recordings, self._results, self._version = recordings, results, code_version()

    def work(self, asked: MemoryQuestion) -> Work:
        """Return the work; the same for whoever asks the same of the same recording.

        Raises
        ------
        NetworkError
            If the recording ships no network to run again.
        """
        recording = self._recordings.open(asked.recording)
        run = run_of(recording, asked, self._results)
        arguments = {"recording": str(recording.path.resolve()), **asdict(run)}
        told = json.dumps([self._version, recording.fingerprint, arguments], sort_keys=True)
        return Work(
            key=hashlib.sha256(told.encode()).hexdigest(),
            function="analytics.derived.recording_memory:memory_job",
            arguments={
                **arguments,
                **_elsewhere(recording, self._results),
                "fingerprint": recording.fingerprint,
            },
        )


def run_of(recording: Recording, asked: MemoryQuestion, results: MemoryResults) -> MemoryRun:
    """Return what has to be computed for a question.

    Raises
    ------
    NetworkError
        If the recording ships no network to run again.
    """
    shipped_shape(recording)
    by = results.by(recording, asked)
    run = MemoryRun(
        state=asked.state,
        delays=asked.delays,
        by=(by,) if by else (),
        words=known_words(recording, asked),
        positions=None,
        seed=asked.seed,
    )
    positions = asked.positions
    if positions == AUTOMATIC:
        positions = proposed_positions(recording, asked, run, results)
    return replace(run, positions=positions if 0 < positions < recording.n_positions else None)


def proposed_positions(
    recording: Recording, asked: MemoryQuestion, run: MemoryRun, results: MemoryResults
) -> int:
    """Return how many positions a run averages over when no number was asked for.

    At least as many as the result it is to complete: one of fewer could not take its place.
    """
    of_all, of_classes = results.best(recording, asked), results.best_of_classes(recording, asked)
    n_known = [default_positions(recording, run)]
    if of_all is not None and n_delays(of_all) < run.delays:
        n_known.append(of_all.parameters.positions or recording.n_positions)
    if of_classes is not None and set(run.by) <= set(of_classes.parameters.by):
        n_known.append(of_classes.parameters.positions or recording.n_positions)
    return max(n_known)


def default_positions(recording: Recording, run: MemoryRun) -> int:
    """Return how many positions a first run averages over, in round numbers, so that it ends in a minute."""
    shape = shipped_shape(recording)
    left = FIRST_RUN_SECONDS - START_SECONDS - _seconds_for_groups(recording, shape, run)
    most = max(FEWEST_POSITIONS, int(left / _seconds_per_position(shape, run)))
    digits = max(0, len(str(most)) - 2)
    return min(most // 10**digits * 10**digits, recording.n_positions)


def run_seconds(recording: Recording, run: MemoryRun) -> float:
    """Return about how long a run takes here."""
    shape = shipped_shape(recording)
    n_positions = run.positions or recording.n_positions
    counted = n_positions * _seconds_per_position(shape, run)
    return START_SECONDS + counted + _seconds_for_groups(recording, shape, run)


def _elsewhere(recording: Recording, results: MemoryResults) -> dict[str, str]:
    folder = results.folder(recording)
    return {} if folder is None else {"folder": str(folder)}


def command(recording: Recording, run: MemoryRun, *, results: Path | None = None) -> str:
    """Return the line that does the same in a terminal, with a folder for results not beside it."""
    parts = [".venv/bin/python", "-m", "analytics", "memory", recording.path.name, "--state", run.state]
    parts += ["--delays", str(run.delays)]
    for name in run.by:
        parts += ["--by", name]
    for word in run.words:
        parts += ["--word", str(recording.vocabulary[word])]
    parts += ["--positions", str(run.positions) if run.positions else "all", "--seed", str(run.seed)]
    if recording.path.resolve().parent != USUAL_FOLDER:
        parts += ["--folder", str(recording.path.parent)]
    if results is not None:
        parts += ["--results", str(results)]
    return shlex.join(parts)


def _seconds_per_position(shape: ShippedShape, run: MemoryRun) -> float:
    """Products of the weights with the Jacobians of every layer up to the state's."""
    products = 1 + 2 * layer_of(run.state, shape)
    size = GATES.get(shape.kind, 4) * shape.n_units**2 * shape.n_embedding
    return 2 * size * products * run.delays / OPERATIONS_PER_SECOND


def _seconds_for_groups(recording: Recording, shape: ShippedShape, run: MemoryRun) -> float:
    """Singular values of each group and its control, at each delay."""
    facts = recording.manifest.get("annotations", {})
    labels = sum(min(MOST_LABELS, len(facts[name].get("labels", ()))) for name in run.by)
    groups = 1 + 2 * (labels + len(run.words))
    short, long = sorted((shape.n_units, shape.n_embedding))
    return groups * run.delays * short**2 * long / DECOMPOSITIONS_PER_SECOND
