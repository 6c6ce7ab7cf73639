"""What a page shows, as lines for a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.queries.as_python.clusters import clusters_lines
from dashboard.queries.as_python.match import match_lines
from dashboard.queries.as_python.memory import memory_lines
from dashboard.queries.as_python.sentences import sentences_lines
from dashboard.queries.as_python.writing import opened, script
from dashboard.queries.clusters.overview import ClusterQueries
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.recordings import RecordingQueries

__all__ = ["PythonQueries"]


class PythonQueries:
    """The lines behind each page, by the fields of its view."""

    def __init__(
        self, recordings: RecordingQueries, clusters: ClusterQueries, results: MemoryResults
    ) -> None:
        self._recordings, self._clusters, self._results = recordings, clusters, results

    def lines(self, page: str, view: Mapping[str, Any]) -> str:
        """Return the lines that compute what a view of a page shows."""
        folder = self._recordings.folder
        self._recordings.open(view["recording"])
        if page == "match":
            return match_lines(folder, view)
        if page == "clusters":
            return clusters_lines(folder, view, self._clusters)
        if page == "sentences":
            return sentences_lines(folder, view, self._clusters, self._recordings)
        if page == "memory":
            return memory_lines(folder, view, self._results, self._recordings)
        return script(
            opened(folder, view["recording"]),
            "print(recording.state_names, recording.n_positions, recording.sequence_starts)",
            "recording.states(recording.state_names[0]).read(0, 100)",
        )
