"""The pages, in the order of the menu. Each has NAME, PATH, layout() and help_text()."""

from __future__ import annotations

from dashboard.pages import clusters, compare, findings, match, memory, recordings, sentences

__all__ = ["PAGES"]

PAGES = (recordings, match, clusters, sentences, memory, compare, findings)
