"""How fast the dashboard starts and answers, measured in Chromium on 1,000,000 x 650 states on disk.

    python -m tests.benchmarks.page

A drag is timed from the changed view to the changed list of units, a match from the click to its rows: what a
reader waits for, drawing included.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from analytics import open_recording
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from tests.benchmarks.match import FOLDER
from tests.benchmarks.measure import Measure, machine, report
from tests.benchmarks.store import STATE, make_recording
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.server import running

ROUNDS = 25
STARTS = 5
TIMEOUT_MS = 60_000
WINDOW_POSITIONS = 100
VIEW = f"/match?recording=million&state={STATE}&at=300000&width=100&from=300010&to=300016&threshold=0.7"
FIRST_THRESHOLD = 0.7
"""With it the range has 29 units on; a drag by 0.15 leaves 7."""

DRAG = """async ([rounds, low]) => {
    const units = document.querySelector("#match-chips");
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
        const changed = new Promise((done) => {
            const watcher = new MutationObserver(() => { watcher.disconnect(); done(); });
            watcher.observe(units, {childList: true, subtree: true, characterData: true});
        });
        const began = performance.now();
        const threshold = low + 0.001 * round + (round % 2 ? 0 : 0.15);
        window.stateroom.view.change({threshold}, {history: "replace"});
        await changed;
        times.push(performance.now() - began);
        await new Promise((done) => setTimeout(done, 150));
    }
    return times;
}"""

MATCH = """async ([rounds, low]) => {
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    const rows = () => document.querySelectorAll("#matches-table .match-row").length;
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
        window.stateroom.view.change({matched: false, threshold: low + 0.001 * round});
        while (rows() > 0) { await pause(10); }
        await pause(500);
        const shown = new Promise((done) => {
            const watcher = new MutationObserver(() => rows() > 0 && (watcher.disconnect(), done()));
            watcher.observe(document.querySelector("#matches-table"), {childList: true, subtree: true});
        });
        const began = performance.now();
        document.querySelector("#match-go").click();
        await shown;
        times.push(performance.now() - began);
    }
    return times;
}"""


def main() -> None:
    """Measure and print."""
    print(machine())
    recording, _ = make_recording(FOLDER)
    folder = recording.path.parent
    report("start", [Measure("command to first page", lambda: _start(folder), 3000, rounds=STARTS)])
    _server_side(folder)
    with _page(folder) as page:
        page.set_default_timeout(TIMEOUT_MS)
        page.goto(VIEW)
        page.wait_for_selector("#match-chips .chip")
        time.sleep(3)
        print(f"\nin Chromium\n{'work':58}{'median':>10}{'min':>10}{'max':>10}{'must':>9}{'aim':>9}   ms")
        _print("threshold drag to changed units", page.evaluate(DRAG, [ROUNDS, FIRST_THRESHOLD]), 100, 50)
        _print("click on Match to rows", page.evaluate(MATCH, [ROUNDS, FIRST_THRESHOLD]), 600, 300)


def _start(folder: Path) -> None:
    """Until the page and what it loads first are answered."""
    with tempfile.TemporaryDirectory() as cache, running(data_dir=folder, cache_dir=cache) as url:
        for path in ("/", "/_dash-layout", "/_dash-dependencies"):
            urllib.request.urlopen(url + path, timeout=60).read()


def _server_side(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as cache:
        queries = Queries(folder, AnswerCache(Path(cache), disk_megabytes=100, memory_megabytes=1))
        starts = _positions(open_recording(folder / "million").n_positions)

        def window() -> dict:
            return queries.window.window("million", STATE, at=next(starts), width=WINDOW_POSITIONS)

        kilobytes = len(json.dumps(window())) / 1000
        title = (
            f"window of {WINDOW_POSITIONS} positions x 650 units: {kilobytes:.0f} kB sent (must: under 200)"
        )
        report("server side", [Measure(title, window, 80, 30)])


def _positions(n_positions: int) -> Iterator[int]:
    """Places far apart, so that each window is read anew."""
    step = 7919 * WINDOW_POSITIONS
    at = 0
    while True:
        at = (at + step) % (n_positions - WINDOW_POSITIONS)
        yield at


@contextmanager
def _page(folder: Path) -> Iterator[Page]:
    with (
        tempfile.TemporaryDirectory() as cache,
        running(data_dir=folder, cache_dir=cache) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, base_url=url)
        yield page
        browser.close()


def _print(work: str, times: list[float], must_ms: float, aim_ms: float) -> None:
    figures = (statistics.median(times), min(times), max(times))
    print(
        f"{work:58}" + "".join(f"{figure:>10.1f}" for figure in figures) + f"{must_ms:>9g}{aim_ms:>9g}",
        flush=True,
    )


if __name__ == "__main__":
    main()
