"""Compare as Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.queries.as_python.writing import call, given, opened, script
from dashboard.queries.compare.chosen import ChosenQueries
from dashboard.queries.compare.question import CompareQuestion

__all__ = ["compare_lines"]


def compare_lines(folder: str, view: Mapping[str, Any], chosen: ChosenQueries) -> str:
    """Return the lines that compare the two recordings which the page compares unit by unit."""
    asked = CompareQuestion.of(view)
    first, second = chosen.pair(asked)
    states = (asked.first_state or first.state, asked.second_state or second.state)
    one, other = (
        f"{name}.states({state!r})" for name, state in zip(("first", "second"), states, strict=True)
    )
    usual = {"threshold": 0.3, "transform": "raw"}
    on = given({name: getattr(asked, name) for name in usual}, **usual)
    seed = given({"seed": asked.seed}, seed=0)
    return script(
        opened(folder, first.key, name="first"),
        opened(folder, second.key, name="second"),
        "common = analytics.common_tokens(first, second)",
        f"alike = {call('analytics.compare_states', one, other, 'common=common', **seed)}",
        "print(alike.cka, alike.cka_by_chance, alike.n)",
        "pairs = analytics.match_units(alike.correlation)",
        f"activity = {call('analytics.unit_activity', one, **on)}",
        "alike.figure()",
    )
