"""The lines of Python behind a view: shown from the share menu, and the same as the view."""

from __future__ import annotations

from playwright.sync_api import expect

SELECTED = """async () => {
    const body = JSON.stringify(window.stateroom.view.get());
    const headers = {"Content-Type": "application/json"};
    return (await (await fetch("/ask/selected", {method: "POST", headers, body})).json()).answer;
}"""
"""What the page itself asks for."""


def test_the_lines_of_a_view_compute_what_it_shows(open_page):
    page = open_page("/match?recording=plays&state=layer0.cell&from=30&to=32&threshold=0.1")
    expect(page.locator("#match-chips .chip").first).to_be_visible()
    page.click("#shell-share")
    page.click("[data-share=python]")
    lines = page.locator(".python-lines")
    expect(lines).to_contain_text("analytics.select_units(states, 30, 32, threshold=0.1)")
    names = {}
    exec(lines.inner_text(), names)
    shown = page.evaluate(SELECTED)
    assert names["units"].tolist() == shown["units"] != []
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#shell-share")).to_be_focused()
