"""Co-clusters as Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.queries.as_python.writing import call, given, opened, script
from dashboard.queries.clusters.overview import ClusterQueries
from dashboard.queries.clusters.question import ClustersQuestion

__all__ = ["cluster_lines", "clusters_lines"]


def clusters_lines(folder: str, view: Mapping[str, Any], clusters: ClusterQueries) -> str:
    """Return the lines that cluster the words and units of the view."""
    asked = ClustersQuestion.of(view)
    return script(*cluster_lines(folder, asked, clusters), "clusters.figure(vocabulary=recording.vocabulary)")


def cluster_lines(folder: str, asked: ClustersQuestion, clusters: ClusterQueries) -> tuple[str, ...]:
    """Return the lines up to the clusters; as many clusters as the page could tell apart."""
    found = clusters.found(asked).clusters
    chosen = given(
        {"n_words": asked.words, "min_count": asked.min_count, "named": list(asked.named)},
        min_count=1,
        named=[],
    )
    how = given(
        {"n_clusters": found.n_clusters, "method": found.method, "seed": found.seed}, method="signed", seed=0
    )
    return (
        opened(folder, asked.recording),
        f"states = recording.states({asked.state!r})",
        "response = analytics.expected_response(\n"
        "    states, recording.token_ids, n_words=len(recording.vocabulary)\n)",
        f"words = {call('analytics.frequent_words', 'response.count', **chosen)}.words",
        f"clusters = {call('analytics.cocluster', 'response.of_words(words)', **how)}",
    )
