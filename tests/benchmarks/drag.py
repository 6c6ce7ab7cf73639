"""How fast the units follow the pointer, measured in Chromium on 1,000,000 x 650 states on disk.

    python -m tests.benchmarks.drag

The mouse is really moved, over the threshold's line and over the tokens. A step is timed from the change of
the view to the frame after the new units, their lines and their counts were drawn.
"""

from __future__ import annotations

import statistics
import tempfile

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.match import FOLDER
from tests.benchmarks.measure import machine
from tests.benchmarks.store import STATE, make_recording
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.server import running

STEPS = 40
PAUSE_MS = 60
"""Between two steps: a hand moves the pointer about so fast over one token."""
MUST_MS, AIM_MS = 100, 50
VIEW = f"/match?recording=million&state={STATE}&at=300000&from=300010&to=300016&threshold=0.7"

WATCH = """() => {
    window.steps = [];
    let began = 0;
    const {change} = stateroom.view;
    stateroom.view.change = (patch, options) => { began = performance.now(); change(patch, options); };
    stateroom.selection.part({selected() {
        const since = began;
        // After the next frame: a message is handled once it is painted.
        requestAnimationFrame(() => {
            const painted = new MessageChannel();
            painted.port1.onmessage = () => window.steps.push(performance.now() - since);
            painted.port2.postMessage(0);
        });
    }});
}"""


def main() -> None:
    """Measure and print."""
    recording, _ = make_recording(FOLDER)
    with (
        tempfile.TemporaryDirectory() as cache,
        running(data_dir=recording.path.parent, cache_dir=cache) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, base_url=url)
        page.goto(VIEW)
        page.wait_for_selector("#match-chips .chip")
        page.wait_for_timeout(3000)
        page.evaluate(WATCH)
        print(machine())
        head = "".join(f"{name:>9}" for name in ("median", "90 %", "max", "must", "aim"))
        print(f"{'real drag, pointer to drawn frame':44}{head}   ms")
        _print("threshold", _drag(page, ".threshold", dx=0, dy=2))
        _print(
            "range over the tokens", _drag(page, "#match-tokens .cell[data-position='300040']", dx=6, dy=0)
        )
        browser.close()


def _drag(page: Page, selector: str, *, dx: float, dy: float) -> list[float]:
    """Press on an element and move there and back again; return what each changed selection took."""
    page.evaluate("() => { window.steps = []; }")
    box = page.locator(selector).bounding_box()
    x, y = box["x"] + min(box["width"] / 2, 200), box["y"] + min(box["height"] / 2, 8)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, STEPS + 1):
        away = min(step, STEPS - step)
        page.mouse.move(x + dx * away, y + dy * away)
        page.wait_for_timeout(PAUSE_MS)
    page.mouse.up()
    page.wait_for_timeout(500)
    return page.evaluate("() => window.steps")


def _print(work: str, times: list[float]) -> None:
    figures = (statistics.median(times), statistics.quantiles(times, n=10)[-1], max(times))
    print(
        f"{work:44}"
        + "".join(f"{figure:>9.1f}" for figure in figures)
        + f"{MUST_MS:>9}{AIM_MS:>9}   n={len(times)}"
    )


if __name__ == "__main__":
    main()
