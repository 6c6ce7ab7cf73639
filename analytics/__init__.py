"""Stateroom's computing: recordings on disk, and what their states carry. Usable from a notebook.

The public names, in the order of the stages: write a recording, open it, ask.
"""

from __future__ import annotations

from analytics.analyses.match import Matches, match_pattern
from analytics.analyses.selection import count_on, select_units

__all__ = ["Matches", "count_on", "match_pattern", "select_units"]
