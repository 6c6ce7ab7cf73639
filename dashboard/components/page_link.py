"""A link from one page to another, under the prefix of the host."""

from __future__ import annotations

from typing import Any

from dash import dcc, get_relative_path

__all__ = ["page_link"]


def page_link(content: Any, address: str, **attributes: Any) -> dcc.Link:
    """Return a link to an address of `dashboard.links`, which knows nothing of the host's prefix."""
    return dcc.Link(content, href=get_relative_path(address), **attributes)
