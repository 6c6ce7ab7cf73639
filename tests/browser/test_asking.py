"""A question whose connection breaks, as when a worker dies, is asked once more."""

from __future__ import annotations

from playwright.sync_api import expect


def test_a_broken_connection_is_tried_again(open_page, server, complaints):
    page = open_page("/")
    broken = []

    def break_first(route):
        if broken:
            route.continue_()
        else:
            broken.append(route.request.url)
            route.abort("connectionreset")

    page.route("**/ask/window", break_first)
    page.goto(server.url + "/match?recording=plays&state=layer0.cell")
    expect(page.locator("#match-tokens .token").first).to_be_visible()
    expect(page.get_by_text("does not answer")).to_have_count(0)
    assert len(broken) == 1
    complaints[:] = [text for text in complaints if "ERR_CONNECTION_RESET" not in text]
