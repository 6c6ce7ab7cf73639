"""What the pages ask a server, recorded once in Chromium: so a load is made of what readers really cause."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM

__all__ = ["Asked", "Visit", "record_visits"]

SETTLED_S = 2.5
LONGEST_S = 90
PLACES = re.compile(r'("(?:at|start|stop|position)": ?)(\d+)|(\b(?:at|from|to)=)(\d+)')
"""Where in a text a position stands: in the questions of scripts, and in addresses."""


@dataclass(frozen=True)
class Asked:
    """One request of a page. `name` is its question, callback or kind."""

    name: str
    method: str
    path: str
    body: str = ""
    status: int = 200
    says: str = ""
    """The sentence it was answered with instead of an answer; some pages of some recordings have one."""

    def moved(self, by: int) -> Asked:
        """Return the same question some positions further on."""
        return Asked(
            self.name, self.method, _moved(self.path, by), _moved(self.body, by), self.status, self.says
        )


@dataclass(frozen=True)
class Visit:
    """An address, what the browser loads for it at first, and what the page asks."""

    address: str
    loads: tuple[Asked, ...]
    asks: tuple[Asked, ...]
    n_bytes: int
    """Sent by the server at a first visit, headers aside."""

    def __str__(self) -> str:
        megabytes, page = self.n_bytes / 1e6, self.address.partition("?")[0]
        return f"{megabytes:5.2f} MB at a first visit, {len(self.asks):3} questions: {page}"


def record_visits(url: str, addresses: Sequence[str]) -> list[Visit]:
    """Open each address in a browser without a cache and note every request until it asks no more."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        visits = []
        for address in addresses:
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            visits.append(_visit(page, url, address))
            page.context.close()
            print(f"  {visits[-1]}", flush=True)
        browser.close()
    return visits


def _visit(page: Page, url: str, address: str) -> Visit:
    seen: list[Request] = []
    last = [time.monotonic()]
    open_requests: set[Request] = set()

    def begun(request: Request) -> None:
        if request.url.startswith("http"):
            seen.append(request)
            open_requests.add(request)
            last[0] = time.monotonic()

    def ended(request: Request) -> None:
        open_requests.discard(request)
        last[0] = time.monotonic()

    def failed(request: Request) -> None:
        # Given up by the page itself, which has asked something else meanwhile.
        ended(request)
        seen.remove(request)

    page.on("request", begun)
    page.on("requestfinished", ended)
    page.on("requestfailed", failed)
    page.goto(url + address)
    ends = time.monotonic() + LONGEST_S
    while time.monotonic() < ends and (open_requests or time.monotonic() - last[0] < SETTLED_S):
        page.wait_for_timeout(100)
    done = [request for request in seen if request not in open_requests]
    asked = [(request, _asked(request)) for request in done]
    return Visit(
        address,
        tuple(each for request, each in asked if not _is_question(request)),
        tuple(each for request, each in asked if _is_question(request)),
        sum(request.sizes()["responseBodySize"] for request in done),
    )


def _is_question(request: Request) -> bool:
    return request.method == "POST"


def _asked(request: Request) -> Asked:
    parts = urlsplit(request.url)
    path, body = parts.path + (f"?{parts.query}" if parts.query else ""), request.post_data or ""
    answer = request.response()
    return Asked(
        _name(parts.path, body), request.method, path, body, answer.status if answer else 0, _said(answer)
    )


def _name(path: str, body: str) -> str:
    if path.endswith("_dash-update-component"):
        return "callback " + str(json.loads(body)["output"])[:48]
    if "/ask/" in path:
        return path[path.index("/ask/") + 1 :]
    return "asset" if "." in path.rpartition("/")[2] else "page" if "_dash" not in path else path.strip("/")


def _said(answer: object) -> str:
    try:
        told = answer.json()
    except Exception:
        return ""
    return str(told.get("error", "")) if isinstance(told, dict) else ""


def _moved(text: str, by: int) -> str:
    return PLACES.sub(lambda found: (found[1] or found[3]) + str(int(found[2] or found[4]) + by), text)
