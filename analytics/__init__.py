"""Stateroom's computing: recordings on disk, and what their states carry. Usable from a notebook.

The public names, in the order of the stages: write a recording, open it, ask.
"""

from __future__ import annotations

from analytics.analyses.match import Matches, match_pattern
from analytics.analyses.selection import count_on, select_units
from analytics.ingest.from_arrays import write_recording
from analytics.ingest.writer import RecordingWriter
from analytics.store.catalog import Catalog
from analytics.store.recording import Recording, open_recording
from analytics.store.row_cache import build_row_cache

__all__ = [
    "Catalog",
    "Matches",
    "Recording",
    "RecordingWriter",
    "build_row_cache",
    "count_on",
    "match_pattern",
    "open_recording",
    "select_units",
    "write_recording",
]
