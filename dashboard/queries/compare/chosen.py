"""The recordings that are compared, each with the state that is compared."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.errors import AnalyticsError
from analytics.store.recording import Recording
from dashboard.queries.compare.question import CompareQuestion
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.view import default_state

__all__ = ["Chosen", "ChosenQueries", "kind_of", "layer_of", "layers_of"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the recordings; `recording` is None, with the reason, where it does not open."""

    place: int
    key: str
    recording: Recording | None
    state: str
    why: str = ""
    note: str = ""
    """What is said of the state: another one stands in for it."""

    @property
    def fingerprint(self) -> str:
        """The recording's, empty without one."""
        return self.recording.fingerprint if self.recording else ""

    def head(self) -> dict[str, object]:
        """Return what every row begins with."""
        name = self.recording.name if self.recording else self.key
        row = {"place": self.place, "key": self.key, "name": name, "state": self.state}
        if self.why:
            row["why"] = self.why
        if self.note:
            row["note"] = self.note
        return row


class ChosenQueries:
    """Opens what a question names."""

    def __init__(self, recordings: RecordingQueries) -> None:
        self._recordings = recordings

    def all(self, asked: CompareQuestion) -> list[Chosen]:
        """Return every recording of a question, those too that do not open."""
        return [self._one(asked, place) for place in range(len(asked.recordings))]

    def pair(self, asked: CompareQuestion) -> tuple[Chosen, Chosen]:
        """Return the two that are compared with each other.

        Raises
        ------
        AnalyticsError
            If one does not open.
        """
        found = tuple(self._one(asked, place) for place in asked.places)
        for each in found:
            if each.recording is None:
                self._recordings.open(each.key)
        return found

    def _one(self, asked: CompareQuestion, place: int) -> Chosen:
        own = asked.states[place] if place < len(asked.states) else ""
        return self.one(asked.recordings[place], own or asked.state, place=place)

    def one(self, key: str, wanted: str, *, place: int = -1) -> Chosen:
        """Return a recording in a state, or in the one most like it; -1: it is none of those compared."""
        try:
            recording = self._recordings.open(key)
        except AnalyticsError as error:
            return Chosen(place, key, None, "", why=str(error))
        if not wanted or wanted in recording.state_names:
            return Chosen(place, key, recording, wanted or default_state(recording))
        state = _instead(recording, wanted)
        note = f"{recording.name} has no state {wanted[:60]}; {state} is shown."
        return Chosen(place, key, recording, state, note=note)


def kind_of(state: str) -> str:
    """Return the kind of a state: what stands after its layer.

    Examples
    --------
    >>> kind_of("layer1.cell"), kind_of("residual")
    ('cell', 'residual')
    """
    return state.rpartition(".")[2]


def layer_of(state: str) -> str:
    """Return the layer of a state: what stands before its kind.

    Examples
    --------
    >>> layer_of("layer1.cell"), layer_of("residual")
    ('layer1', '')
    """
    return state.rpartition(".")[0]


def layers_of(recording: Recording, state: str) -> list[str]:
    """Return the states of the same kind as one, a layer each, in order."""
    return [name for name in recording.state_names if kind_of(name) == kind_of(state)]


def _instead(recording: Recording, wanted: str) -> str:
    """The hidden state of the same layer, else what is shown when nothing was asked for."""
    hidden = f"{layer_of(wanted)}.hidden"
    return hidden if hidden in recording.state_names else default_state(recording)
