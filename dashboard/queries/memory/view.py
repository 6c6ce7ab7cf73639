"""Does a view of the Memory page fit the recording it names? What does not becomes the default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analytics.derived.recording_memory import StoredMemory
from analytics.errors import nearest
from analytics.store.recording import Recording
from analytics.store.schema import WEIGHTS_FILE
from dashboard.queries.annotations import annotation
from dashboard.queries.memory.network import memory_states
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.responses import tag_annotations
from dashboard.queries.view import check_state, default_state, opening_of, recording_or_opening

__all__ = ["MemoryViewQueries", "default_memory_state"]

BLANK = {
    "by": "", "classes": [], "words": [], "properties": [], "position": -1, "unit": -1, "beside": [],
    "beside_classes": [], "beside_position": -1, "beside_unit": -1,
}  # fmt: skip
"""What is reset when another recording is shown than was asked for: there it would mean something else."""
ALONE = {
    "linked": True, "beside_delay": 0, "beside_positions": -1, "beside_classes": [], "beside_position": -1,
    "beside_unit": -1,
}  # fmt: skip
"""What belongs to the second, where there is none."""


class MemoryViewQueries:
    """Which view to open, and whether a given one can be shown."""

    def __init__(self, recordings: RecordingQueries, results: MemoryResults) -> None:
        self._recordings, self._results = recordings, results

    def opening(self) -> str:
        """Return the recording of a first visit: one with a stored memory, else one that has its network."""
        facts = self._recordings.all()
        opened = {each.key: self._recordings.find(each.key) for each in facts}
        stored = [each for each in facts if opened[each.key] and self._results.stored(opened[each.key])]
        shipped = [each for each in facts if _ships(opened[each.key])]
        return opening_of(stored or shipped or facts).get("recording", "")

    def checked(self, view: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the fields of a view that have to change, and a sentence for each that made no sense."""
        recording, problems = recording_or_opening(self._recordings, view["recording"], self.opening)
        if recording is None:
            return {"recording": ""}, problems
        changes: dict[str, Any] = {"recording": recording.path.name, **(BLANK if problems else {})}
        _state(recording, {**view, **changes}, changes, problems, stored=self._results.stored(recording))
        for check in (_by, _classes, _words, _delay, _position, _unit):
            check(recording, {**view, **changes}, changes, problems)
        self._beside({**view, **changes}, changes, problems)
        return changes, problems

    def _beside(self, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
        curves = [self._with_state(curve, view["state"]) for curve in view["beside"]]
        wrong = [curve for curve in curves if not self._has(curve)]
        if wrong:
            problems.append(f"There is no curve '{wrong[0][:60]}': wanted a recording and one of its states.")
        own = f"{view['recording']}:{view['state']}"
        kept = [curve for curve in curves if curve not in wrong and curve != own]
        if kept != list(view["beside"]):
            changes["beside"] = kept
        self._second(kept, view, changes, problems)

    def _second(self, beside: list[str], view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
        """Check what is chosen of the second; without one, nothing is."""
        if not beside:
            changes.update({name: value for name, value in ALONE.items() if view[name] != value})
            return
        key, _, state = beside[0].rpartition(":")
        second = self._recordings.open(key)
        chosen = {name: view[f"beside_{name}"] for name in ("delay", "position", "unit")}
        own: dict[str, Any] = {}
        for check in (_delay, _position, _unit):
            check(second, {**view, **chosen, "state": state}, own, problems)
        changes.update({f"beside_{name}": value for name, value in own.items()})

    def _with_state(self, curve: str, state: str) -> str:
        """Name the state where a curve names none: that of the first where it has one of that name."""
        key, _, named = curve.rpartition(":")
        recording = None if named else self._recordings.find(key)
        if recording is None:
            return curve
        return f"{key}:{state if state in recording.state_names else default_state(recording)}"

    def _has(self, curve: str) -> bool:
        key, _, state = curve.rpartition(":")
        recording = self._recordings.find(key)
        return recording is not None and state in recording.state_names


def default_memory_state(recording: Recording, stored: Iterable[StoredMemory]) -> str:
    """Return the state shown when none was asked for: the usual one, or another whose memory is stored."""
    usual, known = default_state(recording), memory_states(recording)
    stored = [each for each in stored if each.parameters.state in known]
    if stored and usual not in {each.parameters.state for each in stored}:
        return max(stored, key=lambda each: each.n_counted).parameters.state
    return usual if usual in known else next(reversed(known), usual)


def _ships(recording: Recording | None) -> bool:
    return recording is not None and WEIGHTS_FILE in recording.manifest.get("files", {})


def _state(
    recording: Recording,
    view: Mapping[str, Any],
    changes: dict,
    problems: list[str],
    *,
    stored: Iterable[StoredMemory],
) -> None:
    check_state(recording, view, changes, problems)
    asked, known = {**view, **changes}["state"], memory_states(recording)
    if not view["state"] or (known and asked not in known):
        changes["state"] = default_memory_state(recording, stored)
        if view["state"] in recording.state_names:
            problems.append(
                f"{asked} is not handed on from position to position. Showing {changes['state']}."
            )


def _by(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    known = tag_annotations(recording)
    if view["by"] and view["by"] not in known:
        problems.append(
            f"{recording.name} has no categorical annotation '{view['by'][:40]}'.{nearest(view['by'], known)}"
        )
        changes["by"] = ""


def _classes(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    if not view["classes"]:
        return
    # Without a name, of whichever annotation the stored classes are.
    names = [view["by"]] if view["by"] else tag_annotations(recording)
    labels = [str(label) for name in names for label in annotation(recording, name).cat.categories]
    unknown = [label for label in view["classes"] if label not in labels]
    if unknown:
        of = f"'{names[0]}' has no label" if len(names) == 1 else f"{recording.name} has no label"
        problems.append(f"{of} '{unknown[0][:40]}'.{nearest(unknown[0], labels)}")
        changes["classes"] = [label for label in view["classes"] if label in labels]


def _words(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    n_words = int(recording.manifest["n_vocabulary"])
    outside = [word for word in view["words"] if word >= n_words]
    if outside:
        problems.append(f"There is no word {outside[0]}: {recording.name} has words 0 to {n_words - 1:,}.")
        changes["words"] = [word for word in view["words"] if word < n_words]


def _delay(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    if view["delay"] >= view["delays"]:
        problems.append(f"There is no delay {view['delay']}: delays 0 to {view['delays'] - 1} are shown.")
        changes["delay"] = 0


def _position(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    if view["position"] >= recording.n_positions:
        problems.append(
            f"{recording.name} has positions 0 to {recording.n_positions - 1:,}, so none is followed."
        )
        changes["position"] = -1


def _unit(recording: Recording, view: Mapping[str, Any], changes: dict, problems: list[str]) -> None:
    n_units = recording.states(view["state"]).shape[1]
    if view["unit"] >= n_units:
        problems.append(f"There is no unit {view['unit']}: {view['state']} has units 0 to {n_units - 1:,}.")
        changes["unit"] = -1
