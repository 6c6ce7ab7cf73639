"""The match half of the page, as a reader uses it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

import analytics
from tests.browser.conftest import DEMO
from tests.browser.waiting import eventually, expect_equal, expect_parameters, parameters, relative

VIEW = "/match?recording=plays&state=layer0.cell&from=30&to=32&threshold=0.1"
MATCHED = VIEW + "&matched=1"
ROW = ".match-row"


def rows(page: Page) -> list[dict]:
    """The first rows of the table as the reader sees them."""
    page.wait_for_selector(ROW)
    return page.evaluate(
        """() => [...document.querySelectorAll('.match-row')].sort((a, b) => a.dataset.row - b.dataset.row)
        .map(row => ({
            numbers: [...row.querySelectorAll('.match-number')].map(cell => Number(cell.textContent)),
            words: [...row.querySelectorAll('.match-word')].map(word => word.textContent),
            inside: row.querySelector('.match-frame').getBoundingClientRect().width,
            word: row.querySelector('.match-word').getBoundingClientRect().width,
        }))"""
    )


def drawn(page: Page) -> Page:
    """Wait until the rows and what is beside them are drawn: nothing moves any more under the pointer."""
    for part in (ROW, "#matches-lengths .bars .point", "#matches-labels .bars .point"):
        page.wait_for_selector(part)
    return page


def choose(page: Page, field: str, label: str) -> None:
    """Pick from one of Dash's dropdowns."""
    page.locator(f"#{field}").click()
    page.get_by_role("option", name=label, exact=True).click()


def type_into(page: Page, field: str, text: str) -> None:
    page.locator(f"#matches-{field}").fill(text)
    page.locator(f"#matches-{field}").press("Enter")


def expected(folder: Path, *, threshold: float = 0.1) -> analytics.Matches:
    states = analytics.open_recording(folder / "plays").states("layer0.cell")
    units = analytics.select_units(states, 30, 32, threshold=threshold)
    return analytics.match_pattern(states, units, threshold=threshold, min_length=2)


def ranks(matches: analytics.Matches, n_rows: int) -> list[list[int]]:
    """Rank, length, overlap and union of the first matches."""
    columns = (matches.length, matches.overlap, matches.union)
    return [[row + 1, *(int(column[row]) for column in columns)] for row in range(n_rows)]


def test_match_shows_the_rows_of_the_analysis(open_page, server):
    page = open_page(VIEW)
    expect(page.locator("#match-chips .chip")).not_to_have_count(0)
    expect(page.locator("#matches")).to_be_hidden()
    page.locator("#match-go").click()
    shown, matches = rows(page), expected(server.folder)
    assert [row["numbers"][:4] for row in shown] == ranks(matches, len(shown))
    for row in shown:
        assert row["inside"] / row["word"] == pytest.approx(row["numbers"][1], abs=0.01)
    caption = page.locator("#matches-caption").inner_text()
    assert caption.startswith(f"50 matches for a pattern of {len(matches.units)} units, exact over 2,")
    assert caption.endswith(" ms")
    expect_parameters(page, matched="1")


def test_the_address_restores_filters_and_colours(open_page):
    page = drawn(open_page(MATCHED))
    choose(page, "matches-color", "part_of_speech")
    expect_parameters(page, color="part_of_speech")
    choose(page, "matches-heat", "letters")
    expect_parameters(page, heat="letters")
    page.locator("#matches-mask").check()
    expect_parameters(page, mask="1")
    type_into(page, "max-length", "3")
    expect_parameters(page, max_length="3")
    type_into(page, "limit", "20")
    expect_parameters(page, limit="20")
    expect(page.locator("#matches-caption")).to_contain_text("20 matches")
    other = open_page(relative(page))
    expect_equal(other, lambda: rows(other), rows(page))
    expect(other.locator("#matches-max-length")).to_have_value("3")
    expect(other.locator("#matches-color")).to_contain_text("part_of_speech")
    expect(other.locator("#matches-legend")).to_contain_text("NOUN")


def test_a_bar_of_the_histogram_filters_and_a_field_shows_what_holds_whatever_was_typed(open_page):
    page = drawn(open_page(MATCHED))
    # Over the bars lies what takes the clicks.
    place = page.evaluate(
        """() => {
            const [area, bar] = [".nsewdrag", ".bars .point path"].map((name) =>
                document.querySelector("#matches-lengths " + name).getBoundingClientRect());
            return {x: bar.x + bar.width / 2 - area.x, y: bar.y + bar.height / 2 - area.y};
        }"""
    )
    page.locator("#matches-lengths .nsewdrag").first.click(position=place)
    release = page.locator("#matches-release")
    expect(release).to_be_visible()
    length = int(eventually(page, lambda: parameters(page).get("length"), bool))
    expect(page.locator("#matches-caption")).to_contain_text(f"of length {length} among the best 1,000")
    assert {row["numbers"][1] for row in rows(page)} == {length}
    release.click()
    expect(page.locator("#matches-caption")).to_contain_text("50 matches for")
    expect_parameters(page, length=None)

    for name, typed, shown, told in (
        ("limit", "0", "50", None),
        ("limit", "5000", "50", None),
        ("min-overlap", "2.5", "1", None),
        ("max-length", "three", "", None),
        ("max-length", "3", "3", "3"),
        ("max-length", "", "", None),
    ):
        field = page.locator(f"#matches-{name}")
        field.fill(typed)
        field.press("Tab")
        expect_parameters(page, **{name.replace("-", "_"): told})
        expect(page.locator("#matches")).to_have_attribute("data-stale", "false")
        expect(field).to_have_value(shown)


def test_pointing_links_word_and_heat_cells_and_keys_lead_from_row_to_row(open_page, server):
    page = drawn(open_page(MATCHED + "&heat=part_of_speech"))
    page.locator(ROW).first.locator(".match-word").nth(2).hover()
    expect(page.locator(".match-pointed")).to_have_count(3)
    status = page.locator("#matches-status")
    expect(status).to_contain_text("match 1 · ")
    expect(status).to_contain_text("units on")
    expect(status).to_contain_text("part_of_speech: ")
    page.locator(ROW).nth(3).locator(".match-heat-cell").first.hover()
    expect(status).to_contain_text("match 4 · ")
    expect(page.locator(ROW).nth(3).locator(".match-pointed")).to_have_count(3)

    page.locator(ROW).first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator(f'{ROW}[data-row="3"]')).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(f'{ROW}[data-row="49"]')).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect_parameters(page, **{"matched": None, "from": str(expected(server.folder).start[1])})


def test_a_match_is_looked_at_without_losing_the_pattern_then_opened_and_back_returns(open_page, server):
    page = drawn(open_page(MATCHED))
    matches = expected(server.folder)
    page.locator(ROW).nth(7).locator(".match-look").click()
    at = eventually(page, lambda: int(parameters(page).get("at", 0)), bool)
    assert at <= matches.start[7] < at + 80
    expect_parameters(page, **{"from": "30"})
    expect(page.locator(ROW).first).to_be_visible()

    page.locator(ROW).nth(5).locator(".match-open").click()
    expect(page.locator("#matches")).to_be_hidden()
    expect_parameters(page, **{"from": str(matches.start[5]), "to": str(matches.stop[5])})
    assert abs(int(parameters(page).get("at", 0)) + 40 - matches.start[5]) <= 40
    page.go_back()
    page.wait_for_selector(ROW)
    expect_parameters(page, **{"from": "30", "at": str(at)})
    assert rows(page)[5]["numbers"][1] == matches.length[5]


def test_files_equal_the_result(open_page, server):
    page = drawn(open_page(MATCHED))
    matches = expected(server.folder)
    compared = ["start", "stop", "length", "overlap", "union", "jaccard"]
    recording = analytics.open_recording(server.folder / "plays")
    for kind, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        with page.expect_download() as waiting:
            page.locator(f"#matches-save-{kind}").click()
        frame = read(io.BytesIO(Path(waiting.value.path()).read_bytes()))
        pd.testing.assert_frame_equal(frame[compared], matches.to_frame()[compared])
        assert waiting.value.suggested_filename == f"plays-matches.{kind}"
        words = recording.token_texts(int(matches.start[0]), int(matches.stop[0]))
        assert frame["text"][0] == " ".join(words)


def test_nothing_found_says_why_and_what_to_do(open_page):
    page = open_page(VIEW.replace("0.1", "5") + "&matched=1")
    expect(page.locator("#matches .empty-why")).to_contain_text("Lower the threshold")
    expect(page.locator("#matches-caption")).to_contain_text("No match")
    expect(page.locator("#matches-summary")).to_be_hidden()


def hold_searches(page: Page) -> Callable[[], None]:
    """Let no search leave the page until what is returned is called."""
    page.evaluate(
        """() => { const send = window.fetch; window.held = true; window.fetch = async (...given) => {
            while (window.held && String((given[1] || {}).body).includes('"match-results-request"')) {
                await new Promise(done => setTimeout(done, 20));
            }
            return send(...given);
        }; }"""
    )
    return lambda: page.evaluate("window.held = false")


def test_a_changed_pattern_is_matched_anew_and_a_long_search_keeps_the_old_rows(open_page, server):
    page = drawn(open_page(MATCHED))
    page.evaluate("stateroom.view.change({threshold: 0.02}, {history: 'push'})")
    matches = expected(server.folder, threshold=0.02)
    expect(page.locator("#matches-caption")).to_contain_text(f"a pattern of {len(matches.units)} unit")
    shown = [row["numbers"][:4] for row in rows(page)]
    assert shown == ranks(matches, len(shown))
    expect_parameters(page, threshold="0.02")

    working = page.locator(".matches-working")
    expect(working).to_be_hidden()
    release = hold_searches(page)
    page.evaluate("stateroom.view.change({min_overlap: 2}, {history: 'push'})")
    expect(working).to_be_visible()
    opacity = "getComputedStyle(document.getElementById('matches-table')).opacity"
    page.wait_for_function(f"{opacity} < 1")
    assert page.locator(ROW).count() > 0
    release()
    expect(working).to_be_hidden()
    page.wait_for_function(f"{opacity} === '1'")


def test_a_thousand_rows_keep_few_in_the_page(open_page):
    page = open_page(MATCHED + "&limit=1000&min_length=1")
    page.wait_for_selector(ROW)
    count = page.locator(".matches-scroller").get_attribute("aria-rowcount")
    assert int(count) > 300
    assert page.locator(ROW).count() < 80
    page.locator(".matches-scroller").evaluate("element => { element.scrollTop = element.scrollHeight; }")
    page.wait_for_selector(f'{ROW}[data-row="{int(count) - 2}"]')
    assert page.locator(ROW).count() < 80


def test_tokens_are_shown_as_they_are(open_page):
    page = open_page(MATCHED.replace("from=30&to=32", "from=16&to=18") + "&cell=40")
    page.wait_for_selector(ROW)
    words = {word for row in rows(page) for word in row["words"]}
    assert {"<unk>", "&"} <= words
    assert page.locator(".match-words b").count() == 0


def test_the_page_fits_narrow_and_dark(open_page, shot):
    page = open_page(MATCHED + "&heat=part_of_speech")
    for theme, width in (("light", 1280), ("light", 768), ("dark", 1280)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        if theme == "dark":
            page.reload()
        drawn(page)
        # The table is drawn again for another width.
        page.wait_for_function(
            "() => !stateroom.matchTable.isMisfit(document.getElementById('matches-table')) &&"
            " document.querySelector('#matches').scrollWidth <= document.documentElement.clientWidth"
        )
        shot(page, f"matches-{theme}-{width}")


def test_a_recording_removed_while_open_is_said(open_page, server):
    folder = server.folder / "short-lived"
    shutil.copytree(server.folder / "plays", folder)
    try:
        page = drawn(open_page(MATCHED.replace("recording=plays", f"recording={folder.name}")))
    finally:
        shutil.rmtree(folder)
    type_into(page, "limit", "10")
    expect(page.locator("#shell-messages .message-error").first).to_contain_text(folder.name)


def test_parentheses_level_four_is_found_at_level_four_only(open_page):
    """The finding of LSTMVis, figure 6: units that carry the nesting level."""
    if not (DEMO / "parentheses" / "recording.json").exists():
        pytest.skip("the parentheses recording is not built: make demo")
    opening = analytics.open_recording(DEMO / "parentheses").manifest.get("opening_view")
    if not opening:
        pytest.skip("the parentheses recording names no finding")
    query = "&".join(f"{name}={quote(text)}" for name, text in opening.items() if name != "title")
    page = open_page(f"/match?recording=parentheses&{query}&heat=nesting+depth&limit=200")
    page.wait_for_selector(ROW)
    levels = page.evaluate(
        """() => {
            const {start, stop, first, tracks} = stateroom.matchResults.rows;
            const {labels, rows} = tracks["nesting depth"];
            return start.map((from, row) => rows[row].slice(from - first[row], stop[row] - first[row])
                .map(code => labels[code]));
        }"""
    )
    assert len(levels) == 200
    assert {level for row in levels for level in row} == {"4"}
