"""Where a phrase or an expression stands in a recording, with the words around it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from analytics.analyses.search import Hits, search_tokens
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.recordings import RecordingQueries

__all__ = ["SearchQueries"]

MAX_LISTED = 200
CONTEXT = 8
"""Tokens shown on each side of a hit, as far as the sequence goes."""
MAX_SHOWN_TOKENS = 24
MILLISECONDS = 1000


class SearchQueries:
    """The search over a recording's tokens."""

    def __init__(self, recordings: RecordingQueries, cache: AnswerCache) -> None:
        self._recordings, self._cache = recordings, cache

    def search(self, recording: str, query: str) -> dict[str, Any]:
        """Return the hits, their number in the whole corpus and the time it took, ready for the browser."""
        opened = self._recordings.open(recording)
        began = time.perf_counter()
        hits = self._cache.answer(
            "search",
            opened.fingerprint,
            {"query": query},
            lambda: search_tokens(
                opened.token_ids, opened.vocabulary, query, sequence_starts=opened.sequence_starts
            ),
            on_disk=False,
        )
        spent = (time.perf_counter() - began) * MILLISECONDS
        return {
            "query": query,
            "kind": hits.kind,
            "n_hits": hits.n_hits,
            "n_positions": opened.n_positions,
            "milliseconds": round(spent, 1),
            "starts": hits.start.tolist(),
            "rows": _rows(opened, hits),
            "why_empty": "" if hits.n_hits else _why_empty(opened, hits, query),
        }


def _rows(recording: Recording, hits: Hits) -> list[dict[str, Any]]:
    starts = recording.sequence_starts
    ends = np.append(starts[1:], recording.n_positions)
    rows = []
    for start, stop in zip(hits.start[:MAX_LISTED].tolist(), hits.stop[:MAX_LISTED].tolist(), strict=True):
        sequence = int(np.searchsorted(starts, start, side="right")) - 1
        left = max(int(starts[sequence]), start - CONTEXT)
        right = min(int(ends[sequence]), stop + CONTEXT)
        rows.append(
            {
                "start": start,
                "stop": stop,
                "sequence": sequence,
                "before": recording.token_texts(left, start),
                "words": recording.token_texts(start, min(stop, start + MAX_SHOWN_TOKENS)),
                "after": recording.token_texts(stop, right),
            }
        )
    return rows


def _why_empty(recording: Recording, hits: Hits, query: str) -> str:
    if hits.missing:
        words = ", ".join(f"'{word}'" for word in hits.missing[:3])
        return f"{words} is no token of {recording.name}. For a part of a word write /{hits.missing[0]}/."
    hint = "" if hits.kind == "expression" else f" For parts of words write an expression: /{query.strip()}/."
    return f"Nowhere in the {recording.n_positions:,} tokens of {recording.name}.{hint}"
