"""The select half of the page, as a reader uses it: by pointer, by keys, and through the address."""

from __future__ import annotations

import csv
import io
import shutil

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import analytics
from tests.browser.conftest import DEMO
from tests.browser.waiting import (
    eventually,
    expect_address_at_rest,
    expect_equal,
    expect_fit,
    expect_parameters,
    parameters,
    relative,
)
from tests.networks import lstm_recording

VIEW = "/match?recording=plays&state=layer0.cell&from=30&to=32&threshold=0.1"
CHIPS = "#match-chips .chip:not(.chip-dropped) .chip-name"
DROPPED = "#match-chips .chip-dropped .chip-name"


def ready(page: Page) -> Page:
    """Wait until everything the view asks for is drawn: nothing moves any more under the pointer."""
    page.wait_for_selector("#match-tokens .cell")
    page.wait_for_selector("#match-chips .units-count strong")
    page.wait_for_selector(".distribution-caption:text('on')")
    page.wait_for_function(
        "() => { const {plot, neighbourhood} = stateroom.selection; return plot.range() && neighbourhood; }"
    )
    return page


def units(page: Page) -> list[int]:
    return [int(text) for text in page.locator(CHIPS).all_inner_texts()]


def expect_units(page: Page, wanted: list[int]) -> None:
    expect_equal(page, lambda: units(page), wanted)


def asked(page: Page, name: str) -> str:
    """What the address says of a parameter, once it names it."""
    return eventually(page, lambda: parameters(page).get(name), bool)


def centre(page: Page, position: int, *, row: str = "#match-tokens") -> tuple[float, float]:
    box = page.locator(f"{row} .cell[data-position='{position}']").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"], 18) / 2


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag, and wait for the address: it follows once the pointer rests."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=3)
    page.mouse.move(*end, steps=3)
    page.mouse.up()
    expect_address_at_rest(page)


def selected(folder, start: int, stop: int, **options) -> list[int]:
    states = analytics.open_recording(folder / "plays").states("layer0.cell")
    return analytics.select_units(states, start, stop, **options).tolist()


def test_dragging_over_tokens_selects_what_the_analysis_selects(open_page, server):
    page = ready(open_page("/match?recording=plays&state=layer0.cell&threshold=0.05"))
    expect(page.locator(".units-why")).to_contain_text("Nothing is selected")
    drag(page, centre(page, 20), centre(page, 22))
    wanted = selected(server.folder, 20, 23, threshold=0.05)
    assert wanted
    expect_units(page, wanted)
    expect(page.locator("#match-rail .row-side")).to_have_text("3 tokens")
    expect_parameters(page, **{"from": "20", "to": "23"})


def test_the_threshold_is_dragged_and_set_in_the_distribution(open_page, server):
    page = ready(open_page(VIEW))
    line = page.locator(".threshold").bounding_box()
    caption = page.locator(".distribution-caption")
    before, share = units(page), caption.inner_text()
    at = (line["x"] + 300, line["y"] + line["height"] / 2)
    drag(page, at, (at[0], at[1] + 40))
    threshold = float(parameters(page)["threshold"])
    assert threshold < 0.1
    wanted = selected(server.folder, 30, 32, threshold=threshold)
    assert wanted != before
    expect_units(page, wanted)
    expect(caption).not_to_have_text(share)

    box = page.locator("#match-distribution-plot").bounding_box()
    page.mouse.click(box["x"] + 30, box["y"] + box["height"] * 0.3)
    eventually(page, lambda: float(parameters(page)["threshold"]), lambda shown: shown > 0.1)


def test_off_windows_are_dragged_wide(open_page, server):
    page = ready(open_page(VIEW))
    grip = page.locator(".grip-before").bounding_box()
    y = grip["y"] + grip["height"] / 2
    drag(page, (grip["x"] + 5, y), (centre(page, 27)[0] - 6, y))
    before = int(parameters(page)["before"])
    assert before in (3, 4)
    expect_units(page, selected(server.folder, 30, 32, threshold=0.1, off_before=before))
    hatched = page.locator(".band-off-before").bounding_box()
    assert hatched["width"] == pytest.approx(
        before * page.locator("#match-tokens .cell").first.bounding_box()["width"], abs=1
    )


def test_units_are_dropped_restored_and_kept(open_page):
    page = ready(open_page(VIEW))
    first, *others = units(page)
    page.locator(CHIPS).first.click()
    expect(page.locator(DROPPED)).to_have_text([str(first)])
    expect_units(page, others)
    expect_parameters(page, dropped=str(first))
    page.locator(DROPPED).click()
    expect(page.locator(DROPPED)).to_have_count(0)
    expect_units(page, [first, *others])
    page.locator("#match-chips .chip-pin").first.click()
    expect(page.locator(".chip-pinned .chip-name")).to_have_text([str(first)])
    expect_parameters(page, pinned=str(first))
    page.keyboard.press("Escape")
    expect_units(page, [first])


def test_pointing_at_a_unit_shows_it_everywhere_and_it_leads_to_the_words_that_move_it(open_page):
    page = ready(open_page(VIEW))
    first = units(page)[0]
    page.locator("#match-chips .chip").first.hover()
    expect_equal(page, lambda: page.evaluate("stateroom.selection.pointed.unit"), first)
    box = page.locator(".plot-column").bounding_box()
    # The highest line: the threshold does not lie over it.
    y = page.evaluate(
        "() => { const {plot, selected} = stateroom.selection;"
        " return Math.min(...selected.units.map(unit => plot.yOf(plot.valueOf(unit, 31)))); }"
    )
    page.mouse.move(centre(page, 31)[0], box["y"] + y)
    page.wait_for_function("() => stateroom.selection.pointed.position === 31")
    pointed = page.evaluate("stateroom.selection.pointed.unit")
    expect(page.locator(".tip")).to_contain_text(f"unit {pointed}:")
    expect(page.locator(".tip")).to_contain_text("position 31")
    expect(page.locator("#match-chips .chip.is-pointed .chip-name")).to_have_text([str(pointed)])

    page.get_by_role("link", name=f"Unit {first} in Clusters").click()
    expect(page.locator("#clusters-unit h2")).to_have_text(f"Unit {first}")
    expect_parameters(page, recording="plays", state="layer0.cell")


def test_tokens_lie_exactly_under_their_positions_and_are_shown_as_they_are(open_page):
    page = ready(open_page("/match?recording=plays&state=layer0.cell&width=40"))
    column = page.locator(".plot-column").bounding_box()
    plot = page.evaluate(
        "() => { const {xaxis} = document.querySelector('#match-plot .js-plotly-plot')._fullLayout;"
        " return [xaxis._offset, xaxis._length, xaxis.range]; }"
    )
    cells = page.locator("#match-tokens .cells").bounding_box()
    assert (cells["x"], cells["width"]) == pytest.approx((column["x"], column["width"]), abs=0.6)
    graph = page.locator("#match-plot .js-plotly-plot").bounding_box()
    assert graph["x"] + plot[0] == pytest.approx(cells["x"], abs=0.6)
    assert plot[1] == pytest.approx(cells["width"], abs=0.6)
    assert plot[2] == [-0.5, 39.5]
    shown = page.locator("#match-tokens .token").all_inner_texts()
    for token in ("<unk>", "<b>mat</b>", "&", "שלום", "🙂", "⇥", "↵"):
        assert token in shown
    assert page.locator("#match-tokens b").count() == 0


def test_tracks_come_and_go(open_page):
    page = ready(open_page(VIEW))
    page.locator(".tool-menu summary").click()
    for name in ("part_of_speech", "letters", "predicts next", "loss of next"):
        page.locator(".tool-check", has_text=name).locator("input").check()
        expect(page.locator("#match-tracks .row-name", has_text=name)).to_have_count(1)
    expect(page.locator("#match-tracks .legend-item")).not_to_have_count(0)
    expect_parameters(page, tracks="part_of_speech,letters,:prediction,:loss")
    page.keyboard.press("Escape")
    page.mouse.move(*centre(page, 31, row="#match-tracks .track-prediction"))
    expect(page.locator(".tip-table tr")).to_have_count(5)
    page.get_by_role("button", name="Remove the track letters").click()
    expect(page.locator("#match-tracks .row-name", has_text="letters")).to_have_count(0)
    page.locator(".tool-menu summary").click()
    page.locator(".tool-check", has_text="fade where").locator("input").check()
    expect_parameters(page, mask="1")


def test_search_says_why_it_finds_nothing_lists_hits_and_goes_there(open_page, server):
    page = ready(open_page("/match?recording=plays&state=layer0.cell&search=zebra"))
    expect(page.locator(".hits-count")).to_contain_text("'zebra' is no token of plays")
    field = page.locator("[name=search]")
    field.fill("/(/")
    field.press("Enter")
    expect(page.locator(".message-error")).to_contain_text("no regular expression")
    field.fill("")
    field.blur()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("queen of the sea")
    page.keyboard.press("Enter")
    expect(page.locator(".hits-count")).to_contain_text("60 hits in")
    expect(page.locator(".hit")).to_have_count(60)
    page.locator(".hit").nth(30).click()
    expect(page.locator(".hit.is-here")).to_have_count(1)
    expect(page.locator("#match-rail .row-side")).to_contain_text("4 tokens")
    start = int(asked(page, "from"))
    recording = analytics.open_recording(server.folder / "plays")
    assert recording.token_texts(start, start + 4) == ["queen", "of", "the", "sea"]


def test_the_address_restores_the_view_elsewhere(open_page, server):
    page = ready(open_page(VIEW))
    drag(page, centre(page, 40), centre(page, 41))
    first, *others = selected(server.folder, 40, 42, threshold=0.1)
    expect_units(page, [first, *others])
    page.locator(".tool-menu summary").click()
    page.locator(".tool-check", has_text="letters").locator("input").check()
    expect(page.locator("#match-tracks .row-name", has_text="letters")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator("[name=width]").fill("60")
    page.locator("[name=width]").press("Enter")
    expect(page.locator("#match-tokens .cell")).to_have_count(60)
    page.locator(CHIPS).first.click()
    expect_units(page, others)
    page.locator("[name=search]").fill("queen")
    page.locator("[name=search]").press("Enter")
    expect(page.locator(".hits-count")).to_contain_text("hits in")
    expect_address_at_rest(page)
    other = ready(open_page(relative(page)))
    expect(other.locator(".hits-count")).to_contain_text("hits in")
    for selector in ("#match-chips", "#match-tokens", "#match-rail", "#match-tracks", ".hits-rows"):
        expect_equal(other, other.locator(selector).inner_text, page.locator(selector).inner_text())
    expect_equal(other, lambda: other.url, page.url)


def test_back_returns_to_the_view_before(open_page):
    page = ready(open_page(VIEW))
    before = units(page)
    drag(page, centre(page, 40), centre(page, 44))
    page.get_by_role("button", name="5 tokens on", exact=True).click()
    expect(page.locator("#match-tokens .cell").first).to_have_attribute("data-position", "5")
    page.go_back()
    expect(page.locator("#match-tokens .cell").first).to_have_attribute("data-position", "0")
    expect_parameters(page, **{"from": "40", "to": "45"})
    page.go_back()
    expect(page.locator("#match-rail .row-side")).to_have_text("2 tokens")
    expect_units(page, before)
    page.go_forward()
    expect(page.locator("#match-rail .row-side")).to_have_text("5 tokens")
    # Also where the next step comes before the address has followed the pointer.
    page.evaluate(
        """() => {
            const {view} = stateroom;
            view.change({start: 50, stop: 52}, {history: "push", moving: true});
            view.change({start: 50, stop: 56}, {history: "replace", moving: true});
            view.change({at: 9}, {history: "push"});
        }"""
    )
    page.go_back()
    expect_parameters(page, **{"from": "50", "to": "56", "at": None})
    expect(page.locator("#match-rail .row-side")).to_have_text("6 tokens")


def test_by_keyboard_alone(open_page, server):
    page = ready(open_page("/match?recording=plays&state=layer0.cell&threshold=0.05"))
    page.keyboard.press("ArrowRight")
    expect(page.locator("#match-rail .row-side")).to_have_text("1 token")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+ArrowLeft")
    page.keyboard.press("Control+ArrowLeft")
    page.keyboard.press("Control+Shift+ArrowLeft")
    expect(page.locator("#match-rail .row-side")).to_have_text("2 tokens, off 1 | 0")
    expect_parameters(page, **{"from": "41", "to": "43", "before": "1"})
    expect_units(page, selected(server.folder, 41, 43, threshold=0.05, off_before=1))
    page.keyboard.press("]")
    expect(page.locator(".tool-where")).to_contain_text("scene 2 of 12")
    page.keyboard.press("+")
    expect(page.locator("[name=width]")).to_have_value("100")
    page.keyboard.press("Escape")
    expect(page.locator("#match-rail .rail-note")).to_contain_text("Drag over the tokens")
    page.locator(".threshold").focus()
    page.keyboard.press("ArrowUp")
    eventually(page, lambda: float(parameters(page)["threshold"]), lambda shown: shown > 0.05)


def test_a_selection_never_crosses_a_border(open_page, server):
    border = int(analytics.open_recording(server.folder / "plays").sequence_starts[1])
    page = ready(open_page(f"/match?recording=plays&state=layer0.cell&at={border - 40}"))
    drag(page, centre(page, border - 3), centre(page, border + 3))
    expect_parameters(page, **{"from": str(border - 3), "to": str(border)})


def test_a_range_across_a_border_in_the_address_is_said(open_page, server):
    border = int(analytics.open_recording(server.folder / "plays").sequence_starts[1])
    page = ready(open_page(f"/match?recording=plays&state=layer0.cell&from={border - 2}&to={border + 2}"))
    expect(page.locator(".message")).to_contain_text(f"crosses the sequence border at {border}")
    expect_parameters(page, **{"from": None, "to": None})


def test_nonsense_in_the_address_gives_the_default_and_a_sentence(open_page):
    page = ready(
        open_page(
            "/match?recording=plays&state=layer0.cel&width=abc&at=99999999&tracks=lettres&pinned=999&threshold=nan"
        )
    )
    eventually(
        page,
        lambda: " ".join(page.locator(".message").all_inner_texts()),
        lambda text: "width='abc'" in text or "There is no unit 999" in text,
    )
    expect_parameters(page, state="layer0.cell", width=None, threshold=None, tracks=None, pinned=None)


def test_an_unknown_recording_opens_another_with_a_sentence(open_page):
    page = ready(open_page("/match?recording=playz&state=layer0.cell"))
    expect(page.locator(".message").first).to_contain_text("Did you mean 'plays'?")


def test_a_first_visit_opens_a_finding(open_page):
    page = ready(open_page("/match"))
    expect(page.locator(CHIPS)).not_to_have_count(0)
    assert asked(page, "from")


def test_nothing_on_says_why_and_another_state_is_taken_from_the_frame(open_page):
    page = ready(open_page("/match?recording=plays&state=layer0.cell&from=10&to=20&threshold=9"))
    expect(page.locator(".units-why")).to_contain_text("lower the threshold or shorten the range")
    expect(page.locator("#match-go")).to_be_disabled()
    page.locator("#shell-state").click()
    page.get_by_role("option", name="layer0.hidden").click()
    page.wait_for_function("() => stateroom.selection.window.state === 'layer0.hidden'")
    expect_parameters(page, **{"state": "layer0.hidden", "from": "10"})


def test_a_recording_that_is_removed_is_said(open_page, server):
    folder = server.folder / "removed"
    shutil.copytree(server.folder / "plays", folder)
    try:
        page = ready(open_page(VIEW.replace("plays", folder.name)))
    finally:
        shutil.rmtree(folder)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".message-error")).to_contain_text("There is no recording 'removed'")


def test_a_recording_that_is_replaced_is_said_and_never_mixed_with_the_old_one(open_page, server):
    folder = server.folder / "replaced"
    lstm_recording(folder)
    try:
        page = ready(open_page(VIEW.replace("plays", folder.name)))
        before = units(page)
        shutil.rmtree(folder)
        analytics.write_recording(
            folder, name=folder.name, tokens=["a"] * 200, states={"layer0.cell": np.ones((200, 9))}
        )
        page.keyboard.press("ArrowRight")
        # What says so has looked at the answer, and would have drawn it by now.
        expect(page.locator(".message-error")).to_contain_text("was replaced while this page was open")
        assert units(page) == before
        page.reload()
        expect_units(ready(page), list(range(9)))
    finally:
        shutil.rmtree(folder)


def test_the_page_is_left_and_entered_again(open_page):
    page = ready(open_page(VIEW))
    shown = units(page)
    page.get_by_role("navigation", name="Pages").get_by_text("Recordings").click()
    page.wait_for_selector(".page-home")
    page.go_back()
    expect_units(ready(page), shown)
    drag(page, centre(page, 40), centre(page, 41))
    expect_parameters(page, **{"from": "40", "to": "42"})


@pytest.mark.skipif(not (DEMO / "parentheses" / "recording.json").exists(), reason="the demo is not built")
def test_the_units_of_the_finding_carry_nesting_level_four(open_page):
    page = ready(
        open_page(
            "/match?recording=parentheses&state=layer1.cell&at=135&from=170&to=172&before=1"
            "&tracks=nesting+depth"
        )
    )
    expect(page.locator(CHIPS)).not_to_have_count(0)
    levels = page.evaluate(
        """() => {
            const {window: shown, selected, countAt} = stateroom.selection;
            const [depth] = shown.tracks;
            const all = shown.tokens.map((_, place) => place)
                .filter(place => countAt(shown.start + place) === selected.units.length);
            return all.map(place => depth.labels[depth.codes[place]]);
        }"""
    )
    assert len(levels) > 4
    assert set(levels) == {"4"}


def test_the_plot_is_exported(open_page):
    page = ready(open_page(VIEW))
    page.locator("#match-stage .stage-plot").hover()
    contents = {}
    for kind in ("svg", "png", "csv"):
        with page.expect_download() as download:
            page.locator(f"#match-stage .modebar-btn[data-title$='as {kind.upper()}']").click()
        assert download.value.suggested_filename == f"plays-layer0.cell-0.{kind}"
        contents[kind] = download.value.path().read_bytes()
    assert contents["svg"].startswith(b"<svg")
    assert contents["png"].startswith(b"\x89PNG")
    lines = list(csv.reader(io.StringIO(contents["csv"].decode(), newline="")))
    assert len(lines) == 81
    assert lines[0][:4] == ["position", "token", "selected_on", "unit_0"]
    assert lines[37][:2] == ["36", "\n"]


def test_pictures(open_page, server, shot):
    page = ready(open_page(VIEW + "&tracks=part_of_speech,letters"))
    for name, more, width, theme in (
        ("select-light", "&tracks=part_of_speech,letters", 1280, "light"),
        ("select-narrow", "", 768, "light"),
        ("select-dark", "&tracks=part_of_speech,:prediction", 1280, "dark"),
        ("select-embedded", "&embed=1", 1280, "light"),
        ("select-wide", "&width=400", 1280, "light"),
    ):
        if name != "select-light":
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.goto(server.url + VIEW + more)
            ready(page)
        expect_fit(page)
        shot(page, name)
