"""Findings in a real browser: keep a view, find it, change it while another window does, take it along."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, Server
from tests.browser.waiting import eventually, expect_equal

VIEW = "/match?recording=plays&state=layer0.cell&from=1&to=3&threshold=0.05"
NOTE = "It **holds** here.\n\n<script>document.title = 'owned'</script> ![x](https://elsewhere.example/x.png)"
IS_DRAWN = "images => images.length > 0 && images[0].complete && images[0].naturalWidth > 0"
LOOKS = (("light", 1280, ""), ("dark", 768, ""), ("light", 768, "&embed=1"))


def keep(page: Page, title: str, *, note: str = "", name: str = "Ada") -> str:
    """Keep what is shown by the share menu; return the finding's id."""
    page.locator("#shell-share").click()
    page.get_by_role("menuitem", name="Keep as a finding").click()
    page.get_by_label("title", exact=True).fill(title)
    page.get_by_label("note", exact=True).fill(note)
    page.get_by_label("your name").fill(name)
    page.get_by_role("button", name="Keep", exact=True).click()
    link = page.get_by_role("link", name="Show it among the findings")
    expect(link).to_be_focused()
    return parse_qs(urlsplit(link.get_attribute("href")).query)["finding"][0]


def ask(server: Server, question: str, **sent) -> dict:
    """Ask as another window would."""
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": server.url}
    answer = requests.post(
        f"{server.url}/ask/{question}", json=sent, headers=headers, timeout=PATIENCE_MS / 1000
    )
    return answer.json()["answer"]


def wait_for_picture(page: Page, where: str) -> None:
    """Wait until the first picture is drawn: one that came with the page is decoded after it."""
    eventually(page, lambda: page.locator(where).evaluate_all(IS_DRAWN), bool)


def test_a_view_is_kept_found_changed_and_taken_along(open_page, browse, server, shot, tmp_path):
    page = open_page(VIEW)
    expect(page.locator("#match-chips [data-unit]").first).to_be_visible()
    page.wait_for_selector("#match-plot .main-svg", state="attached")
    kept = keep(page, "The queen <b>of</b>", note=NOTE)
    chips = page.locator("#match-chips").inner_text()

    page.get_by_role("link", name="Show it among the findings").click()
    detail = page.locator("#findings-detail")
    expect(detail.get_by_role("heading", name="The queen <b>of</b>")).to_be_visible()
    expect(detail.locator("strong")).to_have_text("holds")
    expect(detail.locator(".finding-note")).to_contain_text("<script>")
    expect(detail.locator(".finding-numbers")).to_contain_text("units on")
    wait_for_picture(page, "#findings-detail img")
    assert page.title() == "Stateroom"

    other = open_page(f"/findings?finding={kept}")
    expect(other.locator("#findings-detail h2")).to_have_text("The queen <b>of</b>")
    expect(other.locator("#findings-detail img")).to_be_visible()
    expect(other.get_by_role("button", name="Change title and note")).to_have_count(0)
    other.get_by_role("link", name="Open the view").click()
    # The other window loads the whole page anew.
    expect(other.locator("#match-chips [data-unit]").first).to_be_visible()
    expect_equal(other, other.locator("#match-chips").inner_text, chips)
    expect(other).to_have_url(server.url + VIEW)

    page.get_by_role("button", name="Change title and note").click()
    sent = {"id": kept, "author": "Ada", "version": 1, "title": "Theirs", "note": "elsewhere"}
    assert ask(server, "finding-change", **sent)["done"]
    page.get_by_label("note", exact=True).fill("my words")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="Somebody changed")).to_contain_text("elsewhere")
    expect(page.get_by_label("note", exact=True)).to_have_value("my words")
    page.get_by_role("button", name="Replace what is kept").click()
    expect(page.locator("#findings-detail .finding-note")).to_have_text("my words")

    with page.expect_download() as download:
        page.get_by_role("link", name="HTML").click()
    file = tmp_path / "findings.html"
    download.value.save_as(file)
    alone = browse(file.as_uri())
    wait_for_picture(alone, "img")
    expect(alone.locator("body")).to_contain_text("my words")
    shot(alone, "findings-file")

    page.get_by_role("button", name="Delete this finding").click()
    page.get_by_role("button", name="Delete the finding for good").click()
    expect(page.locator(f"[data-finding='{kept}']")).to_have_count(0)


def test_the_page_fits_the_window_filters_and_says_what_is_gone(open_page, shot, server):
    sent = {"page": "recordings", "query": "recording=plays", "note": "a long line " * 30}
    page = open_page("/findings")
    for theme, width, embed in LOOKS:
        for author in ("Ada", "Bob"):
            ask(server, "finding-keep", **sent, author=author, title=f"{theme} {width}{embed} by {author}")
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.goto(f"{server.url}/findings?author=Bob{embed}")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        first = page.locator("#findings-list .finding-title").first
        expect(first).to_have_text(f"{theme} {width}{embed} by Bob")
        expect(page.locator("#findings-list")).not_to_contain_text("by Ada")
        expect(page.locator("#findings-detail h2")).to_contain_text("by Bob")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shot(page, f"findings-{theme}-{width}{'-embed' if embed else ''}")
        page.get_by_label("anybody").select_option("")
        expect(page.locator("#findings-list")).to_contain_text(f"{theme} {width}{embed} by Ada")
        page.locator("[data-filter=find]").fill("no such words")
        expect(page.locator("#findings-list")).to_contain_text("No finding fits")
    page.goto(server.url + "/findings?finding=0123456789abcdef")
    expect(page.locator("#findings-detail")).to_contain_text("There is no such finding any more")
