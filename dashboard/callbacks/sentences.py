"""The Sentences page: the view an address asks for, and answers for what its scripts draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash

from dashboard.callbacks.viewing import register_questions, register_view, signed
from dashboard.ids import Sentences
from dashboard.links import read_sentences, sentences_from_dict
from dashboard.queries import Queries
from dashboard.queries.sentences.question import SentencesQuestion

__all__ = ["QUESTIONS", "register"]

Answerer = Callable[[Queries, SentencesQuestion], dict[str, Any]]


def register(app: Dash, queries: Queries) -> None:
    """Register the callbacks that keep the view, and the addresses that answer the scripts."""
    register_view(
        app,
        Sentences,
        namespace="stateroom_sentences_view",
        read=read_sentences,
        check=queries.sentences_view.checked,
    )

    def answer(question: str, given: dict[str, Any]) -> dict[str, Any]:
        asked = _question(given)
        return signed(queries, asked.recording, QUESTIONS[question](queries, asked))

    register_questions(app, "sentences", QUESTIONS, answer)


def _question(given: dict[str, Any]) -> SentencesQuestion:
    """Read a question: fields of the view, the sentence asked for, and the word in it."""
    entry, index = given.get("entry"), given.get("index")
    return SentencesQuestion.of(
        sentences_from_dict(given).to_dict(),
        entry=entry if isinstance(entry, str) else "",
        index=index if type(index) is int else -1,
    )


QUESTIONS: dict[str, Answerer] = {
    "sentences-list": lambda queries, asked: queries.sentence_list.found(asked),
    "sentences-glyphs": lambda queries, asked: queries.sentences.glyphs(asked),
    "sentences-word": lambda queries, asked: queries.sentence_detail.word(asked),
    "sentences-unit": lambda queries, asked: queries.sentence_detail.unit(asked),
    "sentences-network": lambda queries, asked: queries.sentence_example.network(asked),
}
"""What the scripts may ask. They send the part of the view that the answer depends on."""
