"""The Clusters page, as a reader uses it."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

import analytics
from tests.browser.conftest import DEMO, Server
from tests.browser.waiting import eventually, expect_equal, expect_fit, expect_parameters, relative
from tests.networks import UNITS, words_of_the_plays

VIEW = "/clusters?recording=plays&state=layer0.cell&clusters=4&words=40"
STATE = "layer0.cell"
SHOWN = ".cloud-word:not([hidden])"
SVG = "{http://www.w3.org/2000/svg}"

OVERLAPS = """() => {
    const boxes = [...document.querySelectorAll('.cloud-word:not([hidden]), .cloud-more:not([hidden])')]
        .map(made => made.getBoundingClientRect());
    return boxes.flatMap((one, place) => boxes.slice(0, place).filter(other =>
        one.left < other.right - 0.5 && other.left < one.right - 0.5
        && one.top < other.bottom - 0.5 && other.top < one.bottom - 0.5)).length;
}"""
CUT = """() => [...document.querySelectorAll('.cloud-word:not([hidden])')]
    .map(made => [made.firstChild, made].map(each => each.getBoundingClientRect().width))
    .filter(([text, box]) => text > box).length"""


@pytest.fixture
def added(server: Server) -> Iterator[Callable[..., None]]:
    """Add a recording for one test: asked for before `open_page`, it is there as long as its page."""
    made = []

    def add(key: str, **contents) -> None:
        made.append(server.folder / key)
        analytics.write_recording(made[-1], **contents)

    yield add
    for path in made:
        shutil.rmtree(path)


def ready(page: Page) -> Page:
    """Wait for the words, in the faces by which they are laid out."""
    page.wait_for_selector(SHOWN)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    return page


def word(page: Page, text: str):
    return page.locator(SHOWN).filter(has=page.locator(f"bdi:text-is('{text}')"))


def word_id(folder: Path, text: str) -> int:
    return analytics.open_recording(folder / "plays").vocabulary.tolist().index(text)


def response(folder: Path) -> analytics.Response:
    recording = analytics.open_recording(folder / "plays")
    return analytics.expected_response(
        recording.states(STATE), recording.token_ids, n_words=len(recording.vocabulary)
    )


def square(page: Page, unit: int) -> tuple[float, float]:
    """The middle of a unit's square on the screen."""
    page.locator("#clusters-stage").scroll_into_view_if_needed()
    return tuple(
        page.evaluate(
            """unit => {
                const {scene, layout} = stateroom.clusters;
                const chip = scene.chips.find(each => each && each.units.includes(unit));
                const {left, top} = layout.squareOf(chip, chip.units.indexOf(unit));
                const box = document.querySelector('.chips-canvas').getBoundingClientRect();
                return [box.left + left + chip.cell / 2, box.top + top + chip.cell / 2];
            }""",
            unit,
        )
    )


def tip_at(page: Page, where: Callable[[], tuple[float, float]], wanted: str) -> str:
    """Point where something is by now until it tells what is wanted; return all that it tells."""

    def told() -> str:
        page.mouse.move(*where())
        return page.locator(".tip").inner_text() if page.locator(".tip").is_visible() else ""

    return eventually(page, told, lambda text: wanted in text)


def told_at(page: Page, unit: int) -> str:
    """Point at a unit's square; return what is told of it."""
    return tip_at(page, lambda: square(page, unit), f"unit {unit},")


def press_unit(page: Page, unit: int) -> None:
    told_at(page, unit)
    page.mouse.down()
    page.mouse.up()


def color_at(page: Page, unit: int) -> list[int]:
    """Red, green and blue in the middle of a unit's square."""
    return page.evaluate(
        """unit => {
            const {scene, layout} = stateroom.clusters;
            const chip = scene.chips.find(each => each && each.units.includes(unit));
            const {left, top} = layout.squareOf(chip, chip.units.indexOf(unit));
            const canvas = document.querySelector('.chips-canvas');
            const ratio = window.devicePixelRatio || 1;
            const copy = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
            copy.drawImage(canvas, -(left + chip.cell / 2) * ratio, -(top + chip.cell / 2) * ratio);
            return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        unit,
    )


def test_every_word_is_shown_as_written_and_colours_the_chips_and_the_picture(open_page, server):
    page = ready(open_page(VIEW))
    shown = page.locator(f"{SHOWN} bdi").all_inner_texts()
    visible = {" ": "␣", "\t": "⇥", "\n": "↵"}
    assert sorted(shown) == sorted(visible.get(text, text) for text in set(words_of_the_plays()))
    assert {"<unk>", "<b>mat</b>", "&", "שלום", "🙂"} <= set(shown)
    assert page.evaluate(OVERLAPS) == 0
    assert page.evaluate(CUT) == 0
    assert page.locator("#clusters-page b, #clusters-page mat").count() == 0

    legend = page.locator(".legend-units")
    expect(legend).to_contain_text("click a word to colour them")
    word(page, "queen").click()
    expect(legend).to_contain_text("expected response to queen")
    expected = response(server.folder).mean[word_id(server.folder, "queen")]
    limit = float(legend.locator(".scale-end").last.inner_text().replace("+", ""))
    assert limit == pytest.approx(np.abs(expected).max(), rel=1e-3)
    red, _, blue = color_at(page, int(expected.argmax()))
    assert red > blue
    red, _, blue = color_at(page, int(expected.argmin()))
    assert blue > red
    for unit in (int(expected.argmax()), int(expected.argmin()), 5):
        value = told_at(page, unit).split("queen: ")[1].split("\n")[0]
        assert float(value.replace("−", "-")) == pytest.approx(expected[unit], rel=1e-3, abs=1e-4)

    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG: download the picture").click()
    assert saved.value.suggested_filename == "plays-layer0.cell-clusters.svg"
    tree = ElementTree.parse(saved.value.path())
    texts = [made.text for made in tree.iter(f"{SVG}text")]
    assert {"<unk>", "<b>mat</b>", "🙂", "queen"} <= set(texts)
    assert sum(made.find(f"{SVG}title") is not None for made in tree.iter(f"{SVG}rect")) == UNITS
    assert len(list(tree.iter(f"{SVG}path"))) == page.locator("path.edge").count()

    word(page, "queen").click()
    expect(legend).to_contain_text("click a word to colour them")
    expect(page.locator("#clusters-words")).to_be_hidden()


def test_three_words_are_compared_and_a_fourth_replaces_the_third(open_page, server):
    page = ready(open_page(VIEW))
    for text in ("queen", "king", "the", "of"):
        word(page, text).click()
        expect(page.locator(".word-key .token").last).to_have_text(text)
    expect(page.locator(".word-key .token")).to_have_text(["queen", "king", "of"])
    expected = response(server.folder).mean[word_id(server.folder, "queen")]
    order = np.argsort(-expected, kind="stable").tolist()
    assert page.evaluate("stateroom.clusters.words.order") == order
    page.locator(".response-plot").scroll_into_view_if_needed()
    box = page.locator(".response-plot").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    tip = page.locator(".tip")
    expect(tip).to_contain_text(f"unit {order[0]}")
    for text in ("queen: mean", "king: mean", "of: mean", "82 % between"):
        expect(tip).to_contain_text(text)
    assert page.evaluate("stateroom.clusters.pointed") == {"kind": "unit", "id": order[0]}
    page.mouse.click(box["x"] + 60, box["y"] + 60)
    expect(page.locator("#clusters-unit h2")).to_have_text(f"Unit {order[0]}")


def test_a_cluster_shows_its_edges_alone_and_its_partners_large(open_page):
    page = ready(open_page(VIEW))
    head = page.locator(".cloud-head").first
    height = "number => stateroom.clusters.scene.clouds[number].height"
    before, others = page.evaluate(height, 0), page.evaluate(height, 3)
    head.click()
    expect(head).to_have_attribute("aria-pressed", "true")
    drawn = page.evaluate("stateroom.clusters.scene.edges.map(edge => edge.word)")
    assert drawn
    assert set(drawn) == {0}
    assert page.locator("path.edge").count() == len(drawn)
    assert page.evaluate(height, 0) > before
    assert page.evaluate(height, 3) < others
    assert page.evaluate(OVERLAPS) == 0
    expect_parameters(page, pick="w0")
    head.click()
    expect_parameters(page, pick=None)
    expect_equal(page, lambda: page.evaluate(height, 0), before)


def test_an_edge_tells_its_mean_and_both_parts(open_page, server):
    page = ready(open_page(VIEW + "&share=0"))
    shown = page.evaluate("stateroom.clusters.scene.edges.map(edge => edge.edge)")
    expected, overview = response(server.folder).mean, page.evaluate("stateroom.clusters.overview.words")
    units = np.array(page.evaluate("stateroom.clusters.overview.unitClusters"))
    for edge in shown:
        ids = [each["id"] for each in overview if each["cluster"] == edge["word"]]
        block = expected[np.ix_(ids, np.flatnonzero(units == edge["unit"]))]
        assert edge["mean"] == pytest.approx(block.mean(), rel=1e-4)
        assert edge["positive"] == pytest.approx(np.maximum(block, 0).mean(), rel=1e-4, abs=1e-9)
    middle = """() => {
            const path = document.querySelectorAll('.edge-reach')[0];
            const box = path.ownerSVGElement.getBoundingClientRect();
            const {x, y} = path.getPointAtLength(path.getTotalLength() / 2);
            return [box.left + x - stateroom.clusters.scene.columns.gutter, box.top + y];
        }"""
    tip_at(page, lambda: page.evaluate(middle), "positive part +")
    page.locator("[name=share]").fill("100")
    expect(page.locator("path.edge")).to_have_count(1)


def test_a_unit_is_explained_and_its_contexts_lead_to_match(open_page, server):
    page = ready(open_page(VIEW))
    press_unit(page, 7)
    detail = page.locator("#clusters-unit")
    expect(detail.locator("h2")).to_have_text("Unit 7")
    found = analytics.words_of_unit(response(server.folder), 7, n_words=20, min_count=5)
    vocabulary = analytics.open_recording(server.folder / "plays").vocabulary
    shown = detail.locator(".box-value").all_inner_texts()
    assert [float(text.replace("−", "-")) for text in shown] == pytest.approx(found.mean.tolist(), abs=6e-4)
    assert len(set(vocabulary[found.words])) == len(shown)
    fitting = "document.querySelector('.box-rows')"
    most = page.evaluate(
        f"parseFloat(getComputedStyle({fitting}).maxHeight) / {fitting}.firstChild.offsetHeight"
    )
    assert most >= 20, "the words shown at first fit without scrolling"
    expect(detail).to_contain_text("whose contexts do not overlap")
    detail.locator("[name=top]").fill("3")
    expect(detail.locator(".box-row")).to_have_count(3)
    expect_parameters(page, top="3")
    rows = detail.locator(".context")
    assert 0 < rows.count() <= 10
    position = parse_qs(urlsplit(rows.first.get_attribute("href")).query)["from"][0]
    rows.first.click()
    page.wait_for_selector("#match-tokens .cell")
    expect_parameters(page, **{"from": position})
    page.go_back()
    expect(page.locator("#clusters-unit h2")).to_have_text("Unit 7")


def test_the_cluster_of_a_unit_is_that_of_the_picture(open_page):
    page = ready(open_page(f"{VIEW}&unit=3"))
    told = page.locator(".unit-cluster")
    number = "stateroom.clusters.overview.unitClusters[3] + 1"
    expect(told).to_have_text(f"cluster {page.evaluate(number)}")
    unit_came_first = """clusters => new Promise(done => {
        stateroom.clusters.part({overview: () => done()});
        const asked = window.fetch;
        window.fetch = async (...given) => {
            if (String(given[0].url || given[0]).endsWith('/clusters')) {
                await new Promise(later => setTimeout(later, 600));
            }
            return asked(...given);
        };
        stateroom.clusters.change({clusters});
    })"""
    for clusters in (2, 3, 5):
        page.evaluate(unit_came_first, clusters)
        assert page.evaluate("stateroom.clusters.overview.nClusters") == clusters
        expect(told).to_have_text(f"cluster {page.evaluate(number)}")


def test_escape_releases_one_choice_after_the_other(open_page, server):
    queen = word_id(server.folder, "queen")
    page = ready(open_page(f"{VIEW}&pick=u1&word={queen},0&unit=3"))
    expect(page.locator("#clusters-unit h2")).to_have_text("Unit 3")
    expect(page.locator(".word-key")).to_have_count(2)
    left = {"unit": "3", "word": f"{queen},0", "pick": "u1"}
    expect_parameters(page, **left)
    for name, rest in (("unit", None), ("word", str(queen)), ("word", None), ("pick", None)):
        page.keyboard.press("Escape")
        left[name] = rest
        expect_parameters(page, **left)
    expect(page.locator("#clusters-words")).to_be_hidden()


def test_the_keyboard_reaches_everything(open_page):
    page = ready(open_page(VIEW))
    focused = "(({ariaLabel, textContent}) => ariaLabel || textContent)(document.activeElement)"
    page.locator(".chip-head").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused).startswith("unit cluster 2")
    page.keyboard.press("Enter")
    expect_parameters(page, pick="u1")
    page.keyboard.press("ArrowRight")
    unit = page.evaluate("stateroom.clusters.pointed.id")
    assert page.evaluate(focused).startswith(f"unit {unit}, cluster 2")
    expect(page.locator(".tip")).to_contain_text(f"unit {unit}")
    page.keyboard.press("Enter")
    expect(page.locator("#clusters-unit h2")).to_have_text(f"Unit {unit}")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused).startswith("unit cluster 2")
    page.keyboard.press("Tab")
    assert page.evaluate(focused).startswith("word cluster 1")
    page.keyboard.press("ArrowRight")
    first = page.evaluate("document.activeElement.textContent")
    assert page.evaluate("document.activeElement.className").startswith("cloud-word")
    page.keyboard.press("Enter")
    expect(page.locator(".word-key .token")).to_have_text([first])
    page.keyboard.press("ArrowDown")
    second = page.evaluate("document.activeElement.textContent")
    assert second != first
    page.keyboard.press("Enter")
    expect(page.locator(".word-key .token")).to_have_text([first, second])
    page.locator(".response-plot").focus()
    page.keyboard.press("End")
    last = page.evaluate("stateroom.clusters.words.order.at(-1)")
    expect(page.locator(".tip")).to_contain_text(f"unit {last}")
    page.keyboard.press("Enter")
    expect(page.locator("#clusters-unit h2")).to_have_text(f"Unit {last}")
    page.keyboard.press("/")
    page.keyboard.type("queen")
    page.keyboard.press("Enter")
    expect(page.locator(".list-word")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".word-key .token").last).to_have_text("queen")
    page.keyboard.press("Escape")
    expect(page.locator("#clusters-list")).to_be_hidden()


def test_search_finds_words_and_units(open_page):
    page = ready(open_page(VIEW))
    field = page.locator("[name=find]")
    field.fill("7")
    field.press("Enter")
    page.locator(".list-word", has_text="unit 7").click()
    expect(page.locator("#clusters-unit h2")).to_have_text("Unit 7")
    field.fill("<b>")
    field.press("Enter")
    expect(page.locator(".list-word .token")).to_have_text(["<b>mat</b>"])
    field.fill("nowhere")
    field.press("Enter")
    expect(page.locator("#clusters-list")).to_contain_text("No word of this recording has nowhere in it")


def test_what_does_not_fit_is_counted_and_listed(open_page):
    page = open_page(VIEW.replace("clusters=4", "clusters=2"), width=768, height=600)
    ready(page)
    # What is laid out anew is laid out in the next frame.
    page.evaluate(
        """() => new Promise(done => {
            document.getElementById('clusters-stage').style.width = '290px';
            dispatchEvent(new Event('resize'));
            requestAnimationFrame(() => requestAnimationFrame(done));
        })"""
    )
    hidden = page.locator(".cloud-word[hidden]").count()
    told = page.locator(".cloud-more:visible").all_inner_texts()
    assert hidden > 0
    assert sum(int(text.strip("+").split()[0]) for text in told) == hidden
    page.locator(".cloud-more:visible").first.click()
    rows = page.locator(".list-word")
    number = page.evaluate(
        "stateroom.clusters.scene.clouds.find(cloud => cloud.arrangement.more.length).number"
    )
    expect(rows).to_have_count(
        page.evaluate("number => stateroom.clusters.overview.members.w[number].length", number)
    )
    page.keyboard.press("Escape")
    expect(page.locator("#clusters-list")).to_be_hidden()


def test_the_address_holds_the_view(open_page, server):
    page = ready(open_page(VIEW))
    page.locator("[name=clusters]").fill("3")
    page.locator("[name=clusters]").press("Enter")
    expect(page.locator(".cloud-head")).to_have_count(3)
    page.locator("[name=method]").select_option("separate")
    expect(page.locator("#clusters-caption")).to_contain_text("are not pairs")
    page.locator("[name=chips]").select_option("width")
    page.locator("[name=share]").fill("5")
    word(page, "king").click()
    expect(page.locator(".word-key")).to_have_count(1)
    press_unit(page, 2)
    expect(page.locator("#clusters-unit h2")).to_have_text("Unit 2")
    page.locator(".chip-head").first.click()
    expect_parameters(page, clusters="3", method="separate", chips="width", share="0.05", unit="2", pick="u0")
    places = (
        "stateroom.clusters.scene.clouds.map(c => c.arrangement.placed.map(b => [b.word.id, b.left, b.top]))"
    )
    address, placed = relative(page), page.evaluate(places)
    page.go_back()
    expect_parameters(page, unit="2", pick=None)
    page.goto(server.url + address)
    ready(page)
    expect(page.locator("#clusters-unit h2")).to_have_text("Unit 2")
    expect(page.locator(".word-key .token")).to_have_text(["king"])
    expect_equal(page, lambda: page.evaluate(places), placed)
    expect(page.locator("[name=method]")).to_have_value("separate")
    expect_equal(page, lambda: relative(page), address)


def test_tables_and_files_say_the_same(open_page, server):
    page = ready(open_page(VIEW))
    word(page, "queen").click()
    expect(page.locator(".word-key")).to_have_count(1)
    page.locator("[data-toggle=table]").click()
    expect(page.locator("#clusters-stage")).to_be_hidden()
    expect_parameters(page, table="1")
    expect(page.locator(".table-part h2")).to_have_text(["Words", "Units", "Edges"])
    with page.expect_download() as saved:
        page.locator(".table-part").first.get_by_role("button", name="CSV").click()
    table = pd.read_csv(io.StringIO(Path(saved.value.path()).read_text("utf-8")), keep_default_na=False)
    # What a spreadsheet could take for a formula has a mark before it.
    table["word"] = table["word"].str.removeprefix("'")
    counts = pd.Series(words_of_the_plays()).value_counts()
    assert table.set_index("word")["count"].to_dict() == counts.to_dict()
    with page.expect_download() as saved:
        page.locator(".table-part").nth(1).get_by_role("button", name="CSV").click()
    units = pd.read_csv(saved.value.path()).set_index("unit")["expected response to queen"]
    expected = response(server.folder).mean[word_id(server.folder, "queen")]
    assert units[np.arange(UNITS)].to_numpy() == pytest.approx(expected, rel=1e-2, abs=1e-4)
    page.locator("#clusters-table").get_by_role("button", name="king", exact=True).click()
    expect(page.locator(".word-key")).to_have_count(2)


def test_nonsense_is_said_and_the_page_still_works(open_page):
    page = ready(open_page(VIEW + "&least=0&unit=99&pick=w9&word=7777&color=nothing"))
    told = page.locator("#shell-messages")
    expect(told).to_contain_text("There is no cluster 10")
    expect_parameters(page, unit=None, pick=None, word=None, color=None)
    page.locator("[name=min_count]").fill("100000")
    page.locator("[name=min_count]").press("Enter")
    expect(page.locator("#clusters-why")).to_contain_text("No word of plays occurs at least 100,000 times")
    expect(page.locator("#clusters-stage")).to_be_hidden()
    page.locator("[name=min_count]").fill("1")
    page.locator("[name=min_count]").press("Enter")
    ready(page)
    expect(page.locator("#clusters-why")).to_be_hidden()


def test_more_clusters_than_words_shows_as_many_as_there_are(open_page):
    page = ready(open_page(VIEW.replace("clusters=4", "clusters=20").replace("words=40", "words=3")))
    assert page.locator(".cloud-head").count() <= 3
    expect(page.locator("#clusters-caption")).to_contain_text("20 clusters were asked for")


def test_a_recording_without_annotations_is_shown_without_colours(added, open_page):
    rng = np.random.default_rng(0)
    added(
        "plain-clusters",
        name="plain",
        tokens=rng.integers(0, 6, 400),
        vocabulary=["a", "b", "c", "d", "e", "f"],
        states={"layer0.hidden": rng.normal(size=(400, 1)).astype(np.float32)},
    )
    page = ready(open_page("/clusters?recording=plain-clusters"))
    expect(page.locator("[name=color]")).to_be_disabled()
    expect(page.locator("#clusters-caption")).to_contain_text("no categorical annotation")
    page.locator(SHOWN).first.click()
    expect(page.locator(".word-key")).to_have_count(1)


def test_one_position_of_extreme_states_and_a_word_that_never_occurs(added, open_page, server):
    added(
        "lone",
        name="lone",
        tokens=[0],
        vocabulary=["x", "never"],
        states={"large": np.array([[2e29, -1e29]], np.float32), "small": np.array([[2e-29]], np.float32)},
    )
    page = ready(open_page("/clusters?recording=lone&state=large&least=1&word=0&unit=0"))
    expect(page.locator("#shell-facts")).to_have_text("1 position × 2 units · 1 sequence")
    expect(page.locator(".word-key")).to_contain_text("1 time")
    expect(page.locator(".word-key")).not_to_contain_text("times")
    expect(page.locator(".legend-units .scale-end").last).to_have_text("+2e+29")
    expect(page.locator(".strongest")).to_contain_text("unit 1 −1.00e+29")
    expect(page.locator(".box-value")).to_have_text("+2.00e+29")
    page.goto(f"{server.url}/clusters?recording=lone&state=small&least=1&word=0&find=never")
    ready(page)
    expect(page.locator("#clusters-list .list-word")).to_contain_text("never")
    expect(page.locator("#clusters-list .list-also")).to_have_count(0)
    expect(page.locator("#shell-facts")).to_have_text("1 position × 1 unit · 1 sequence")
    expect(page.locator(".strongest")).to_contain_text("unit 0 +2.00e−29")
    assert page.evaluate("[0, 0.25, -1234.5678, 1e-5].map(stateroom.number)") == [
        "0",
        "0.25",
        "−1235",
        "0.00001",
    ]


def test_another_state_is_chosen_in_the_frame(open_page):
    page = ready(open_page(VIEW + "&unit=3"))
    page.locator("#shell-state").click()
    page.get_by_role("option", name="layer0.hidden", exact=True).click()
    expect_parameters(page, state="layer0.hidden", unit=None)
    page.wait_for_function("() => stateroom.clusters.overview.state === 'layer0.hidden'")
    link = page.locator(".menu-link", has_text="Match")
    expect(link).to_have_attribute("href", re.compile("state=layer0.hidden"))
    link.click()
    page.wait_for_selector("#match-tokens .cell")
    expect_parameters(page, state="layer0.hidden")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768])
def test_it_looks_right(open_page, shot, server, theme, width):
    view = f"{VIEW}&word={word_id(server.folder, 'queen')},{word_id(server.folder, 'king')}&unit=3"
    page = ready(open_page(view, theme=theme, width=width))
    expect(page.locator("#clusters-unit h2")).to_have_text("Unit 3")
    expect(page.locator(".word-key")).to_have_count(2)
    expect_fit(page)
    assert page.evaluate(OVERLAPS) == 0
    shot(page, f"clusters-{theme}-{width}")


def test_embedded_only_the_page_is_left(open_page, shot):
    page = ready(open_page(VIEW + "&embed=1"))
    expect(page.locator(".shell-frame")).to_be_hidden()
    shot(page, "clusters-embedded")


@pytest.mark.skipif(not (DEMO / "shakespeare").exists(), reason="the demo recording is not built")
def test_old_and_modern_forms_are_together(open_page, shot):
    page = ready(open_page(f"/clusters?recording=shakespeare&state={quote('layer1.cell')}"))
    cluster = page.evaluate(
        "Object.fromEntries(stateroom.clusters.overview.words.map(word => [word.text, word.cluster]))"
    )
    assert cluster["hath"] == cluster["have"]
    assert cluster["doth"] == cluster["do"]
    assert page.evaluate(OVERLAPS) == 0
    shot(page, "clusters-shakespeare")
