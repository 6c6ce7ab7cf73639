"""Read what a page settles on: nothing is read after a fixed time, because machines are slow at times."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from tests.browser.conftest import PATIENCE_MS

STEP_MS = 50


def parameters(page: Page) -> dict[str, str]:
    """Return what the address says at the moment."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def relative(page: Page) -> str:
    """Return the address at the moment, without its host."""
    parts = urlsplit(page.url)
    return f"{parts.path}?{parts.query}"


def eventually(page: Page, read: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """Read again until it holds, and return what was read then."""
    ends = time.monotonic() + PATIENCE_MS / 1000
    while not holds(found := read()):
        assert time.monotonic() < ends, f"it stayed {found!r}"
        page.wait_for_timeout(STEP_MS)
    return found


def expect_equal(page: Page, read: Callable[[], Any], wanted: Any) -> None:
    """Read again until it is what is wanted."""
    ends = time.monotonic() + PATIENCE_MS / 1000
    while (found := read()) != wanted and time.monotonic() < ends:
        page.wait_for_timeout(STEP_MS)
    assert found == wanted


def expect_parameters(page: Page, **wanted: str | None) -> None:
    """Wait until the address says each of them; None means that it does not name it."""
    expect_equal(page, lambda: {name: parameters(page).get(name) for name in wanted}, wanted)


def expect_address_at_rest(page: Page, view: str = "view") -> None:
    """Wait until the address says what the view of a page says: while the pointer moves, it lags behind."""
    page.wait_for_function(
        "name => stateroom[name].address() === location.pathname + location.search", arg=view
    )
    expect_equal(page, lambda: page.url, page.evaluate("location.href"))


def expect_fit(page: Page) -> None:
    """Wait until the page is no wider than its window."""
    page.wait_for_function("() => document.documentElement.scrollWidth <= window.innerWidth")
