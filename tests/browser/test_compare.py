"""The Compare page, as a reader uses it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

import analytics
from analytics.store.recording import Recording
from tests.browser.conftest import Server
from tests.browser.waiting import (
    eventually,
    expect_equal,
    expect_fit,
    expect_parameters,
    parameters,
    relative,
)

LONG_MS = 180_000
STATE = "layer0.hidden"
FIRST, SECOND, THIRD, OTHER = "cmp-first", "cmp-second", "cmp-third", "cmp-other"
SECOND_NAME = "=<b>second</b>"


def written(path: Path, source: Recording, states: np.ndarray, **more) -> None:
    """Write the tokens of a recording again with states of our own."""
    analytics.write_recording(
        path,
        tokens=np.asarray(source.token_ids),
        vocabulary=[str(word) for word in source.vocabulary],
        states={STATE: states},
        sequence_starts=source.sequence_starts.tolist(),
        **more,
    )


@pytest.fixture(scope="module")
def order() -> np.ndarray:
    """Unit of the second recording that is, but for its sign, unit u of the first."""
    return np.random.default_rng(5).permutation(8)


@pytest.fixture(scope="module", autouse=True)
def planted(server: Server, order: np.ndarray) -> Iterator[None]:
    """Recordings of which all is known: the second holds the units of the first elsewhere."""
    plays = analytics.open_recording(server.folder / "plays")
    rng = np.random.default_rng(0)
    states = np.tanh(rng.normal(size=(plays.n_positions, 8))).astype(np.float32)
    elsewhere = np.empty_like(states)
    elsewhere[:, order] = states * np.where(np.arange(8) % 2, -1, 1)
    written(server.folder / FIRST, plays, states, name="first", step=100, training="run")
    written(server.folder / SECOND, plays, elsewhere, name=SECOND_NAME, step=200, training="run")
    written(server.folder / THIRD, plays, states / 2, name="third", step=300, training="run")
    other = [f"other{word}" for word in range(9)]
    analytics.write_recording(
        server.folder / OTHER, tokens=np.arange(9), vocabulary=other, states={STATE: states[:9]}, name="other"
    )
    yield
    for key in (FIRST, SECOND, THIRD, OTHER):
        shutil.rmtree(server.folder / key)


def address(*recordings: str, **more: object) -> str:
    return "/compare?" + urlencode({"r": ",".join(recordings), **more})


def expect_chosen(page: Page, *recordings: str) -> None:
    expect_parameters(page, r=",".join(recordings))


def facts_known(page: Page) -> Page:
    """Wait until what is told of the chosen is of those chosen now: then their line is not drawn anew."""
    page.wait_for_function(
        """() => {
            const {choice, facts, view} = stateroom.compare;
            const said = of => JSON.stringify([of.recordings, of.state, of.states]);
            return Boolean(choice && facts) && said(facts.wanted) === said(view());
        }""",
        timeout=LONG_MS,
    )
    return page


def ready(page: Page) -> Page:
    """Wait until every part is there."""
    expect(page.locator(".measures tbody tr").first).to_be_visible(timeout=LONG_MS)
    expect(page.locator("#compare-units tbody tr").first).to_be_visible(timeout=LONG_MS)
    expect(page.locator(".is-waiting-cell")).to_have_count(0, timeout=LONG_MS)
    page.wait_for_function("() => !document.querySelector('#compare-page').dataset.waiting", timeout=LONG_MS)
    return facts_known(page)


def measure(page: Page, name: str, group: str = "") -> list[str]:
    """The cells of a row of the table: one for each recording."""
    row = page.locator(".measures tbody tr", has=page.locator("th", has_text=name))
    return row.first.locator(".of-recording").all_inner_texts()


def downloaded(page: Page, act: Callable[[], None]) -> str:
    with page.expect_download() as saved:
        act()
    return Path(saved.value.path()).read_text("utf-8")


def test_planted_likeness_is_found_kept_in_the_address_and_shown_again(open_page, order, shot):
    page = ready(open_page(address(FIRST, SECOND)))
    assert measure(page, "linear CKA")[1] == "1.000"
    assert measure(page, "best |r| of A's units")[1] == "1.000"
    assert measure(page, "tokens in common with A")[1] == measure(page, "positions")[0]
    assert page.locator(".measures b").count() == 0
    expect(page.locator(".column-name bdi").nth(1)).to_have_text(SECOND_NAME)
    rows = [row.locator("th, td").all_inner_texts() for row in page.locator("#compare-units tbody tr").all()]
    pairs = {int(row[1].removeprefix("unit ")): int(row[2].removeprefix("unit ")) for row in rows}
    assert pairs == dict(enumerate(order.tolist()))
    assert {row[3] for row in rows} == {"+1.000", "−1.000"}
    # Without gates there is no picture of any; without a network no half-life, but a way to it.
    expect(page.locator("#compare-activity svg.compare-figure")).to_have_count(2)
    expect(page.locator("#compare-memory")).to_contain_text("Memory page")
    shot(page, "compare")

    field = page.get_by_label("≥")
    field.fill("0.5")
    field.press("Enter")
    page.wait_for_function("() => stateroom.compare.activity.threshold === 0.5")
    shares = measure(page, "on, mean over units")
    expect_parameters(page, threshold="0.5")
    again = ready(open_page(relative(page)))
    expect_equal(again, lambda: parameters(again), parameters(page))
    expect_equal(again, lambda: measure(again, "on, mean over units"), shares)
    page.go_back()
    expect(page.get_by_label("≥")).to_have_value("0.3")

    link = page.locator("#compare-units .token-link").first
    link.click()
    page.wait_for_selector("#match-page")
    wanted = {"pinned", "beside", "state2", "from"}
    eventually(page, lambda: parameters(page).keys(), lambda found: wanted <= found)


def test_recordings_are_chosen_added_reordered_and_removed(open_page):
    page = facts_known(open_page(address(FIRST)))
    expect(page.get_by_role("checkbox", name="first")).to_be_checked()
    start = page.locator(".start-line button")
    expect(start).to_be_disabled()
    page.get_by_role("checkbox", name=SECOND_NAME).check()
    start.click()
    ready(page)
    expect_chosen(page, FIRST, SECOND)
    page.keyboard.press("+")
    page.locator(".add-line", has_text="plays").first.click()
    expect(page.locator(".compare-chip")).to_have_count(3)
    expect_equal(page, lambda: parameters(page)["r"].split(",")[:2], [FIRST, SECOND])
    facts_known(page).locator("#compare-caption").click()
    page.keyboard.press("2")
    expect(page.locator(".chip-name").first).to_have_text(SECOND_NAME)
    page.go_back()
    expect(page.locator(".chip-name").first).to_have_text("first")
    facts_known(page).get_by_label("State of plays").select_option("layer0.cell")
    expect_parameters(page, states=",,layer0.cell")
    facts_known(page).get_by_role("button", name="Remove first").click()
    expect(page.locator(".compare-chip")).to_have_count(2)
    expect_parameters(page, states=",layer0.cell")


def test_what_cannot_be_compared_says_why_and_what_next(open_page, server):
    page = open_page(address(FIRST, OTHER))
    expect(page.locator("#compare-caption")).to_contain_text("common", timeout=LONG_MS)
    expect(page.locator("#compare-response .part-why")).to_contain_text("5 times", timeout=LONG_MS)
    page.goto(server.url + "/compare?r=nobody,first")
    expect(page.locator("#shell-messages")).to_contain_text("There is no recording 'nobody'")


def test_numbers_are_saved_as_they_are_shown_and_stand_against_their_step(open_page, order):
    page = ready(open_page(address(FIRST, SECOND)))
    toolbar, units = page.locator("#compare-toolbar"), page.locator("#compare-units")
    table = pd.read_csv(io.StringIO(downloaded(page, toolbar.get_by_role("button", name="CSV").click)))
    cka = table[(table["measure"] == "linear CKA") & (table["letter"] == "B")]
    assert float(cka["value"].iloc[0]) == pytest.approx(1, abs=1e-4)
    matched = pd.read_csv(io.StringIO(downloaded(page, units.get_by_role("button", name="CSV").click)))
    assert dict(zip(matched["unit A"], matched["unit B"], strict=True)) == dict(enumerate(order.tolist()))
    picture = ElementTree.fromstring(downloaded(page, toolbar.get_by_role("button", name="SVG").click))
    texts = [element.text or "" for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Activity of units", "Share of positions a unit is on", "A"} <= set(texts)
    assert any(text.startswith(SECOND_NAME) for text in texts)
    shown = page.evaluate("stateroom.shown.compare.numbers()")
    assert any(each["name"].startswith("linear CKA") for each in shown)

    steps = page.locator("#compare-steps")
    expect(steps.locator("tbody tr")).to_have_count(3, timeout=LONG_MS)
    steps.get_by_label("measure").select_option("on")
    page.wait_for_function(
        "() => stateroom.compare.steps.wanted.scalar === 'on' && !stateroom.compare.steps.pending",
        timeout=LONG_MS,
    )
    expect(steps.locator("svg.compare-figure")).to_be_visible()
    shares = [row.locator("td").nth(2).inner_text() for row in steps.locator("tbody tr").all()]
    assert float(shares[0]) == pytest.approx(
        float(measure(page, "on, mean over units")[0].split()[0]) / 100, abs=1e-3
    )
    assert float(shares[2]) < float(shares[0])
    expect_parameters(page, scalar="on")
    steps.get_by_role("button", name="Add third").click()
    expect(page.locator(".compare-chip")).to_have_count(3)
    expect_chosen(page, FIRST, SECOND, THIRD)


def test_by_keyboard_alone(open_page):
    page = ready(open_page(address(FIRST, SECOND, "plays")))
    page.keyboard.press("]")
    expect_parameters(page, pair="0-2")
    page.wait_for_function("() => stateroom.compare.units.wanted.pair === '0-2'", timeout=LONG_MS)
    page.locator(".layer-cell").first.focus()
    page.keyboard.press("Enter")
    expect_parameters(page, a="layer0.hidden")
    page.keyboard.press("+")
    expect(page.locator(".add-menu")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator(".add-menu")).not_to_have_attribute("open", "")
    page.locator(".add-menu summary").blur()
    page.keyboard.press("?")
    expect(page.locator("#shell-help")).to_contain_text("Similarity of Neural Network Representations")


def test_the_page_fits_narrow_dark_and_embedded(open_page, server, shot):
    page = open_page(address(FIRST, SECOND, "plays"), theme="dark")
    for theme, width, more in (("dark", 1280, {}), ("light", 768, {}), ("light", 1280, {"embed": "1"})):
        if theme == "light":
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.goto(server.url + address(FIRST, SECOND, "plays", **more))
        expect_fit(ready(page))
        shot(page, f"compare-{theme}-{width}{'-embed' if more else ''}")
