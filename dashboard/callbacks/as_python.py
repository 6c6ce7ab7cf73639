"""What a page shows as lines of Python, asked by assets/python.js."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash

from dashboard.callbacks.viewing import register_questions
from dashboard.links import (
    clusters_from_dict,
    compare_from_dict,
    match_from_dict,
    memory_from_dict,
    sentences_from_dict,
)
from dashboard.queries import Queries

__all__ = ["register"]

VIEWS: dict[str, Callable[[Mapping[str, Any] | None], Any]] = {
    "match": match_from_dict,
    "clusters": clusters_from_dict,
    "compare": compare_from_dict,
    "sentences": sentences_from_dict,
    "memory": memory_from_dict,
}
"""What makes a view of what the browser sends, by page."""


def register(app: Dash, queries: Queries) -> None:
    """Register the address that answers."""

    def answer(_question: str, asked: dict[str, Any]) -> dict[str, Any]:
        page, given = str(asked.get("page", "")), asked.get("view")
        fields = given if isinstance(given, dict) else {}
        if page in VIEWS:
            view = VIEWS[page](fields).to_dict()
        else:
            view = {name: str(fields.get(name) or "") for name in ("recording", "beside")}
        return {"lines": queries.as_python.lines(page, view)}

    register_questions(app, "as-python", ("as-python",), answer)
