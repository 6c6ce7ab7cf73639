"""What of one word is still there: the norm of its influence on the state at the positions after it, live."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.half_life import half_life
from analytics.derived.influence import word_influence
from analytics.errors import RangeError
from analytics.store.recording import Recording
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.memory.curves import numbers
from dashboard.queries.memory.network import layer_of, shipped_shape
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.networks import LiveNetworks
from dashboard.queries.recordings import RecordingQueries

__all__ = ["MemoryWhereQueries"]

BEFORE, AFTER = 10, 30
MILLISECONDS = 1000


class MemoryWhereQueries:
    """Questions about single places of the text, answered by running the network."""

    def __init__(self, recordings: RecordingQueries, networks: LiveNetworks, cache: AnswerCache) -> None:
        self._recordings, self._networks, self._cache = recordings, networks, cache

    def where(self, asked: MemoryQuestion) -> dict[str, Any]:
        """Return the words around a position, and the norm of its influence on the state from it on."""
        recording = self._recordings.open(asked.recording)
        layer_of(asked.state, shipped_shape(recording))
        position = asked.position if asked.position >= 0 else first_place(recording)
        if position >= recording.n_positions:
            raise RangeError(
                f"{recording.name} has positions 0 to {recording.n_positions - 1:,}. Got {position:,}."
            )
        starts = recording.sequence_starts
        sequence = int(np.searchsorted(starts, position, side="right") - 1)
        begin = int(starts[sequence])
        end = int(starts[sequence + 1]) if sequence + 1 < len(starts) else recording.n_positions
        start, stop = max(begin, position - BEFORE), min(end, position + AFTER + 1)
        began = time.perf_counter()
        norms = self._norms(recording, asked.state, position, stop)
        ms = (time.perf_counter() - began) * MILLISECONDS
        own = norms[0] if norms[0] > 0 else np.nan
        return {
            "position": position,
            "start": start,
            "stop": stop,
            "sequence": sequence,
            "atStart": start == begin,
            "tokens": [
                {"position": place, "text": text, "id": int(word)}
                for place, text, word in zip(
                    range(start, stop),
                    recording.token_texts(start, stop),
                    recording.token_ids[start:stop],
                    strict=True,
                )
            ],
            "norms": numbers(norms),
            "relative": numbers(norms / own),
            "limit": plain(norms.max()),
            "halfLife": plain(float(half_life(norms))),
            "unit": "state per embedding",
            "what": "norm of the word's influence on the state",
            "ms": round(ms, 1),
            "notes": [] if stop < end or stop == position + AFTER + 1 else ["The sequence ends here."],
        }

    def _norms(self, recording: Recording, state: str, position: int, stop: int) -> NDArray[np.float64]:
        """Norms of the influence of a position on the state at each from it up to `stop`."""

        def run() -> NDArray[np.float64]:
            network = self._networks.of(recording)
            return word_influence(network, position, state=state, n_after=stop - position - 1)

        return self._cache.answer(
            "memory influence",
            recording.fingerprint,
            {"state": state, "position": position, "stop": stop},
            run,
            on_disk=False,
        )


def first_place(recording: Recording) -> int:
    """Return a position worth a first look: what is selected in the recording's finding, else one with room.

    The words before and after it lie in its sequence, where one is long enough.
    """
    opening = (recording.manifest.get("opening_view") or {}).get("from", "")
    if str(opening).isdecimal() and int(opening) < recording.n_positions:
        return int(opening)
    lengths = np.diff(np.append(recording.sequence_starts, recording.n_positions))
    roomy = np.flatnonzero(lengths > BEFORE + AFTER)
    sequence = int(roomy[0]) if len(roomy) else int(lengths.argmax())
    return int(recording.sequence_starts[sequence] + min(BEFORE, lengths[sequence] // 2))
