"""What is recorded of a network, decided once before the first block: states, output, facts, the writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from analytics.errors import ParameterError
from analytics.ingest.recorder.network import Network
from analytics.ingest.recorder.options import RecordOptions, class_texts
from analytics.ingest.recorder.outputs import ClassOutput, NumberOutput, Output, TokenOutput
from analytics.ingest.recorder.run import Run
from analytics.ingest.recorder.scores import scores_reader
from analytics.ingest.writer import RecordingWriter

__all__ = ["Plan", "make_plan", "open_writer"]

BLOCK_VALUES = 1 << 24
"""Numbers held at once: with the copies that cannot be avoided some 200 MB as float32."""

MOST_POSITIONS, FEWEST_POSITIONS = 1 << 15, 1 << 8
"""Positions run at once. More are not faster; fewer would spend the time on Python's steps."""

MAX_CLASSES = 100
"""Of a classifier: each becomes an annotation."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run gives and how it is kept."""

    network: Network
    shapes: dict[str, tuple[int, ...]]
    """Of one position's value of each state."""
    dtype: str
    output: Output | None
    read_output: Callable[[Run], Tensor] | None
    """From a run to (n_steps, n_streams, n_outputs), or (n_streams, n_outputs) for whole sequences."""
    facts: dict[str, Any]

    @property
    def max_positions(self) -> int:
        """Positions of a block that keep memory bounded."""
        n_values = sum(map(prod, self.shapes.values())) + 3 * self.facts.get("n_outputs", 0)
        return int(np.clip(BLOCK_VALUES // max(1, n_values), FEWEST_POSITIONS, MOST_POSITIONS))

    @property
    def needs_whole_sequences(self) -> bool:
        """Whether a sequence cannot be run in pieces."""
        return not self.network.goes_on


def make_plan(
    network: Network,
    found: Run,
    options: RecordOptions,
    *,
    n_vocabulary: int,
    is_series: bool,
) -> Plan:
    """Decide everything from the first run."""
    choice = network.choice
    units = {name: n_units for layer in choice.layers for name, n_units in layer.states.items()}
    shapes = {name: (units[source],) for name, source in choice.sources.items()} | network.shapes
    half = any(values.dtype == torch.float16 for values in found.states.values())
    read_output = scores_reader(network, found, options)
    example = None if read_output is None else read_output(found).detach().cpu()
    output = _output(example, options, n_vocabulary=n_vocabulary, is_series=is_series)
    layers = {layer.name: f"{type(layer.module).__name__} {layer.path}".strip() for layer in choice.layers}
    facts = {
        "class": type(network.model).__name__,
        "parameters": sum(parameter.numel() for parameter in network.model.parameters()),
        "layers": layers,
        "state at a sequence's start": "handed on from the sequence before" if options.carry_state else "new",
        "n_embedding": _n_embedding(network.model),
        "n_outputs": 0 if example is None or output is None else int(example.shape[-1]),
    }
    return Plan(
        network, shapes, options.dtype or ("float16" if half else "float32"), output,
        None if output is None else read_output, facts,
    )  # fmt: skip


def _n_embedding(model: nn.Module) -> int:
    """Size of the embedding, 0 where there is none, or several of different sizes."""
    sizes = {part.embedding_dim for part in model.modules() if isinstance(part, nn.Embedding)}
    return sizes.pop() if len(sizes) == 1 else 0


def open_writer(
    plan_shapes: Mapping[str, tuple[int, ...]], options: RecordOptions, *, vocabulary: Sequence[str],
    annotations: Mapping[str, Any], top_k: int, dtype: str, facts: Mapping[str, Any], job: Mapping[str, Any],
) -> RecordingWriter:  # fmt: skip
    """The writer, with what is known about the network unless the caller said more."""
    own = dict(options.writer)
    own["model"] = {key: value for key, value in facts.items() if value} | dict(own.get("model") or {})
    return RecordingWriter(
        options.path,
        name=options.title,
        states={name: shape[0] if len(shape) == 1 else shape for name, shape in plan_shapes.items()},
        vocabulary=vocabulary,
        annotations=annotations,
        top_k=top_k,
        dtype=dtype,
        resume=options.resume,
        job=job,
        **own,
    )


def _output(
    example: Tensor | None, options: RecordOptions, *, n_vocabulary: int, is_series: bool
) -> Output | None:
    if example is None or example.ndim < 2:
        return None
    n_outputs = example.shape[-1]
    if options.classes is not None or options.labels is not None:
        texts = class_texts(options)
        if len(texts) != n_outputs and not (len(texts) == 2 and n_outputs == 1):
            raise ParameterError(
                f"The network tells {n_outputs} classes apart. Got {len(texts)} in classes: "
                f"{', '.join(texts[:8])}."
            )
        return ClassOutput(texts, example) if len(texts) <= MAX_CLASSES else None
    if is_series:
        return NumberOutput(n_outputs) if n_outputs <= MAX_CLASSES and example.ndim == 3 else None
    if n_outputs == n_vocabulary and options.targets is not None:
        return TokenOutput(top_k=min(options.top_k, n_vocabulary))
    return None
