"""The matches as a table to keep: every column of the result, with the words, as CSV or Parquet."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

from analytics.analyses.match import Matches
from analytics.store.recording import Recording
from dashboard.queries.findings.export_csv import safe_cell
from dashboard.queries.match.rows import contexts

__all__ = ["as_csv", "as_parquet", "match_table"]

CONTEXT = 8
"""Words before and after a match."""


def match_table(recording: Recording, matches: Matches, *, start: int, stop: int) -> pd.DataFrame:
    """Return one row for each match in rank order; `start` and `stop` are those of the selection.

    Words are separated by a space, unless the tokens hold the spaces themselves (letters, word pieces).
    """
    first, _ = contexts(recording, matches, before=CONTEXT, after=0)
    ends = np.append(recording.sequence_starts, recording.n_positions)[matches.sequence + 1]
    after = np.minimum(matches.stop + CONTEXT, ends)
    frame = matches.to_frame()
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    frame.insert(5, "position_in_sequence", matches.start - recording.sequence_starts[matches.sequence])
    frame["units_on"] = [" ".join(map(str, counts.tolist())) for counts in matches.on_counts]
    frame["is_selection"] = (matches.start == start) & (matches.stop == stop)
    glue = "" if any(text.startswith(" ") for text in recording.vocabulary) else " "
    parts = {
        "text_before": (first, matches.start),
        "text": (matches.start, matches.stop),
        "text_after": (matches.stop, after),
    }
    for name, (low, high) in parts.items():
        pairs = zip(low.tolist(), high.tolist(), strict=True)
        frame[name] = [glue.join(recording.token_texts(left, right)) for left, right in pairs]
    return frame


def as_csv(frame: pd.DataFrame) -> str:
    """Return CSV in which no cell is a formula: an apostrophe stands before what would be one.

    Examples
    --------
    >>> as_csv(pd.DataFrame({"rank": [1], "text": ["=1+1"]}))
    '"rank","text"\\r\\n1,"\\'=1+1"\\r\\n'
    """
    safe = frame.copy()
    for name in safe.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in safe.dtypes]]:
        safe[name] = [safe_cell(str(text)) for text in safe[name]]
    # Where a spreadsheet parts cells at semicolons, only quotes keep a text with one in its cell.
    return safe.to_csv(index=False, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)


def as_parquet(frame: pd.DataFrame) -> bytes:
    """Return a Parquet file with the texts as they are."""
    content = io.BytesIO()
    frame.to_parquet(content, index=False)
    return content.getvalue()
