"""An error of a callback becomes a sentence on the page; its outputs stay as they were."""

from __future__ import annotations

import json
import logging

import pytest
from dash import Dash, Input, Output, html, no_update

from analytics.errors import UnknownNameError
from dashboard import messages
from dashboard.ids import Shell


def answer_of(failure: Exception) -> dict:
    """What a real Dash app answers when its callback fails."""
    app = Dash("failing", on_error=messages.show_error, add_log_handler=False)
    app.layout = html.Div([html.Button(id="ask"), html.Div(id="answer")])

    @app.callback(Output("answer", "children"), Input("ask", "n_clicks"))
    def fail(_clicks):
        raise failure

    asked = {
        "output": "answer.children",
        "outputs": {"id": "answer", "property": "children"},
        "inputs": [{"id": "ask", "property": "n_clicks", "value": 1}],
        "changedPropIds": ["ask.n_clicks"],
    }
    answer = app.server.test_client().post("/_dash-update-component", json=asked)
    assert answer.status_code == 200
    return json.loads(answer.data)


def test_an_error_of_ours_is_shown_as_it_is(caplog):
    answer = answer_of(UnknownNameError("There is no recording 'plaxs'. Did you mean 'plays'?"))
    notice = answer["sideUpdate"][Shell.NOTICE]["data"]
    assert notice["texts"] == ["There is no recording 'plaxs'. Did you mean 'plays'?"]
    assert notice["kind"] == "error"
    assert "answer" not in answer.get("response", {})
    assert caplog.records == []


def test_any_other_error_is_logged_and_shown_as_one_sentence(caplog):
    with caplog.at_level(logging.ERROR):
        answer = answer_of(ZeroDivisionError("secret detail"))
    notice = answer["sideUpdate"][Shell.NOTICE]["data"]
    assert notice["texts"] == [messages.UNEXPECTED]
    assert "secret detail" not in json.dumps(answer)
    assert "secret detail" in caplog.text


def test_notes_hold_each_sentence_once():
    assert messages.notes(["a", "b", "a"])["texts"] == ["a", "b"]
    assert messages.notes([]) is no_update


def test_the_same_note_twice_is_news_to_the_browser():
    assert messages.notes(["a"]) != messages.notes(["a"])


@pytest.mark.parametrize("text", ["<b>&amp;</b>", "line\nbreak", "שלום"])
def test_sentences_travel_as_they_are(text):
    assert messages.notes([text])["texts"] == [text]
