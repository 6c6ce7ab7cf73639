"""Two recordings beside each other: what differs, by how much, and what does not."""

from __future__ import annotations

import json
from dataclasses import replace

import plotly.utils

from dashboard.components.recordings_beside import recordings_beside
from tests.dashboard.components.test_recording_detail import DETAIL

OTHER = replace(
    DETAIL,
    facts=replace(
        DETAIL.facts,
        key="plays-3",
        n_positions=118_000,
        model={**DETAIL.facts.model, "title": "<i>GRU</i>", "perplexity": {"test": 2.5}},
    ),
    states=DETAIL.states[:1],
)


def tables(section):
    """Rows of the table of what differs, and of the other."""
    parts = json.loads(json.dumps(section.children, cls=plotly.utils.PlotlyJSONEncoder))
    return [_rows(part) for part in parts[1:]]


def _rows(node):
    if isinstance(node, list):
        return [row for part in node for row in _rows(part)]
    if not isinstance(node, dict):
        return []
    if node["type"] == "Tr":
        return [[_text(cell) for cell in _listed(node["props"]["children"])]]
    return _rows(_listed(node["props"].get("children")))


def _listed(children):
    return children if isinstance(children, list) else [children]


def _text(node):
    if isinstance(node, dict):
        return "".join(_text(part) for part in _listed(node["props"].get("children")))
    return "" if node is None else str(node)


def test_what_differs_is_marked_with_its_difference():
    differing, _ = tables(recordings_beside(DETAIL, OTHER))
    assert ["positions≠", "118,204", "118,000", "−204"] in differing
    assert ["attention≠", "512 units, float32", "–", ""] in differing
    assert ["title≠", "2 x 256 LSTM", "<i>GRU</i>", ""] in differing
    assert ["perplexity: test≠", "–", "2.5", ""] in differing
    assert not any(row[0] == "layer0.cell" for row in differing)


def test_what_is_the_same_is_there_too():
    _, same = tables(recordings_beside(DETAIL, OTHER))
    assert ["layer0.cell", "256 units, float16", "256 units, float16", ""] in same
    assert not any("≠" in row[0] for row in same)
    differing, same = tables(recordings_beside(DETAIL, DETAIL))
    assert [row for row in differing if row[0] and len(row) == 4] == []
    assert len(same) > 10
