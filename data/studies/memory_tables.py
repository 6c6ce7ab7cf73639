"""Tables of the memory study as Markdown, put between the marks of its page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["as_markdown", "put_tables"]


def as_markdown(table: pd.DataFrame, formats: Mapping[str, str | Callable[[Any], str]]) -> str:
    """Return a table as Markdown: columns of `formats` by their format, numbers to the right, NaN as a dash.

    Examples
    --------
    >>> print(as_markdown(pd.DataFrame({"word": ["a"], "n": [1234]}), {"n": ","}))
    | word | n |
    |---|---:|
    | a | 1,234 |
    """
    rules = ["---:" if pd.api.types.is_numeric_dtype(table[name]) else "---" for name in table]
    lines = [f"| {' | '.join(map(str, table.columns))} |", f"|{'|'.join(rules)}|"]
    for _, row in table.astype(object).iterrows():
        cells = [_cell(value, formats.get(name, "")) for name, value in row.items()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def put_tables(page: Path, tables: Mapping[str, str]) -> None:
    """Replace what stands between `<!-- table: NAME -->` and `<!-- end -->` in a page.

    Raises
    ------
    KeyError
        If the page has no such mark.
    """
    text = page.read_text(encoding="utf-8")
    for name, content in tables.items():
        mark = re.compile(rf"(<!-- table: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not mark.search(text):
            raise KeyError(f"{page} has no place for the table {name!r}.")
        text = mark.sub(lambda found, content=content: f"{found[1]}{content}\n{found[2]}", text)
    page.write_text(text, encoding="utf-8")


def _cell(value: Any, rule: str | Callable[[Any], str]) -> str:
    if pd.isna(value):
        return "-"
    return rule(value) if callable(rule) else format(value, rule)
