"""What the ? of a page opens: a few sentences, the formula, the paper, the keys."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

__all__ = ["help_panel"]


def help_panel(
    sentences: Sequence[str],
    *,
    formula: str | None,
    paper: str | None,
    keys: Sequence[tuple[str, str]],
) -> html.Div:
    """Return the explanation of a page; `keys` are pairs of a key and what it does."""
    parts = [html.Ol([html.Li(sentence) for sentence in sentences])]
    if formula:
        parts.append(html.P(formula, className="help-formula"))
    if paper:
        parts.append(html.P(paper, className="help-paper"))
    rows = [html.Tr([html.Td(html.Kbd(key)), html.Td(meaning)]) for key, meaning in keys]
    parts.append(html.Table(html.Tbody(rows), className="help-keys"))
    return html.Div(parts)
