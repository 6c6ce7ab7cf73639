"""The Sentences page: places that the scripts in assets/ draw into."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.components.empty import empty_state
from dashboard.ids import Sentences
from dashboard.links import PATHS

__all__ = ["no_sentences", "sentences_panel", "sentences_stores"]


def sentences_stores(defaults: dict[str, Any]) -> list[dcc.Store]:
    """Return the stores between browser and server; `defaults` says how to write an address."""
    stores = (dcc.Store(id=store) for store in (Sentences.VIEW, Sentences.ADDRESS))
    return [dcc.Store(id=Sentences.DEFAULTS, data=defaults), *stores]


def sentences_panel() -> html.Section:
    """Return the field, the list, the toolbar, the picture with its legend, and the details under it."""
    return html.Section(
        [
            html.H1("What happens inside a sentence", className="visually-hidden"),
            html.Div(id=Sentences.TYPED, className="sentences-typed"),
            html.Div(id=Sentences.ENTRIES, className="sentences-entries"),
            html.Div(
                id=Sentences.TOOLBAR, className="sentences-toolbar", role="toolbar", **_label("What is shown")
            ),
            html.P(id=Sentences.CAPTION, className="sentences-caption", **{"aria-live": "polite"}),
            _result(),
            html.Section(
                id=Sentences.WORD, className="sentences-word", hidden=True, **_label("The chosen word")
            ),
            html.Div(
                id=Sentences.PICKER,
                className="sentences-picker",
                hidden=True,
                role="dialog",
                **_label("Sentences of the recording"),
            ),
        ],
        id=Sentences.PANEL,
        className="sentences-panel",
        **_label("Sentences"),
    )


def no_sentences() -> html.Div:
    """Return what stands in place of the panel when there is no recording."""
    state = empty_state(
        "There is no recording to show.",
        "The first page says where recordings are looked for, and how to make one.",
        link=("Recordings", PATHS["recordings"]),
    )
    return html.Div(state, id=Sentences.EMPTY, hidden=True)


def _result() -> html.Div:
    """Return the picture: legend, strip of the whole, blocks of glyphs; or the plain view."""
    return html.Div(
        [
            html.Div(id=Sentences.WHY, hidden=True),
            html.P("Reading the sentence.", id=Sentences.WAITING, className="quiet"),
            html.Div(id=Sentences.LEGEND, className="sentences-legend", hidden=True),
            html.Div(id=Sentences.STRIP, className="sentences-strip", hidden=True),
            html.Div(id=Sentences.STAGE, className="sentences-stage"),
            html.Div(id=Sentences.EXPLAINED, className="sentences-explained", hidden=True),
            html.Div(id=Sentences.PLAIN, className="sentences-plain", hidden=True),
        ],
        id=Sentences.RESULT,
        className="sentences-result",
    )


def _label(text: str) -> dict[str, str]:
    return {"aria-label": text}
