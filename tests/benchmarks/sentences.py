"""How fast the server answers the Sentences page, and how many bytes a sentence takes.

    python -m tests.benchmarks.sentences [FOLDER_OF_A_RECORDING STATE]

Without arguments the demo recording of the plays is asked. Each cold answer is of words that were not asked
for before; the first typed sentence loads torch and the network, those that follow do not.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from dashboard import create_app
from dashboard.settings import Settings
from tests.benchmarks.measure import Measure, machine, report

DEMO = (Path("data") / "recordings" / "shakespeare", "layer1.cell")
N_CLUSTERS, N_WORDS, N_TYPED = 20, 500, 30
STRIDE = 501
GZIP = {"Accept-Encoding": "gzip"}


def main() -> None:
    """Measure and print."""
    print(machine())
    folder, state = (Path(sys.argv[1]), sys.argv[2]) if sys.argv[1:] else DEMO
    with tempfile.TemporaryDirectory() as cache:
        app = create_app(Settings(data_dir=folder.parent, cache_dir=Path(cache)))
        _measure(app.server.test_client(), {"recording": folder.name, "state": state})


def _measure(client: FlaskClient, here: dict[str, Any]) -> None:
    first = _timed(client, "clusters", {**here, "clusters": N_CLUSTERS})
    ranges, texts = _ranges(), _texts(client, here)
    unasked = {**here, "clusters": N_CLUSTERS}

    def glyphs(entry: str) -> dict[str, Any]:
        return _ask(client, "sentences-glyphs", {**unasked, "entry": entry})

    recorded = f"c0-{N_WORDS}"
    loading = _timed(client, "sentences-glyphs", {**unasked, "entry": "tthe first"})
    print(f"clusters of the state, once for each recording and number of clusters: {first:.0f} ms")
    print(f"the first typed sentence, which loads torch and the network: {loading:.0f} ms")
    report(
        f"answers: {N_CLUSTERS} clusters, {N_WORDS} recorded and {N_TYPED} typed words",
        [
            Measure("recorded words", lambda: glyphs(next(ranges)), 250, 100),
            Measure("recorded words, cached", lambda: glyphs(recorded), 100, 50),
            Measure("typed words", lambda: glyphs(f"t{next(texts)}"), 300, 150),
            Measure("edited words, 500 read before", lambda: glyphs(f"e500-530:{next(texts)}"), 300, 150),
            Measure(
                "a word",
                lambda: _ask(client, "sentences-word", {**unasked, "entry": recorded, "index": 9}),
                250,
                120,
            ),
            Measure("the list", lambda: _ask(client, "sentences-list", here), 250, 120),
            Measure(
                "the list, hardest",
                lambda: _ask(client, "sentences-list", {**here, "order": "hardest"}),
                250,
                120,
            ),
        ],
    )
    asked = {**unasked, "entry": recorded}
    plain = len(client.post("/ask/sentences-glyphs", json=asked).data)
    sent = len(client.post("/ask/sentences-glyphs", json=asked, headers=GZIP).data)
    print(
        f"{N_WORDS} words x {N_CLUSTERS} clusters: {plain:,} bytes, {sent:,} compressed, as sent to a browser"
    )


def _ranges() -> Iterator[str]:
    """Ranges of as many words, each somewhere else."""
    return (f"c{start}-{start + N_WORDS}" for start in itertools.count(STRIDE, STRIDE))


def _texts(client: FlaskClient, here: dict[str, Any]) -> Iterator[str]:
    """Texts of as many words, no two alike: words of the recording from another place each time."""
    answer = _ask(client, "sentences-glyphs", {**here, "entry": "c0-1000"})
    words = [token["text"] for token in answer["tokens"]]
    return (answer["joint"].join(words[start : start + N_TYPED]) for start in itertools.count(1, 3))


def _timed(client: FlaskClient, question: str, asked: dict[str, Any]) -> float:
    began = time.perf_counter()
    _ask(client, question, asked)
    return (time.perf_counter() - began) * 1000


def _ask(client: FlaskClient, question: str, asked: dict[str, Any]) -> dict[str, Any]:
    reply = client.post(f"/ask/{question}", json=asked).json
    if "error" in reply:
        raise SystemExit(reply["error"])
    return reply["answer"]


if __name__ == "__main__":
    main()
