"""The guided form "Record your own": places for the browser to draw into, and the lines for given answers."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dash import html

from dashboard.components.guide_table import (
    CALLS,
    COMMANDS,
    NAMES,
    QUESTIONS,
    SOURCES,
    Call,
    Question,
    When,
)
from dashboard.components.own_network import own_network
from dashboard.ids import Home

__all__ = ["Lines", "guide_panel", "guide_table", "lines_for", "settled"]

WIDTH = 88
"""Characters of a line; a longer call gets a line for each argument."""
FOLDER = "data/recordings/"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Lines:
    """What the form shows for a case."""

    python: str
    command: str
    """Empty where there is no command for it."""
    names: tuple[tuple[str, str], ...]
    """What each name in the lines stands for."""


def guide_panel() -> html.Section:
    """Return the form, empty until the browser draws it."""
    return html.Section(
        [
            html.H2("Record your own", tabIndex="-1"),
            html.P(
                "Say what you have; the lines below are for exactly that. Run them in the folder of "
                "Stateroom with .venv/bin/python, then look again: the recording is in the list.",
                className="quiet",
            ),
            html.Div(id=f"{Home.GUIDE}-questions", className="guide-questions"),
            html.Div(id=f"{Home.GUIDE}-lines"),
            own_network(),
        ],
        id=Home.GUIDE,
        className="guide",
        hidden=True,
        **{"aria-label": "Record your own"},
    )


def guide_table() -> dict[str, Any]:
    """Return the table as plain values for the browser."""
    table = {
        "questions": [asdict(question) for question in QUESTIONS],
        "calls": [asdict(call) for call in CALLS],
        "commands": [asdict(command) for command in COMMANDS],
        "names": [asdict(name) for name in NAMES],
        "sources": dict(SOURCES),
        "width": WIDTH,
    }
    return json.loads(json.dumps(table))


def lines_for(given: Mapping[str, str]) -> Lines:
    """Return the lines for some answers; questions that are not answered have their first answer.

    Examples
    --------
    >>> print(lines_for({"own": "lstmvis"}).python)
    import analytics
    <BLANKLINE>
    analytics.import_lstmvis("path/to/project", "data/recordings/mine")
    <BLANKLINE>
    """
    answers = settled(given)
    calls = [_called(call, answers) for call in CALLS if _holds(call.when, answers)]
    commands = [_command(command, answers) for command in COMMANDS if _holds(command.when, answers)]
    return Lines(
        python="\n".join(["import analytics", "", *calls]) + "\n" if calls else "",
        command="\n".join(commands) + "\n" if commands else "",
        names=tuple((name.name, name.meaning) for name in NAMES if _holds(name.when, answers)),
    )


def settled(given: Mapping[str, str]) -> dict[str, str]:
    """Return answers that make sense: those to questions that are not asked are empty.

    Examples
    --------
    >>> answers = settled({"own": "torch", "input": "numbers", "predicts": "next"})
    >>> answers["predicts"], answers["source"], answers["name"]
    ('classes', '', 'mine')
    """
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        answers[question.name] = _answer(question, given.get(question.name, ""), answers)
    return answers


def _answer(question: Question, wanted: str, answers: Mapping[str, str]) -> str:
    if not _holds(question.when, answers):
        return ""
    offered = [choice.value for choice in question.choices if _holds(choice.when, answers)]
    if not question.choices:
        return wanted.strip() or question.default
    if wanted in offered:
        return wanted
    return question.default if question.default in offered else offered[0]


def _holds(when: When, answers: Mapping[str, str]) -> bool:
    return all(
        bool(answers[question]) if "*" in values else answers[question] in values
        for question, values in when.items()
    )


def _called(call: Call, answers: Mapping[str, str]) -> str:
    parts = [_filled(part.text, answers, _literal) for part in call.arguments if _holds(part.when, answers)]
    line = f"{call.function}({', '.join(parts)})"
    if len(line) <= WIDTH:
        return line
    return f"{call.function}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def _command(command: Call, answers: Mapping[str, str]) -> str:
    parts = [
        _filled(part.text, answers, shlex.quote) for part in command.arguments if _holds(part.when, answers)
    ]
    return " ".join([command.function, *parts])


def _filled(text: str, answers: Mapping[str, str], quote: Any) -> str:
    values = {
        "path": quote(FOLDER + answers["name"]),
        "name": quote(answers["name"]),
        "source": quote(answers["source"] or SOURCES.get(answers["own"], "")),
        "file": quote(answers["file"] or SOURCES.get(answers["reads"], SOURCES["text"])),
        "modules": _modules(answers["modules"]),
    }
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _modules(text: str) -> str:
    names = dict.fromkeys(name for name in re.split(r"[\s,]+", text) if name)
    return "{" + ", ".join(f"{_literal(name)}: {_literal(name)}" for name in names) + "}"
