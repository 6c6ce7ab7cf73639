"""Notes in Markdown become HTML without scripts, pictures and styles, or a line of plain text."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

__all__ = ["as_html", "as_line"]

TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
LINE_CHARACTERS = 200
_PARSERS = threading.local()
"""A parser keeps state while it reads, so each thread has its own."""


@lru_cache(maxsize=256)
def as_html(note: str) -> str:
    """Return a note as HTML that is safe to show: what is no Markdown stays text.

    Examples
    --------
    >>> as_html("**7 units** <b>hold</b> [it](https://example.org)")
    '<p><strong>7 units</strong> &lt;b&gt;hold&lt;/b&gt; <a href="https://example.org" \
rel="noopener noreferrer">it</a></p>\\n'
    """
    return nh3.clean(
        _markdown().render(note),
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer",
    )


def as_line(note: str) -> str:
    """Return the beginning of a note as one line.

    Examples
    --------
    >>> as_line("# Depth\\n\\n**Unit 4** counts.")
    'Depth Unit 4 counts.'
    """
    return _line(note[: 4 * LINE_CHARACTERS])


@lru_cache(maxsize=4096)
def _line(note: str) -> str:
    texts = nh3.clean(_markdown().render(note), tags=set())
    line = " ".join(_unescaped(texts).split())
    return line if len(line) <= LINE_CHARACTERS else line[: LINE_CHARACTERS - 1].rstrip() + "…"


def _unescaped(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _markdown() -> MarkdownIt:
    if not hasattr(_PARSERS, "markdown"):
        markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
        markdown.add_render_rule("image", _as_link)
        _PARSERS.markdown = markdown
    return _PARSERS.markdown


def _as_link(_renderer: RendererHTML, tokens: Sequence[Token], place: int, *_: Any) -> str:
    """A picture from elsewhere is not fetched: its words link to it."""
    address, words = str(tokens[place].attrs.get("src", "")), tokens[place].content
    return f'<a href="{escapeHtml(address)}">{escapeHtml(words or address)}</a>'
