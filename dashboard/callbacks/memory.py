"""The Memory page: the view an address asks for, its figures, answers for its scripts, its computations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, no_update
from flask import jsonify

from dashboard import messages
from dashboard.callbacks.verification import ACTIONS, acted
from dashboard.callbacks.viewing import asked_object, register_questions, register_view, signed
from dashboard.figures.memory import classes_figure, decay_figure
from dashboard.figures.memory_axes import color_of
from dashboard.figures.memory_detail import properties_figure, units_figure
from dashboard.figures.memory_spectrum import norms_figure, spectrum_figure
from dashboard.ids import Memory
from dashboard.job_status import JobStatus
from dashboard.jobs import Jobs
from dashboard.links import memory_from_dict, read_memory
from dashboard.queries import Queries
from dashboard.queries.memory.question import MemoryQuestion

__all__ = ["FIGURES", "QUESTIONS", "register"]

Answerer = Callable[[Queries, MemoryQuestion, Mapping[str, Any]], dict[str, Any]]
Drawer = Callable[[Queries, MemoryQuestion, str], go.Figure | None]
THEMES = ("light", "dark")


def register(app: Dash, queries: Queries, jobs: Jobs) -> None:
    """Register the callbacks that keep the view and draw, and the addresses that the scripts ask."""
    _register_browser(app)

    register_view(
        app,
        Memory,
        namespace="stateroom_memory_view",
        read=read_memory,
        check=queries.memory_view.checked,
    )
    for graph, (store, draw) in FIGURES.items():
        _register_figure(app, queries, graph, store, draw)

    register_questions(
        app, "memory", QUESTIONS, lambda question, asked: _answer(queries, QUESTIONS[question], asked)
    )

    @app.server.post(
        f"{app.config.routes_pathname_prefix}memory-run/<any({','.join(ACTIONS)}):action>",
        endpoint="memory-run",
    )
    def run(action: str):
        asked = asked_object()
        return jsonify(messages.answered(lambda: _act(action, asked, queries, jobs).to_dict()))


def _register_figure(app: Dash, queries: Queries, graph: str, store: str, draw: Drawer) -> None:
    """A figure follows its store; where there is nothing to draw it is not shown."""

    @app.callback(
        Output(graph, "figure"), Output(graph, "style"), Input(store, "data"), prevent_initial_call=True
    )
    def show(asked: dict | None):
        if not asked:
            return no_update, no_update
        figure = draw(queries, _question(asked), str(asked.get("theme", "light")))
        if figure is None:
            return go.Figure(), {"display": "none"}
        return figure, {"height": f"{figure.layout.height}px"}


def _register_browser(app: Dash) -> None:
    """What happens in the browser: a click in a figure chooses."""
    for graph in (Memory.DECAY, Memory.NORMS, Memory.CLASSES, Memory.CLASSES_SECOND, Memory.PROPERTIES):
        app.clientside_callback(
            ClientsideFunction("stateroom_memory", "chooseDelay"),
            Input(graph, "clickData"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("stateroom_memory", "chooseUnit"),
        Input(Memory.UNITS, "clickData"),
        prevent_initial_call=True,
    )


def _question(asked: Mapping[str, Any]) -> MemoryQuestion:
    return MemoryQuestion.of(memory_from_dict(asked).to_dict())


def _answer(queries: Queries, answerer: Answerer, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer with its recording's fingerprint, and the colours of what has one."""
    question = _question(asked)
    answer = answerer(queries, question, asked)
    for row in (row for value in answer.values() if isinstance(value, list) for row in value):
        if isinstance(row, dict) and row.get("color"):
            row["hex"] = {theme: color_of(row["color"], theme) for theme in THEMES}
    return signed(queries, question.recording, answer)


def _act(action: str, asked: Mapping[str, Any], queries: Queries, jobs: Jobs) -> JobStatus:
    question = _question(asked)
    if asked.get("second") is True:
        question = queries.memory_beside.question(question)
    return acted(action, asked, queries.memory_run.work(question), jobs)


def _decay(queries: Queries, asked: MemoryQuestion, theme: str) -> go.Figure | None:
    curves, title, scale = queries.memory.curves(asked)
    if not curves:
        return None
    return decay_figure(
        curves,
        title=title,
        scale=scale,
        delay=asked.delay,
        theme=theme,
        difference=queries.memory.difference(asked),
        second_delay=_second_delay(asked),
    )


def _second_delay(asked: MemoryQuestion) -> int | None:
    """The delay that only the second is shown at."""
    second = asked.second
    return None if second is None or second.delay == asked.delay else second.delay


def _norms(queries: Queries, asked: MemoryQuestion, theme: str) -> go.Figure | None:
    norms = queries.memory.norms(asked)
    return norms_figure(norms, scale=asked.scale, delay=asked.delay, theme=theme) if norms else None


def _spectrum(queries: Queries, asked: MemoryQuestion, theme: str) -> go.Figure | None:
    spectra = queries.memory.spectra(asked)
    if not spectra:
        return None
    return spectrum_figure(spectra, delay=asked.delay, n=asked.n, scale=asked.scale, theme=theme)


def _classes(queries: Queries, asked: MemoryQuestion, theme: str) -> go.Figure | None:
    return _classes_of(queries, asked, queries.memory_beside.second(asked) if asked.linked else None, theme)


def _classes_second(queries: Queries, asked: MemoryQuestion, theme: str) -> go.Figure | None:
    second = queries.memory_beside.second(asked)
    return second and _classes_of(queries, second, asked if asked.linked else None, theme)


def _classes_of(
    queries: Queries, asked: MemoryQuestion, other: MemoryQuestion | None, theme: str
) -> go.Figure | None:
    curves, title, scale = queries.memory_classes.curves(asked)
    beside = queries.memory_classes.curves(other)[0] if other else ()
    if not curves:
        return None
    return classes_figure(curves, title=title, scale=scale, delay=asked.delay, theme=theme, beside=beside)


def _properties(queries: Queries, asked: MemoryQuestion, theme: str) -> go.Figure | None:
    found, shares = queries.memory_properties.curves(asked)
    second = queries.memory_beside.known(asked)
    return (found or None) and properties_figure(
        found,
        shares,
        n=asked.n,
        delay=asked.delay,
        theme=theme,
        second=second and queries.memory_properties.curves(second),
        second_delay=_second_delay(asked),
    )


def _units(queries: Queries, asked: MemoryQuestion, theme: str) -> go.Figure | None:
    units, second = queries.memory_units.record(asked), queries.memory_beside.known(asked)
    return units and units_figure(
        units,
        chosen=asked.unit,
        theme=theme,
        second=second and queries.memory_units.record(second),
        second_chosen=asked.beside_unit,
    )


FIGURES: dict[str, tuple[str, Drawer]] = {
    Memory.DECAY: (Memory.DECAY_REQUEST, _decay),
    Memory.NORMS: (Memory.NORMS_REQUEST, _norms),
    Memory.SPECTRUM: (Memory.SPECTRUM_REQUEST, _spectrum),
    Memory.CLASSES: (Memory.CLASSES_REQUEST, _classes),
    Memory.CLASSES_SECOND: (Memory.CLASSES_SECOND_REQUEST, _classes_second),
    Memory.PROPERTIES: (Memory.PROPERTIES_REQUEST, _properties),
    Memory.UNITS: (Memory.UNITS_REQUEST, _units),
}
"""The store that each graph follows, and what draws it."""

QUESTIONS: dict[str, Answerer] = {
    "memory-status": lambda queries, asked, _: queries.memory_status.status(asked),
    "memory-decay": lambda queries, asked, _: queries.memory.decay(asked),
    "memory-spectrum": lambda queries, asked, _: queries.memory.spectrum(asked),
    "memory-classes": lambda queries, asked, _: queries.memory_classes.table(asked),
    "memory-classes-second": lambda queries, asked, _: queries.memory_beside.table(asked),
    "memory-status-second": lambda queries, asked, _: queries.memory_beside.status(asked),
    "memory-properties-second": lambda queries, asked, _: queries.memory_beside.properties(asked),
    "memory-separability-second": lambda queries, asked, given: queries.memory_beside.separability(
        asked, given.get("property")
    ),
    "memory-directions-second": lambda queries, asked, _: queries.memory_beside.directions(asked),
    "memory-where-second": lambda queries, asked, _: queries.memory_beside.where(asked),
    "memory-units-second": lambda queries, asked, _: queries.memory_units.table(
        queries.memory_beside.question(asked)
    ),
    "memory-find": lambda queries, asked, given: queries.memory_classes.find(
        asked, str(given.get("find", ""))
    ),
    "memory-properties": lambda queries, asked, _: queries.memory_properties.table(asked),
    "memory-separability": lambda queries, asked, given: queries.memory_properties.separability(
        asked, given.get("property")
    ),
    "memory-directions": lambda queries, asked, _: queries.memory_directions.directions(asked),
    "memory-where": lambda queries, asked, _: queries.memory_where.where(asked),
    "memory-units": lambda queries, asked, _: queries.memory_units.table(asked),
}
"""What the scripts may ask. They send the part of the view that the answer depends on."""
