"""The words of a sentence and what the network made of them, wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.networks import LiveNetworks
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.sentences.entry import Entry, check_range
from dashboard.queries.sentences.passage import Passage, recorded_passage
from dashboard.queries.sentences.question import SentencesQuestion
from dashboard.queries.sentences.typed import Typing, read_typed, typed_passage, typing_of

if TYPE_CHECKING:
    from analytics.live.sentence import LiveSentence

__all__ = ["PassageQueries"]


class PassageQueries:
    """Passages, kept in memory for the questions that follow: what is typed is never written to disk."""

    def __init__(self, recordings: RecordingQueries, networks: LiveNetworks, cache: AnswerCache) -> None:
        self._recordings, self._networks, self._cache = recordings, networks, cache

    def passage(self, asked: SentencesQuestion) -> Passage:
        """Return the sentence asked for, as its network reads it."""
        key, state = asked.place
        recording, entry = self._recordings.open(key), asked.asked_entry
        recording.states(state)
        check_range(entry, recording)
        if entry.is_live:
            return typed_passage(self._networks.of(recording), self._read(recording, entry), state)
        return self._cache.answer(
            "passage",
            recording.fingerprint,
            {"state": state, "start": entry.start, "stop": entry.stop},
            lambda: recorded_passage(recording, state, entry.start, entry.stop),
            on_disk=False,
        )

    def typing(self, recording: Recording) -> Typing:
        """Return how text becomes the tokens of a recording."""
        return self._cache.answer(
            "typing", recording.fingerprint, {}, lambda: typing_of(recording), on_disk=False
        )

    def _read(self, recording: Recording, entry: Entry) -> LiveSentence:
        """Run the network once for all states and questions."""
        return self._cache.answer(
            "typed",
            recording.fingerprint,
            {"kind": entry.kind, "start": entry.start, "text": entry.text},
            lambda: read_typed(self._networks.of(recording), entry),
            on_disk=False,
        )
