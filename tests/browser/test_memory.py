"""The Memory page, as a reader uses it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
import torch
from playwright.sync_api import Page, expect

import analytics
from analytics.corpora.corpus import Corpus
from analytics.ingest.training.trained import record_network
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.weights import save_network
from tests.browser.conftest import PATIENCE_MS, Server
from tests.browser.waiting import (
    eventually,
    expect_equal,
    expect_fit,
    expect_parameters,
    parameters,
    relative,
)
from tests.networks import TAGS, words_of_the_plays
from tests.server import ROOT

STATE = "layer0.cell"
LONG_MS = 180_000
RUN = "#memory-run"
CURVE = "#memory-decay .scatterlayer .trace"


def recorded(path: Path, *, n_units: int = 12, repeats: int = 1) -> Path:
    """Record a small language model with random weights over the plays' words, with its weights."""
    tokens = words_of_the_plays() * repeats
    vocabulary = ["<unk>", *sorted(set(tokens) - {"<unk>"})]
    torch.manual_seed(0)
    shape = ModelShape(n_words=len(vocabulary), n_layers=1, n_units=n_units, n_embedding=8, tied=False)
    network = path.with_name(f"{path.name}-network")
    facts = {"reading": {"by": "space"}, "perplexity": {"test": 20.0}}
    save_network(network, LanguageModel(shape), vocabulary=vocabulary, facts=facts)
    tags = [TAGS.get(token, "OTHER") for token in tokens]
    corpus = Corpus("plays", tokens, np.arange(0, len(tokens), 150), {"part of speech": tags})
    record_network(network, corpus, path, progress=False)
    shutil.rmtree(network)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording to copy: making one takes longer than most tests."""
    return recorded(tmp_path_factory.mktemp("small") / "small")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that takes long enough to be looked at while it is computed."""
    return recorded(tmp_path_factory.mktemp("large") / "large", n_units=96, repeats=6)


@pytest.fixture
def copied(server: Server, request: pytest.FixtureRequest) -> Iterator[Callable[[Path], str]]:
    """Put a copy among the recordings, for this test alone; return its key."""
    made = []

    def copy(template: Path) -> str:
        key = re.sub(r"\W+", "-", request.node.name).strip("-")
        made.append(shutil.copytree(template, server.folder / key))
        return key

    yield copy
    for path in made:
        ends = time.monotonic() + PATIENCE_MS / 1000
        # Work that was cancelled a moment ago may still write what it has.
        while path.exists() and time.monotonic() < ends:
            shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def known(server: Server, small: Path) -> Iterator[str]:
    """A recording whose memory was computed by the command that the page shows; its key."""
    path = shutil.copytree(small, server.folder / "remembered")
    command = [sys.executable, "-m", "analytics", "memory", path.name, "--folder", str(server.folder)]
    command += ["--state", STATE, "--delays", "6", "--by", "part of speech"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    yield "remembered"
    shutil.rmtree(path)


def address(key: str, *, delays: int = 6, **more: object) -> str:
    rest = "".join(f"&{name}={quote(str(value))}" for name, value in more.items())
    return f"/memory?recording={key}&state={STATE}&delays={delays}{rest}"


def settled(page: Page) -> Page:
    """Wait until the page knows what is computed and what is not."""
    page.wait_for_selector(f"{RUN} > *", timeout=LONG_MS)
    return page


def ready(page: Page) -> Page:
    """Wait for the curves and for their table, which come apart."""
    expect(page.locator(CURVE).first).to_be_visible(timeout=LONG_MS)
    expect(page.locator("#memory-decay-table tbody tr").first).to_be_visible(timeout=LONG_MS)
    return page


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def cells(page: Page, row: int = 0) -> list[str]:
    """What stands in a row of the table of curves at the moment."""
    return page.locator("#memory-decay-table tbody tr").nth(row).locator("th, td").all_inner_texts()


# `copied` comes before `open_page`: pages are closed before what they show is removed.
def test_a_computation_from_its_start_to_the_same_view_elsewhere(copied, small, open_page, shot):
    key = copied(small)
    page = settled(open_page(address(key)))
    expect(page.locator(RUN)).to_contain_text("Not computed yet")
    expect(page.locator(f"{RUN} code")).to_contain_text(f"-m analytics memory {key}")
    page.get_by_role("button", name="Compute").click()
    ready(page)
    expect(page.locator(RUN)).to_contain_text("Computed")
    expect(page.locator("#memory-decay-table tbody tr").first.locator("th, td")).to_have_count(5)

    tab(page, "Classes")
    names = page.locator("#memory-classes-table tbody bdi")
    expect(names.filter(has_text="NOUN")).to_have_count(1)
    page.locator("#memory-classes-table tr", has_text="NOUN").get_by_role("checkbox").uncheck()
    page.wait_for_function(
        "() => stateroom.memory.classes.rows.some(row => row.key === 'NOUN' && !row.shown)"
    )

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".delay-told")).to_have_text("2 positions later")

    tab(page, "Properties")
    page.get_by_label("class a").select_option(label=option(page, "NOUN"))
    page.get_by_label("class b").select_option(label=option(page, "DET"))
    page.get_by_role("button", name="Add the property").click()
    expect(page.locator("#memory-properties-table tbody tr")).to_have_count(1)
    expect(page.locator("#memory-properties .scatterlayer .trace").first).to_be_visible()
    shot(page, "memory-properties")

    tab(page, "Directions")
    expect(page.locator("#memory-directions tbody tr").first).to_be_visible()

    tab(page, "Where")
    page.locator(".where-word.is-chosen + .where-word").click()
    expect(page.locator(".where-bar")).to_have_count(31)
    wanted = {"position", "property", "delay", "view"}
    shown = eventually(page, lambda: parameters(page), lambda found: wanted <= found.keys())
    followed = page.locator(".where-strip .is-chosen")
    expect(followed).to_have_attribute("data-position", shown["position"])

    again = ready(open_page(relative(page)))
    expect(again.locator(".where-strip .is-chosen")).to_have_attribute("data-position", shown["position"])
    strip = page.locator(".where-strip").inner_text()
    expect_equal(again, again.locator(".where-strip").inner_text, strip)
    expect_equal(again, lambda: cells(again), cells(page))
    expect_parameters(again, **shown)
    expect_equal(again, lambda: parameters(again).keys(), shown.keys())
    tab(again, "Properties")
    expect(again.locator("#memory-properties-table tbody tr")).to_have_count(1)


def option(page: Page, label: str) -> str:
    """The text of a label's choice, which has its number behind it."""
    return page.locator(
        "#memory-property-form option", has_text=re.compile(rf"^{label} \(")
    ).first.inner_text()


def test_progress_reload_and_cancel(copied, large, open_page):
    page = settled(open_page(address(copied(large), delays=200, positions=0)))
    page.get_by_role("button", name="Compute").click()
    expect(page.locator(f"{RUN} progress")).to_be_visible()
    expect(page.locator(f"{RUN} .job-told")).to_contain_text("left", timeout=LONG_MS)
    # Where asks the network itself, meanwhile.
    tab(page, "Where")
    expect(page.locator(".where-bar").first).to_be_visible(timeout=LONG_MS)
    page.reload()
    expect(page.locator(f"{RUN} progress")).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator(RUN)).to_contain_text("Cancelled.")
    expect(page.get_by_role("button", name="Compute")).to_be_visible()


def test_two_people_who_start_the_same_both_get_it(copied, small, open_page):
    key = copied(small)
    pages = [settled(open_page(address(key))) for _ in range(2)]
    for page in pages:
        page.get_by_role("button", name="Compute").click()
    first, second = (ready(page) for page in pages)
    expect_equal(second, lambda: cells(second), cells(first))
    stamps = [page.evaluate("stateroom.memory.status.result.stamp") for page in pages]
    assert stamps[0] == stamps[1]
    assert first.evaluate("stateroom.memory.status.stored.length") == 1


def test_without_a_network_it_says_how_to_ship_one(open_page, server, shot):
    page = settled(open_page("/memory?recording=plays&state=layer0.cell"))
    expect(page.locator(RUN)).to_contain_text("no network with it")
    expect(page.get_by_role("link", name="How to record your own")).to_have_attribute("href", "/?own=torch")
    expect(page.get_by_role("button", name="Compute")).to_have_count(0)
    expect(page.locator("#memory-panel-decay .panel-why")).to_have_text("Needs a network in the recording.")
    shot(page, "memory-no-network")


def test_what_was_computed_elsewhere_appears_at_once_and_is_taken_along(open_page, server, known):
    recording = analytics.open_recording(server.folder / known)
    words = [recording.vocabulary.tolist().index(word) for word in ("the", "of")]
    analytics.recording_memory(recording, state=STATE, delays=4, positions=200, words=words)
    page = ready(open_page(address(known)))
    found = page.evaluate("stateroom.memory.decay.curves[0]")
    assert cells(page)[1] == f"{found['largest'][0]:.3g}"
    expect(page.get_by_role("heading", name=f"Units of {STATE}")).to_be_visible()
    page.locator(f"{RUN} summary").click()
    expect(page.get_by_role("button", name="200 positions, 4 delays, 2 words")).to_be_visible()

    page.locator(".csv-menu summary").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="decay: download as CSV").click()
    assert saved.value.suggested_filename == f"{known}-{STATE}-memory-decay.csv"
    table = pd.read_csv(io.StringIO(Path(saved.value.path()).read_text("utf-8")))
    assert table["delay"].tolist() == list(range(6))
    assert table["largest"].tolist() == pytest.approx(found["largest"])

    page.get_by_label("delay", exact=True).fill("3")
    expect(page.locator("#memory-decay-table h2")).to_have_text("At delay 3")
    assert float(cells(page)[1]) == pytest.approx(found["largest"][3], rel=0.01)
    expect_parameters(page, delay="3")
    point_at_curve(page, 4)
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#memory-decay-table h2")).to_have_text("At delay 4")
    expect_parameters(page, delay="4")


def point_at_curve(page: Page, delay: int) -> None:
    """Point at a curve where it is by now, until the figure says that it is pointed at there."""

    def pointed() -> int | None:
        left, top = page.evaluate(
            """delay => {
                const plot = document.querySelector('#memory-decay .js-plotly-plot');
                const {_fullLayout: {xaxis, yaxis}, _fullData} = plot;
                const trace = _fullData.find(each => each.hoverinfo !== 'skip' && each.y.length > delay);
                const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
                return [box.left + xaxis.d2p(trace.x[delay]), box.top + yaxis.d2p(trace.y[delay])];
            }""",
            delay,
        )
        page.mouse.move(left + 3, top)
        page.mouse.move(left, top)
        return page.evaluate(
            "(document.querySelector('#memory-decay .js-plotly-plot')._hoverdata || [{}])[0].x"
        )

    eventually(page, pointed, lambda found: found == delay)


def test_a_second_recording_in_every_panel_linked_and_on_its_own(known, copied, small, open_page):
    key = copied(small)
    page = ready(open_page(address(known, beside=f"{key}:{STATE}", view="classes", word=3)))
    offer = page.locator("#memory-second-run")
    expect(offer).to_contain_text("has not been computed yet", timeout=LONG_MS)
    offer.get_by_role("button", name="Compute").click()
    second = page.locator("#memory-classes-second-table tbody tr")
    expect(second.filter(has_text="NOUN")).to_be_visible(timeout=LONG_MS)
    expect(page.locator("#memory-decay-table tr.is-difference")).to_contain_text("B − A")
    tab(page, "Directions")
    expect(page.get_by_role("region", name="Directions of B")).to_be_visible(timeout=LONG_MS)
    expect(page.locator("#memory-directions")).to_contain_text("There is no difference B − A of directions")
    tab(page, "Where")
    expect(page.locator(".where-difference", has_text="0.0").first).to_be_visible(timeout=LONG_MS)
    expect(page.locator(".where-strip")).to_have_count(2)

    page.locator(".beside-link").click()
    tab(page, "Classes")
    page.get_by_label("delay of B").fill("3")
    heading = page.locator("#memory-decay-table h2")
    expect(heading).to_have_text("A at delay 0, B at delay 3")
    page.wait_for_function("() => new URLSearchParams(location.search).get('delay2') === '3'")
    page.locator(".beside-swap").click()
    expect(heading).to_have_text("A at delay 3, B at delay 0", timeout=LONG_MS)
    expect(second.filter(has_text="NOUN")).to_be_visible(timeout=LONG_MS)
    expect_parameters(page, recording=key, beside=f"{known}:{STATE}", linked="0", delay="3", word="3")
    expect(page.locator("#memory-decay-table tbody tr")).to_have_count(3, timeout=LONG_MS)

    again = ready(open_page(relative(page)))
    expect(again.locator("#memory-decay-table h2")).to_have_text(
        "A at delay 3, B at delay 0", timeout=LONG_MS
    )
    rows = again.locator("#memory-decay-table tbody tr")
    expect(rows).to_have_count(3, timeout=LONG_MS)
    for row in range(3):
        expect_equal(again, lambda row=row: cells(again, row), cells(page, row))


def test_tokens_are_shown_as_they_are_and_influence_ends_with_the_sequence(open_page, known):
    page = ready(open_page(address(known, view="where", position=140)))
    expect(page.locator(".where-bar")).to_have_count(10)
    texts = page.locator(".where-word bdi").all_inner_texts()
    assert {"<unk>", "<b>mat</b>", "&"} & set(texts)
    assert page.locator("#memory-where b, #memory-where mat").count() == 0
    bars = page.evaluate("stateroom.memory.where.norms")
    tall = page.locator(".where-bar").evaluate_all("bars => bars.map(bar => bar.offsetHeight)")
    assert int(np.argmax(tall)) == int(np.argmax(bars))
    page.locator(".where-word.is-chosen").hover()
    expect(page.locator(".tip")).to_contain_text("100 % of its own")


def test_by_keyboard_alone(open_page, known):
    page = ready(open_page(address(known)))
    page.keyboard.press("/")
    expect(page.get_by_label("single word")).to_be_focused()
    expect_parameters(page, view="classes")
    page.keyboard.type("queen")
    expect(page.get_by_role("option", name="queen")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URLSearchParams(location.search).has('word')")
    expect(page.locator("#memory-classes-table tr", has_text="queen")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Classes").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Where")).to_be_focused()
    expect(page.locator(".where-bar").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("queen")
    page.keyboard.press("Enter")
    expect(page.locator(".where-hits .hit").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URLSearchParams(location.search).has('position')")
    expect(page.locator(".where-hits")).to_be_hidden()
    expect(page.locator(".where-word.is-chosen bdi")).to_have_text("queen")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".where-word.is-chosen bdi")).to_have_text("of")
    page.keyboard.press("?")
    expect(page.locator("#shell-help")).to_contain_text("State Gradients for RNN Memory Analysis")


SHOWN = {
    "decay": CURVE,
    "classes": "#memory-classes .scatterlayer .trace",
    "where": ".where-bar",
}


def test_the_page_fits_narrow_dark_and_embedded(open_page, server, known, shot):
    cases = (("light", 1280, ""), ("dark", 1280, ""), ("light", 768, ""), ("light", 1280, "&embed=1"))
    page = open_page(address(known, position=40))
    for number, (theme, width, more) in enumerate(cases):
        if number > 0:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.goto(server.url + address(known, position=40) + more)
        ready(page)
        for name, shown in SHOWN.items():
            page.evaluate("name => stateroom.memoryView.change({view: name})", name)
            expect(page.locator(f"#memory-{name}")).to_be_visible()
            expect(page.locator(shown).first).to_be_visible()
            expect_fit(page)
            shot(page, f"memory-{name}-{theme}-{width}{more.replace('&', '-').replace('=1', '')}")
            # The figures have Plotly's buttons, but none that sends their data away.
            expect(page.locator("[data-title='Download plot']").first).to_be_attached()
            assert page.locator("[data-title*='hare'], [data-title*='loud']").count() == 0
