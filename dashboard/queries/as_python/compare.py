"""Compare as Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.queries.as_python.writing import call, given, opened, script
from dashboard.queries.compare.activity import limits_of
from dashboard.queries.compare.chosen import Chosen, ChosenQueries
from dashboard.queries.compare.question import CompareQuestion

__all__ = ["compare_lines"]


def compare_lines(folder: str, view: Mapping[str, Any], chosen: ChosenQueries) -> str:
    """Return the lines that compare the two which the page compares unit by unit, and the activity of all."""
    asked = CompareQuestion.of(view)
    first, second = chosen.pair(asked)
    states = (asked.first_state or first.state, asked.second_state or second.state)
    one, other = (
        f"{name}.states({state!r})" for name, state in zip(("first", "second"), states, strict=True)
    )
    seed = given({"seed": asked.seed}, seed=0)
    return script(
        opened(folder, first.key, name="first"),
        opened(folder, second.key, name="second"),
        "common = analytics.common_tokens(first, second)",
        f"alike = {call('analytics.compare_states', one, other, 'common=common', **seed)}",
        "print(alike.cka, alike.cka_by_chance, alike.n)",
        "pairs = analytics.match_units(alike.correlation)",
        "alike.figure()",
        *(_activity(folder, each, asked) for each in chosen.all(asked) if each.recording),
    )


def _activity(folder: str, each: Chosen, asked: CompareQuestion) -> str:
    """The activity of one state: `activity` of A, `activity_b` of B, and so on."""
    usual = {"threshold": 0.3, "transform": "raw", "limits": (-0.9, 0.9)}
    limits, _ = limits_of(each.state)
    arguments = given({"threshold": asked.threshold, "transform": asked.transform, "limits": limits}, **usual)
    ending = f"_{'abcdef'[each.place]}" if each.place else ""
    names = dict(zip(asked.places, ("first", "second"), strict=True))
    recording = names.get(each.place, opened(folder, each.key).partition(" = ")[2])
    states = f"{recording}.states({each.state!r})"
    return f"activity{ending} = {call('analytics.unit_activity', states, **arguments)}"
