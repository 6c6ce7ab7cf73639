"""Expected responses and co-clusters: in memory, and of the recording of 1,000,000 x 650 on disk.

python -m tests.benchmarks.cluster
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from analytics import Recording, cocluster, expected_response, open_recording, response_quantiles
from analytics.analyses.response_quantiles import unit_responses
from tests.benchmarks.match import FOLDER
from tests.benchmarks.measure import Measure, machine, report
from tests.benchmarks.store import N_WORDS, STATE, make_recording

N_POSITIONS, N_UNITS = 80_000, 600


def main() -> None:
    """Measure and print."""
    print(machine())
    report(f"expected response, {N_POSITIONS:,} x {N_UNITS} in memory, {N_WORDS:,} words", _in_memory())
    recording, _ = make_recording(FOLDER)
    report("expected response, 1,000,000 x 650 float16 on disk, file cache warm", _on_disk(recording))
    rows = recording.path / "rows"
    aside = rows.rename(rows.with_name(".rows"))
    try:
        bare = open_recording(recording.path)
        work = "expected response, all words"
        report("the same without the row cache", [Measure(work, _response(bare), 5000, rounds=5)])
    finally:
        aside.rename(rows)
    report("co-clusters with stability", _coclusters())


def _in_memory() -> Iterator[Measure]:
    rng = np.random.default_rng(0)
    states = rng.standard_normal((N_POSITIONS, N_UNITS), dtype=np.float32)
    natural = np.minimum(rng.zipf(1.3, N_POSITIONS), N_WORDS) - 1
    even = rng.integers(0, N_WORDS, N_POSITIONS)
    for dtype in (np.float32, np.float16):
        values = states.astype(dtype)
        for kind, ids in (("as in a text", natural), ("equally frequent", even)):

            def call(values=values, ids=ids) -> object:
                return expected_response(values, ids, n_words=N_WORDS)

            yield Measure(f"{np.dtype(dtype)}, words {kind}", call, 500, 100)


def _on_disk(recording: Recording) -> Iterator[Measure]:
    states, ids = recording.states(STATE), recording.token_ids
    order = np.argsort(-np.bincount(ids, minlength=N_WORDS), kind="stable")
    yield Measure("expected response, all words", _response(recording), 5000, 2000, rounds=7)
    for rank in (5, 50, 500):
        word = int(order[rank])

        def quantiles(word=word) -> object:
            return response_quantiles(states, ids, word)

        count = int((ids == word).sum())
        yield Measure(f"quantiles of a word that occurs {count:,} times", quantiles, rounds=7)
    chosen = order[:20]
    yield Measure(
        "one unit at 20 words and over the corpus", lambda: unit_responses(states, ids, 7, chosen=chosen)
    )


def _response(recording: Recording):
    states, ids = recording.states(STATE), recording.token_ids
    return lambda: expected_response(states, ids, n_words=N_WORDS)


def _coclusters() -> Iterator[Measure]:
    for n_words, n_units, goals in ((1000, 600, (3000, 1000)), (2000, 1500, (None, None))):
        rng = np.random.default_rng(0)
        words, units = np.arange(n_words) % 10, np.arange(n_units) % 10
        values = (words[:, np.newaxis] == units) * rng.choice([-1.0, 1.0], n_units)
        values = values + 0.6 * rng.standard_normal(values.shape)
        for method in ("signed", "spectral-abs", "separate"):

            def call(values=values, method=method) -> object:
                return cocluster(values, n_clusters=10, method=method)

            yield Measure(f"{n_words:,} x {n_units:,}, k = 10, {method}", call, *goals, rounds=7)


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"took {time.perf_counter() - began:.0f} s")
