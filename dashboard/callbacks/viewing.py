"""What pages whose view is their address share: what keeps the view, and where their scripts ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from flask import jsonify, request

from dashboard import messages
from dashboard.queries import Queries

__all__ = ["asked_object", "register_questions", "register_view", "signed"]

Read = Callable[[str], tuple[Any, list[str]]]
Check = Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]


def register_view(app: Dash, page: type, *, namespace: str, read: Read, check: Check) -> None:
    """Register what keeps the view of a page.

    `page` has the ids of its stores, `namespace` its functions in the browser; `read` makes a view of a query
    string, `check` says which fields of it have to change; both with a sentence for what made no sense.
    """
    app.clientside_callback(
        ClientsideFunction(namespace, "mounted"), Output(page.ADDRESS, "data"), Input(page.DEFAULTS, "data")
    )
    app.clientside_callback(ClientsideFunction(namespace, "arrived"), Input(page.VIEW, "data"))

    @app.callback(Output(page.VIEW, "data"), Input(page.ADDRESS, "data"), prevent_initial_call=True)
    def read_address(asked: dict) -> dict:
        view, problems = read(asked["search"])
        changes, doubts = check(view.to_dict())
        messages.say(problems + doubts)
        return {**view.to_dict(), **changes, "asked": asked["n"]}


def register_questions(
    app: Dash, name: str, questions: Iterable[str], answer: Callable[[str, dict[str, Any]], dict[str, Any]]
) -> None:
    """Register where the scripts of a page ask; `answer` gets the question and what was sent with it."""
    # The router reads a hyphen only between quotes.
    quoted = ",".join(f"'{question}'" for question in questions)

    @app.server.post(
        f"{app.config.routes_pathname_prefix}ask/<any({quoted}):question>", endpoint=f"ask-{name}"
    )
    def answered(question: str):
        asked = asked_object()
        return jsonify(messages.answered(lambda: answer(question, asked)))


def asked_object() -> dict[str, Any]:
    """Return the object that a request sends as JSON; an empty one where it sends none."""
    asked = request.get_json(silent=True)
    return asked if isinstance(asked, dict) else {}


def signed(queries: Queries, recording: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with its recording's fingerprint: so the page notices that it was replaced."""
    return {**answer, "fingerprint": queries.recordings.open(recording).fingerprint}
