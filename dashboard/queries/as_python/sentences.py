"""Sentences as Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.store.recording import Recording
from dashboard.queries.as_python.clusters import cluster_lines
from dashboard.queries.as_python.writing import call, script
from dashboard.queries.clusters.overview import ClusterQueries
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.sentences.entry import Entry
from dashboard.queries.sentences.passage import gate_of
from dashboard.queries.sentences.question import SentencesQuestion

__all__ = ["sentences_lines"]


def sentences_lines(
    folder: str, view: Mapping[str, Any], clusters: ClusterQueries, recordings: RecordingQueries
) -> str:
    """Return the lines that measure the first sentence of the view through the clusters."""
    asked = SentencesQuestion.of(view, entry=view["entries"][0])
    key, state = asked.place
    recording, entry = recordings.open(key), asked.asked_entry
    gate = gate_of(state, recording.state_names) if asked.gate else None
    read, arguments = _live(entry, state, gate) if entry.is_live else _recorded(recording, entry, gate)
    return script(
        *cluster_lines(folder, asked.clustering, clusters),
        *read,
        "measures = analytics.sequence_measures(\n"
        f"    {', '.join([arguments[0], 'clusters.unit_labels', *arguments[1:]])}\n)",
        "measures.figure(tokens=tokens)",
    )


def _recorded(recording: Recording, entry: Entry, gate: str | None) -> tuple[list[str], list[str]]:
    """Read words of the recording; the state in front of them where they begin inside a sequence."""
    start, stop = entry.start, entry.stop
    first, after = np.searchsorted(recording.sequence_starts, [start, stop])
    starts = (recording.sequence_starts[first:after] - start).tolist()
    arguments = [f"states.read({start}, {stop})"]
    if starts[:1] != [0]:
        arguments.append(f"before=states.read({start - 1}, {start})[0]")
    if set(starts) - {0}:
        arguments.append(f"sequence_starts={[0, *(place for place in starts if place)]}")
    if gate:
        arguments.append(f"gate=recording.states({gate!r}).read({start}, {stop})")
    return [f"tokens = recording.token_texts({start}, {stop})"], arguments


def _live(entry: Entry, state: str, gate: str | None) -> tuple[list[str], list[str]]:
    """Let the network read the text, after what stands in front of it in the recording."""
    after = {"after": entry.start} if entry.kind == "e" else {}
    read = [
        "network = analytics.open_network(recording)",
        f"sentence = {call('network.run', repr(entry.text), **after)}",
        "tokens = sentence.tokens.tokens",
    ]
    arguments = [f"sentence.states[{state!r}]", f"before=sentence.before_first[{state!r}]"]
    if gate:
        arguments.append(f"gate=sentence.states[{gate!r}]")
    return read, arguments
