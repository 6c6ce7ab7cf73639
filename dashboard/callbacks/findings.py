"""Findings: answers for the page that lists them and the dialog that keeps one, and the files of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from flask import Response, request

from analytics.errors import ParameterError
from dashboard.callbacks.viewing import register_questions
from dashboard.ids import Findings
from dashboard.links import (
    PATHS,
    FindingsView,
    findings_from_dict,
    kept_query,
    read_findings,
    recordings_named,
)
from dashboard.messages import answered
from dashboard.queries import Queries
from dashboard.queries.findings.export_csv import as_csv
from dashboard.queries.findings.export_html import as_page
from dashboard.queries.findings.findings import Filter
from dashboard.queries.findings.note import as_html
from dashboard.queries.findings.shown import SHOWN_AT_ONCE, detail, listed
from dashboard.queries.findings.submitted import MAX_NOTE, read_submitted, read_text
from dashboard.queries.findings.table import Finding
from dashboard.user import current_user

__all__ = ["QUESTIONS", "register"]

Answerer = Callable[[Queries, Mapping[str, Any]], dict[str, Any]]
MOST_ROWS = 10_000


def register(app: Dash, queries: Queries) -> None:
    """Register the addresses that scripts ask, and those of the two files."""
    register_questions(
        app, "findings", QUESTIONS, lambda question, asked: QUESTIONS[question](queries, asked)
    )
    app.clientside_callback(
        ClientsideFunction("stateroom_findings", "mounted"),
        Output(Findings.MOUNTED, "data"),
        Input(Findings.SETTINGS, "data"),
    )
    _register_files(app, queries)


def _register_files(app: Dash, queries: Queries) -> None:
    prefix = app.config.routes_pathname_prefix

    def address(finding: Finding) -> str:
        path = app.get_relative_path(PATHS[finding.page]) if finding.page in PATHS else "/"
        return f"{request.host_url.rstrip('/')}{path}?{finding.query}"

    def asked() -> Any:
        seen, sight = queries.findings.visible()
        wanted = _filter(read_findings(request.query_string.decode("latin-1"))[0])
        return [finding for finding in seen if wanted.fits(finding)], sight

    @app.server.get(f"{prefix}findings/findings.csv")
    def findings_table():
        return _file(lambda: [as_csv(*asked(), address)], "text/csv", "findings.csv")

    @app.server.get(f"{prefix}findings/findings.html")
    def findings_page():
        def parts() -> Any:
            found, sight = asked()
            addresses = {finding.id: address(finding) for finding in found}
            pictures = queries.findings.pictures(found)
            return as_page(found, pictures, sight, address=lambda finding: addresses[finding.id])

        return _file(parts, "text/html", "findings.html")


def _file(make: Callable[[], Any], media: str, name: str) -> Response:
    made = answered(make)
    if "error" in made:
        return Response(made["error"], status=503, content_type="text/plain; charset=utf-8")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made["answer"], content_type=f"{media}; charset=utf-8", headers=headers)


def _filter(view: FindingsView) -> Filter:
    return Filter(find=view.find, of=view.of, author=view.author, page=view.page)


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    return value if isinstance(value, str) else ""


def _list(queries: Queries, asked: Mapping[str, Any]) -> dict[str, Any]:
    most = asked.get("most")
    most = most if type(most) is int and 0 < most <= MOST_ROWS else SHOWN_AT_ONCE
    return listed(queries.findings, _filter(findings_from_dict(asked)), most=most)


def _keep(queries: Queries, asked: Mapping[str, Any]) -> dict[str, Any]:
    page, query = _text(asked, "page"), kept_query(_text(asked, "query"))
    if page not in PATHS or page == "findings":
        raise ParameterError(f"There is no page {page[:40]!r} whose view could be kept.")
    named = recordings_named(query)
    finding = queries.findings.keep(read_submitted(asked), page=page, query=query, recordings=named)
    return {"id": finding.id, "title": finding.title}


def _change(queries: Queries, asked: Mapping[str, Any]) -> dict[str, Any]:
    finding, done = queries.findings.change(_text(asked, "id"), asked)
    return {"done": done, "now": _as_now(finding)}


def _remove(queries: Queries, asked: Mapping[str, Any]) -> dict[str, Any]:
    finding = queries.findings.remove(_text(asked, "id"), asked)
    return {"done": finding is None, "now": finding and _as_now(finding)}


def _as_now(finding: Finding) -> dict[str, Any]:
    """What somebody who was second is shown beside the own text."""
    return {name: getattr(finding, name) for name in ("title", "note", "version", "changed")}


def _read(_queries: Queries, asked: Mapping[str, Any]) -> dict[str, Any]:
    return {"html": as_html(read_text("note", asked.get("note"), most=MAX_NOTE))}


QUESTIONS: dict[str, Answerer] = {
    "findings": _list,
    "finding": lambda queries, asked: detail(
        queries.findings, _text(asked, "id"), typed=_text(asked, "author")
    ),
    "finding-user": lambda _queries, _asked: {"name": current_user().name},
    "finding-note": _read,
    "finding-keep": _keep,
    "finding-change": _change,
    "finding-remove": _remove,
}
"""What the scripts may ask; who asks is known without being sent, except where nobody signs in."""
