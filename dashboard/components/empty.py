"""An empty view says why it is empty and what to do next."""

from __future__ import annotations

from dash import html

from dashboard.components.page_link import page_link

__all__ = ["empty_state"]


def empty_state(why: str, what_next: str, *, link: tuple[str, str] | None = None, code: str = "") -> html.Div:
    """Return the sentence, the next step, and a link (text, path) or a command to copy."""
    parts = [html.P(why, className="empty-why"), html.P(what_next)]
    if code:
        parts.append(html.Pre(code, className="code"))
    if link:
        parts.append(page_link(link[0], link[1]))
    return html.Div(parts, className="empty-state")
