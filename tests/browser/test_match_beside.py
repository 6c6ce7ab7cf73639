"""A second state beside the first on the Match page, as a reader uses it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Page, expect

import analytics

ALONE = "/match?recording=plays&state=layer0.cell&from=30&to=32&threshold=0.1"
A, B = "stateroom.selection", "stateroom.besideSelection"


def parameters(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def ready(page: Page) -> Page:
    for panel in (A, B):
        page.wait_for_function(
            f"() => {panel}.window && {panel}.plot.range() && {panel}.selected.n_units > 0"
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
    shown = picture(page)["panels"]
    assert shown[0]["range"] == shown[1]["range"]

    # One threshold for both: dragged in B, it moves in A.
    box = page.locator("#match-beside-stage .threshold").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] - 8, steps=4)
    page.mouse.up()
    # The address follows when the pointer rests.
    page.wait_for_function(
        "() => { const shown = Number(new URLSearchParams(location.search).get('threshold'));"
        " return shown > 0.11 && shown === Number(stateroom.view.get().threshold.toPrecision(6)); }"
    )
    threshold = float(parameters(page)["threshold"])
    for panel, values in ((B, hidden), (A, cell)):
        wait_for_units(page, panel, analytics.select_units(values, 30, 32, threshold=threshold))

    page.locator(".shell-beside .beside-swap").click()
    page.wait_for_function(
        f"() => {A}.window.state === 'layer0.hidden' && {B}.window.state === 'layer0.cell'"
    )
    assert (parameters(page)["state"], parameters(page)["state2"]) == ("layer0.hidden", "layer0.cell")

    # Not linked, B has a place and a range of its own, and there is no difference.
    page.locator(".shell-beside .beside-link").click()
    page.locator("[name=beside-position]").fill("300")
    page.locator("[name=beside-position]").press("Enter")
    page.wait_for_function(f"() => {B}.window.start === 300 && {A}.window.start === 0")
    page.locator("#match-beside-tokens .cell[data-position='310']").click(position={"x": 3, "y": 6})
    page.wait_for_function("() => new URLSearchParams(location.search).get('from2') === '310'")
    assert parameters(page)["from"] == "30" and parameters(page)["linked"] == "0"
    expect(page.locator("#match-beside-difference")).to_contain_text("goes its own way")
    page.wait_for_timeout(500)

    other = ready(open_page(page.url.removeprefix(server.url)))
    other.wait_for_function(f"() => {B}.window.start === 300")
    expect(other.locator("#match-beside-difference")).to_contain_text("goes its own way")
    other.wait_for_timeout(500)
    assert picture(other) == picture(page)

    page.locator(".shell-beside .beside-remove").click()
    expect(page.locator("#match-beside-stage")).to_be_hidden()
    assert {"state2", "linked", "at2", "from2", "to2"}.isdisjoint(parameters(page))


def test_the_difference_of_counts_and_states_is_b_less_a(open_page, server):
    page = beside(open_page, "&state2=layer0.hidden&by_unit=1")
    expect(page.locator(".difference-units canvas")).to_be_visible()
    on = [states(server.folder, name).read(0, 80) >= 0.1 for name in ("layer0.cell", "layer0.hidden")]
    counts = [each[:, each[30:32].all(axis=0)].sum(axis=1).astype(int) for each in on]
    shown = page.locator("#match-beside-difference .difference-row").first.locator(".cell").all_inner_texts()
    texts = [written(difference) if difference else "" for difference in counts[1] - counts[0]]
    assert shown == texts or set(shown) == {""}
    page.locator("#match-beside-difference .difference-row").first.locator(".cell").nth(5).hover()
    told = page.locator(".tip").inner_text()
    difference = counts[1][5] - counts[0][5]
    assert f"units on, B \u2212 A: {written(difference)}" in told
    expect(page.locator(".difference-told").last).to_contain_text("one network")
    assert np.array_equal(page.evaluate(f"{B}.pointed.position"), 5)


def test_matches_of_either_and_how_many_coincide(open_page):
    page = beside(open_page, "&state2=layer0.hidden&matched=1")
    page.wait_for_selector(".match-row")
    expect(page.locator("#matches-coincide")).to_contain_text("matches of B")
    marked = page.evaluate("stateroom.matchResults.coincide")
    assert marked["n"] == sum(marked["rows"]) > 0
    page.get_by_role("radio", name="Matches of B").click()
    expect(page.locator("#matches-coincide")).to_contain_text("matches of A")
    assert parameters(page)["of"] == "b"
    units = page.evaluate(f"{B}.selected.units.length")
    expect(page.locator("#matches-caption")).to_contain_text(f"pattern of {units} unit")
