"""The Sentences page: the view an address asks for, and answers for what its scripts draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from flask import jsonify, request

from dashboard import messages
from dashboard.ids import Sentences
from dashboard.links import read_sentences, sentences_from_dict
from dashboard.queries import Queries
from dashboard.queries.sentences.question import SentencesQuestion

__all__ = ["QUESTIONS", "register"]

Answerer = Callable[[Queries, SentencesQuestion], dict[str, Any]]


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks that keep the view, and the addresses that answer the scripts."""
    app.clientside_callback(
        ClientsideFunction("stateroom_sentences_view", "mounted"),
        Output(Sentences.ADDRESS, "data"),
        Input(Sentences.DEFAULTS, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_sentences_view", "arrived"), Input(Sentences.VIEW, "data")
    )

    @app.callback(Output(Sentences.VIEW, "data"), Input(Sentences.ADDRESS, "data"), prevent_initial_call=True)
    def read_address(asked: dict) -> dict:
        view, problems = read_sentences(asked["search"])
        changes, doubts = queries.sentences_view.checked(view.to_dict())
        messages.say(problems + doubts)
        return {**view.to_dict(), **changes, "asked": asked["n"]}

    @app.server.post(
        f"{app.config.routes_pathname_prefix}ask/<any({_quoted(QUESTIONS)}):question>",
        endpoint="ask-sentences",
    )
    def answer(question: str):
        given = request.get_json(silent=True)
        asked = _question(given if isinstance(given, dict) else {})
        return jsonify(messages.answered(lambda: _signed(queries, asked, QUESTIONS[question])))


def _quoted(names: Iterable[str]) -> str:
    """Names as a rule of the router takes them: a hyphen is read only between quotes."""
    return ",".join(f"'{name}'" for name in names)


def _question(given: dict[str, Any]) -> SentencesQuestion:
    """Read a question: fields of the view, the sentence asked for, and the word in it."""
    entry, index = given.get("entry"), given.get("index")
    return SentencesQuestion.of(
        sentences_from_dict(given).to_dict(),
        entry=entry if isinstance(entry, str) else "",
        index=index if type(index) is int else -1,
    )


def _signed(queries: Queries, asked: SentencesQuestion, answerer: Answerer) -> dict[str, Any]:
    """Return an answer with its recording's fingerprint: so the page notices that it was replaced."""
    return {**answerer(queries, asked), "fingerprint": queries.recordings.open(asked.recording).fingerprint}


QUESTIONS: dict[str, Answerer] = {
    "sentences-list": lambda queries, asked: queries.sentence_list.found(asked),
    "sentences-glyphs": lambda queries, asked: queries.sentences.glyphs(asked),
    "sentences-word": lambda queries, asked: queries.sentence_detail.word(asked),
    "sentences-unit": lambda queries, asked: queries.sentence_detail.unit(asked),
    "sentences-network": lambda queries, asked: queries.sentence_example.network(asked),
}
"""What the scripts may ask. They send the part of the view that the answer depends on."""
