"""Sentences as Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.store.recording import Recording
from dashboard.queries.as_python.clusters import cluster_lines
from dashboard.queries.as_python.writing import beside_each_other, call, script
from dashboard.queries.clusters.overview import ClusterQueries
from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.sentences.entry import Entry
from dashboard.queries.sentences.passage import gate_of
from dashboard.queries.sentences.question import SentencesQuestion

__all__ = ["sentences_lines"]

DRAWN = 2
"""Sentences drawn at once: A and B."""


def sentences_lines(
    folder: str, view: Mapping[str, Any], clusters: ClusterQueries, recordings: RecordingQueries
) -> str:
    """Return the lines that measure the sentences which the view draws, through the clusters of each."""
    questions = [SentencesQuestion.of(view, entry=entry) for entry in view["entries"][:DRAWN]]
    if not questions:
        return script(*cluster_lines(folder, SentencesQuestion.of(view).clustering, clusters))
    heads = [cluster_lines(folder, asked.clustering, clusters) for asked in questions]
    texts = [
        # The same clusters are not written twice.
        script(*(head if head not in heads[:place] else ()), *_measured(asked, recordings))
        for place, (asked, head) in enumerate(zip(questions, heads, strict=True))
    ]
    return beside_each_other(*texts)


def _measured(asked: SentencesQuestion, recordings: RecordingQueries) -> list[str]:
    key, state = asked.place
    recording, entry = recordings.open(key), asked.asked_entry
    gate = gate_of(state, recording.state_names) if asked.gate else None
    read, arguments = _live(entry, state, gate) if entry.is_live else _recorded(recording, entry, gate)
    return [
        *read,
        "measures = analytics.sequence_measures(\n"
        f"    {', '.join([arguments[0], 'clusters.unit_labels', *arguments[1:]])}\n)",
        "measures.figure(tokens=tokens)",
    ]


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
