"""A running dashboard and a browser that fails the test on any complaint of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

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

STORED = "local_storage,session_storage,indexeddb"

# A busy machine takes its time to fetch and run five megabytes of Plotly; what is wrong stays wrong.
PATIENCE_MS = 120_000
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
def chromium() -> Iterator[BrowserType]:
    """What starts Chromium; tests that need it are skipped where it is not installed."""
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """Chromium, started once: each of its contexts is a browser that was never here before."""
    started = chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def profile(chromium: BrowserType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """The profile of one reader who comes back: what the server lets her keep is not fetched again.

    Its first page stays empty, because Chromium ends with its last one.
    """
    folder = tmp_path_factory.mktemp("profile")
    kept = chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=ARGUMENTS, viewport={"width": 1280, "height": 900}
    )
    kept.set_default_timeout(PATIENCE_MS)
    yield kept
    kept.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of; a test that expects a complaint takes it out."""
    return []


@pytest.fixture
def reader(profile: BrowserContext) -> Iterator[BrowserContext]:
    """The reader's profile with nothing stored in it but files that may be kept."""
    yield profile
    session = profile.new_cdp_session(profile.pages[0])
    for page in profile.pages[1:]:
        if page.url.startswith("http"):
            session.send("Storage.clearDataForOrigin", {"origin": _origin(page), "storageTypes": STORED})
        page.close()
    session.detach()
    profile.clear_cookies()
    profile.clear_permissions()


@pytest.fixture
def browse(browser: Browser, reader: BrowserContext, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open a whole address; hosts beside its own that may be asked are `also`.

    The first page is that of a reader whom the browser knows (it is there in half the time), unless she
    shall not be `known` or the browser itself differs; every other is that of somebody who never was here.
    """
    contexts, watches = [reader], []

    def opened(
        url: str, *, theme: str = "light", width: int = 1280, height: int = 900, also=(), known=True, **more
    ) -> Page:
        size = {"width": width, "height": height}
        if watches or more or not known:
            contexts.append(browser.new_context(viewport=size, color_scheme=theme, **more))
            contexts[-1].set_default_timeout(PATIENCE_MS)
            context = contexts[-1]
        else:
            context = reader
        hosts = ("", urlsplit(url).netloc, *also)
        watches.append((context, lambda page: _watch(page, complaints, hosts=hosts)))
        context.on("page", watches[-1][1])
        page = context.new_page()
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        page.goto(url)
        return page

    yield opened
    for context, watch in watches:
        context.remove_listener("page", watch)
    for context in contexts[1:]:
        context.close()
    assert complaints == []


@pytest.fixture
def open_page(browse: Callable[..., Page], server: Server) -> Callable[..., Page]:
    """Open a path: `open_page("/match?...", theme="dark", width=768)`."""

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


def _origin(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


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
