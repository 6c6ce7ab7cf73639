"""Under a path of its own behind a real nginx: links, scripts and questions; views in frames of a portal."""

from __future__ import annotations

import http.server
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import eventually, expect_equal
from tests.gunicorn_server import serving
from tests.networks import lstm_recording
from tests.nginx import PREFIX, free_port, in_front, missing
from tests.server import ROOT, environment, running

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

LONG_MS = 180_000
PASSWORD = "a long enough password"
RECORDING = "recording=plays&state=layer0.cell"
PAGES = {
    "/?recording=plays": "#home-detail [data-shown=plays]",
    f"/match?{RECORDING}&from=1&to=3&threshold=0.05": ".unit-chip, .chip",
    f"/clusters?{RECORDING}&clusters=4&words=40": ".cloud-word:not([hidden])",
    f"/sentences?{RECORDING}&clusters=4&s=c0-8": ".sentence-token",
    f"/memory?{RECORDING}": "#memory-page",
    "/compare?r=plays": "#compare-page",
    "/findings": "#findings-page",
}


class Portal(http.server.BaseHTTPRequestHandler):
    """A page of another origin; what it holds is set by the test."""

    body = ""

    def do_GET(self) -> None:
        text = f"<!doctype html><title>Portal</title><link rel=icon href=data:,>{type(self).body}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


@contextmanager
def portal_on(port: int, *, certificate: Path | None = None) -> Iterator[None]:
    """Serve the portal; over https where a folder has a certificate for it."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Portal) as portal:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
            portal.socket = context.wrap_socket(portal.socket, server_side=True)
        thread = threading.Thread(target=portal.serve_forever)
        thread.start()
        try:
            yield
        finally:
            portal.shutdown()
            thread.join()


@dataclass(frozen=True)
class Lab:
    """The dashboard behind nginx, the origin of the portal that may show it, and of one that may not."""

    url: str
    portal: str
    stranger: str


def add_account(name: str, settings: dict[str, object]) -> None:
    """Make an account as whoever runs the host does."""
    subprocess.run(
        [sys.executable, "-m", "dashboard", "users", "add", name, "--stdin"],
        cwd=ROOT, env=environment(settings), input=f"{PASSWORD}\n", text=True, check=True,
        capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Lab]]:
    """Start a dashboard behind nginx, and a portal: `start("gunicorn", access="open")`."""
    recordings = tmp_path_factory.mktemp("recordings")
    lstm_recording(recordings / "plays")
    with ExitStack() as stack:

        def started(server: str, *, https: bool = False, account: str = "", **settings: object) -> Lab:
            folder = tmp_path_factory.mktemp("lab")
            at_portal, at_nginx = free_port(), free_port()
            scheme = "https" if https else "http"
            settings = {
                "prefix": PREFIX,
                "data_dir": recordings,
                "secret_key_file": folder / "key",
                "trusted_proxies": "127.0.0.1",
                "embed_portals": f"{scheme}://portal.localhost:{at_portal}",
                **settings,
            }
            if account:
                add_account(account, settings)
            if server == "gunicorn":
                upstream = stack.enter_context(serving(folder, **settings)).url
            else:
                upstream = stack.enter_context(running(cache_dir=folder / "cache", **settings))
            host = "http://" + urlsplit(upstream).netloc
            behind = folder / "nginx"
            url = stack.enter_context(in_front(host, behind, port=at_nginx, https=https))
            stack.enter_context(portal_on(at_portal, certificate=behind if https else None))
            portal, stranger = (f"{scheme}://{name}.localhost:{at_portal}" for name in ("portal", "stranger"))
            return Lab(url, portal, stranger)

        yield started


@pytest.fixture(scope="module", params=["app.py", "gunicorn"])
def lab(request: pytest.FixtureRequest, start: Callable[..., Lab]) -> Lab:
    """Without accounts, started in both ways."""
    return start(request.param)


def test_every_page_stays_below_the_prefix(lab, browse):
    page = browse(lab.url + "/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    for path, shown in PAGES.items():
        page.goto(lab.url + path)
        page.wait_for_selector(shown, timeout=LONG_MS)
        page.wait_for_load_state("networkidle")
        hrefs = page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert hrefs and [href for href in hrefs if not href.startswith((PREFIX, "#", "https://"))] == []
    assert [path for path in asked if not path.startswith(PREFIX)] == []
    assert any(path.startswith(f"{PREFIX}ask/") for path in asked)
    assert f"{PREFIX}_dash-update-component" in asked


def test_links_lead_from_page_to_page(lab, browse):
    page = browse(f"{lab.url}/?recording=plays")
    page.get_by_role("link", name="Open the finding").click()
    page.wait_for_url(f"{lab.url}/match?**")
    page.locator("nav a", has_text="Clusters").click()
    page.wait_for_url(f"{lab.url}/clusters?**")
    page.wait_for_selector(".cloud-word", timeout=LONG_MS)
    page.go_back()
    page.wait_for_url(f"{lab.url}/match?**")
    page.goto(f"{lab.url}/nowhere/at/all")
    page.locator("#shell-page a").click()
    page.wait_for_url(f"{lab.url}/")


def embed_code(page: Page) -> str:
    """What the share menu gives for this view, in a frame that grows."""
    page.locator("#shell-share").click()
    page.locator("[data-share=embed]").click()
    page.locator("dialog").get_by_label("dark").check()
    page.locator("dialog").get_by_label("height").fill("300")
    page.locator("dialog [type=checkbox]").check()
    return page.locator("dialog textarea").input_value()


def expect_refused(stranger: Page, complaints: list[str]) -> None:
    """Wait until the browser left the frame empty, and said that its portal is not among those named."""
    expect_equal(stranger, lambda: stranger.frames[-1].url.partition(":")[0], "chrome-error")
    eventually(stranger, lambda: [each for each in complaints if "frame-ancestors" in each], bool)
    complaints.clear()


def test_a_portal_shows_the_view_and_a_stranger_does_not(lab, browse, complaints):
    page = browse(f"{lab.url}/clusters?{RECORDING}&clusters=4&words=40")
    page.wait_for_selector(".cloud-word:not([hidden])", timeout=LONG_MS)
    Portal.body = embed_code(page)
    expect(page.locator("dialog")).to_contain_text(lab.portal)
    also = (urlsplit(lab.url).netloc,)
    portal = browse(lab.portal, also=also, width=900)
    frame = portal.frame_locator("iframe")
    expect(frame.locator(".cloud-word:not([hidden])").first).to_be_visible()
    expect(frame.locator(".shell-frame")).to_be_hidden()
    expect(frame.locator(".embed-foot")).to_contain_text("Clusters · plays · layer0.cell")
    assert frame.locator("html").get_attribute("data-bs-theme") == "dark"
    # The portal's script heard how tall the view is: nothing is left to scroll.
    portal.wait_for_function("document.querySelector('iframe').clientHeight > 400")
    expect(frame.locator("html")).to_have_js_property("scrollTop", 0)
    inner = "root => [root.scrollHeight, window.innerHeight, root.scrollWidth]"
    eventually(
        portal,
        lambda: frame.locator("html").evaluate(inner),
        lambda found: found[0] <= found[1] and found[2] <= 900,
    )
    with portal.context.expect_page() as opened:
        frame.get_by_role("link", name="open in Stateroom").click()
    expect(opened.value.locator(".shell-frame")).to_be_visible()
    assert opened.value.url.startswith(f"{lab.url}/clusters?") and "embed" not in opened.value.url
    assert complaints == []
    expect_refused(browse(lab.stranger, also=also), complaints)


def test_links_of_an_embedded_view_open_the_full_page_beside_it(lab, browse):
    page = browse(f"{lab.url}/?recording=plays&embed=1&theme=dark")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the finding").click()
    opened.value.wait_for_url(f"{lab.url}/match?**")
    expect(opened.value.locator(".shell-frame")).to_be_visible()
    assert page.url == f"{lab.url}/?recording=plays&embed=1&theme=dark"
    # What changes the view of this page stays in the frame.
    page.locator("#home-own").click()
    page.wait_for_url("**own=torch**")
    assert "embed=1" in page.url and "theme=dark" in page.url


def test_in_a_frame_of_a_portal_one_signs_in_there(start, browse, complaints):
    lab = start("gunicorn", https=True, access="accounts", account="ada")
    # A host name of its own, as in a real network: to the browser the two are different sites.
    url = lab.url.replace("127.0.0.1", "lab.localhost")
    view = f"{url}/match?{RECORDING}&embed=1&theme=dark".replace("&", "&amp;")
    Portal.body = f'<iframe src="{view}" width=900 height=700></iframe>'
    portal = browse(lab.portal, also=(urlsplit(url).netloc,), ignore_https_errors=True)
    frame = portal.frame_locator("iframe")
    expect(frame.locator("html")).to_have_attribute("data-bs-theme", "dark")
    frame.get_by_label("Name").fill("ada")
    frame.get_by_label("Password").fill(PASSWORD)
    frame.get_by_role("button", name="Sign in").click()
    # Scripts, questions and callbacks went with the session: text and chart are there.
    expect(frame.locator("#match-tokens .token").first).to_be_visible(timeout=LONG_MS)
    expect(frame.locator("#match-page .main-svg").first).to_be_visible()
    expect(frame.locator(".shell-frame")).to_be_hidden()
    expect(frame.locator("html")).to_have_attribute("data-bs-theme", "dark")
    (session,) = [each for each in portal.context.cookies() if "session" in each["name"]]
    assert session["sameSite"] == "None" and session["secure"] and session["httpOnly"]
    assert session["path"] == PREFIX
    # Kept for this portal alone, so browsers that keep no cookies of other sites keep it too.
    assert session["partitionKey"] == "https://portal.localhost"
    # Nobody is let in without: the page itself was refused, and the browser said so.
    assert complaints and all("401" in each for each in complaints)
    complaints.clear()
    # A portal that is not named shows not even the sign-in.
    portal.goto(lab.stranger)
    expect_refused(portal, complaints)
