"""The list of recordings: what each is, and the ways into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboard.components.description import corpus_line, network_line, size_text
from dashboard.components.empty import empty_state
from dashboard.facts import RecordingFacts
from dashboard.links import opening_address

__all__ = ["recording_list"]

SHOWN_FINGERPRINT = 8
"""Characters of the fingerprint that tell recordings apart at a glance."""


def recording_list(
    recordings: Sequence[RecordingFacts], problems: Sequence[tuple[str, str]], *, folder: str
) -> list[Any]:
    """Return an entry for each recording, then the folders that do not open."""
    entries = [_entry(facts) for facts in recordings] or [_nothing_there(folder)]
    return [*entries, _problems(problems)] if problems else entries


def _nothing_there(folder: str) -> html.Div:
    return empty_state(
        f"There is no recording in {folder}.",
        "Make the two recordings of the demo with this command, then look again; or record your own "
        "network as shown below.",
        code=".venv/bin/python -m analytics demo",
    )


def _problems(problems: Sequence[tuple[str, str]]) -> html.Section:
    items = [
        html.Li([html.Strong(folder, className="token"), " ", sentence]) for folder, sentence in problems
    ]
    return html.Section([html.H2("To be looked at"), html.Ul(items)], className="problems")


def _entry(facts: RecordingFacts) -> html.Article:
    head = [html.H2(facts.name)]
    if facts.key != facts.name:
        head.append(html.Span(f"folder {facts.key}", className="quiet"))
    parts = [html.Div(head, className="entry-head"), html.P(facts.description or "No description.")]
    if facts.opening_view:
        parts.append(_finding(facts))
    parts.append(_facts(facts))
    return html.Article(parts, className="entry", **{"data-recording": facts.key})


def _finding(facts: RecordingFacts) -> html.P:
    title = facts.opening_view.get("title", "a view worth seeing first")
    link = dcc.Link(f"Open the finding: {title}", href=opening_address(facts.key, facts.opening_view))
    return html.P(link, className="finding")


def _facts(facts: RecordingFacts) -> html.Dl:
    annotations = ", ".join(f"{name} ({kind})" for name, kind in facts.annotations.items())
    rows = {
        "size": _size(facts),
        "text": corpus_line(facts.corpus) or "not described",
        "network": network_line(facts.model),
        "annotations": annotations or "none",
        "predictions": f"the {facts.top_k} likeliest next tokens" if facts.top_k else "none",
        "on disk": _on_disk(facts),
    }
    told = [part for name, text in rows.items() for part in (html.Dt(name), html.Dd(text))]
    return html.Dl([*told, html.Dt("open"), html.Dd(_states(facts), className="states")])


def _on_disk(facts: RecordingFacts) -> str:
    derived = f" and {size_text(facts.n_derived_bytes)} derived for speed" if facts.n_derived_bytes else ""
    return f"{size_text(facts.n_bytes)}{derived}, fingerprint {_short(facts.fingerprint)}"


def _size(facts: RecordingFacts) -> str:
    plural = "" if facts.n_sequences == 1 else "s"
    tokens = f", {facts.n_vocabulary:,} different tokens" if facts.n_vocabulary else ""
    return f"{facts.n_positions:,} positions, {facts.n_sequences:,} {facts.sequence_name}{plural}{tokens}"


def _short(fingerprint: str) -> str:
    return fingerprint.rpartition(":")[2][:SHOWN_FINGERPRINT]


def _states(facts: RecordingFacts) -> list[dcc.Link]:
    return [
        dcc.Link(
            [html.Span(name, className="token"), html.Span(f"{units:,} units", className="quiet")],
            href=opening_address(facts.key, {"state": name}),
            className="state-link",
        )
        for name, units in facts.states.items()
    ]
