"""One recording, as far as its manifest and the sizes of its files tell."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components.description import size_text
from dashboard.components.empty import empty_state
from dashboard.components.page_link import page_link
from dashboard.components.told import fact_list, told_facts
from dashboard.components.written import count_text, share_text
from dashboard.facts import FileGroup, RecordingDetail, RecordingFacts, StateRow
from dashboard.links import (
    ClustersView,
    CompareView,
    MemoryView,
    SentencesView,
    clusters_address,
    compare_address,
    memory_address,
    opening_address,
    sentences_address,
)

__all__ = ["about_section", "recording_detail", "unknown_recording"]

SHOWN_FINGERPRINT = 8
"""Characters of the fingerprint that tell recordings apart at a glance."""


def recording_detail(detail: RecordingDetail) -> list[Any]:
    """Return the head of a recording, what to do with it next, its facts, its states and what they take."""
    return [
        _head(detail.facts),
        html.Div(
            [
                html.Section([html.H3("Facts"), fact_list(_facts(detail))], className="part"),
                html.Section([html.H3("Size on disk"), _sizes(detail.groups)], className="part"),
            ],
            className="parts-beside",
        ),
        html.Section([html.H3("States"), _states(detail)], className="part"),
    ]


def about_section(detail: RecordingDetail) -> list[Any]:
    """Return what the manifest tells of the network, of the corpus, and of how it was recorded."""
    told = (
        ("Network", detail.facts.model, "The manifest does not describe the network: give model={...}."),
        ("Corpus", detail.facts.corpus, "The manifest does not describe the corpus: give corpus={...}."),
        ("How it was recorded", detail.settings, ""),
    )
    return [
        html.Section(
            [html.H3(title), fact_list(told_facts(facts)) if facts else html.P(nothing, className="quiet")],
            className="part",
        )
        for title, facts, nothing in told
        if facts or nothing
    ]


def unknown_recording(key: str) -> html.Div | None:
    """Return what stands in place of a recording that is not there; nothing when none was asked for."""
    return (
        empty_state(f"There is no recording '{key[:60]}' here.", "Choose one from the list.") if key else None
    )


def _head(facts: RecordingFacts) -> html.Header:
    head = [html.H2(facts.name, tabIndex="-1")]
    if facts.key != facts.name:
        head.append(html.Span(f"folder {facts.key}", className="quiet"))
    return html.Header(
        [
            html.Div(head, className="recording-title"),
            html.P(facts.description or "No description.", className="recording-description"),
            html.Div(_next_steps(facts), className="next-steps"),
        ],
        className="recording-head",
        **{"data-shown": facts.key},
    )


def _next_steps(facts: RecordingFacts) -> list[Any]:
    steps = []
    if facts.opening_view:
        title = facts.opening_view.get("title", "a view worth seeing first")
        steps.append(
            page_link(
                f"Open the finding: {title}",
                opening_address(facts.key, facts.opening_view),
                className="primary-link",
            )
        )
    steps.append(
        page_link("Select & match from its start", opening_address(facts.key, {}), className="next-link")
    )
    clusters = clusters_address(ClustersView(recording=facts.key))
    steps.append(page_link("Clusters of words and units", clusters, className="next-link"))
    sentences = sentences_address(SentencesView(recording=facts.key))
    steps.append(page_link("Inside a sentence", sentences, className="next-link"))
    memory = memory_address(MemoryView(recording=facts.key))
    steps.append(page_link("What it remembers", memory, className="next-link"))
    compared = compare_address(CompareView(recording=facts.key))
    steps.append(page_link("Compare with others", compared, className="next-link"))
    return steps


def _facts(detail: RecordingDetail) -> list[tuple[str, Any]]:
    facts = detail.facts
    rows = [
        ("positions", f"{facts.n_positions:,}"),
        ("sequences", count_text(facts.n_sequences, facts.sequence_name)),
        ("vocabulary", count_text(facts.n_vocabulary, "different token")),
        ("predictions", _predictions(detail)),
        ("annotations", f"{len(facts.annotations):,}" if facts.annotations else "none"),
    ]
    if facts.created:
        rows.append(("recorded", facts.created[:16].replace("T", " ") + " UTC"))
    short = facts.fingerprint.rpartition(":")[2][:SHOWN_FINGERPRINT]
    fingerprint = html.Span(short, title=f"All of it: {facts.fingerprint}", className="token")
    return [*rows, ("fingerprint", fingerprint)]


def _predictions(detail: RecordingDetail) -> str:
    top_k = detail.facts.top_k
    if not top_k:
        return "loss of the next token" if detail.has_loss else "none"
    loss = ", and the loss" if detail.has_loss else ""
    return (f"the {top_k} likeliest next tokens" if top_k > 1 else "the likeliest next token") + loss


def _sizes(groups: tuple[FileGroup, ...]) -> html.Table:
    total = sum(group.n_bytes for group in groups) or 1
    rows = [
        html.Tr(
            [
                html.Th(group.name, scope="row", title=group.note or None),
                html.Td(size_text(group.n_bytes), className="number"),
                html.Td(
                    share_text(group.n_bytes, total),
                    className="bar-cell",
                    style={"--share": f"{100 * group.n_bytes / total:.2f}%"},
                ),
                html.Td(count_text(group.n_files, "file"), className="number quiet"),
            ]
        )
        for group in groups
    ]
    files = sum(group.n_files for group in groups)
    foot = html.Tr(
        [
            html.Th("all", scope="row"),
            html.Td(size_text(total), className="number"),
            html.Td(),
            html.Td(count_text(files, "file"), className="number quiet"),
        ]
    )
    notes = [html.P(f"{group.name.capitalize()}: {group.note}.", className="quiet note") for group in groups
             if group.note]  # fmt: skip
    return html.Div([html.Table([html.Tbody(rows), html.Tfoot(foot)], className="facts-table"), *notes])


def _states(detail: RecordingDetail) -> html.Div:
    key = detail.facts.key
    shaped = any(state.unit_shape for state in detail.states)
    heads = ["state", "units", *(["shape"] if shaped else []), "values", "on disk", "rows for speed", ""]
    rows = [_state(state, key=key, shaped=shaped) for state in detail.states]
    table = html.Table(
        [html.Thead(html.Tr([_column(head) for head in heads])), html.Tbody(rows)], className="facts-table"
    )
    return html.Div(table, className="table-scroller")


def _column(head: str) -> html.Th:
    left = head in ("state", "values", "shape", "")
    label = {"aria-label": "open"} if not head else {}
    return html.Th(head, scope="col", className="" if left else "number", **label)


def _state(state: StateRow, *, key: str, shaped: bool) -> html.Tr:
    shape = [html.Td(" × ".join(map(str, state.unit_shape)) or "–")] if shaped else []
    rows = size_text(state.n_derived_bytes) if state.n_derived_bytes else "not built"
    return html.Tr(
        [
            html.Th(state.name, scope="row", className="token"),
            html.Td(f"{state.n_units:,}", className="number"),
            *shape,
            html.Td(state.dtype),
            html.Td(size_text(state.n_bytes), className="number"),
            html.Td(rows, className="number"),
            html.Td(
                page_link(
                    ["Match", html.Span(f" {state.name}", className="visually-hidden")],
                    opening_address(key, {"state": state.name}),
                )
            ),
        ]
    )
