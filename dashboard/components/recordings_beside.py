"""Two recordings beside each other: a row for each fact, what differs marked, numbers with the difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard.components.page_link import page_link
from dashboard.components.told import told_facts
from dashboard.components.written import count_text, number_text
from dashboard.facts import RecordingDetail
from dashboard.links import CompareView, compare_address

__all__ = ["recordings_beside"]

ABSENT = "–"
MOST_PARTS = 60


def recordings_beside(first: RecordingDetail, second: RecordingDetail) -> html.Section:
    """Return what differs between two recordings, then what does not; `first` is A, `second` is B."""
    facts = [(title, _rows(of(first), of(second))) for title, of in GROUPS]
    differing = [(title, [row for row in rows if row[1] != row[2]]) for title, rows in facts]
    same = [(title, [row for row in rows if row[1] == row[2]]) for title, rows in facts]
    compared = compare_address(CompareView(recordings=(first.facts.key, second.facts.key)))
    return html.Section(
        [
            html.Div(
                [
                    html.H2("A and B, fact by fact"),
                    html.Span(_told(_count(differing)), className="quiet"),
                    page_link("Compare what the networks do", compared, className="next-link"),
                ],
                className="beside-line",
            ),
            _table(differing, first, second),
            html.Details(
                [
                    html.Summary(f"The same in both: {count_text(_count(same), 'fact')}"),
                    _table(same, first, second),
                ],
                className="beside-same",
            ),
        ],
        className="part recordings-beside",
    )


Row = tuple[str, Any, Any]
Groups = list[tuple[str, list[Row]]]


def _rows(facts: Mapping[str, Any], others: Mapping[str, Any]) -> list[Row]:
    """Name, value in A and value in B of each fact that one of them has."""
    names = [*facts, *(name for name in others if name not in facts)]
    return [(name, facts.get(name), others.get(name)) for name in names[:MOST_PARTS]]


def _count(groups: Groups) -> int:
    return sum(len(rows) for _, rows in groups)


def _table(groups: Groups, first: RecordingDetail, second: RecordingDetail) -> html.Div:
    bodies = [_group(title, rows) for title, rows in groups if rows]
    return html.Div(
        html.Table([_head(first, second), *bodies], className="facts-table beside-table"),
        className="table-scroller",
    )


def _told(differing: int) -> str:
    if not differing:
        return "No fact differs."
    return "1 fact differs." if differing == 1 else f"{differing} facts differ; they are marked."


def _head(first: RecordingDetail, second: RecordingDetail) -> html.Thead:
    badges = ((first, "A", "is-a"), (second, "B", "is-b"))
    heads = [
        html.Th([html.Span(letter, className=f"beside-badge {name}"), f" {detail.facts.name}"], scope="col")
        for detail, letter, name in badges
    ]
    return html.Thead(
        html.Tr([html.Th("", scope="col"), *heads, html.Th("B − A", scope="col", className="number")])
    )


def _group(title: str, rows: list[Row]) -> html.Tbody:
    head = html.Tr(html.Th(title, colSpan=4, scope="rowgroup", className="beside-group"))
    return html.Tbody([head, *(_row(*row) for row in rows)])


def _row(name: str, one: Any, other: Any) -> html.Tr:
    differs = one != other
    mark = html.Span("≠", className="beside-mark", title="differs") if differs else None
    return html.Tr(
        [
            html.Th([name, mark], scope="row"),
            html.Td(_text(one)),
            html.Td(_text(other)),
            html.Td(_difference(one, other) if differs else "", className="number"),
        ]
    )


def _text(value: Any) -> str:
    return ABSENT if value is None or value == "" else number_text(value)


def _difference(one: Any, other: Any) -> str:
    """Return B less A, with its sign, where both are numbers.

    Examples
    --------
    >>> _difference(1200, 1000), _difference(2.5, 2.75), _difference("LSTM", 3)
    ('−200', '+0.25', '')
    """
    if not (_is_number(one) and _is_number(other)):
        return ""
    value = other - one
    text = number_text(abs(value) if isinstance(value, int) else float(f"{abs(value):.4g}"))
    return f"{'+' if value > 0 else '−'}{text}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _size(detail: RecordingDetail) -> dict[str, Any]:
    facts = detail.facts
    return {
        "positions": facts.n_positions,
        "sequences": facts.n_sequences,
        "a sequence is": facts.sequence_name,
        "vocabulary": facts.n_vocabulary,
        "predictions kept": facts.top_k,
        "loss kept": "yes" if detail.has_loss else "no",
        "bytes on disk": facts.n_bytes + facts.n_derived_bytes,
        "recorded": facts.created[:16].replace("T", " "),
    }


def _states(detail: RecordingDetail) -> dict[str, Any]:
    return {state.name: f"{state.n_units:,} units, {state.dtype}" for state in detail.states}


def _told_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return numbers as numbers, so that they have a difference, and the rest as it is told elsewhere.

    Examples
    --------
    >>> _told_of({"kind": "GRU", "perplexity": {"test": 151.2}, "n_layers": 2})
    {'kind': 'GRU', 'perplexity: test': 151.2, 'layers': 2}
    """
    found: dict[str, Any] = {}
    for name, value in told.items():
        shown = name.removeprefix("n_").replace("_", " ")
        if isinstance(value, Mapping) and value and all(map(_is_number, value.values())):
            found |= {f"{shown}: {part}": number for part, number in value.items()}
        elif _is_number(value):
            found[shown] = value
        else:
            found |= told_facts({name: value})
    return found


GROUPS = (
    ("Size", _size),
    ("States", _states),
    ("Annotations", lambda detail: dict(detail.facts.annotations)),
    ("Network", lambda detail: _told_of(detail.facts.model)),
    ("Corpus", lambda detail: _told_of(detail.facts.corpus)),
    ("How it was recorded", lambda detail: _told_of(detail.settings)),
)
"""Title of each group of facts, and where they come from: name and value."""
