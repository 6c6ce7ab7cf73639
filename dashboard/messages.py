"""An error becomes a sentence on the screen, here only."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from dash import no_update, set_props

from analytics.errors import AnalyticsError
from dashboard.ids import Shell

__all__ = ["UNEXPECTED", "answered", "notes", "say", "show_error"]

UNEXPECTED = (
    "Something went wrong that should not have. What you see may be out of date: load the page again. "
    "The server's log has the details."
)

log = logging.getLogger(__name__)


def notes(sentences: Iterable[str]) -> dict | object:
    """Return the data of `Shell.NOTICE` that shows these sentences; nothing changes when there are none."""
    texts = list(dict.fromkeys(sentences))
    return {"id": uuid.uuid4().hex, "kind": "note", "texts": texts} if texts else no_update


def say(sentences: Iterable[str]) -> None:
    """Show sentences from within any callback, whatever its outputs."""
    data = notes(sentences)
    if data is not no_update:
        set_props(Shell.NOTICE, {"data": data})


def show_error(error: Exception) -> None:
    """Show an error of a callback; the callback's outputs stay as they were."""
    texts = [_sentence(error)]
    set_props(Shell.NOTICE, {"data": {"id": uuid.uuid4().hex, "kind": "error", "texts": texts}})


def answered(compute: Callable[[], Any]) -> dict[str, Any]:
    """Return the answer to a script's question, or the sentence that says why there is none."""
    try:
        return {"answer": compute()}
    except Exception as error:
        return {"error": _sentence(error)}


def _sentence(error: Exception) -> str:
    if isinstance(error, AnalyticsError):
        return str(error)
    log.error("A callback failed.", exc_info=error)
    return UNEXPECTED
