"""The only place where recordings, analyses and the cache meet. Callbacks ask here."""

from __future__ import annotations

from pathlib import Path

from dashboard.queries.cache import AnswerCache
from dashboard.queries.recordings import RecordingQueries

__all__ = ["Queries"]


class Queries:
    """All questions the pages ask. Safe to share between threads."""

    def __init__(self, data_dir: Path, cache: AnswerCache) -> None:
        self.recordings = RecordingQueries(data_dir)
        self.cache = cache
