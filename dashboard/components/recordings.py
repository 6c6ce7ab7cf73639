"""The list of recordings: what each is, and the ways into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboard.components.empty import empty_state
from dashboard.facts import RecordingFacts
from dashboard.links import opening_address

__all__ = ["recording_list"]

SHOWN_FINGERPRINT = 8
"""Characters of the fingerprint that tell recordings apart at a glance."""
BYTES_PER_MEGABYTE = 1_000_000


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
    parts += [_facts(facts), _states(facts)]
    return html.Article(parts, className="entry", **{"data-recording": facts.key})


def _finding(facts: RecordingFacts) -> html.P:
    title = facts.opening_view.get("title", "a view worth seeing first")
    link = dcc.Link(f"Open the finding: {title}", href=opening_address(facts.key, facts.opening_view))
    return html.P(link, className="finding")


def _facts(facts: RecordingFacts) -> html.Dl:
    annotations = ", ".join(f"{name} ({kind})" for name, kind in facts.annotations.items())
    rows = {
        "text": _corpus(facts),
        "network": _described(facts.model),
        "annotations": annotations or "none",
        "predictions": f"the {facts.top_k} likeliest next tokens" if facts.top_k else "none",
        "on disk": f"{facts.n_bytes / BYTES_PER_MEGABYTE:,.1f} MB, fingerprint {_short(facts.fingerprint)}",
    }
    return html.Dl([part for name, text in rows.items() for part in (html.Dt(name), html.Dd(text))])


def _corpus(facts: RecordingFacts) -> str:
    size = f"{facts.n_positions:,} positions, {facts.n_sequences:,} " + (
        facts.sequence_name if facts.n_sequences == 1 else f"{facts.sequence_name}s"
    )
    words = f"{facts.n_vocabulary:,} different tokens" if facts.n_vocabulary else ""
    return "; ".join(part for part in (size, words, _described(facts.corpus, empty="")) if part)


def _described(values: Mapping[str, Any], *, empty: str = "not described") -> str:
    shown = [
        f"{name.replace('_', ' ')} {_number(value)}" for name, value in values.items() if _is_plain(value)
    ]
    return ", ".join(shown) or empty


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _number(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _short(fingerprint: str) -> str:
    return fingerprint.rpartition(":")[2][:SHOWN_FINGERPRINT]


def _states(facts: RecordingFacts) -> html.Div:
    links = [
        dcc.Link(
            [html.Span(name, className="token"), html.Span(f"{units:,} units", className="quiet")],
            href=opening_address(facts.key, {"state": name}),
            className="state-link",
        )
        for name, units in facts.states.items()
    ]
    return html.Div([html.Span("Open", className="states-label"), *links], className="states")
