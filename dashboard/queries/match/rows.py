"""The matches with the words around them, as the browser draws them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.analyses.match import Matches
from analytics.analyses.selection import count_on
from analytics.store.recording import Recording
from dashboard.queries.annotations import LOSS, AnnotationQueries, annotation, available_tracks
from dashboard.queries.match.question import MatchQuestion

__all__ = ["AFTER", "BEFORE", "contexts", "match_rows", "shown_annotations"]

BEFORE = 8
"""Positions sent before the start of a match."""
AFTER = 32
"""Positions sent from its start on; what is longer is cut, and the row says so."""


def shown_annotations(recording: Recording) -> list[dict[str, str]]:
    """Return what the words can be coloured by: annotations and, where it was recorded, the loss."""
    return [track for track in available_tracks(recording) if track["kind"] != "prediction"]


def match_rows(
    recording: Recording, annotations: AnnotationQueries, asked: MatchQuestion, matches: Matches
) -> dict[str, Any]:
    """Return the columns of the table, one list each, in rank order.

    `first` is the position of a row's first word; words stay inside the row's sequence. `words` are
    numbers into `texts`, so that a word that occurs a hundred times travels once.
    """
    first, last = contexts(recording, matches, before=BEFORE, after=AFTER)
    ids = [recording.token_ids[low:high] for low, high in zip(first, last, strict=True)]
    known, places = np.unique(np.concatenate(ids), return_inverse=True)
    texts = recording.vocabulary[known].tolist()
    offered = {track["name"]: track["title"] for track in shown_annotations(recording)}
    names = dict.fromkeys(name for name in (asked.color, asked.heat) if name in offered)
    ranges = list(zip(first.tolist(), last.tolist(), strict=True))
    return {
        "start": matches.start.tolist(),
        "stop": matches.stop.tolist(),
        "overlap": matches.overlap.tolist(),
        "union": matches.union.tolist(),
        "sequence": matches.sequence.tolist(),
        "place": (matches.start - recording.sequence_starts[matches.sequence]).tolist(),
        "sequence_name": str(recording.manifest.get("sequence_name") or "sequence"),
        "n_sequences": recording.n_sequences,
        "first": first.tolist(),
        "texts": texts,
        "words": [part.tolist() for part in np.split(places, np.cumsum(last - first)[:-1])],
        "letters": int(np.quantile([len(text) for text in texts], 0.8, method="higher")),
        "counts": _counts(recording, asked, matches.units, ranges),
        "tracks": {name: _track(recording, annotations, name, offered[name], ranges) for name in names},
    }


def contexts(
    recording: Recording, matches: Matches, *, before: int, after: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first position and end of the words around each start, inside its sequence."""
    borders = np.append(recording.sequence_starts, recording.n_positions)
    first = np.maximum(matches.start - before, borders[matches.sequence])
    last = np.minimum(matches.start + after, borders[matches.sequence + 1])
    return first, last


def _counts(
    recording: Recording, asked: MatchQuestion, units: NDArray[np.int64], ranges: list[tuple[int, int]]
) -> list[list[int]]:
    """How many units of the pattern are on at each position of the rows; read at once, not row by row."""
    states = recording.states(asked.state)
    first, last = np.array(ranges, dtype=np.int64).T
    values = states.read_ranges(first, last)
    rule = {"threshold": asked.threshold, "transform": asked.transform}
    counts = count_on(values, units, 0, len(values), **rule)
    return [part.tolist() for part in np.split(counts, np.cumsum(last - first)[:-1])]


def _track(
    recording: Recording,
    annotations: AnnotationQueries,
    name: str,
    title: str,
    ranges: list[tuple[int, int]],
) -> dict[str, Any]:
    """Return one annotation over every row: codes of the labels that occur, or numbers and their limits."""
    if name != LOSS:
        column = annotation(recording, name)
        if isinstance(column.dtype, pd.CategoricalDtype):
            return {"title": title, **_categorical(column, annotations.colors(recording, name), ranges)}
        values, limits = column.to_numpy(), annotations.limits(recording, name)
    else:
        values, limits = -recording.log_probability, annotations.loss_limits(recording)
    rows = [[_number(value) for value in values[low:high].tolist()] for low, high in ranges]
    return {"title": title, "kind": "numeric", "low": limits[0], "high": limits[1], "rows": rows}


def _categorical(
    column: pd.Series, colors: NDArray[np.int64], ranges: list[tuple[int, int]]
) -> dict[str, Any]:
    codes, labels = column.cat.codes.to_numpy(), column.cat.categories
    rows = [codes[low:high].tolist() for low, high in ranges]
    shown = sorted({code for row in rows for code in row if code >= 0}, key=lambda code: colors[code])
    places = {code: place for place, code in enumerate(shown)}
    return {
        "kind": "categorical",
        "labels": [str(labels[code]) for code in shown],
        "colors": [int(colors[code]) for code in shown],
        "rows": [[places.get(code, -1) for code in row] for row in rows],
    }


def _number(value: float | None) -> float | None:
    return float(f"{value:.5g}") if value is not None and np.isfinite(value) else None
