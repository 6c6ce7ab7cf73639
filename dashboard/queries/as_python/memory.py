"""Memory as Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analytics.store.recording import Recording
from dashboard.queries.as_python.writing import beside_each_other, call, given, opened, script
from dashboard.queries.memory.network import shipped_shape
from dashboard.queries.memory.question import MemoryQuestion
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.run import run_of
from dashboard.queries.memory.where import first_place
from dashboard.queries.memory.word_classes import side_labels, word_classes
from dashboard.queries.recordings import RecordingQueries

__all__ = ["memory_lines"]

EMBEDDING = (
    "embedding = analytics.open_network(recording).module.embedding.weight.detach().numpy()",
    "counts = np.bincount(recording.token_ids, minlength=len(embedding))",
)


def memory_lines(
    folder: str, view: Mapping[str, Any], results: MemoryResults, recordings: RecordingQueries
) -> str:
    """Return the lines that compute, or load where it is stored, what the tab shows, B beside A."""
    asked, tab = MemoryQuestion.of(view), view["view"]
    first = recordings.open(asked.recording)
    others = [each for each in asked.curves[1:] if recordings.find(each.recording)]
    if tab != "decay":
        others = [
            each for each in others[:1] if _is_alike(first, recordings.open(each.recording), asked, tab)
        ]
    return beside_each_other(
        *(
            _lines(folder, each, recordings.open(each.recording), results=results, tab=tab)
            for each in (asked, *others)
        )
    )


def _is_alike(first: Recording, second: Recording, asked: MemoryQuestion, tab: str) -> bool:
    """Whether what is asked of the first by a position, or by ids of words, means the same in the second."""
    if tab == "where":
        return np.array_equal(first.token_ids, second.token_ids)
    if tab == "properties" and any("w:" in text for text in asked.properties):
        return np.array_equal(first.vocabulary, second.vocabulary)
    return True


def _lines(
    folder: str, asked: MemoryQuestion, recording: Recording, *, results: MemoryResults, tab: str
) -> str:
    first = opened(folder, asked.recording)
    if tab == "where":
        return script(first, *_where(recording, asked))
    memory = f"memory = {_call(recording, asked, results, classes=tab == 'classes')}"
    return script(first, memory, *_of_tab(tab, recording, asked))


def _of_tab(tab: str, recording: Recording, asked: MemoryQuestion) -> tuple[str, ...]:
    if tab == "directions":
        call_ = call("analytics.remembered_directions", f"memory.mean[{asked.delay}]", "embedding")
        return (*EMBEDDING, f"{call_[:-1]}, counts=counts, min_count=5)")
    if tab == "properties" and asked.properties:
        return tuple(EMBEDDING[:1]) + _property(recording, asked)
    measure = "total" if asked.falling == "sum" else "largest"
    return (f"analytics.half_life(memory.{measure})", "memory.figure()")


def _property(recording: Recording, asked: MemoryQuestion) -> tuple[str, ...]:
    """The first property: each word is of the class that it carries more often; a listed word of its list."""
    sides = asked.properties[0].split("|")
    word_classes(recording, asked.properties[0])
    listed = [side.startswith("w:") for side in sides]
    counted = [_counted(name, side) for name, side in zip(("one", "other"), sides, strict=True)]
    counts = "" if asked.types else ", counts=np.maximum(one, other)"
    shape = shipped_shape(recording)
    return (
        *counted,
        {(True, False): "other[one > 0] = 0", (False, True): "one[other > 0] = 0"}.get(tuple(listed), ""),
        "first, second = np.flatnonzero(one > other), np.flatnonzero(other > one)",
        f"difference = analytics.property_direction(embedding, first, second{counts})",
        "analytics.relative_memory(memory.mean, difference)",
        "analytics.subspace_cosine(memory.mean, difference, "
        f"n={min(asked.n, shape.n_units, shape.n_embedding)})",
    )


def _counted(name: str, side: str) -> str:
    """Occurrences of each word of a class: of some words, or where an annotation has some labels."""
    if side.startswith("w:"):
        words = [int(word) for word in side[2:].split(";")]
        chosen = f"np.isin(recording.token_ids, {words})"
    else:
        annotation, labels = side_labels(side)
        chosen = f"recording.annotations[{annotation!r}].isin({labels})"
    return f"{name} = np.bincount(\n    recording.token_ids[{chosen}], minlength=len(embedding)\n)"


def _where(recording: Recording, asked: MemoryQuestion) -> tuple[str, ...]:
    position = asked.position if asked.position >= 0 else first_place(recording)
    return (
        "network = analytics.open_network(recording)",
        call("analytics.word_influence", "network", str(position), state=asked.state),
    )


def _call(recording: Recording, asked: MemoryQuestion, results: MemoryResults, *, classes: bool) -> str:
    """The call whose stored result the page shows; without one, the call that the page would start."""
    best = results.best_of_classes(recording, asked) if classes else results.best(recording, asked)
    if best is not None:
        known = best.parameters.to_dict()
    else:
        run = run_of(recording, asked, results)
        known = {name: getattr(run, name) for name in ("state", "delays", "by", "words", "positions", "seed")}
    delays = known["delays"]
    known["delays"] = delays if isinstance(delays, int) else _as_number(list(delays))
    known = {name: list(value) if isinstance(value, tuple) else value for name, value in known.items()}
    usual = {"delays": 30, "by": [], "words": [], "controls": True, "positions": None, "seed": 0}
    return call("analytics.recording_memory", "recording", **given(known, **usual))


def _as_number(delays: list[int]) -> int | list[int]:
    return len(delays) if delays == list(range(len(delays))) else delays
