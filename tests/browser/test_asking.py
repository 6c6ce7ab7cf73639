"""What is asked while a connection breaks, as when a worker dies, is asked again: no reader notices."""

from __future__ import annotations

import re
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.gunicorn_server import serving
from tests.recordings import small_recording

LONG_MS = 180_000
SILENT = "The server does not answer. Is it still running?"


def test_a_broken_connection_is_tried_again_until_the_server_is_gone(open_page, server, complaints):
    page = open_page("/")
    asked = Counter()

    def break_twice(route):
        sent = urlsplit(route.request.url).path, route.request.post_data
        asked[sent] += 1
        route.abort("connectionreset") if asked[sent] <= 2 else route.continue_()

    # Questions of the page's script, and the callbacks of Dash.
    page.route(re.compile("/ask/window|/_dash-update-component"), break_twice)
    page.goto(server.url + "/match?recording=plays&state=layer0.cell")
    expect(page.locator("#match-tokens .token").first).to_be_visible(timeout=LONG_MS)
    expect(page.locator(".message-error")).to_have_count(0)
    assert {path for (path, _), n in asked.items() if n == 3} == {"/ask/window", "/_dash-update-component"}
    page.route(re.compile("/_dash-update-component"), lambda route: route.abort("connectionreset"))
    page.get_by_role("link", name="Memory", exact=True).click()
    expect(page.locator(".message-error")).to_have_text(f"{SILENT}×")
    page.close()
    told = ("ERR_CONNECTION_RESET", "the server did not respond")
    complaints[:] = [text for text in complaints if not any(each in text for each in told)]


@pytest.fixture
def team(tmp_path):
    """Two workers over a recording whose clusters take a while."""
    size = {"n_positions": 300_000, "n_units": 48, "rows_per_group": 50_000, "block": 50_000}
    small_recording(tmp_path / "recordings" / "noise", **size)
    with serving(tmp_path, data_dir=tmp_path / "recordings", workers=2, threads=4) as team:
        yield team


def kill_two(team, killed, ended):
    """Kill up to two workers, one after the other, each while it computes an answer; note which."""
    while len(killed) < 2 and not ended.is_set():
        killed += filter(None, [team.kill_at_work(ended.is_set)])


def is_answer(response) -> bool:
    return "/ask/clusters" in response.url and response.ok


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the kernel does not tell its locks")
def test_two_readers_notice_nothing_of_workers_that_are_killed(team, browse, complaints):
    pages = [browse(team.url), browse(team.url)]
    for page in pages:
        expect(page.locator("#home-detail [data-shown=noise]")).to_be_visible(timeout=LONG_MS)
    killed, ended = [], threading.Event()
    killing = threading.Thread(target=kill_two, args=(team, killed, ended))
    killing.start()
    try:
        for page in pages:
            page.get_by_role("link", name="Clusters", exact=True).click()
        for page in pages:
            expect(page.locator(".cloud-head").first).to_be_visible(timeout=LONG_MS)
        for words in map(str, range(20, 40)):
            # A quick answer may come before anybody could be killed: then another is asked for.
            if killed:
                break
            with pages[0].expect_response(is_answer), pages[1].expect_response(is_answer):
                for page in pages:
                    page.locator("[name=words]").fill(words)
                    page.locator("[name=words]").press("Enter")
        for page in pages:
            expect(page.locator(".message-error")).to_have_count(0)
    finally:
        ended.set()
        killing.join()
    assert killed
    heads = pages[0].locator(".cloud-head").all_inner_texts()
    expect(pages[1].locator(".cloud-head")).to_have_text(heads, use_inner_text=True)
    # The browser tells its log of connections that broke; readers do not look there.
    complaints[:] = [text for text in complaints if "net::ERR_" not in text]
