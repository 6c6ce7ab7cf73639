"""Does a view of the Sentences page fit the recordings it names? What does not becomes the default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.errors import AnalyticsError
from analytics.store.recording import Recording
from dashboard.queries.beside import second_of
from dashboard.queries.clusters.view import check_pick, check_unit, check_words, rich
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.sentences.entry import check_range, read_entry
from dashboard.queries.sentences.example import SentenceExampleQueries
from dashboard.queries.view import check_state, opening_of, recording_or_opening

__all__ = ["SentencesViewQueries"]

BLANK = {
    "named": [], "beside": "", "beside_state": "", "entries": [], "pick": "", "unit": -1, "rows": [],
    "zoom_from": -1, "zoom_to": -1, "chosen": "", "find": "", "label": "", "page": 0,
}  # fmt: skip
"""What is reset when another recording is shown than was asked for: there it would mean something else."""


class SentencesViewQueries:
    """Which view to open, and whether a given one can be shown."""

    def __init__(self, recordings: RecordingQueries, examples: SentenceExampleQueries) -> None:
        self._recordings, self._examples = recordings, examples

    def opening(self) -> str:
        """Return the recording of a first visit: one with words enough to cluster that ships its network."""
        facts = rich(self._recordings.all())
        ships = [each for each in facts if self._recordings.open(each.key).weights_path is not None]
        return opening_of(ships or facts).get("recording", "")

    def checked(self, view: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the fields of a view that have to change, and a sentence for each that made no sense."""
        recording, problems = recording_or_opening(self._recordings, view["recording"], self.opening)
        if recording is None:
            return {"recording": ""}, problems
        changes: dict[str, Any] = {"recording": recording.path.name, **(BLANK if problems else {})}
        check_state(recording, {**view, **changes}, changes, problems)
        second = self._beside(recording, {**view, **changes}, changes, problems)
        check_words(recording, view, changes, problems, fields=("named",))
        for check in (check_unit, check_pick):
            check(recording, {**view, **changes}, changes, problems)
        self._entries(recording, second, {**view, **changes}, changes=changes, problems=problems)
        return changes, problems

    def _beside(
        self, recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]
    ) -> Recording | None:
        """The second recording; None where the page shows no second network."""
        wanted = view["beside"] or view["beside_state"]
        if not wanted and not any(entry.startswith("+") for entry in view["entries"]):
            return None
        return second_of(self._recordings, recording, view, changes=changes, problems=problems)

    def _entries(
        self,
        recording: Recording,
        second: Recording | None,
        view: Mapping[str, Any],
        *,
        changes: dict[str, Any],
        problems: list[str],
    ) -> None:
        """Leave out what cannot be shown; where nothing was asked for, show a sentence worth seeing."""
        kept = []
        for text in view["entries"]:
            try:
                entry = read_entry(text)
                by = second if entry.is_second else recording
                if by is not None:
                    check_range(entry, by)
                    kept.append(text)
            except AnalyticsError as error:
                problems.append(str(error))
        if kept != list(view["entries"]):
            changes.update(entries=kept, chosen="", zoom_from=-1, zoom_to=-1)
        if not kept:
            changes["entries"] = self._examples.examples(recording, second)
