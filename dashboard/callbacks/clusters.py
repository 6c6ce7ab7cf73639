"""The Clusters page: the view an address asks for, and answers for what its scripts draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, get_relative_path
from flask import jsonify, request

from dashboard import messages
from dashboard.ids import Clusters
from dashboard.links import PATHS, ClustersView, MatchView, clusters_from_dict, match_address, read_clusters
from dashboard.queries import Queries
from dashboard.queries.clusters.question import ClustersQuestion

__all__ = ["QUESTIONS", "register"]

Answerer = Callable[[Queries, ClustersQuestion], dict[str, Any]]
BEFORE = 30
"""Positions shown in front of a context that is opened in Match."""


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks that keep the view, and the addresses that answer the scripts."""
    app.clientside_callback(
        ClientsideFunction("stateroom_clusters_view", "mounted"),
        Output(Clusters.ADDRESS, "data"),
        Input(Clusters.DEFAULTS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_clusters_view", "arrived"), Input(Clusters.VIEW, "data")
    )

    @app.callback(Output(Clusters.VIEW, "data"), Input(Clusters.ADDRESS, "data"), prevent_initial_call=True)
    def read_address(asked: dict) -> dict:
        view, problems = read_clusters(asked["search"])
        changes, doubts = queries.clusters_view.checked(view.to_dict())
        messages.say(problems + doubts)
        return {**view.to_dict(), **changes, "asked": asked["n"]}

    @app.server.post(
        f"{app.config.routes_pathname_prefix}ask/<any({_quoted(QUESTIONS)}):question>",
        endpoint="ask-clusters",
    )
    def answer(question: str):
        asked = request.get_json(silent=True)
        view = clusters_from_dict(asked if isinstance(asked, dict) else None)
        return jsonify(messages.answered(lambda: _signed(queries, view, QUESTIONS[question])))


def _quoted(names: Iterable[str]) -> str:
    """Names as a rule of the router takes them: a hyphen is read only between quotes."""
    return ",".join(f"'{name}'" for name in names)


def _signed(queries: Queries, view: ClustersView, answerer: Answerer) -> dict[str, Any]:
    """Return an answer with its recording's fingerprint: so the page notices that it was replaced."""
    answer = answerer(queries, ClustersQuestion.of(view.to_dict()))
    return {**answer, "fingerprint": queries.recordings.open(view.recording).fingerprint}


def _unit(queries: Queries, asked: ClustersQuestion) -> dict[str, Any]:
    """Return what explains a unit; each context has the address that shows it in Match."""
    answer = queries.cluster_detail.unit(asked)
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
}
"""What the scripts may ask. They send the part of the view that the answer depends on."""
