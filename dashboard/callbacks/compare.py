"""The Compare page: the view an address asks for, and answers for what its scripts draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import Dash

from dashboard.callbacks.compare_links import (
    activity_links,
    fact_links,
    layer_links,
    memory_links,
    response_links,
    step_links,
    unit_links,
)
from dashboard.callbacks.viewing import register_questions, register_view
from dashboard.figures.memory_axes import color_of
from dashboard.ids import Compare
from dashboard.links import compare_from_dict, read_compare
from dashboard.queries import Queries
from dashboard.queries.compare.question import CompareQuestion

__all__ = ["QUESTIONS", "register"]

Answerer = Callable[[Queries, CompareQuestion], dict[str, Any]]
THEMES = ("light", "dark")
COLORS = ("first", "second", "category 1", "category 0", "category 5", "category 8")
"""Of the recordings in their order; A and B as everywhere."""


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks that keep the view, and the addresses that answer the scripts."""
    register_view(
        app,
        Compare,
        namespace="stateroom_compare_view",
        read=read_compare,
        check=queries.compare_view.checked,
    )

    def answer(question: str, asked: dict[str, Any]) -> dict[str, Any]:
        found = QUESTIONS[question](queries, _question(asked))
        for row in found.get("rows", ()):
            if "place" in row:
                row["hex"] = _hex(row["place"])
        for place, training in enumerate(found.get("trainings", ())):
            training["hex"] = _hex(place)
        return found

    register_questions(app, "compare", QUESTIONS, answer)


def _question(asked: Mapping[str, Any]) -> CompareQuestion:
    return CompareQuestion.of(compare_from_dict(asked).to_dict())


def _hex(place: int) -> dict[str, str]:
    return {theme: color_of(COLORS[place % len(COLORS)], theme) for theme in THEMES}


QUESTIONS: dict[str, Answerer] = {
    "compare-recordings": lambda queries, asked: queries.compare_view.choices(),
    "compare-facts": lambda queries, asked: fact_links(queries.compare_facts.facts(asked), asked),
    "compare-activity": lambda queries, asked: activity_links(
        queries.compare_activity.activity(asked), asked
    ),
    "compare-response": lambda queries, asked: response_links(
        queries.compare_response.response(asked), asked
    ),
    "compare-memory": lambda queries, asked: memory_links(queries.compare_memory.memory(asked), asked),
    "compare-layers": lambda queries, asked: layer_links(queries.compare_layers.layers(asked), asked),
    "compare-steps": lambda queries, asked: step_links(queries.compare_steps.steps(asked), asked),
    "compare-units": lambda queries, asked: unit_links(queries.compare_units.units(asked), asked),
}
"""What the scripts may ask. They send the part of the view that the answer depends on."""
