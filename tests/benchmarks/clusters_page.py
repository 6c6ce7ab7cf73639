"""How fast the server answers the Clusters page, and how many bytes a click takes.

    python -m tests.benchmarks.clusters_page [FOLDER_OF_A_RECORDING STATE]

Without arguments one of 80,000 positions, 10,000 words and 1,500 units is written and asked. Each cold
answer is the first of a seed, word or unit that was not asked for before; a cached one is asked for again.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from flask.testing import FlaskClient

import analytics
from dashboard import create_app
from dashboard.settings import Settings
from tests.benchmarks.measure import Measure, machine, report

N_POSITIONS, N_WORDS, N_UNITS = 80_000, 10_000, 1_500
GZIP = {"Accept-Encoding": "gzip"}
FIRST_SEED = 20


def main() -> None:
    """Measure and print."""
    print(machine())
    with _recording(sys.argv[1:]) as (folder, state), tempfile.TemporaryDirectory() as cache:
        app = create_app(Settings(data_dir=folder.parent, cache_dir=Path(cache)))
        _measure(app.server.test_client(), {"recording": folder.name, "state": state})


@contextmanager
def _recording(given: list[str]) -> Iterator[tuple[Path, str]]:
    """The one named, or one written for the purpose; words are as frequent as in a text."""
    if given:
        yield Path(given[0]), given[1]
        return
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(0)
        share = 1 / np.arange(1, N_WORDS + 1)
        tokens = rng.choice(N_WORDS, size=N_POSITIONS, p=share / share.sum())
        path = Path(folder) / "made"
        analytics.write_recording(
            path,
            name="made",
            tokens=tokens,
            vocabulary=[f"w{word}" for word in range(N_WORDS)],
            states={"cell": rng.normal(size=(N_POSITIONS, N_UNITS)).astype(np.float16)},
            annotations={"tag": [f"t{token % 12}" for token in tokens.tolist()]},
        )
        yield path, "cell"


def _measure(client: FlaskClient, here: dict[str, Any]) -> None:
    first = _ask(client, "clusters", here)
    words = [word["id"] for word in first["words"]]
    seeds, chosen, units = itertools.count(FIRST_SEED), iter(words), iter(range(first["nUnits"]))
    report(
        f"answers: {first['nPositions']:,} positions x {first['nUnits']:,} units, {len(words)} words",
        [
            Measure(
                "clusters, another seed", lambda: _ask(client, "clusters", here, seed=next(seeds)), 3000, 1000
            ),
            Measure("clusters, cached", lambda: _ask(client, "clusters", here), 250, 120),
            Measure("a word", lambda: _ask(client, "clusters-words", here, chosen=[next(chosen)]), 250, 120),
            Measure(
                "a word, cached", lambda: _ask(client, "clusters-words", here, chosen=words[:1]), 250, 120
            ),
            Measure("a unit", lambda: _ask(client, "clusters-unit", here, unit=next(units)), 250, 120),
            Measure("a unit, cached", lambda: _ask(client, "clusters-unit", here, unit=0), 250, 120),
            Measure("find", lambda: _ask(client, "clusters-find", here, find="w1"), 250, 120),
        ],
    )
    for question, fields in (
        ("clusters", {}),
        ("clusters-words", {"chosen": words[:1]}),
        ("clusters-words", {"chosen": words[:3]}),
        ("clusters-unit", {"unit": 0}),
    ):
        asked = {**here, **fields}
        plain = len(client.post(f"/ask/{question}", json=asked).data)
        sent = len(client.post(f"/ask/{question}", json=asked, headers=GZIP).data)
        print(f"{question} {fields}: {plain:,} bytes, {sent:,} compressed, as sent to a browser")


def _ask(client: FlaskClient, question: str, here: dict[str, Any], **fields: Any) -> dict[str, Any]:
    reply = client.post(f"/ask/{question}", json={**here, **fields}).json
    if "error" in reply:
        raise SystemExit(reply["error"])
    return reply["answer"]


if __name__ == "__main__":
    main()
