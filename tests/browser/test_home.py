"""The Recordings page in a real browser."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from tests.networks import lstm_recording
from tests.recordings import small_recording

ENTRY = "[data-recording=plays]"


DETAIL = "#home-detail [data-shown=plays]"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768])
def test_the_page_fits_the_window(open_page, shot, theme, width):
    page = open_page("/?recording=plays", theme=theme, width=width)
    expect(page.locator("#home-pane")).to_contain_text("12 scenes")
    expect(page.locator("#home-content")).to_contain_text("part_of_speech")
    expect(page.locator("[data-act=start], [data-act=again]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    shot(page, f"home-{theme}-{width}")


def test_everything_about_a_recording(open_page):
    page = open_page("/?recording=plays")
    pane = page.locator("#home-pane")
    for text in (
        "2,220",
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
    ):
        expect(pane).to_contain_text(text)


def test_the_first_visit_shows_a_finding_and_the_address_stays_bare(page, server):
    expect(page.get_by_role("link", name="Open the finding")).to_be_visible()
    assert page.url == server.url + "/"
    shown = page.locator("#home-detail [data-shown]").get_attribute("data-shown")
    expect(page.locator("#shell-recording")).to_contain_text(shown)
    expect(page.locator(f"[data-recording={shown}] a")).to_have_attribute("aria-current", "true")


def test_choosing_in_the_list_shows_it_and_the_back_button_returns(open_page):
    page = open_page("/?recording=plays")
    expect(page.locator(DETAIL)).to_be_visible()
    others = page.locator("[data-recording]:not([data-recording=plays])")
    if others.count() == 0:
        pytest.skip("the demo is not built, so there is nothing else to choose")
    other = others.first.get_attribute("data-recording")
    others.first.click()
    expect(page.locator(f"#home-detail [data-shown={other}]")).to_be_visible()
    assert f"recording={other}" in page.url
    expect(page.locator("#shell-recording")).to_contain_text(other)
    page.go_back()
    expect(page.locator(DETAIL)).to_be_visible()
    expect(page.locator("[data-recording=plays]")).to_have_class("is-chosen")


def test_links_lead_to_match_and_back(open_page):
    page = open_page("/?recording=plays")
    page.get_by_role("link", name="Match layer0.hidden").click()
    page.wait_for_url("**/match?recording=plays&state=layer0.hidden")
    page.go_back()
    expect(page.locator(DETAIL)).to_be_visible()
    page.get_by_role("link", name="Open the finding: queen of").click()
    page.wait_for_url("**/match?recording=plays&state=layer0.cell&from=1&to=3**")


def test_embedded_shows_only_the_page(open_page, shot):
    page = open_page("/?embed=1&recording=plays")
    expect(page.locator(DETAIL)).to_be_visible()
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


def test_choosing_in_the_frame_writes_the_address(open_page, other):
    page = open_page("/?recording=plays")
    expect(page.locator(DETAIL)).to_be_visible()
    page.locator("#shell-recording").click()
    page.get_by_role("option", name="other").click()
    page.wait_for_url("**/?recording=other")
    expect(page.locator("#home-detail [data-shown=other]")).to_be_visible()
    expect(page.locator("#shell-facts")).to_contain_text("2,220 positions")


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


@pytest.fixture
def other(server):
    """A second recording that is there in every installation."""
    lstm_recording(server.folder / "other", name="other")
    yield
    shutil.rmtree(server.folder / "other")


def test_new_and_removed_recordings_are_noticed(page, server):
    expect(page.locator(ENTRY)).to_be_visible()
    lstm_recording(server.folder / "late", name="late")
    page.locator("#home-refresh").click()
    expect(page.locator("[data-recording=late]")).to_be_visible()
    page.locator("[data-recording=late] a").click()
    expect(page.locator("#shell-recording")).to_contain_text("late")
    shutil.rmtree(server.folder / "late")
    page.locator("#home-refresh").click()
    expect(page.locator("[data-recording=late]")).to_have_count(0)
    expect(page.locator("#home-detail")).to_contain_text("There is no recording 'late'")


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
    expect(page.locator("#home-filter")).to_be_visible()
    page.get_by_role("button", name="positions").click()
    assert names(page)[-3:] == ["run-02", "run-01", "run-00"]
    expect(page.locator("th[aria-sort=descending]")).to_have_text("positions")
    page.get_by_role("button", name="positions").click()
    assert names(page)[:3] == ["run-00", "run-01", "run-02"]
    page.keyboard.press("/")
    page.keyboard.type("run-1 cell")
    assert names(page) == [f"run-{number}" for number in range(10, 20)]
    expect(page.locator(".list-count")).to_contain_text("10 of ")
    shot(page, "home-many")
    copied = open_page(page.url.replace(page.url.split("/?")[0], ""))
    expect(copied.locator("#home-list tbody tr")).to_have_count(10)
    expect(copied.locator(DETAIL)).to_be_visible()
    copied.locator("#home-filter").fill("nothing like it")
    expect(copied.locator("#home-list")).to_contain_text("No recording fits.")


@pytest.mark.usefixtures("many")
def test_the_list_by_keyboard(open_page):
    page = open_page("/?recording=plays")
    expect(page.locator(DETAIL)).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("run-0")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#home-detail [data-shown=run-02]")).to_be_visible()
    expect(page.locator("[data-recording=run-02] a")).to_be_focused()


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
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    wanted = {
        "shell-copy-link",
        "shell-help-button",
        "shell-theme-button",
        "shell-recording",
        "home-refresh",
        "home-own",
    }
    assert wanted <= reached
    assert any("Open the finding" in text for text in reached)
