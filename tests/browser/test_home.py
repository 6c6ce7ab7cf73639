"""The Recordings page in a real browser."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from tests.networks import lstm_recording

ENTRY = "[data-recording=plays]"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768])
def test_the_list_fits_the_window(open_page, shot, theme, width):
    page = open_page("/", theme=theme, width=width)
    expect(page.locator(ENTRY)).to_contain_text("12 scenes")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    shot(page, f"home-{theme}-{width}")


def test_facts_of_a_recording(page):
    entry = page.locator(ENTRY)
    for text in ("2,220 positions", "layer0.cell", "24 units", "part_of_speech", "LSTM", "fingerprint"):
        expect(entry).to_contain_text(text)


def test_embedded_shows_only_the_page(open_page, shot):
    page = open_page("/?embed=1")
    expect(page.locator(ENTRY)).to_be_visible()
    expect(page.locator(".shell-frame")).to_be_hidden()
    shot(page, "home-embedded")


def test_theme_button_is_remembered(page):
    page.locator("#shell-theme-button").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.reload()
    expect(page.locator(ENTRY)).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_an_address_may_ask_for_a_theme(open_page):
    page = open_page("/?theme=dark", theme="light")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_explanation_opens_and_closes_by_key(page):
    drawer = page.locator("#shell-help")
    expect(drawer).to_be_hidden()
    page.keyboard.press("?")
    expect(drawer).to_contain_text("fingerprint")
    expect(page.locator("#shell-help-close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator("#shell-help-button")).to_be_focused()


def test_choice_in_the_frame_travels_with_the_menu(open_page):
    page = open_page("/?recording=plays&state=layer0.cell")
    expect(page.locator("#shell-facts")).to_have_text("2,220 positions × 24 units · 12 scenes")
    expect(page.locator("nav a", has_text="Recordings")).to_have_attribute(
        "href", "/?recording=plays&state=layer0.cell"
    )


def test_choosing_a_recording_writes_the_address(page):
    expect(page.locator(ENTRY)).to_be_visible()
    page.locator("#shell-recording").click()
    page.get_by_role("option", name="plays").click()
    page.wait_for_url("**/?recording=plays")
    expect(page.locator("#shell-facts")).to_contain_text("2,220 positions")


def test_unknown_recording_in_the_address_is_said(open_page):
    page = open_page("/?recording=plaxs")
    expect(page.locator("#shell-messages")).to_contain_text("There is no recording 'plaxs'")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator("#shell-messages")).to_be_empty()


def test_an_address_without_a_page_leads_back(open_page):
    page = open_page("/nowhere")
    expect(page.locator("#shell-page")).to_contain_text("There is no page at /nowhere")
    page.locator("#shell-page a").click()
    expect(page.locator(ENTRY)).to_be_visible()


def test_new_and_removed_recordings_are_noticed(page, server):
    expect(page.locator(ENTRY)).to_be_visible()
    lstm_recording(server.folder / "late", name="late")
    page.locator("#home-refresh").click()
    expect(page.locator("[data-recording=late]")).to_be_visible()
    shutil.rmtree(server.folder / "late")
    page.reload()
    expect(page.locator(ENTRY)).to_be_visible()
    expect(page.locator("[data-recording=late]")).to_have_count(0)


def test_a_folder_that_does_not_open_is_listed_with_the_reason(page, server):
    broken = server.folder / "broken"
    broken.mkdir()
    (broken / "recording.json").write_text("{")
    try:
        page.reload()
        expect(page.locator(".problems")).to_contain_text("broken")
        expect(page.locator(".problems")).to_contain_text("recording.json")
    finally:
        shutil.rmtree(broken)


def test_no_button_sends_data_away(page):
    expect(page.locator(ENTRY)).to_be_visible()
    expect(page.get_by_text("Share chart")).to_have_count(0)


def test_everything_is_reached_by_keyboard(page):
    expect(page.locator(ENTRY)).to_be_visible()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    wanted = {"shell-copy-link", "shell-help-button", "shell-theme-button", "shell-recording", "home-refresh"}
    assert wanted <= reached
    assert any("Open the finding" in text for text in reached)
