"""The Sentences page, as a reader uses it."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import requests
import torch
from playwright.sync_api import Page, expect

import analytics
from tests.browser.conftest import DEMO, Server
from tests.browser.waiting import (
    eventually,
    expect_equal,
    expect_fit,
    expect_parameters,
    parameters,
    relative,
)
from tests.live_networks import classifier_recording, language_recording
from tests.networks import words_of_the_plays
from tests.torch_threads import one_thread

__all__ = ["one_thread"]

STATE = "layer0.cell"
LONG_S = 180
VIEW = f"/sentences?recording=plays&state={STATE}&clusters=4"
TOKEN = ".sentence-token"
SVG = "{http://www.w3.org/2000/svg}"
FIRST = "I love the food, though the staff is not helpful"
SECOND = "The staff is not helpful, though I love the food"


@pytest.fixture(scope="module", autouse=True)
def networks(server):
    """Two recordings that ship their networks, beside one that does not."""
    language_recording(server.folder / "tiny")
    classifier_recording(server.folder / "judged", kind="gru")
    # The first to read loads torch, for which a page would have to wait long on a busy machine.
    glyphs_of(server, "the cat")
    yield
    for name in ("tiny", "judged"):
        for made in (server.folder / name, server.folder / f"{name}-network"):
            shutil.rmtree(made)


def glyphs_of(server: Server, text: str) -> dict:
    """Ask the server how the small language model reads a text."""
    body = {
        "recording": "tiny",
        "state": "layer1.cell",
        "clusters": 3,
        "min_count": 1,
        "entry": "t" + text,
    }
    return requests.post(f"{server.url}/ask/sentences-glyphs", json=body, timeout=LONG_S).json()["answer"]


def address(recording: str, *entries: str, **fields: str) -> str:
    """An address of the page; entries as the page writes them."""
    written = ",".join(entry.replace("%", "%25").replace(",", "%2C") for entry in entries)
    return "/sentences?" + urlencode({"recording": recording, "least": "1", "s": written, **fields})


SETTLED = """() => {
    const loading = document.querySelector('.sentence-sign.is-loading');
    const refused = document.querySelector('[name=typed]').disabled;
    const live = [...document.querySelectorAll('.sentence-entry button:not(:disabled)')]
        .some(made => made.textContent === 'edit');
    return document.fonts.status === 'loaded' && !loading && (refused || live);
}"""


def ready(page: Page) -> Page:
    """Wait for the words in their faces, and for what is said of the network: then nothing moves."""
    page.wait_for_selector(TOKEN)
    page.wait_for_function(SETTLED)
    return page


def reading(page: Page) -> Page:
    """Wait until the network is there: then it says nothing, and the list is not drawn anew for it."""
    expect(page.get_by_role("button", name="Edit a word of A and compare")).to_be_enabled()
    expect(page.locator(".sentence-sign")).to_have_text("")
    return page


def expect_words(page: Page, wanted: list[str], row: str = "a") -> None:
    expect(page.locator(f".sentence-block.is-{row} {TOKEN} bdi")).to_have_text(wanted)


def replaced(page: Page, selector: str, act: Callable[[], object]) -> None:
    """Act, and wait until what was there is drawn anew."""
    page.locator(selector).evaluate("made => { made.dataset.old = '1'; }")
    act()
    page.wait_for_selector(f"{selector}:not([data-old])")


def type_in(page: Page, text: str) -> None:
    page.locator("[name=typed]").fill(text)
    page.locator("[name=typed]").press("Enter")


def words(page: Page, row: str = "a") -> list[str]:
    return page.locator(f".sentence-block.is-{row} {TOKEN} bdi").all_inner_texts()


def spot(page: Page, row: str, index: int, cluster: int) -> tuple[float, float]:
    """A point of the bar of a cluster in the glyph of a word, on the screen."""
    return tuple(
        page.evaluate(
            """([row, index, cluster]) => {
                const {sentences} = stateroom;
                const scene = sentences.stage.scene();
                const column = scene.shown.find(each => scene.columns[each.number][row] === index);
                const place = sentences.layout.glyphPlace(scene, column);
                const block = scene.blocks.find(each => each.row === row);
                const {left, step} = sentences.glyph.barOf(place, cluster, block.answer.k);
                const picture = document.querySelector(`.sentence-block.is-${row} .sentence-picture`);
                const box = picture.getBoundingClientRect();
                return [box.left + left + step / 2, box.top + block.zero];
            }""",
            [row, index, cluster],
        )
    )


def told_at(page: Page, index: int, cluster: int) -> str:
    """Point at the bar of a cluster in the glyph of a word of A; return what is told of it."""

    def told() -> str:
        page.mouse.move(*spot(page, "a", index, cluster))
        return page.locator(".tip").inner_text() if page.locator(".tip").is_visible() else ""

    return eventually(page, told, lambda text: f"cluster {cluster + 1}" in text)


def pixel(page: Page, row: str, x: float, y: float) -> list[int]:
    """Red, green and blue of a point of the glyphs."""
    return page.evaluate(
        """([row, x, y]) => {
            const canvas = document.querySelector(`.sentence-block.is-${row} .sentence-canvas`);
            const box = canvas.getBoundingClientRect();
            const ratio = window.devicePixelRatio || 1;
            const copy = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
            copy.drawImage(canvas, -(x - box.left) * ratio, -(y - box.top) * ratio);
            return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        [row, x, y],
    )


def measured(page: Page, folder: Path, start: int, stop: int) -> analytics.SequenceMeasures:
    """The measures of a range by the public function, with the clusters that the page shows."""
    recording = analytics.open_recording(folder / "plays")
    response = analytics.expected_response(
        recording.states(STATE), recording.token_ids, n_words=len(recording.vocabulary)
    )
    counts = np.bincount(recording.token_ids, minlength=len(recording.vocabulary))
    chosen = analytics.frequent_words(counts, n_words=300, min_count=5).words
    labels = analytics.cocluster(response.of_words(chosen), n_clusters=4).unit_labels
    states = recording.states(STATE).read(0, stop)
    return analytics.sequence_measures(states, labels, sequence_starts=recording.sequence_starts[:1])


def test_a_glyph_tells_the_measures_of_the_sentence(open_page, server):
    page = ready(open_page(VIEW + "&s=c3-15"))
    expected = measured(page, server.folder, 3, 15)
    shown = words_of_the_plays()[3:15]
    assert words(page) == shown
    for index, cluster in ((0, 0), (4, 2), (11, 3)):
        told = told_at(page, index, cluster).replace("−", "-")
        size = expected.sizes[cluster]
        for name, value, update in (
            ("positive", expected.positive, expected.update_positive),
            ("negative", expected.negative, expected.update_negative),
        ):
            found = re.search(rf"{name} part (\S+) \((\S+) by this word\)", told)
            at = (3 + index, cluster)
            assert float(found[1]) == pytest.approx(value[at] / size, rel=2e-3, abs=1e-5)
            assert float(found[2]) == pytest.approx(update[at] / size, rel=2e-3, abs=1e-5)
        kept = re.search(r"state before: ([\d.]+) %", told)
        assert float(kept[1]) / 100 == pytest.approx(expected.preserved_share[at], abs=6e-3)
        assert f"{shown[index]}" in told

    # What grew lies inside its outline, what shrank outside.
    parts = page.evaluate(
        """() => {
            const of = (updatePositive, updateNegative) => stateroom.sentences.glyph.partsOf(
                {positive: [2], negative: [-1], updatePositive, updateNegative}, 0, 10);
            return {grew: of([0.5], [-0.25]), shrank: of([-0.5], [0.25])};
        }"""
    )
    assert parts["grew"]["box"] == {"top": -20, "height": 30}
    assert parts["grew"]["upper"] == {"top": -20, "height": 5, "orange": True}
    assert parts["grew"]["lower"] == {"top": 7.5, "height": 2.5, "orange": False}
    assert parts["shrank"]["upper"] == {"top": -25, "height": 5, "orange": False}
    assert parts["shrank"]["lower"] == {"top": 10, "height": 2.5, "orange": True}
    # The largest increase on the page is orange on the canvas, just under the top of its outline.
    spot_of_increase = page.evaluate(
        """() => {
            const {sentences} = stateroom;
            const answer = sentences.answers.a;
            const updates = answer.updatePositive;
            const at = updates.indexOf(Math.max(...updates));
            const middle = answer.positive[at] - updates[at] / 2;
            const {scale} = sentences.stage.scene().blocks[0];
            return [Math.floor(at / answer.k), at % answer.k, scale * middle];
        }"""
    )
    index, cluster, up = spot_of_increase
    x, zero = spot(page, "a", index, cluster)
    red, _, blue = pixel(page, "a", x, zero - up)
    assert red > blue + 60


def test_all_glyphs_have_one_scale_and_it_is_printed(open_page):
    page = ready(open_page(VIEW + "&s=c3-15,c40-52"))
    expect(page.locator(".sentence-block")).to_have_count(3)
    scene = page.evaluate(
        """() => {
            const {scale, blocks} = stateroom.sentences.stage.scene();
            return {scale, blocks: blocks.map(block => block.scale)};
        }"""
    )
    assert len(set(scene["blocks"])) == 1
    most = page.evaluate(
        """() => Math.max(...['a', 'b'].flatMap(row => {
            const answer = stateroom.sentences.answers[row];
            const before = Array.from(answer.positive, (value, at) => value - answer.updatePositive[at]);
            return [...answer.positive, ...before];
        }))"""
    )
    assert scene["scale"]["up"] == pytest.approx(most)
    told = page.locator(".sentence-scale").inner_text()
    printed = float(re.search(r"\+([\d.]+)", told)[1])
    assert printed == pytest.approx(most, rel=5e-3)


def test_a_word_leads_to_the_clusters_it_moved_and_to_its_usual_response(open_page, server):
    page = ready(open_page(VIEW + "&s=c3-15"))
    page.locator(TOKEN).nth(2).click()
    detail = page.locator("#sentences-word")
    token = words_of_the_plays()[5]
    expect(detail.locator("h2")).to_contain_text(token)
    expected = measured(page, server.folder, 3, 15)
    moved = (expected.update_positive + expected.update_negative)[5] / expected.sizes
    order = np.argsort(-np.abs(moved))
    told = page.locator(".sentence-links").get_attribute("aria-label").replace("−", "-")
    found = [
        (int(number) - 1, float(value))
        for number, value in re.findall(r"cluster (\d+) ([+-]?[\d.e-]+)", told)
    ]
    assert [cluster for cluster, _ in found] == order.tolist()
    assert [value for _, value in found] == pytest.approx(moved[order].tolist(), rel=2e-3, abs=1e-5)
    expect(detail).to_contain_text("occurrences in the recording")
    expect_parameters(page, word="a2")
    recording = analytics.open_recording(server.folder / "plays")
    states = recording.states(STATE).read(4, 6)
    box = page.locator(".sentence-response").bounding_box()
    page.mouse.move(box["x"] + 70, box["y"] + 60)
    expect(page.locator(".tip")).to_contain_text(re.compile(r"unit \d+[^\0]*here "))
    tip = page.locator(".tip").inner_text().replace("−", "-")
    unit, here = int(re.search(r"unit (\d+)", tip)[1]), float(re.search(r"here (\S+)", tip)[1])
    assert here == pytest.approx(float(states[1, unit] - states[0, unit]), rel=1e-2, abs=1e-4)
    detail.get_by_role("link", name="in Clusters").click()
    page.wait_for_selector(".word-key")
    expect(page.locator(".word-key .token")).to_have_text([token])
    page.go_back()
    ready(page)
    expect(detail.locator("h2")).to_contain_text(token)
    page.keyboard.press("Escape")
    expect(page.locator("#sentences-word")).to_be_hidden()


def test_typed_text_is_read_by_the_network_and_unknown_words_are_marked(open_page, server):
    page = ready(open_page(address("judged", "c0-3")))
    reading(page)
    type_in(page, "the zebra sat not")
    expect_words(page, ["the", "zebra", "sat", "not"])
    expect(page.locator(f".sentence-block.is-a {TOKEN}.is-unknown")).to_have_text(["zebra"])
    expect(page.locator(".sentence-block.is-a .sentence-note")).to_contain_text("unknown to the network")
    live = analytics.open_network(server.folder / "judged").run("the zebra sat not")
    shown = page.evaluate("Array.from(stateroom.sentences.answers.a.classes.p)")
    assert shown == pytest.approx(live.class_probabilities.reshape(-1).tolist(), abs=1e-5)
    last = live.class_probabilities[-1]
    name = ("bad", "good")[int(last.argmax())]
    expect(page.locator("#sentences-caption")).to_contain_text(f"{name} {round(100 * float(last.max()))} %")
    expect_parameters(page, s="tthe zebra sat not,c0-3")


def test_one_word_is_edited_and_both_versions_are_seen(open_page, server):
    page = open_page("/sentences")
    held = []
    page.route("**/ask/sentences-network", lambda route: held.append(route))
    page.goto(server.url + address("judged", "tthe cat sat", word="a1"))
    instead = page.locator("[name=instead]")
    # It may be asked for a word before it is known whether there is a network.
    expect(instead).to_be_disabled()
    for route in held:
        route.continue_()
    page.unroute("**/ask/sentences-network")
    expect(instead).to_be_enabled()
    instead.fill("not")
    instead.press("Enter")
    expect_words(page, ["the", "not", "sat"], "b")
    expect_words(page, ["the", "cat", "sat"])
    columns = page.evaluate("stateroom.sentences.stage.scene().columns")
    assert columns == [{"a": i, "b": i, "same": i != 1} for i in range(3)]
    difference = page.evaluate(
        "stateroom.sentences.stage.scene().difference.values.map(value => Array.from(value))"
    )
    assert np.abs(difference[0]).max() == pytest.approx(0, abs=1e-6)
    assert np.abs(difference[1]).max() > 1e-3
    expect(page.locator("#sentences-caption")).to_contain_text(re.compile("At the end A: .* %, B: .* %"))
    page.get_by_role("button", name="Edit a word of B and compare").click()
    expect(page.locator("[name=typed]")).to_have_value("the not sat")


def test_the_list_is_changed_and_kept_in_the_address(open_page):
    page = reading(ready(open_page(address("judged", "tthe cat", "tthe cat sat", "tnot the cat"))))
    expect(page.locator(".sentence-entry")).to_have_count(3)
    page.get_by_role("button", name="Move B up").click()
    expect_words(page, ["the", "cat", "sat"])
    expect_parameters(page, s="tthe cat sat,tthe cat,tnot the cat")
    page.get_by_role("button", name="Remove A").click()
    expect_words(page, ["not", "the", "cat"], "b")
    expect_parameters(page, s="tthe cat,tnot the cat")
    page.go_back()
    expect(page.locator(".sentence-entry")).to_have_count(3)


def test_words_are_aligned_as_they_are_found_and_not_torn_apart_where_hardly_one_is_common(open_page):
    page = ready(open_page(address("tiny", "tthe cat sat not", "tnot <eos> 🙂 , שלום")))
    columns = page.evaluate(
        """() => {
            const answer = text => ({tokens: text.split(' ').map(each => ({text: each}))});
            return stateroom.sentences.columnsOf({a: answer('a b c d e'), b: answer('x c d e y z')}).columns
                .map(({a, b, same}) => [a, b, same]);
        }"""
    )
    assert columns == [
        [0, -1, False], [1, -1, False], [-1, 0, False],
        [2, 1, True], [3, 2, True], [4, 3, True],
        [-1, 4, False], [-1, 5, False],
    ]  # fmt: skip
    expect(page.locator(".sentence-block.is-d")).to_contain_text("hardly a word in common")
    columns = page.evaluate("stateroom.sentences.stage.scene().columns.map(({a, b}) => [a, b])")
    assert columns == [[0, 0], [1, 1], [2, 2], [3, 3], [-1, 4]]
    assert page.locator(".sentence-block.is-d .sentence-row").count() == 0


def test_markup_emoji_and_right_to_left_text_stay_text(open_page, server):
    typed = "<img src=x onerror=document.title='owned'> 🙂 שלום <b>bold</b>"
    page = ready(open_page(address("tiny", "t" + typed)))
    assert words(page) == typed.split(" ")
    assert page.locator("#sentences-page img, #sentences-page b").count() == 0
    assert page.title() != "owned"
    type_in(page, "שלום 🙂")
    expect_words(page, ["שלום", "🙂"])
    page.goto(server.url + VIEW + "&s=c0-30")
    assert "<b>mat</b>" in words(ready(page))


def test_what_cannot_be_read_is_a_sentence(open_page, server):
    page = ready(open_page(address("tiny", "tthe cat")))
    reading(page)
    type_in(page, "   ")
    expect(page.locator(".sentence-sign")).to_have_text("Type at least one word.")
    type_in(page, "incomprehensible " * 1000)
    expect(page.locator("#shell-messages")).to_contain_text("too long for an address")
    page.goto(server.url + address("tiny", "t" + "a " * 1001, "tthe cat"))
    expect(page.locator("#sentences-why")).to_contain_text("1,000")
    reading(page)
    assert page.locator(f".sentence-block.is-a {TOKEN}").count() == 0
    page.get_by_role("button", name="Remove A").click()
    ready(page)
    expect(page.locator("#sentences-why")).to_be_hidden()
    page.get_by_role("button", name="Remove A").click()
    expect(page.locator("#sentences-why")).to_contain_text("No sentence is chosen.")
    page.goto(server.url + VIEW)
    expect(page.locator("[name=typed]")).to_be_disabled()
    expect(page.locator(".sentence-sign")).to_contain_text("network")


def test_two_readers_type_at_once_and_each_sees_their_own(open_page, server):
    texts = ["the cat sat not", "not , the dog sat"]
    pages = [ready(open_page(address("tiny", "c0-3"))) for _ in texts]
    for page, text in zip(pages, texts, strict=True):
        reading(page)
        page.locator("[name=typed]").fill(text)
    for page in pages:
        page.locator("[name=typed]").press("Enter")
    network = analytics.open_network(server.folder / "tiny")
    for page, text in zip(pages, texts, strict=True):
        expect_words(page, text.split())
        entropy = page.evaluate("stateroom.sentences.answers.a.predictions.entropy")
        assert entropy == pytest.approx(network.run(text).next_words.entropy.tolist(), rel=1e-3)


def test_many_questions_at_once_are_not_mixed_up(server):
    def ask(text: str) -> tuple[list[str], str]:
        answer = glyphs_of(server, text)
        return [token["text"] for token in answer["tokens"]], answer["entry"]

    texts = [f"{'the ' * (n % 7 + 1)}cat sat" for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        for text, (tokens, entry) in zip(texts, pool.map(ask, texts), strict=True):
            assert tokens == text.split()
            assert entry == "t" + text


def test_the_recording_is_searched_and_browsed(open_page):
    page = ready(open_page(VIEW + "&s=c3-6"))
    page.keyboard.press("/")
    picker = page.locator("#sentences-picker")
    expect(picker.locator(".picked-sentence").first).to_be_visible()
    page.locator("[name=find-sentence]").fill("little prince")
    replaced(page, ".picked-lines", lambda: page.locator("[name=find-sentence]").press("Enter"))
    expect(picker).to_contain_text("found")
    expect(picker.locator(".picked-sentence bdi").first).to_contain_text("little prince")
    replaced(page, ".picked-lines", lambda: page.locator("[name=order]").select_option("hardest"))
    expect(picker.locator(".picked-facts").first).to_contain_text("loss")
    losses = picker.locator(".picked-facts").all_inner_texts()
    values = [float(re.search(r"loss ([\d.]+)", text)[1]) for text in losses]
    assert values == sorted(values, reverse=True)
    picker.locator(".picked-sentence").first.click()
    expect(page.locator(".sentence-entry")).to_have_count(2)
    expect(page.locator(".sentence-block.is-a .sentence-tokens")).to_contain_text("prince")
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()


def test_a_long_text_is_marked_in_its_strip(open_page):
    page = ready(open_page(VIEW + "&s=c0-300"))
    strip = page.locator("#sentences-strip")
    expect(strip).to_contain_text("of 300")
    box = page.locator(".sentence-strip-canvas").bounding_box()
    width = box["width"] - 98
    page.mouse.move(box["x"] + 88 + width * 0.5, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 88 + width * 0.55, box["y"] + 8, steps=4)
    page.mouse.up()
    zoom = "[stateroom.sentences.view().zoom_from, stateroom.sentences.view().zoom_to]"
    marked = eventually(page, lambda: page.evaluate(zoom), lambda found: 164 <= found[1] <= 167)
    assert 148 <= marked[0] <= 151
    expect_parameters(page, **{"from": str(marked[0]), "to": str(marked[1])})
    first = words_of_the_plays()[marked[0]].replace("\t", "⇥").replace("\n", "↵")
    expect(page.locator(f"{TOKEN} bdi").first).to_have_text(first)
    page.locator(".sentence-brush").focus()
    page.keyboard.press("ArrowRight")
    expect_parameters(page, **{"from": str(marked[0] + 1)})
    page.locator(".sentence-strip-area").dblclick(position={"x": 400, "y": 8})
    expect(page.locator(".sentence-scale")).to_contain_text("Mark fewer words")
    assert page.evaluate("stateroom.sentences.stage.scene().isHeat")
    page.keyboard.press("Escape")
    ready(page)


def test_the_address_holds_the_view(open_page, server):
    page = ready(open_page(address("tiny", "tthe cat sat", "tthe cat , not")))
    page.locator("[name=clusters]").fill("3")
    page.locator("[name=clusters]").press("Enter")
    expect(page.locator("#sentences-legend")).to_be_visible()
    expect_equal(page, lambda: page.evaluate("stateroom.sentences.answers.a?.k"), 3)
    page.locator(f".sentence-block.is-b {TOKEN}").nth(1).click()
    expect(page.locator("#sentences-word h2")).to_contain_text("cat")
    page.locator("summary", has_text="rows under the words").click()
    page.locator(".tool-check input[value=entropy]").check()
    expect(page.locator(".sentence-block.is-a .sentence-row-name")).to_have_count(3)
    same = """JSON.stringify(stateroom.sentences.stage.scene(),
        (key, value) => key === 'answer' ? value.entry : value)"""
    expect_parameters(page, clusters="3", word="b1")
    eventually(page, lambda: parameters(page).get("rows", ""), lambda rows: "entropy" in rows)
    kept, scene = relative(page), page.evaluate(same)
    page.goto(server.url + kept)
    ready(page)
    expect(page.locator("#sentences-word h2")).to_contain_text("cat")
    expect(page.locator(".sentence-block.is-a .sentence-row-name")).to_have_count(3)
    expect_equal(page, lambda: relative(page), kept)
    expect_equal(page, lambda: page.evaluate(same), scene)


def test_the_keyboard_reaches_everything(open_page):
    page = ready(open_page(address("tiny", "tthe cat sat", "tnot the cat")))
    reading(page)
    page.locator("body").press("t")
    page.keyboard.type("the dog sat")
    page.keyboard.press("Enter")
    expect_words(page, ["the", "dog", "sat"])
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('sentence-token')"):
            break
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "dog"
    page.keyboard.press("ArrowDown")
    expect(page.locator(".tip")).to_contain_text("cluster 1")
    assert page.evaluate("stateroom.sentences.pointed.cluster") == 0
    page.keyboard.press("Enter")
    expect(page.locator("#sentences-word h2")).to_contain_text("dog")
    page.keyboard.press("x")
    expect_words(page, ["the", "cat", "sat"])
    page.keyboard.press("/")
    expect(page.locator("#sentences-picker")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sentences-picker")).to_be_hidden()


def test_the_same_sentence_in_two_states_has_no_difference_of_measures(open_page):
    page = ready(open_page(VIEW + "&s=c3-15"))
    page.get_by_role("button", name="Compare with another recording").click()
    page.locator("[name=beside]").select_option(parameters(page)["recording"])
    page.locator("[name=beside_state]").select_option("layer0.hidden")
    expect(page.locator(".sentence-block.is-b .sentence-head")).to_contain_text("layer0.hidden")
    expect(page.locator(".sentence-block.is-d")).to_contain_text("different clusters")
    assert words(page) == words(page, "b")
    expect_parameters(page, state2="layer0.hidden")
    page.get_by_role("button", name="Show nothing beside it").click()
    expect(page.locator(".sentence-block.is-b")).to_have_count(0)


def test_what_is_typed_is_read_by_both_networks_that_are_shown(open_page, server):
    page = ready(open_page(address("judged", "tthe cat sat")))
    page.get_by_role("button", name="Compare with another recording").click()
    page.locator("[name=beside]").select_option("tiny")
    expect(page.locator(".sentence-block.is-b .sentence-head")).to_contain_text("read by tiny")
    type_in(page, "not the cat")
    for row in "ab":
        expect_words(page, ["not", "the", "cat"], row)
    expect(page.locator(".sentence-block.is-b .sentence-head")).to_contain_text("read by tiny")
    shown = page.evaluate("stateroom.sentences.answers.b.predictions.entropy")
    expected = analytics.open_network(server.folder / "tiny").run("not the cat").next_words.entropy
    assert shown == pytest.approx(expected.tolist(), rel=1e-3)


def test_another_recording_keeps_what_was_typed(open_page):
    page = ready(open_page(address("judged", "tthe cat sat", "c0-3", word="a1")))
    page.locator("#shell-recording").click()
    page.get_by_role("listbox").get_by_role("option", name="tiny", exact=True).click()
    expect(page).to_have_url(re.compile("recording=tiny"))
    expect_words(page, ["the", "cat", "sat"])
    expect(page.locator(".sentence-entry")).to_have_count(1)
    expect_parameters(page, word=None)


def test_the_plain_view_colours_words_by_a_cluster_or_a_unit(open_page, server):
    page = ready(open_page(VIEW + "&s=c3-15"))
    page.get_by_role("button", name="plain view").click()
    shown = page.locator(".plain-word")
    expect(shown).to_have_count(12)
    expect(page.locator("#sentences-stage")).to_be_hidden()
    page.locator("[name=pick]").select_option("unit")
    page.locator("[name=unit]").fill("5")
    page.locator("[name=unit]").press("Enter")
    expect(page.locator(".plain-scale")).to_contain_text("unit 5")
    expected = analytics.open_recording(server.folder / "plays").states(STATE).read(3, 15, [5])[:, 0]
    values = [float(word.get_attribute("data-value").replace("−", "-")) for word in shown.all()]
    assert values == pytest.approx(expected.tolist(), rel=2e-3, abs=1e-4)
    expect_parameters(page, mode="plain")


def test_the_picture_and_the_measures_are_saved(open_page):
    page = ready(open_page(address("judged", "t=the cat sat", "tnot the cat")))
    page.get_by_text("Files").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG: download the picture").click()
    tree = ElementTree.parse(saved.value.path())
    texts = [made.text for made in tree.iter(f"{SVG}text")]
    assert {"=the", "cat", "sat", "not"} <= set(texts)
    assert any("one scale" in (text or "") for text in texts)
    assert len(list(tree.iter(f"{SVG}rect"))) > 60
    page.get_by_text("Files").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG: download the picture").click()
    assert Path(saved.value.path()).read_bytes()[:4] == b"\x89PNG"
    page.get_by_text("Files").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV: download the measures").click()
    text = Path(saved.value.path()).read_text("utf-8")
    assert "'=the" in text, "a spreadsheet must not take a word for a formula"
    table = pd.read_csv(io.StringIO(text))
    n_clusters = page.evaluate("stateroom.sentences.answers.a.k")
    assert len(table) == 6 * n_clusters
    shown = page.evaluate("Array.from(stateroom.sentences.answers.a.positive)")
    assert table["mean positive part"][: 3 * n_clusters].to_numpy() == pytest.approx(shown)


def test_other_pages_lead_here(open_page, server):
    page = open_page(f"/match?recording=plays&state={STATE}&from=4&to=9")
    page.wait_for_selector("#match-tokens .cell")
    page.get_by_role("link", name="in Sentences").click()
    expect_words(page, words_of_the_plays()[4:9])
    page.goto(f"{server.url}/clusters?recording=plays&state={STATE}&word=0")
    page.wait_for_selector(".word-key")
    page.locator(".word-key").get_by_role("link", name="in Sentences").click()
    expect(page.locator("#sentences-picker .picked-sentence").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768])
def test_it_looks_right(open_page, shot, theme, width):
    page = ready(open_page(VIEW + "&s=c3-15,c40-52&word=a2", theme=theme, width=width))
    expect(page.locator("#sentences-word h2")).to_be_visible()
    expect_fit(page)
    cut = """() => [...document.querySelectorAll('.sentence-token')].filter(made => {
        const [inner, outer] = [made.firstChild.getBoundingClientRect(), made.getBoundingClientRect()];
        return inner.width > outer.width + 1 || inner.height > outer.height + 6;
    }).length"""
    assert page.evaluate(cut) == 0
    shot(page, f"sentences-{theme}-{width}")


def test_embedded_only_the_page_is_left(open_page, shot):
    page = ready(open_page(VIEW + "&s=c3-15&embed=1"))
    expect(page.locator(".shell-frame")).to_be_hidden()
    shot(page, "sentences-embedded")


@pytest.mark.skipif(
    not (DEMO / "reviews-balanced").exists(), reason="the reviews are not recorded: make sentiment"
)
def test_the_same_words_in_another_order_are_read_otherwise(open_page, shot):
    page = ready(
        open_page(address("reviews-balanced", "t" + FIRST, "t" + SECOND, state="layer0.hidden", clusters="2"))
    )
    expect(page.locator(".sentence-block")).to_have_count(3)
    moved = """row => {
        const answer = stateroom.sentences.answers[row];
        const index = answer.tokens.findIndex(token => token.text === 'though');
        const updates = cluster => ['updatePositive', 'updateNegative'].map(
            part => answer[part][index * answer.k + cluster]);
        return Array.from({length: answer.k}, (_, cluster) => updates(cluster)[0] + updates(cluster)[1]);
    }"""
    assert not np.allclose(page.evaluate(moved, "a"), page.evaluate(moved, "b"), atol=1e-4)
    expect(page.locator("#sentences-caption")).to_contain_text("At the end A:")
    shot(page, "sentences-reviews")


def saved(page: Page, kind: str) -> Path:
    """Download a file of the menu."""
    page.get_by_text("Files").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=f"{kind}: download").click()
    return download.value.path()


def test_measures_of_unlike_networks_stand_in_the_columns_of_their_heads(open_page, server):
    view = address("tiny", "tthe cat", "+tthe cat not", beside="judged", state2="layer0.hidden")
    page = ready(open_page(view))
    table = pd.read_csv(saved(page, "CSV"), index_col=False)
    assert set(zip(table["sentence"], table["recording"], table["state"], strict=True)) == {
        ("A", "tiny", parameters(page)["state"]), ("B", "judged", "layer0.hidden"),
    }  # fmt: skip
    of_a, of_b = (table[table["sentence"] == name] for name in "AB")
    assert of_a["p of good"].isna().all() and of_b["loss (nats)"].isna().all()
    expected = analytics.open_network(server.folder / "judged").run("the cat not").class_probabilities
    assert of_b.groupby("word")["p of good"].first().tolist() == pytest.approx(expected[:, 1].tolist())
    expect(page.locator("#sentences-caption")).to_have_text(
        re.compile(r"At the end B: (good|bad) \d+ %\. Mean loss A [\d.]+ nats a word\.")
    )


def test_a_saved_picture_tells_networks_differences_and_how_to_read_it(open_page, server):
    view = address("judged", "tthe cat sat", "+tthe cat sat", beside="judged", state2="layer0.update_gate")
    page = ready(open_page(view))
    tree = ElementTree.parse(saved(page, "SVG"))
    texts = [made.text or "" for made in tree.iter(f"{SVG}text")]
    told = ("read by judged · layer0.hidden", "read by judged · layer0.update_gate")
    for wanted in (*told, "different clusters", "outlined: mean positive part"):
        assert any(wanted in text for text in texts), wanted
    page.goto(server.url + address("judged", "tthe cat sat", "tthe not sat"))
    shown = ready(page).locator(".sentence-block.is-d .sentence-cell").all_inner_texts()
    assert len(shown) == 3
    assert all(re.fullmatch(r"([+−]?)\d\.\d\d", text) for text in shown), "as many digits as their neighbours"
    tree = ElementTree.parse(saved(page, "SVG"))
    assert set(shown) <= {made.text for made in tree.iter(f"{SVG}text")}
    bottom = max(float(made.get("y")) for made in tree.iter(f"{SVG}text") if made.get("y"))
    assert bottom + 8 < float(tree.getroot().get("height"))


def test_glyphs_are_of_one_width(open_page):
    page = ready(open_page(address("judged", "tthe incomprehensibilities , sat", clusters="4")))
    widths = page.evaluate(
        """() => {
            const {layout, stage} = stateroom.sentences;
            return stage.scene().shown.map(column => layout.glyphPlace(stage.scene(), column).width);
        }"""
    )
    assert len(set(widths)) == 1
    assert widths[0] > 20


def test_a_ninth_sentence_drops_the_last_and_that_is_said(open_page):
    page = ready(open_page(address("judged", *(f"tthe cat {'sat ' * times}".strip() for times in range(8)))))
    expect(page.locator(".sentence-entry")).to_have_count(8)
    page.get_by_role("button", name="Edit a word of A and compare").click()
    type_in(page, "not the cat")
    expect_words(page, ["not", "the", "cat"], "b")
    expect(page.locator(".sentence-entry")).to_have_count(8)
    expect(page.locator(".message")).to_contain_text("The last one was dropped")


def test_too_many_words_stay_in_the_field(open_page):
    page = ready(open_page(address("judged", "tthe cat sat")))
    type_in(page, "cat " * 10_000)
    expect(page.locator(".sentence-sign")).to_contain_text("at most 1,000 words. This has 10,000")
    assert page.locator("[name=typed]").input_value().startswith("cat cat")
    expect_parameters(page, s="tthe cat sat")
    assert words(page) == ["the", "cat", "sat"]


def test_a_place_is_read_as_words_by_a_network_of_another_text(open_page, server):
    page = ready(open_page(address("tiny", "c0-3")))
    page.get_by_role("button", name="Compare with another recording").click()
    page.locator("[name=beside]").select_option("judged")
    expect(page.locator(".sentence-block.is-b .sentence-head")).to_contain_text("read by judged")
    # Both recordings are of one text.
    expect_parameters(page, s="c0-3,+c0-3")
    page.locator("[name=beside]").select_option("plays")
    expect(page.locator("[name=beside]")).to_have_value("plays")
    expect_parameters(page, s="c0-3,+tthe cat sat")
    page.goto(server.url + address("tiny", "c0-3", beside="plays", state2=STATE))
    reading(page).get_by_role("button", name="Read A by the second network").click()
    expect(page.locator(".sentence-entry")).to_have_count(2)
    expect_parameters(page, s="c0-3,+tthe cat sat")


def test_a_cluster_is_ringed_where_it_is_drawn_and_nowhere_else(open_page):
    page = ready(open_page(address("judged", "tthe cat sat", "tthe cat sat not")))
    told_at(page, 0, 2)
    ringed = """() => {
            const {stage, layout} = stateroom.sentences;
            const canvas = document.querySelector('.sentence-block.is-d .sentence-over');
            const ratio = canvas.width / canvas.clientWidth;
            const {width, height} = canvas;
            const copy = Object.assign(document.createElement('canvas'), {width, height});
            const paint = copy.getContext('2d', {willReadFrequently: true});
            paint.drawImage(canvas, 0, 0);
            return stage.scene().shown.map(column => {
                const {left, width} = layout.glyphPlace(stage.scene(), column);
                const {data} = paint.getImageData(left * ratio, 0, width * ratio, canvas.height);
                return data.some((value, place) => place % 4 === 3 && value > 128);
            });
        }"""
    expect_equal(page, lambda: page.evaluate(ringed), [True, True, True, False])


def test_what_is_read_out_parts_words_and_focus_comes_back(open_page):
    page = ready(open_page(address("tiny", "tthe cat sat")))
    assert page.evaluate("[0, 1e-5, .004, .5, NaN].map(stateroom.sentences.percent)") == [
        "0 %", "< 0.1 %", "0.4 %", "50 %", "–",
    ]  # fmt: skip
    page.locator(TOKEN).first.focus()
    page.keyboard.press("ArrowDown")
    told = re.compile(r"expects (\S+ \d+ % ?){5}\.")
    expect(page.locator(TOKEN).first).to_have_attribute("aria-description", told)
    page.keyboard.press("/")
    expect(page.locator("[name=find-sentence]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="From the recording")).to_be_focused()


@pytest.fixture
def letters(server: Server) -> Iterator[str]:
    """A recording whose tokens are letters; asked for before `open_page`, it is there as long as its page."""
    model = torch.nn.Sequential(torch.nn.Embedding(4, 3), torch.nn.GRU(3, 5))
    path = server.folder / "letters"
    analytics.record(
        model,
        list("a cab bac " * 9),
        path,
        vocabulary=list(" abc"),
        head=torch.nn.Linear(5, 4),
        progress=False,
    )
    yield path.name
    shutil.rmtree(path)


def test_white_space_is_kept_where_it_is_a_token(letters, open_page):
    page = reading(ready(open_page(address(letters, "tab"))))
    type_in(page, " cab ")
    expect_words(page, ["␣", "c", "a", "b", "␣"])
    page.locator(f".sentence-block.is-a {TOKEN}").nth(2).click()
    page.locator("[name=instead]").fill(" ")
    page.locator("[name=instead]").press("Enter")
    expect_words(page, ["␣", "c", "␣", "b", "␣"], "b")
    eventually(page, lambda: parameters(page)["s"], lambda shown: shown.startswith("t cab ,t c b "))


def test_words_that_cannot_be_read_have_no_row(open_page, server):
    text = "t" + "the cat sat " * 60
    page = open_page(address("tiny", text))
    expect(page.locator(".sentence-row-name", has_text="expects")).to_have_count(1)
    page.goto(server.url + address("tiny", text, **{"from": "0", "to": "180"}))
    expect(page.locator(".sentence-row-name", has_text="p(next)")).to_have_count(1)
    expect(page.locator(".sentence-row-name", has_text="expects")).to_have_count(0)


def test_an_unknown_word_is_marked_where_words_are_turned(open_page):
    text = "the cat incomprehensibility sat on " * 3
    page = ready(open_page(address("judged", f"t{text.strip()}"), width=768))
    styles = page.locator(f"{TOKEN}.is-upright.is-unknown .token").evaluate_all(
        "made => made.map(each => getComputedStyle(each).borderLeftStyle)"
    )
    assert styles and set(styles) == {"dotted"}
