"""What holds on every page: its address is the whole picture, embedded it fits its frame, nothing leaves."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from dashboard.links import PATHS
from tests.browser.conftest import SCREENSHOTS, Server
from tests.memory_recordings import memory_recording
from tests.networks import lstm_recording

LONG_MS = 180_000
STATE = "recording=plays&state=layer0.cell"
MEMORY = {"delays": 4, "positions": 100}
INVISIBLE = 2
"""Levels of 255 by which a colour may differ."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
"""The rules of axe for what WCAG asks at levels A and AA."""
WIDTHS = (300, 480, 768, 1280, 1600)


@dataclass(frozen=True)
class Kept:
    """A page: an address, what is there when it is drawn, and what the reader does."""

    path: str
    ready: str
    act: Callable[[Page], None]
    told: str
    """A parameter of the address afterwards."""


def sort_by_size(page: Page) -> None:
    page.get_by_role("button", name="positions").click()


def drop_a_unit(page: Page) -> None:
    page.locator("#match-chips .chip .chip-name").first.click()
    page.keyboard.press("m")
    page.wait_for_selector(".match-row", timeout=LONG_MS)


def choose_a_word(page: Page) -> None:
    page.locator(".cloud-word:not([hidden])").first.click()


def choose_a_token(page: Page) -> None:
    page.locator(".sentence-token").nth(2).click()


def show_linear(page: Page) -> None:
    page.locator("#memory-toolbar button", has_text="linear").click()


def take_the_second_first(page: Page) -> None:
    page.locator("body").press("Escape")


VIEWS = {
    "recordings": Kept("/?recording=plays", "#home-content :text('part_of_speech')", sort_by_size, "sort"),
    "match": Kept(
        f"/match?{STATE}&from=30&to=32&threshold=0.1", "#match-chips .chip", drop_a_unit, "matched"
    ),
    "clusters": Kept(
        f"/clusters?{STATE}&clusters=4&words=40", ".cloud-word:not([hidden])", choose_a_word, "word"
    ),
    "sentences": Kept(
        f"/sentences?{STATE}&clusters=4&least=1&s=c0-8", ".sentence-token", choose_a_token, "word"
    ),
    "memory": Kept(
        f"/memory?{urlencode({'recording': 'remembers', 'state': 'layer0.cell', **MEMORY})}",
        "#memory-decay .scatterlayer .trace", show_linear, "scale",
    ),
    "compare": Kept(
        "/compare?r=plays,second", ".measures tbody tr", take_the_second_first, "r"
    ),
    "findings": Kept("/findings?find=queen", "#findings-page :text('find')", take_the_second_first, "find"),
}  # fmt: skip


@pytest.fixture(scope="module")
def remembers(server: Server) -> Iterator[None]:
    """A recording whose memory is computed, as the page has it computed."""
    memory_recording(server.folder / "remembers")
    asked = {"recording": "remembers", "state": "layer0.cell", **MEMORY, "tab": "0" * 16}
    requests.post(f"{server.url}/memory-run/start", json=asked, timeout=60)
    ends = time.monotonic() + LONG_MS / 1000
    while told(server, asked)["state"] != "done" and time.monotonic() < ends:
        time.sleep(0.2)
    yield
    for made in ("remembers", "remembers-network"):
        shutil.rmtree(server.folder / made, ignore_errors=True)


@pytest.fixture(scope="module")
def second(server: Server) -> Iterator[None]:
    """Another recording of the same text."""
    lstm_recording(server.folder / "second", name="second")
    yield
    shutil.rmtree(server.folder / "second")


def told(server: Server, asked: dict) -> dict:
    return requests.post(f"{server.url}/memory-run/status", json=asked, timeout=60).json()["answer"]


def test_each_page_is_one_of_them():
    assert set(VIEWS) == set(PATHS)


def drawn(page: Page, view: Kept) -> Page:
    page.wait_for_selector(view.ready, timeout=LONG_MS)
    settled(page)
    return page


def settled(page: Page) -> None:
    """Wait until nothing is asked and no page waits for an answer."""
    page.wait_for_load_state("networkidle", timeout=LONG_MS)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-waiting]')].every(each => !each.dataset.waiting)",
        timeout=LONG_MS,
    )
    page.evaluate("() => document.fonts.ready")


def at_rest(page: Page) -> None:
    """No pointer, no focus, no message: those are the reader's, not the picture's."""
    page.mouse.move(0, 0)
    page.evaluate("""() => {
        document.activeElement.blur();
        document.querySelectorAll('.message').forEach(message => message.remove());
        window.scrollTo(0, 0);
    }""")


def difference(one: Page, other: Page) -> str:
    """Where two pages look different; empty where nobody could see it.

    Chromium draws rounded corners with the last bit of a colour now this way, now that.
    """
    pictures = [Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB") for page in (one, other)]
    sizes = [picture.size for picture in pictures]
    if sizes[0] != sizes[1]:
        return f"one is {sizes[0]} pixels large, the other {sizes[1]}"
    seen = ImageChops.difference(*pictures).point(lambda level: level if level > INVISIBLE else 0)
    box = seen.getbbox()
    return (
        f"they differ within {box} by up to {max(high for _, high in seen.getextrema())} of 255"
        if box
        else ""
    )


@pytest.fixture(params=VIEWS)
def name(request: pytest.FixtureRequest) -> str:
    """The name of each page; what it shows is there."""
    needed = {"memory": "remembers", "compare": "second"}.get(request.param)
    if needed:
        request.getfixturevalue(needed)
    return request.param


def test_the_address_opened_in_another_browser_is_the_same_picture(open_page, shot, name):
    view = VIEWS[name]
    page = drawn(open_page(view.path), view)
    view.act(page)
    page.wait_for_function(f"() => new URLSearchParams(location.search).has('{view.told}')")
    settled(page)
    # Plotly's own button that posts the data to a service says so in its title, as its other buttons do.
    if name == "memory":
        expect(page.locator("[data-title='Download plot']").first).to_be_attached()
    expect(page.locator("[data-title*='Share'], [data-title*='loud']")).to_have_count(0)
    parts = urlsplit(page.url)
    copy = drawn(open_page(f"{parts.path}?{parts.query}"), view)
    for each in (page, copy):
        at_rest(each)
    expect(copy.locator("#shell-page")).to_have_text(
        page.locator("#shell-page").text_content(), timeout=LONG_MS
    )
    assert copy.url == page.url
    for _ in range(20):
        differs = difference(page, copy)
        if not differs:
            return
        page.wait_for_timeout(250)
    for each, kind in ((page, "first"), (copy, "copy")):
        shot(each, f"{kind}-{name}")
    raise AssertionError(f"the same text, another picture: {differs}; see {SCREENSHOTS}/copy-{name}.png")


def test_a_page_begins_when_its_faces_are_there(open_page):
    """Words are laid out by their measured widths: those of the page's own faces, not of the system's."""
    page = open_page("/", known=False)
    loaded = page.evaluate("() => performance.getEntriesByType('resource').map(each => each.toJSON())")
    faces = [each["responseEnd"] for each in loaded if each["name"].endswith(".woff2")]
    (begun,) = (each["startTime"] for each in loaded if each["name"].endswith("_dash-layout"))
    assert len(faces) == 4 and max(faces) <= begun


def test_embedded_it_fits_its_frame(open_page, shot, name):
    view = VIEWS[name]
    page = drawn(open_page(f"{view.path}&embed=1&theme=dark", width=WIDTHS[-1], height=500), view)
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("localStorage.length") == 0
    expect(page.locator(".shell-frame")).to_be_hidden()
    expect(page.locator(".embed-foot")).to_be_visible()
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 500})
        settled(page)
        # Plotly follows its frame a moment later.
        page.wait_for_function(f"() => document.documentElement.scrollWidth <= {width}")
        if width in (480, 1280):
            shot(page, f"embedded-{name}-{width}")
    assert re.search(r"embed=1.*theme=dark|theme=dark.*embed=1", page.url)


def test_nobody_is_kept_out_by_how_it_is_drawn(open_page, name):
    view = VIEWS[name]
    page = drawn(open_page(view.path), view)
    for theme in ("light", "dark"):
        if theme == "dark":
            page.locator("#shell-theme-button").click()
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        page.mouse.move(0, 0)
        settled(page)
        found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_scripts_in_names_are_text(open_page, server):
    # A folder of such a name is no recording's.
    key, name = "scripts", "<script>alert(2)</script><img src=x onerror=alert(1)>"
    lstm_recording(server.folder / key, name=name)
    try:
        page = open_page(f"/?recording={key}")
        dialogs = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        expect(page.locator(".recording-title")).to_contain_text(name, timeout=LONG_MS)
        expect(page.locator(".recording-title")).to_contain_text(key)
        page.locator("nav a", has_text="Match").click()
        expect(page.locator("#shell-recording")).to_contain_text(name, timeout=LONG_MS)
        page.locator("#shell-share").click()
        page.locator("[data-share=embed]").click()
        code = page.locator("dialog textarea").input_value()
        assert "<img" not in code and "<script" not in code and dialogs == []
    finally:
        shutil.rmtree(server.folder / key)


def test_the_share_menu_by_keyboard(open_page):
    page = open_page("/?recording=plays")
    expect(page.locator("#home-detail [data-shown=plays]")).to_be_visible()
    page.locator("#shell-share").focus()
    page.keyboard.press("ArrowDown")
    entries = page.locator("#shell-share-menu [role=menuitem]")
    expect(entries.first).to_be_focused()
    assert {"Copy link", "Embed code"} <= set(entries.all_inner_texts())
    page.keyboard.press("End")
    expect(entries.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#shell-share-menu")).to_be_hidden()
    expect(page.locator("#shell-share")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("[data-share=embed]").press("Enter")
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text("STATEROOM_EMBED_PORTALS")
    dialog.get_by_label("of the reader").check()
    dialog.get_by_label("height").fill("480")
    code = dialog.locator("textarea").input_value()
    assert page.url.replace("&", "&amp;") in code and "embed=1" in code and "theme" not in code
    assert "height: 480px" in code and "<script>" not in code
    # The keys of the page rest: ? would open its explanation.
    dialog.get_by_role("button", name="Copy").press("?")
    expect(page.locator("#shell-help")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("#shell-share")).to_be_focused()


def test_a_dropdown_is_reached_named_and_used_by_keyboard(open_page):
    page = open_page("/match?recording=plays")
    expect(page.locator("#shell-state")).to_contain_text("layer0")
    page.locator("nav a").last.focus()
    picker = page.get_by_role("button", name=re.compile("^recording plays$"))
    for _ in range(12):
        page.keyboard.press("Tab")
        if picker.evaluate("each => each === document.activeElement"):
            break
    expect(picker).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(picker).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(picker).to_be_focused()
