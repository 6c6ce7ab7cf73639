"""Links are written under the prefix of an app, so there has to be one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from dash import Dash


def _app(prefix: str) -> Dash:
    return Dash("components", requests_pathname_prefix=prefix, use_pages=False, pages_folder="")


@pytest.fixture(autouse=True)
def served_under() -> Iterator[Callable[[str], Dash]]:
    """At the root of its host, unless a test says otherwise: `served_under("/lab/")`."""
    _app("/")
    yield _app
    _app("/")
