"""The Recordings page in a real browser."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.waiting import expect_equal, expect_fit, expect_parameters, relative
from tests.networks import lstm_recording
from tests.recordings import small_recording

ENTRY = "[data-recording=plays]"
DETAIL = "#home-detail [data-shown=plays]"
THEME = "data-bs-theme"
OF_SMALL = "&amp;"
"""A word that only small recordings have."""
FACTS = (
    "2,220",
    "12 scenes",
    "layer0.cell",
    "float32",
    "fingerprint",
    "tokens and sequences",
    "all 185 positions",
    "part_of_speech",
    "categorical, 4 labels, none missing",
    "perplexity here",
    "No training log",
    "LSTM",
    "written for the tests",
)


def test_everything_about_a_recording_is_told_and_fits_the_window(open_page, shot):
    page = open_page("/?recording=plays")
    for theme, widths in (("light", (1280, 768)), ("dark", (768, 1280))):
        page.set_viewport_size({"width": widths[0], "height": 900})
        page.emulate_media(color_scheme=theme)
        if theme == "dark":
            page.reload()
        for text in FACTS:
            expect(page.locator("#home-pane")).to_contain_text(text)
        expect(page.locator("#home-content")).to_contain_text("part_of_speech")
        expect(page.locator("[data-act=start], [data-act=again]")).to_be_visible()
        expect(page.locator("html")).to_have_attribute(THEME, theme)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            expect_fit(page)
            shot(page, f"home-{theme}-{width}")


def test_a_first_visit_shows_a_finding_and_everything_is_reached_by_keyboard(page, server):
    expect(page.get_by_role("link", name="Open the finding")).to_be_visible()
    assert page.url == server.url + "/"
    shown = page.locator("#home-detail [data-shown]").get_attribute("data-shown")
    expect(page.locator("#shell-recording")).to_contain_text(shown)
    expect(page.locator(f"[data-recording={shown}] a")).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-act=start], [data-act=again]")).to_be_visible()
    # No button of a chart sends data away.
    page.wait_for_selector("#home-training .js-plotly-plot", state="attached")
    expect(page.locator(".modebar-btn[data-title*='Share'], .modebar-btn[data-title*='Edit']")).to_have_count(
        0
    )

    wanted = {
        "shell-copy-link",
        "shell-help-button",
        "shell-theme-button",
        "shell-recording",
        "home-refresh",
        "home-own",
    }
    reached = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        if wanted <= reached and any("Open the finding" in text for text in reached):
            break
    assert wanted <= reached
    assert any("Open the finding" in text for text in reached)


def test_the_explanation_opens_by_key_and_the_theme_is_remembered(page):
    expect(page.locator(ENTRY)).to_be_visible()
    drawer = page.locator("#shell-help")
    expect(drawer).to_be_hidden()
    page.keyboard.press("?")
    expect(drawer).to_contain_text("fingerprint")
    expect(page.locator("#shell-help-close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator("#shell-help-button")).to_be_focused()

    page.locator("#shell-theme-button").click()
    expect(page.locator("html")).to_have_attribute(THEME, "dark")
    page.reload()
    expect(page.locator(ENTRY)).to_be_visible()
    expect(page.locator("html")).to_have_attribute(THEME, "dark")


@pytest.fixture
def other(server):
    """A second recording that is there in every installation."""
    lstm_recording(server.folder / "other", name="other")
    yield
    shutil.rmtree(server.folder / "other")


@pytest.mark.usefixtures("other")
def test_a_recording_is_chosen_in_the_list_in_the_frame_and_by_the_back_button(open_page):
    page = open_page("/?recording=plays&state=layer0.cell")
    expect(page.locator(DETAIL)).to_be_visible()
    expect(page.locator("#shell-facts")).to_have_text("2,220 positions × 24 units · 12 scenes")
    expect(page.locator("nav a", has_text="Recordings")).to_have_attribute(
        "href", "/?recording=plays&state=layer0.cell"
    )
    chosen = page.locator("#home-detail [data-shown=other]")
    page.locator("[data-recording=other]").click()
    expect(chosen).to_be_visible()
    expect_parameters(page, recording="other")
    expect(page.locator("#shell-recording")).to_contain_text("other")
    page.go_back()
    expect(page.locator(DETAIL)).to_be_visible()
    expect(page.locator(ENTRY)).to_have_class("is-chosen")

    page.locator("#shell-recording").click()
    page.get_by_role("option", name="other").click()
    expect(chosen).to_be_visible()
    expect_equal(page, lambda: relative(page), "/?recording=other&state=layer0.cell")
    expect(page.locator("#shell-facts")).to_contain_text("2,220 positions")


def test_links_lead_to_match_and_back(open_page):
    page = open_page("/?recording=plays")
    page.get_by_role("link", name="Match layer0.hidden").click()
    expect(page.locator("#match-tokens .cell").first).to_be_visible()
    expect_equal(page, lambda: relative(page), "/match?recording=plays&state=layer0.hidden")
    page.go_back()
    expect(page.locator(DETAIL)).to_be_visible()
    page.get_by_role("link", name="Open the finding: queen of").click()
    expect(page.locator("#match-tokens .cell").first).to_be_visible()
    expect_parameters(page, **{"recording": "plays", "state": "layer0.cell", "from": "1", "to": "3"})


def test_embedded_shows_only_the_page_in_the_theme_that_its_address_asks_for(open_page, shot):
    page = open_page("/?embed=1&recording=plays&theme=dark", theme="light")
    expect(page.locator(DETAIL)).to_be_visible()
    expect(page.locator("html")).to_have_attribute(THEME, "dark")
    expect(page.locator(".shell-frame")).to_be_hidden()
    shot(page, "home-embedded")


def test_unknown_recording_in_the_address_is_said(open_page):
    page = open_page("/?recording=plaxs")
    expect(page.locator("#home-detail")).to_contain_text("There is no recording 'plaxs'")
    expect(page.locator("#home-verification")).to_be_hidden()
    page.locator(ENTRY).click()
    expect(page.locator(DETAIL)).to_be_visible()


def test_an_address_without_a_page_leads_back(open_page):
    page = open_page("/nowhere")
    expect(page.locator("#shell-page")).to_contain_text("There is no page at /nowhere")
    page.locator("#shell-page a").click()
    expect(page.locator(ENTRY)).to_be_visible()


def test_new_removed_and_damaged_recordings_are_noticed(page, server):
    expect(page.locator(ENTRY)).to_be_visible()
    late, damaged = server.folder / "late", server.folder / "damaged"
    try:
        small_recording(late)
        damaged.mkdir()
        (damaged / "recording.json").write_text("{")
        page.locator("#home-refresh").click()
        expect(page.locator("[data-recording=late]")).to_be_visible()
        expect(page.locator(".problems")).to_contain_text("damaged")
        expect(page.locator(".problems")).to_contain_text("recording.json")
        page.locator("[data-recording=late] a").click()
        expect(page.locator("#shell-recording")).to_contain_text("late")
        # Everything about it has been read.
        expect(page.locator("#home-detail [data-shown=late]")).to_be_visible()
        expect(page.locator("#home-content")).to_contain_text(OF_SMALL)
        expect(page.locator("[data-act=start]")).to_be_visible()
    finally:
        shutil.rmtree(late)
        shutil.rmtree(damaged)
    page.locator("#home-refresh").click()
    expect(page.locator("[data-recording=late]")).to_have_count(0)
    expect(page.locator("#home-detail")).to_contain_text("There is no recording 'late'")
    expect(page.locator(".problems")).to_have_count(0)


@pytest.fixture
def many(server):
    """Thirty recordings of different sizes."""
    for number in range(30):
        small_recording(server.folder / f"run-{number:02d}", n_positions=50 + number)
    yield
    for number in range(30):
        shutil.rmtree(server.folder / f"run-{number:02d}")


def names(page) -> list[str]:
    return page.locator("#home-list tbody a bdi").all_text_contents()


@pytest.mark.usefixtures("many")
def test_many_recordings_are_sorted_and_found_and_the_address_keeps_it(open_page, shot):
    page = open_page("/?recording=plays")
    expect(page.locator(DETAIL)).to_be_visible()
    expect(page.locator("#home-filter")).to_be_visible()
    page.get_by_role("button", name="positions").click()
    expect_equal(page, lambda: names(page)[-3:], ["run-02", "run-01", "run-00"])
    expect(page.locator("th[aria-sort=descending]")).to_have_text("positions")
    page.get_by_role("button", name="positions").click()
    expect_equal(page, lambda: names(page)[:3], ["run-00", "run-01", "run-02"])
    page.keyboard.press("/")
    page.keyboard.type("run-1 cell")
    expect_equal(page, lambda: names(page), [f"run-{number}" for number in range(10, 20)])
    expect(page.locator(".list-count")).to_contain_text("10 of ")
    shot(page, "home-many")
    copied = open_page(relative(page))
    expect(copied.locator("#home-list tbody tr")).to_have_count(10)
    expect(copied.locator(DETAIL)).to_be_visible()
    copied.locator("#home-filter").fill("nothing like it")
    expect(copied.locator("#home-list")).to_contain_text("No recording fits.")

    # The list by keyboard.
    page.locator("#home-filter").fill("run-0")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#home-detail [data-shown=run-02]")).to_be_visible()
    expect(page.locator("[data-recording=run-02] a")).to_be_focused()
