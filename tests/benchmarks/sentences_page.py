"""How fast Chromium draws the Sentences page: 500 words by 20 clusters, a moving pointer, a typed sentence.

    python -m tests.benchmarks.sentences_page

The demo recording of the plays is shown. A draw is the whole page anew with the layout it causes; a hover is
what one movement of the pointer costs, its marks drawn at once; a typed sentence is timed from the click to
its glyphs. The network is loaded while the page is looked at, as it is for a reader.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.measure import machine
from tests.browser.conftest import ARGUMENTS, CHROMIUM, DEMO
from tests.server import running

ROUNDS = 15
TIMEOUT_MS = 120_000
STATE = "layer1.cell"
LONG = f"/sentences?recording=shakespeare&state={STATE}&clusters=20&rows=p,loss,entropy,top&s=c200-700"
SHORT = f"/sentences?recording=shakespeare&state={STATE}&s=c40845-40855"
PARTS = {"500 words as lines": "&from=0&to=500", "the part shown at first": "", "60 glyphs": "&from=0&to=60"}
WORDS = ("what", "is", "your", "name", "and", "the", "king")

DRAW = """rounds => Array.from({length: rounds}, () => {
    const began = performance.now();
    stateroom.sentences.tell("answers", stateroom.sentences.answers);
    document.body.offsetHeight;
    return performance.now() - began;
})"""

HOVER = """rounds => {
    const picture = document.querySelector(".sentence-picture");
    const {left, top} = picture.getBoundingClientRect();
    const later = window.requestAnimationFrame;
    window.requestAnimationFrame = draw => { draw(); return 0; };
    const times = Array.from({length: rounds}, (_, round) => {
        const began = performance.now();
        const at = {clientX: left + 100 + 37 * round, clientY: top + 60 + round, bubbles: true};
        picture.dispatchEvent(new PointerEvent("pointermove", at));
        document.body.offsetHeight;
        return performance.now() - began;
    });
    window.requestAnimationFrame = later;
    return times;
}"""

TYPED = """async text => {
    const field = document.querySelector("[name=typed]");
    field.value = text;
    const began = performance.now();
    document.querySelector(".sentence-send").click();
    const {sentences} = stateroom;
    while (!sentences.answers.a || sentences.answers.a.entry !== "t" + text) {
        await new Promise(done => setTimeout(done, 2));
    }
    await new Promise(done => requestAnimationFrame(done));
    return performance.now() - began;
}"""


def main() -> None:
    """Measure and print."""
    print(machine())
    with (
        tempfile.TemporaryDirectory() as cache,
        running(data_dir=DEMO, cache_dir=Path(cache)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, base_url=url)
        page.set_default_timeout(TIMEOUT_MS)
        print(f"\nin Chromium\n{'work':58}{'median':>10}{'min':>10}{'max':>10}{'must':>9}{'aim':>9}   ms")
        for name, part in PARTS.items():
            _open(page, LONG + part)
            _print(f"draw, 500 words x 20 clusters, {name}", page.evaluate(DRAW, ROUNDS), 500, 250)
            _print(f"hover, {name}", page.evaluate(HOVER, ROUNDS), 16, "")
        _typed(page)
        browser.close()


def _open(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_selector(".sentence-block")
    page.wait_for_timeout(1000)


def _typed(page: Page) -> None:
    _open(page, SHORT)
    texts = [" ".join(WORDS[(place + start) % 7] for place in range(30)) for start in range(7)]
    first, *others = [page.evaluate(TYPED, text) for text in texts]
    _print("the first typed sentence", [first], 3000, "")
    _print("30 typed words, from the click to their glyphs", others, 500, 300)


def _print(work: str, times: list[float], must_ms: Any, aim_ms: Any) -> None:
    figures = (statistics.median(times), min(times), max(times))
    print(
        f"{work:58}" + "".join(f"{figure:>10.1f}" for figure in figures) + f"{must_ms:>9}{aim_ms:>9}",
        flush=True,
    )


if __name__ == "__main__":
    main()
