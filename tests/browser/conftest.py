"""A running dashboard and a browser that fails the test on any complaint of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.networks import lstm_recording
from tests.server import ROOT, running

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).parent / "screenshots"
DEMO = ROOT / "data" / "recordings"

# A busy machine takes its time to fetch and run five megabytes of Plotly; what is wrong stays wrong.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Server:
    """A running dashboard: its address without the last slash, and its folder of recordings."""

    url: str
    folder: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard over a small real recording, `plays`, and the demo's where they are built."""
    folder = tmp_path_factory.mktemp("recordings")
    lstm_recording(folder / "plays")
    for demo in sorted(DEMO.glob("*/recording.json")):
        (folder / demo.parent.name).symlink_to(demo.parent)
    with running(data_dir=folder, cache_dir=tmp_path_factory.mktemp("cache")) as url:
        yield Server(url, folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of; a test that expects a complaint takes it out."""
    return []


@pytest.fixture
def browse(browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a whole address in a fresh context; hosts beside its own that may be asked are `also`."""
    contexts = []

    def opened(
        url: str,
        *,
        theme: str = "light",
        width: int = 1280,
        height: int = 900,
        also: tuple[str, ...] = (),
        **more,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, accept_downloads=True, **more
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        hosts = ("", urlsplit(url).netloc, *also)
        context.on("page", lambda page: _watch(page, complaints, hosts=hosts))
        page = context.new_page()
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def open_page(browse: Callable[..., Page], server: Server) -> Callable[..., Page]:
    """Open a path in a fresh context: `open_page("/match?...", theme="dark", width=768)`."""

    def opened(path: str, **look) -> Page:
        page = browse(server.url + path, **look)
        page.wait_for_selector("#shell-page > *")
        return page

    return opened


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The first page, light, 1280 pixels wide."""
    return open_page("/")


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """Keep a picture of a page for a reader: `shot(page, "home-dark")`."""
    SCREENSHOTS.mkdir(exist_ok=True)
    return lambda page, name: page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def _is_complaint(message: ConsoleMessage) -> bool:
    """Errors and warnings, but not those of the software that stands in for a graphics card here."""
    return message.type in ("error", "warning") and "GL Driver Message" not in message.text


def _said(message: ConsoleMessage) -> str:
    return f"{message.type}: {message.text}"


def _watch(page: Page, complaints: list[str], *, hosts: tuple[str, ...]) -> None:
    page.on("console", lambda message: complaints.append(_said(message)) if _is_complaint(message) else None)
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on(
        "requestfailed",
        lambda request: (
            # A page that is left or closed drops what it still waited for; that is nobody's failure.
            complaints.append(f"failed: {request.url} {request.failure}")
            if request.failure != "net::ERR_ABORTED"
            else None
        ),
    )
    page.on(
        "response",
        lambda answer: complaints.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None,
    )
    page.on(
        "request",
        lambda request: (
            complaints.append(f"left the machine: {request.url}")
            if urlsplit(request.url).netloc not in hosts
            else None
        ),
    )
