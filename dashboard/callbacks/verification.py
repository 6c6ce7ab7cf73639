"""The verification of a recording: starting it, looking at it and cancelling it, asked by a script."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any

from dash import Dash
from flask import jsonify

from analytics.errors import ParameterError
from dashboard import messages
from dashboard.callbacks.viewing import asked_object
from dashboard.job_status import JobStatus
from dashboard.jobs import Jobs
from dashboard.queries import Queries
from dashboard.queries.verification import Work
from dashboard.user import current_user

__all__ = ["ACTIONS", "acted", "register"]

TAB = re.compile(r"[0-9a-f]{8,64}")
"""A page's name for itself, which becomes the name of a file, or for a question, which may arrive twice."""
ACTIONS = ("status", "start", "again", "cancel")


def register(app: Dash, queries: Queries, jobs: Jobs) -> None:
    """Register the address that assets/verification.js asks."""

    @app.server.post(f"{app.config.routes_pathname_prefix}verification/<any({','.join(ACTIONS)}):action>")
    def verification(action: str):
        asked = asked_object()
        return jsonify(messages.answered(lambda: _act(action, asked, queries, jobs).to_dict()))


def acted(action: str, asked: Mapping[str, Any], work: Work, jobs: Jobs) -> JobStatus:
    """Look at a piece of work, start it or cancel it, for the page that asks."""
    tab, request = str(asked.get("tab", "")), str(asked.get("request", ""))
    if not TAB.fullmatch(tab):
        raise ParameterError(f"tab must be 8 to 64 hexadecimal digits. Got {tab[:40]!r}.")
    watcher = _watcher(tab)
    if action == "status":
        return jobs.status(work.key, watcher=watcher)
    if action == "cancel":
        return jobs.cancel(work.key, watcher=watcher)
    again = (request if TAB.fullmatch(request) else secrets.token_hex(8)) if action == "again" else ""
    return jobs.start(work.key, work.function, work.arguments, watcher=watcher, again=again)


def _watcher(tab: str) -> str:
    """A page's name that is its user's own: whoever learns it cannot cancel in its name."""
    return hashlib.sha256(f"{current_user().name}\0{tab}".encode()).hexdigest()


def _act(action: str, asked: Mapping[str, Any], queries: Queries, jobs: Jobs) -> JobStatus:
    work = queries.verification.work(str(asked.get("recording", "")))
    return acted(action, asked, work, jobs)
