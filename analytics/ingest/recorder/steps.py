"""A function of one step, ``step(state, input) -> state``, over a corpus: for networks of any software.

The state may be an array, a tensor, a tuple of them or a mapping by name. What the function returns is what
is recorded, so a mapping may hold more than the next step needs: gates, for example.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.arrays import as_array
from analytics.errors import ParameterError, UnknownNameError, nearest
from analytics.ingest.recorder.corpus import block_targets, given_targets
from analytics.ingest.recorder.inputs import RecordInputs
from analytics.ingest.recorder.options import RecordOptions, annotation_kinds, per_position
from analytics.ingest.recorder.plan import open_writer
from analytics.ingest.recorder.writing import progress_bar

__all__ = ["record_steps"]

STEPS_PER_BLOCK = 4096
"""Positions held before they are written."""


def record_steps(
    step: Callable[[Any, Any], Any], source: RecordInputs, options: RecordOptions, *, initial_state: Any
) -> None:
    """Record a step function over a corpus, one sequence after the other.

    Parameters
    ----------
    step : callable
        ``step(state, input)`` returns the state after the input: a token id (int) or a row of values.
    source : RecordInputs
    options : RecordOptions
    initial_state : array, tensor, tuple, mapping, or callable without arguments that returns one
        The state before the first step of a sequence.
    """
    if initial_state is None:
        raise ParameterError(
            "A step function begins somewhere: pass initial_state=, such as np.zeros(n_units). For a torch "
            "network pass the module itself."
        )
    for name in ("head", "call", "batch_first", "classes"):
        if getattr(options, name) is not None:
            raise ParameterError(
                f"{name}= is for torch modules. A step function returns all that is recorded."
            )
    walk = _Walk(step, source, initial_state, carry_state=options.carry_state)
    first = walk.peek()
    kept = _chosen(first, options.states)
    values = dict(source.annotations) | per_position(options, source.sequence_starts, source.n_positions)
    targets = given_targets(options, source)
    dtype = options.dtype or (
        "float16" if all(part.dtype == np.float16 for part in first.values()) else "float32"
    )
    writer = open_writer(
        {name: first[source_name].shape or (1,) for name, source_name in kept.items()}, options,
        vocabulary=source.vocabulary, annotations=annotation_kinds(values, options), top_k=0, dtype=dtype,
        facts={"class": getattr(step, "__name__", type(step).__name__)},
        job={"step": "a function", "positions": source.n_positions},
    )  # fmt: skip
    bar = progress_bar(options, total=source.n_positions)
    with writer, bar:
        for start in range(0, source.n_positions, STEPS_PER_BLOCK):
            here = slice(start, min(start + STEPS_PER_BLOCK, source.n_positions))
            block = walk.run(here, kept)
            if here.stop <= writer.n_positions:
                continue
            writer.append(
                token_ids=source.token_ids[here], states=block,
                sequence_starts=source.is_start(here.start, here.stop),
                targets=block_targets(targets, source, here) if targets is not None else None,
                annotations={name: column[here] for name, column in values.items()},
            )  # fmt: skip
            bar.update(here.stop - here.start)


class _Walk:
    """The function applied to one position after the other."""

    def __init__(self, step: Callable, source: RecordInputs, initial: Any, *, carry_state: bool) -> None:
        self._step, self._source, self._initial = step, source, initial
        starts = source.sequence_starts[:1] if carry_state else source.sequence_starts
        self._starts = set(starts.tolist())
        self._state: Any = None
        self._first: list[Any] = []

    def peek(self) -> dict[str, NDArray]:
        """What the first step gives."""
        # Kept for the first sequence: a function such as `lambda: next(states)` is asked once for each.
        self._first = [self._begin()]
        begun = copy.deepcopy(self._first[0])
        return self._named(self._stepped(begun, self._input(self._source.read(0, 1)[0])), 0)

    def run(self, here: slice, kept: Mapping[str, str]) -> dict[str, NDArray]:
        """States at the positions of a block, each (n_block, n_units)."""
        rows: dict[str, list[NDArray]] = {name: [] for name in kept}
        given = self._source.read(here.start, here.stop)
        for position in range(here.start, here.stop):
            if position in self._starts:
                self._state = self._begin()
            self._state = self._stepped(self._state, self._input(given[position - here.start]))
            found = self._named(self._state, position)
            for name, source_name in kept.items():
                rows[name].append(found[source_name].reshape(-1))
        return {name: np.stack(parts) for name, parts in rows.items()}

    def _begin(self) -> Any:
        if self._first:
            return self._first.pop()
        # A copy, because the function may change its state in place.
        return copy.deepcopy(self._initial() if callable(self._initial) else self._initial)

    def _input(self, value: Any) -> Any:
        return int(value) if self._source.values is None else value

    def _stepped(self, state: Any, value: Any) -> Any:
        return self._step(state, value)

    def _named(self, state: Any, position: int) -> dict[str, NDArray]:
        """The parts of a state by name, copied: the function may reuse its arrays."""
        if isinstance(state, Mapping):
            parts = dict(state)
        elif isinstance(state, tuple | list):
            parts = {f"state{number}": part for number, part in enumerate(state)}
        else:
            parts = {"layer0.hidden": state}
        named = {}
        for name, part in parts.items():
            array = np.array(as_array(part, what=f"State '{name}'"))
            if array.dtype.kind not in "fiub" or not parts:
                raise ParameterError(
                    f"A step function returns its state: numbers, a tuple of arrays or a mapping. Got "
                    f"{type(part).__name__} at position {position}."
                )
            named[name] = array
        return named


def _chosen(first: Mapping[str, NDArray], states: Any) -> dict[str, str]:
    """By the name a state is recorded under, the name it has in what the function returns."""
    if not first or not all(prod(part.shape) for part in first.values()):
        raise ParameterError("A step function returns its state: at least one number. Got an empty one.")
    if states is None:
        return {name: name for name in first}
    if not isinstance(states, Mapping) and len(list(states)) == len(first) and not set(states) & set(first):
        return dict(zip(states, first, strict=True))  # names for the parts in order
    wanted = dict(states) if isinstance(states, Mapping) else {name: name for name in states}
    for source in wanted.values():
        if source not in first:
            raise UnknownNameError(f"The step function returns no {source!r}.{nearest(source, first)}")
    return wanted
