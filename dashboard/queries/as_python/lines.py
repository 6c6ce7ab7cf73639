"""What a page shows, as lines for a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dashboard.queries.as_python.clusters import clusters_lines
from dashboard.queries.as_python.compare import compare_lines
from dashboard.queries.as_python.match import match_lines
from dashboard.queries.as_python.memory import memory_lines
from dashboard.queries.as_python.sentences import sentences_lines
from dashboard.queries.as_python.writing import beside_each_other, opened, script
from dashboard.queries.clusters.beside import ClusterBesideQueries
from dashboard.queries.clusters.overview import ClusterQueries
from dashboard.queries.clusters.question import ClustersQuestion
from dashboard.queries.compare.chosen import ChosenQueries
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.recordings import RecordingQueries

__all__ = ["PythonQueries"]

SECOND = "beside_"


class PythonQueries:
    """The lines behind each page, by the fields of its view."""

    def __init__(
        self,
        recordings: RecordingQueries,
        clusters: ClusterQueries,
        beside: ClusterBesideQueries,
        results: MemoryResults,
    ) -> None:
        self._recordings, self._results = recordings, results
        self._clusters, self._clusters_beside = clusters, beside

    def lines(self, page: str, view: Mapping[str, Any]) -> str:
        """Return the lines that compute what a view of a page shows, and what it shows beside."""
        if page == "compare":
            return compare_lines(self._recordings.folder, view, ChosenQueries(self._recordings))
        self._recordings.open(view["recording"])
        if page == "sentences":
            return sentences_lines(self._recordings.folder, view, self._clusters, self._recordings)
        if page == "memory":
            return memory_lines(self._recordings.folder, view, self._results, self._recordings)
        return beside_each_other(
            self._of(page, view), *(self._of(page, second) for second in self._seconds(page, view))
        )

    def _seconds(self, page: str, view: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The views of what is beside: one or none."""
        if page == "clusters" and view["beside_state"]:
            return [asdict(self._clusters_beside.second(ClustersQuestion.of(view)))]
        if page == "match" and view["beside_state"]:
            return [_second(view)]
        beside = view["beside"] if page not in ("match", "clusters") else ""
        return [{"recording": beside}] if beside and beside != view["recording"] else []

    def _of(self, page: str, view: Mapping[str, Any]) -> str:
        folder = self._recordings.folder
        if page == "match":
            return match_lines(folder, view)
        if page == "clusters":
            return clusters_lines(folder, view, self._clusters)
        self._recordings.open(view["recording"])
        return script(
            opened(folder, view["recording"]),
            "print(recording.state_names, recording.n_positions, recording.sequence_starts)",
            "recording.states(recording.state_names[0]).read(0, 100)",
        )


def _second(view: Mapping[str, Any]) -> dict[str, Any]:
    """The view of what is beside: the first one's, but for what the second has of its own."""
    own = {name.removeprefix(SECOND): view[name] for name in view if name.startswith(SECOND)}
    if view["linked"]:
        own = {name: own[name] for name in ("state", "dropped", "pinned") if name in own}
    return {**view, **own, "recording": view["beside"] or view["recording"]}
