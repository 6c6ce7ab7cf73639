"""How long the Compare page takes from choosing two recordings to its last part, and from the cache.

    python -m tests.benchmarks.comparison [FOLDER_OF_RECORDINGS KEY KEY ...]

Without arguments two of 100,000 positions, 600 units and 2 layers are written and asked. All is asked at
once, as the page does, of a server with an empty cache; each line says when its answer was there. Seconds of
the processors are told beside those of the clock: on a machine that does something else as well, half of them
is what two idle cores take. Set OPENBLAS_NUM_THREADS=1, as in a server: the threads of BLAS wait for each
other by spinning.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from flask.testing import FlaskClient

import analytics
from dashboard import create_app
from dashboard.settings import Settings
from tests.benchmarks.measure import machine

N_POSITIONS, N_WORDS, N_UNITS, N_LAYERS = 100_000, 10_000, 600, 2
KINDS = ("hidden", "cell", "forget_gate")
QUESTIONS = ("facts", "activity", "response", "memory", "layers", "units", "steps")
MUST_S = 10
KILOBYTES_PER_MEGABYTE = 1024


def main() -> None:
    """Measure and print."""
    print(machine())
    with _recordings(sys.argv[1:]) as (folder, keys), tempfile.TemporaryDirectory() as cache:
        app = create_app(Settings(data_dir=folder, cache_dir=Path(cache)))
        client = app.server.test_client()
        for what in ("cold", "cached"):
            print(f"\n{what:34}{'clock':>10}{'processors':>14}   s")
            clock, processors = time.perf_counter(), time.process_time()
            with ThreadPoolExecutor(len(QUESTIONS)) as asking:
                for question in QUESTIONS:
                    asking.submit(_told, question, clock, client, keys)
            _line("together", time.perf_counter() - clock, time.process_time() - processors)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KILOBYTES_PER_MEGABYTE
    print(f"\ncold must be under {MUST_S} s on two cores; peak memory of the whole process {peak:,} MB")


@contextmanager
def _recordings(given: list[str]) -> Iterator[tuple[Path, list[str]]]:
    """The ones named, or two written for the purpose, alike in part."""
    if given:
        yield Path(given[0]), given[1:]
        return
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(0)
        share = 1 / np.arange(1, N_WORDS + 1)
        tokens = rng.choice(N_WORDS, size=N_POSITIONS, p=share / share.sum())
        kept = rng.normal(size=(N_POSITIONS, N_UNITS)).astype(np.float32)
        keys = ["one", "other"]
        for key in keys:
            analytics.write_recording(
                Path(folder) / key,
                name=key,
                tokens=tokens,
                vocabulary=[f"w{word}" for word in range(N_WORDS)],
                states={
                    f"layer{layer}.{kind}": _state(rng, kept, kind)
                    for layer in range(N_LAYERS)
                    for kind in KINDS
                },
                sequence_starts=np.arange(0, N_POSITIONS, 100),
                log_probability=-rng.gamma(4, size=N_POSITIONS).astype(np.float32),
            )
        yield Path(folder), keys


def _state(rng: np.random.Generator, kept: np.ndarray, kind: str) -> np.ndarray:
    values = np.tanh(kept[:, rng.permutation(N_UNITS)] + rng.standard_normal(kept.shape, dtype=np.float32))
    return ((values + 1) / 2 if kind.endswith("gate") else values).astype(np.float16)


def _told(question: str, began: float, client: FlaskClient, keys: list[str]) -> None:
    """Tell when an answer was all there, counted from the choice."""
    n_asked = _ask(client, f"compare-{question}", keys)
    again = "" if n_asked == 1 else f", asked {n_asked} times"
    _line(f"{question}{again}", time.perf_counter() - began)


def _line(what: str, clock: float, processors: float | None = None) -> None:
    print(f"{what:34}{clock:>10.2f}" + ("" if processors is None else f"{processors:>14.2f}"), flush=True)


def _ask(client: FlaskClient, question: str, keys: list[str]) -> int:
    """Ask until nothing is pending; return how often."""
    n_asked, pending = 0, 1
    while pending:
        reply = client.post(f"/ask/{question}", json={"recordings": keys}).json
        if "error" in reply:
            raise SystemExit(reply["error"])
        n_asked, pending = n_asked + 1, reply["answer"].get("pending", 0)
    return n_asked


if __name__ == "__main__":
    main()
