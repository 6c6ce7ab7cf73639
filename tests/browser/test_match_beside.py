"""A second state beside the first on the Match page, as a reader uses it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

import analytics
from tests.browser.waiting import (
    expect_address_at_rest,
    expect_equal,
    expect_parameters,
    parameters,
    relative,
)

ALONE = "/match?recording=plays&state=layer0.cell&from=30&to=32&threshold=0.1"
A, B = "stateroom.selection", "stateroom.besideSelection"


def ready(page: Page) -> Page:
    """Wait until everything that both panels ask for is drawn, on one scale or on two."""
    for panel in (A, B):
        page.wait_for_function(
            f"() => {panel}.window && {panel}.plot.range() && {panel}.selected.n_units > 0"
            f" && {panel}.neighbourhood && {panel}.distribution && {panel}.share !== null"
        )
    return page


def beside(open_page, more: str = "&state2=layer0.hidden") -> Page:
    return ready(open_page(ALONE + more))


def states(folder, name: str):
    return analytics.open_recording(folder / "plays").states(name)


def written(difference: int) -> str:
    return f"{difference:+d}".replace("-", "\u2212") if difference else "0"


def picture(page: Page) -> dict:
    """What both panels and what is between them show."""
    return page.evaluate(
        """() => ({
            panels: [stateroom.selection, stateroom.besideSelection].map((panel) => ({
                letter: panel.letter, state: panel.window.state, from: panel.window.start,
                range: panel.plot.range(), units: panel.selected.units,
                counts: [...panel.place("heat-strip").querySelectorAll(".cell")]
                    .map((cell) => cell.style.background),
            })),
            head: document.getElementById("match-beside-head").innerText,
            difference: document.getElementById("match-beside-difference").innerText,
        })"""
    )


def wait_for_difference(page: Page) -> None:
    expect(page.locator("#match-beside-difference .difference-row")).to_have_count(2)


def wait_for_units(page, panel, units):
    page.wait_for_function(
        f"(units) => JSON.stringify({panel}.selected.units) === JSON.stringify(units)", arg=units.tolist()
    )


def test_a_second_state_from_opening_it_to_the_same_picture_elsewhere(open_page, server):
    page = open_page(ALONE)
    page.wait_for_selector("#match-tokens .cell")
    expect(page.locator("#match-beside-stage")).to_be_hidden()
    page.locator(".shell-beside .beside-open").click()
    page.locator("[name=beside]").select_option("plays")
    page.locator("[name=beside_state]").select_option("layer0.hidden")
    ready(page)
    wait_for_difference(page)
    cell, hidden = (states(server.folder, name) for name in ("layer0.cell", "layer0.hidden"))
    for panel, values in ((A, cell), (B, hidden)):
        wait_for_units(page, panel, analytics.select_units(values, 30, 32, threshold=0.1))
    page.wait_for_function(f"() => String({A}.plot.range()) === String({B}.plot.range())")

    # One threshold for both: dragged in B, it moves in A.
    box = page.locator("#match-beside-stage .threshold").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] - 8, steps=4)
    page.mouse.up()
    expect_address_at_rest(page)
    threshold = float(parameters(page)["threshold"])
    assert threshold > 0.11
    for panel, values in ((B, hidden), (A, cell)):
        wait_for_units(page, panel, analytics.select_units(values, 30, 32, threshold=threshold))

    page.locator(".shell-beside .beside-swap").click()
    page.wait_for_function(
        f"() => {A}.window.state === 'layer0.hidden' && {B}.window.state === 'layer0.cell'"
    )
    expect_parameters(page, state="layer0.hidden", state2="layer0.cell")
    for panel, values in ((A, hidden), (B, cell)):
        wait_for_units(page, panel, analytics.select_units(values, 30, 32, threshold=threshold))

    # Not linked, B has a place and a range of its own, and there is no difference.
    page.locator(".shell-beside .beside-link").click()
    page.locator("[name=beside-position]").fill("300")
    page.locator("[name=beside-position]").press("Enter")
    page.wait_for_function(f"() => {B}.window.start === 300 && {A}.window.start === 0")
    page.locator("#match-beside-tokens .cell[data-position='310']").click(position={"x": 3, "y": 6})
    expect_parameters(page, **{"from": "30", "from2": "310", "linked": "0"})
    expect(page.locator("#match-beside-difference")).to_contain_text("goes its own way")
    chosen = (
        analytics.select_units(hidden, 30, 32, threshold=threshold),
        analytics.select_units(cell, 310, 311, threshold=threshold),
    )
    expect_address_at_rest(page)

    other = ready(open_page(relative(page)))
    for each in (page, other):
        for panel, units in zip((A, B), chosen, strict=True):
            wait_for_units(each, panel, units)
        each.wait_for_function(f"() => {B}.window.start === 300")
    expect_equal(other, lambda: picture(other), picture(page))

    page.locator(".shell-beside .beside-remove").click()
    expect(page.locator("#match-beside-stage")).to_be_hidden()
    expect_parameters(page, state2=None, linked=None, at2=None, from2=None, to2=None)


def test_the_difference_of_counts_and_states_is_b_less_a(open_page, server):
    page = beside(open_page, "&state2=layer0.hidden&by_unit=1")
    expect(page.locator(".difference-units canvas")).to_be_visible()
    on = [states(server.folder, name).read(0, 80) >= 0.1 for name in ("layer0.cell", "layer0.hidden")]
    counts = [each[:, each[30:32].all(axis=0)].sum(axis=1).astype(int) for each in on]
    row = page.locator("#match-beside-difference .difference-row").first
    for panel, values in ((A, "layer0.cell"), (B, "layer0.hidden")):
        wanted = analytics.select_units(states(server.folder, values), 30, 32, threshold=0.1)
        wait_for_units(page, panel, wanted)
    texts = [written(difference) if difference else "" for difference in counts[1] - counts[0]]
    # The numbers are written where the cells have room for them.
    shown = row.locator(".cell").all_inner_texts()
    assert shown == texts or set(shown) == {""}
    row.locator(".cell").nth(5).hover()
    difference = counts[1][5] - counts[0][5]
    expect(page.locator(".tip")).to_contain_text(f"units on, B \u2212 A: {written(difference)}")
    expect(page.locator(".difference-told").last).to_contain_text("one network")
    expect_equal(page, lambda: page.evaluate(f"{B}.pointed.position"), 5)


def test_matches_of_either_and_how_many_coincide(open_page):
    page = beside(open_page, "&state2=layer0.hidden&matched=1")
    page.wait_for_selector(".match-row")
    expect(page.locator("#matches-coincide")).to_contain_text("matches of B")
    marked = page.evaluate("stateroom.matchResults.coincide")
    assert marked["n"] == sum(marked["rows"]) > 0
    page.get_by_role("radio", name="Matches of B").click()
    expect(page.locator("#matches-coincide")).to_contain_text("matches of A")
    expect_parameters(page, of="b")
    units = page.evaluate(f"{B}.selected.units.length")
    expect(page.locator("#matches-caption")).to_contain_text(f"pattern of {units} unit")
