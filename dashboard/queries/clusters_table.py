"""The clusters as tables to keep: words, units and edges as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.queries.match_table import as_csv

__all__ = ["cluster_tables"]


def cluster_tables(recording: str, overview: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return name and content of a file for words, units and edges each. Clusters count from 1, as shown.

    A word or unit that was set aside has no cluster.
    """
    labels = overview["tags"]["labels"] if overview["tags"] else []
    titles = [cluster["label"] for cluster in overview["clusters"]]
    words = pd.DataFrame(
        {
            "word": word["text"],
            "id": word["id"],
            "count": word["count"],
            "cluster": _counted(word["cluster"]),
            "cluster_label": titles[word["cluster"]] if word["cluster"] >= 0 else "",
            "distance": word["distance"],
            "tag": labels[word["tag"]] if word["tag"] >= 0 else "",
            "tag_share": word["tagShare"],
        }
        for word in overview["words"]
    )
    clusters = overview["unitClusters"]
    units = pd.DataFrame(
        {"unit": unit, "cluster": _counted(clusters[unit])} for unit in overview["unitOrder"]
    )
    edges = pd.DataFrame(
        {
            "word_cluster": edge["word"] + 1,
            "unit_cluster": edge["unit"] + 1,
            "mean": edge["mean"],
            "positive": edge["positive"],
            "negative": edge["negative"],
        }
        for edge in overview["edges"]
    )
    frames = {"words": words, "units": units, "edges": edges}
    return [
        {"name": f"{recording}-clusters-{kind}.csv", "text": as_csv(frame)} for kind, frame in frames.items()
    ]


def _counted(cluster: int) -> int | str:
    return "" if cluster < 0 else cluster + 1
