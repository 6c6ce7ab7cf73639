"""From a view to the question about it: the fields of the view that an answer depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

__all__ = ["fields_of"]


def fields_of(question: type, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a view has of the fields of a question; lists, as the browser sends them, as tuples.

    Examples
    --------
    >>> from dashboard.queries.compare.question import CompareQuestion
    >>> fields_of(CompareQuestion, {"recordings": ["plays"], "sort": "name", "seed": 3})
    {'recordings': ('plays',), 'seed': 3}
    """
    given = {field.name: view[field.name] for field in fields(question) if field.name in view}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
