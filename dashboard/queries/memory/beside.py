"""Classes of words in a second recording or state beside those of the first: the same ones, in one order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard.queries.memory.classes import MemoryClassQueries
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import tag_annotations

__all__ = ["MemoryBesideQueries"]


class MemoryBesideQueries:
    """Questions about the first of the curves beside."""

    def __init__(
        self, recordings: RecordingQueries, results: MemoryResults, classes: MemoryClassQueries
    ) -> None:
        self._recordings, self._results, self._classes = recordings, results, classes

    def second(self, asked: MemoryQuestion) -> MemoryQuestion | None:
        """Return the same asked of the second, of the classes shown of the first; None if none is beside."""
        if len(asked.curves) < 2:
            return None
        second = asked.curves[1]
        recording = self._recordings.find(second.recording)
        if recording is None or second.state not in recording.state_names:
            return None
        by = self._results.by(self._recordings.open(asked.recording), asked)
        shown = tuple(row["key"] for row in self._rows(asked) if row["shown"])
        return replace(second, by=by if by in tag_annotations(recording) else "", classes=shown, beside=())

    def table(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return the classes of the second in the order of the first; words by their ids stay out."""
        second = self.second(asked)
        if second is None:
            return {"rows": [], "notes": []}
        answer = self._classes.table(second)
        order = {row["key"]: place for place, row in enumerate(self._rows(asked))}
        rows = sorted(answer["rows"], key=lambda row: order.get(row["key"], len(order)))
        return {**answer, "rows": rows, "recording": second.recording, "state": second.state}

    def _rows(self, asked: MemoryQuestion) -> list[dict[str, Any]]:
        return [row for row in self._classes.table(asked)["rows"] if row["kind"] != "word"]
