"""The Clusters page: the view an address asks for, and answers for what its scripts draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, get_relative_path

from dashboard.callbacks.viewing import register_questions, register_view, signed
from dashboard.ids import Clusters
from dashboard.links import PATHS, MatchView, clusters_from_dict, match_address, read_clusters
from dashboard.queries import Queries
from dashboard.queries.clusters.question import ClustersQuestion

__all__ = ["QUESTIONS", "register"]

Answerer = Callable[[Queries, ClustersQuestion], dict[str, Any]]
BEFORE = 30
"""Positions shown in front of a context that is opened in Match."""


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks that keep the view, and the addresses that answer the scripts."""
    register_view(
        app,
        Clusters,
        namespace="stateroom_clusters_view",
        read=read_clusters,
        check=queries.clusters_view.checked,
    )

    def answer(question: str, asked: dict[str, Any]) -> dict[str, Any]:
        view = clusters_from_dict(asked)
        found = QUESTIONS[question](queries, ClustersQuestion.of(view.to_dict()))
        return signed(queries, view.recording, found)

    register_questions(app, "clusters", QUESTIONS, answer)


def _unit(queries: Queries, asked: ClustersQuestion) -> dict[str, Any]:
    """Return what explains a unit; each context has the address that shows it in Match."""
    return _addressed(queries.cluster_detail.unit(asked), asked)


def _unit_beside(queries: Queries, asked: ClustersQuestion) -> dict[str, Any]:
    """Return the same of a unit of the second recording."""
    return _addressed(queries.clusters_beside.unit(asked), queries.clusters_beside.second(asked))


def _addressed(answer: dict[str, Any], asked: ClustersQuestion) -> dict[str, Any]:
    path = get_relative_path(PATHS["match"])
    for context in answer["contexts"]:
        at = context["position"]
        shown = MatchView(
            asked.recording,
            asked.state,
            at=max(0, at - BEFORE),
            start=at,
            stop=at + 1,
            pinned=(asked.unit,),
        )
        context["address"] = match_address(shown, path=path)
    return answer


QUESTIONS: dict[str, Answerer] = {
    "clusters": lambda queries, asked: queries.clusters.overview(asked),
    "clusters-words": lambda queries, asked: queries.cluster_detail.words(asked),
    "clusters-unit": _unit,
    "clusters-find": lambda queries, asked: queries.clusters.find(asked),
    "clusters-second": lambda queries, asked: queries.clusters_beside.overview(asked),
    "clusters-second-words": lambda queries, asked: queries.clusters_beside.words(asked),
    "clusters-second-unit": _unit_beside,
    "clusters-agreement": lambda queries, asked: queries.clusters_beside.agreement(asked),
}
"""What the scripts may ask. They send the part of the view that the answer depends on."""
