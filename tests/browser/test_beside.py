"""A second recording or state beside the first: chosen in the frame, carried from page to page."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sklearn.metrics import adjusted_rand_score

import analytics
from tests.browser.waiting import expect_equal, expect_fit, expect_parameters, relative

FIRST, SECOND = "layer0.cell", "layer0.hidden"
VIEW = f"/clusters?recording=plays&state={FIRST}&clusters=4&words=40&state2={SECOND}"
BOTH = "#clusters-clouds .cloud-word:not([hidden])", "#clusters-second-clouds .cloud-word:not([hidden])"


def follow(page: Page, name: str, *, second: str) -> None:
    """Open another page by the menu, once its link carries the second state."""
    link = page.get_by_role("navigation", name="Pages").get_by_role("link", name=name, exact=True)
    expect(link).to_have_attribute("href", re.compile(rf"[?&]state2={second}(&|$)"))
    link.click()
    expect(page.locator(".menu-link[aria-current=page]")).to_have_text(name)


def expect_beside(page: Page, recording: str, state: str) -> None:
    """Wait until the frame says that these are beside."""
    expect(page.locator("[name=beside_state]")).to_be_visible()
    expect(page.locator("[name=beside]")).to_have_value(recording)
    expect(page.locator("[name=beside_state]")).to_have_value(state)


def expect_first(page: Page, recording: str, state: str) -> None:
    """Wait until the frame says that these are first."""
    pickers = "[stateroom.pickers.shown.recording, stateroom.pickers.shown.state]"
    expect_equal(page, lambda: page.evaluate(pickers), [recording, state])


def ready(page: Page) -> Page:
    for words in BOTH:
        page.wait_for_selector(words)
    expect(page.locator("#clusters-agreement h2")).to_be_visible()
    return page


@pytest.fixture
def folder(server):
    return server.folder / "plays"


def test_what_is_chosen_beside_goes_along_to_every_page(open_page):
    page = open_page(f"/clusters?recording=plays&state={FIRST}&clusters=4&words=40")
    page.get_by_role("button", name="Compare with another recording").click()
    expect(page.locator("[name=beside]")).to_be_focused()
    page.locator("[name=beside]").select_option("plays")
    page.locator("[name=beside_state]").select_option(SECOND)
    ready(page)
    expect_parameters(page, state2=SECOND, beside=None)
    follow(page, "Sentences", second=SECOND)
    expect(page.locator(".sentence-block.is-b .sentence-head")).to_contain_text(f"plays · {SECOND}")
    expect_beside(page, "plays", SECOND)
    follow(page, "Memory", second=SECOND)
    page.wait_for_selector("#memory-toolbar summary:has-text('beside (1)')")
    expect_parameters(page, beside=f"plays:{SECOND}")
    page.get_by_role("button", name="Swap the two").click()
    expect(page.locator("[name=beside_state]")).to_have_value(FIRST)
    expect_first(page, "plays", SECOND)
    follow(page, "Recordings", second=FIRST)
    expect_beside(page, "plays", FIRST)
    # This page shows no second view, and passes on what is beside.
    follow(page, "Findings", second=FIRST)
    expect(page.locator("#shell-recording")).to_contain_text("plays")
    expect(page.locator("#shell-beside")).to_be_hidden()
    follow(page, "Clusters", second=FIRST)
    ready(page)
    expect_first(page, "plays", SECOND)
    expect_beside(page, "plays", FIRST)
    page.get_by_role("button", name="Show nothing beside it").click()
    expect(page.locator("#clusters-second-stage")).to_be_hidden()
    expect(page.locator(".shell-beside")).to_have_text("beside+ compare")
    expect(page.get_by_role("button", name="Compare with another recording")).to_be_focused()
    expect_parameters(page, state2=None)


@pytest.fixture
def other(server):
    """A small recording that is there for one test only."""
    path = server.folder / "beside-plays"
    states = {"h": np.random.default_rng(0).normal(size=(40, 3))}
    yield analytics.write_recording(path, name="<b>other</b>", tokens=["a", "b"] * 20, states=states)
    shutil.rmtree(path)


def test_recordings_stand_beside_each_other_fact_by_fact(open_page, folder, other):
    page = open_page("/?recording=plays")
    page.get_by_role("button", name="Compare with another recording").click()
    page.locator("[name=beside]").select_option(other.path.name)
    table = page.locator(".beside-table").first
    expect(table.locator("tr", has_text="vocabulary")).to_contain_text("≠")
    expect(table.locator("thead")).to_contain_text("<b>other</b>")
    fewer = analytics.open_recording(folder).n_positions - 40
    expect(table.locator("tr", has_text="positions")).to_contain_text(f"−{fewer:,}")
    page.get_by_role("button", name="Swap the two").click()
    expect(table.locator("tr", has_text="positions")).to_contain_text(f"+{fewer:,}")
    expect_parameters(page, recording=other.path.name, beside="plays")

    def compared() -> list[str]:
        link = page.get_by_role("link", name="Compare what the networks do").get_attribute("href")
        return parse_qs(urlsplit(link).query)["r"]

    expect_equal(page, compared, [f"{other.path.name},plays"])


def mean_response(folder: Path, state: str, text: str) -> np.ndarray:
    recording = analytics.open_recording(folder)
    vocabulary = recording.vocabulary.tolist()
    found = analytics.expected_response(recording.states(state), recording.token_ids, n_words=len(vocabulary))
    return found.of_words([vocabulary.index(text)]).mean[0]


def clusters_of(page: Page, side: str) -> dict[str, int]:
    """Cluster of each clustered word on a side of the picture."""
    told = page.evaluate(f"stateroom.{side}.overview.words.map(word => [word.text, word.cluster])")
    return {text: cluster for text, cluster in told if cluster >= 0}


def test_two_pictures_have_one_scale_and_their_words_go_together(open_page, folder):
    page = ready(open_page(VIEW))
    one, other = (clusters_of(page, side) for side in ("clusters", "clustersSecond"))
    common = [text for text in one if text in other]
    rand = adjusted_rand_score([one[text] for text in common], [other[text] for text in common])
    expect(page.locator("#clusters-agreement")).to_contain_text(f"Adjusted Rand index {rand:.2f}")
    expect(page.locator("#clusters-agreement")).to_contain_text(f"over {len(common)} words")
    assert page.evaluate("stateroom.clusters.largestEdge() === stateroom.clustersSecond.largestEdge()")

    page.locator(BOTH[1]).filter(has=page.locator("bdi:text-is('queen')")).click()
    chosen = page.locator(".is-chosen[data-place='1']")
    expect(chosen).to_have_count(2)
    expect(page.locator("#clusters-difference h2")).to_contain_text("queen")
    limits = page.evaluate("[stateroom.clusters.colorLimit(), stateroom.clustersSecond.colorLimit()]")
    means = [mean_response(folder, state, "queen") for state in (FIRST, SECOND)]
    assert limits[0] == limits[1] == pytest.approx(max(np.abs(mean).max() for mean in means), rel=1e-3)
    difference = means[1] - means[0]
    largest = int(np.abs(difference).argmax())
    expect(page.locator("#clusters-difference .unit-link").first).to_contain_text(f"unit {largest} ")
    expect(page.locator("#clusters-difference .detail-head")).to_contain_text(f"over {len(difference)} units")


def test_unlinked_the_second_is_clustered_as_it_likes_and_the_address_holds_it(open_page):
    page = ready(open_page(VIEW + "&word=3"))
    page.get_by_role("button", name="Linked: what is chosen").click()
    page.locator("[name=clusters2]").fill("3")
    page.locator("[name=clusters2]").press("Enter")
    expect(page.locator("#clusters-second-clouds .cloud-head")).to_have_count(3)
    expect(page.locator("#clusters-clouds .cloud-head")).to_have_count(4)
    expect_parameters(page, clusters2="3")
    again = ready(open_page(relative(page)))
    expect(again.locator("#clusters-second-clouds .cloud-head")).to_have_count(3)
    assert clusters_of(again, "clustersSecond") == clusters_of(page, "clustersSecond")
    page.get_by_role("button", name="Swap the two").click()
    expect(page.locator("#clusters-clouds .cloud-head")).to_have_count(3)
    expect(page.locator("#clusters-second-clouds .cloud-head")).to_have_count(4)
    expect_parameters(page, clusters="3", clusters2="4")
    # A head and a line for each cluster that is first now: the agreement of before had one more.
    expect(page.locator(".agreement-matrix tr")).to_have_count(4)
    page.locator(".agreement-cell").first.click()
    expect(page.locator(".agreement-words tbody tr")).to_have_count(
        int(page.locator(".agreement-cell[aria-pressed=true]").inner_text())
    )


def test_both_sides_fit_narrow_dark_and_embedded(open_page, server):
    page = open_page(VIEW + "&word=3", theme="dark", width=768)
    expect(ready(page).locator("#clusters-difference h2")).to_be_visible()
    expect_fit(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto(server.url + VIEW + "&embed=1")
    ready(page)
    expect_fit(page)
    expect(page.locator(".shell-beside")).to_be_hidden()
    left, right = (page.locator(f"#clusters-{name}stage").bounding_box() for name in ("", "second-"))
    assert left["x"] + left["width"] <= right["x"] and abs(left["y"] - right["y"]) < 2
