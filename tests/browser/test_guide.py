"""The guided form in a real browser: the lines it shows are those that the unit tests ran."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from dashboard.components.guide import lines_for
from tests.browser.waiting import expect_equal, expect_fit, expect_parameters, relative
from tests.dashboard.components.test_guide import answers

COMPOSE = "given => { const {python, command, names} = stateroom.guide.compose(given);" \
    " return [python, command, names]; }"  # fmt: skip


@pytest.fixture
def form(open_page):
    page = open_page("/?own=torch")
    expect(page.locator("#home-guide-lines pre").first).to_be_visible()
    # What belongs to the recording behind the form has arrived as well: nothing takes a message away.
    page.wait_for_selector("#home-detail [data-shown]", state="attached")
    return page


def test_the_form_composes_the_lines_that_were_tested_copies_them_and_is_filled_in_by_keys(form):
    odd = "a \"b\"\\\n$(c) 'd' {path} שלום"
    cases = [
        *answers(),
        {"own": "trained", "source": odd, "name": odd},
        {"modules": f"{odd}, x  x,y"},
        {"own": "?"},
    ]
    shown = form.evaluate(f"cases => cases.map({COMPOSE})", cases)
    for case, (python, command, names) in zip(cases, shown, strict=True):
        lines = lines_for(case)
        assert (python, command) == (lines.python, lines.command), case
        assert [tuple(name) for name in names] == list(lines.names)

    form.context.grant_permissions(["clipboard-read", "clipboard-write"])
    form.get_by_role("button", name="Copy: In Python").click()
    expect(form.locator("#shell-messages")).to_contain_text("In Python: copied.")
    expect_equal(form, lambda: form.evaluate("navigator.clipboard.readText()"), lines_for({}).python)

    form.get_by_text("A whole example that runs as it is").click()
    expect(form.locator(".own-network pre")).to_contain_text("torch.nn.LSTM")

    # By keys.
    form.get_by_label("a torch network in Python").focus()
    form.keyboard.press("ArrowDown")
    form.keyboard.press("ArrowDown")
    expect(form.get_by_label("an LSTMVis project")).to_be_checked()
    expect(form.get_by_label("an LSTMVis project")).to_be_focused()
    form.keyboard.press("Tab")
    expect(form.get_by_label("Where is it?")).to_be_focused()
    form.keyboard.type("my project")
    expect(form.locator("[data-kind=command] pre")).to_contain_text("import lstmvis 'my project'")


def test_answers_change_the_lines_at_once_and_the_address_keeps_them(form, open_page, shot):
    code = form.locator("[data-kind=python] pre")
    expect(code).to_have_text(lines_for({}).python)
    form.get_by_label("characters").check()
    form.get_by_label("many sequences").check()
    form.get_by_label("a class of each sequence").check()
    form.get_by_label("Modules of your own").fill("blocks.3 norm")
    form.get_by_label("Its name here").fill("reviews")
    given = {
        "input": "characters",
        "sequences": "many",
        "predicts": "classes",
        "modules": "blocks.3 norm",
        "name": "reviews",
    }
    wanted = lines_for(given)
    expect(code).to_have_text(wanted.python)
    expect(form.locator("#home-guide-lines")).to_contain_text("class of each sequence")
    shot(form, "guide")
    expect_parameters(form, **given)
    copied = open_page(relative(form))
    expect(copied.locator("[data-kind=python] pre")).to_have_text(wanted.python)
    expect(copied.get_by_label("Its name here")).to_have_value("reviews")


def test_each_case_is_reached_from_the_page_and_left_again(page):
    expect(page.locator("[data-recording=plays] a")).to_be_visible()
    page.get_by_role("link", name="Record your own").click()
    expect(page.get_by_role("heading", name="Record your own")).to_be_focused()
    expect(page.locator("#home-pane")).to_be_hidden()
    page.get_by_label("an LSTMVis project").check()
    expect(page.locator("[data-kind=python] pre")).to_contain_text("analytics.import_lstmvis")
    expect(page.locator("[data-kind=command] pre")).to_contain_text("python -m analytics import lstmvis")
    page.locator("[data-recording=plays] a").click()
    expect(page.locator("#home-guide")).to_be_hidden()
    expect(page.locator("#home-detail [data-shown=plays]")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("an LSTMVis project")).to_be_checked()


def test_the_form_fits_the_window(open_page, shot):
    page = open_page("/?own=torch&embed=1")
    for theme, widths in (("light", (1280, 768)), ("dark", (768, 1280))):
        page.set_viewport_size({"width": widths[0], "height": 900})
        page.emulate_media(color_scheme=theme)
        if theme == "dark":
            page.reload()
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            expect(page.locator("#home-guide-lines pre").first).to_be_visible()
            expect_fit(page)
            shot(page, f"guide-{theme}-{width}")
