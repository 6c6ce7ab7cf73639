"""Reads and builds page addresses. The address holds the whole view; nonsense in it becomes a sentence.

A view is a frozen value. `read_match` makes one from a query string, `match_address` writes it back; those of
the other pages are named alike.
"""

from __future__ import annotations

from dashboard.links.clusters import (
    ClustersView,
    clusters_address,
    clusters_defaults,
    clusters_from_dict,
    read_clusters,
)
from dashboard.links.compare import (
    MAX_COMPARED,
    CompareView,
    compare_address,
    compare_defaults,
    compare_from_dict,
    read_compare,
)
from dashboard.links.findings import (
    FindingsView,
    findings_address,
    findings_defaults,
    findings_from_dict,
    kept_query,
    read_findings,
    recordings_named,
)
from dashboard.links.match import (
    MAX_CELL,
    MAX_LIMIT,
    MatchView,
    address_defaults,
    match_address,
    match_from_dict,
    opening_address,
    read_match,
)
from dashboard.links.memory import (
    MemoryView,
    memory_address,
    memory_defaults,
    memory_from_dict,
    read_memory,
)
from dashboard.links.sentences import (
    SentencesView,
    read_sentences,
    sentences_address,
    sentences_defaults,
    sentences_from_dict,
)

__all__ = [
    "MAX_CELL",
    "MAX_COMPARED",
    "MAX_LIMIT",
    "PATHS",
    "ClustersView",
    "CompareView",
    "FindingsView",
    "MatchView",
    "MemoryView",
    "SentencesView",
    "address_defaults",
    "clusters_address",
    "clusters_defaults",
    "clusters_from_dict",
    "compare_address",
    "compare_defaults",
    "compare_from_dict",
    "findings_address",
    "findings_defaults",
    "findings_from_dict",
    "kept_query",
    "match_address",
    "match_from_dict",
    "memory_address",
    "memory_defaults",
    "memory_from_dict",
    "opening_address",
    "read_clusters",
    "read_compare",
    "read_findings",
    "read_match",
    "read_memory",
    "read_sentences",
    "recordings_named",
    "sentences_address",
    "sentences_defaults",
    "sentences_from_dict",
]

PATHS = {
    "recordings": "/",
    "match": "/match",
    "clusters": "/clusters",
    "sentences": "/sentences",
    "memory": "/memory",
    "compare": "/compare",
    "findings": "/findings",
}
"""Path of each page, without the prefix of the host; in menu order."""
