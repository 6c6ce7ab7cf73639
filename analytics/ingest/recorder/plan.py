"""What is recorded of a network, decided once before the first block: states, output, facts, the writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from analytics.errors import ParameterError, ShapeError
from analytics.ingest.from_arrays import annotation_values
from analytics.ingest.recorder.capture import Capture
from analytics.ingest.recorder.layers import Choice, choose_states
from analytics.ingest.recorder.network import Network, Run, as_device, quiet
from analytics.ingest.recorder.outputs import ClassOutput, Columns, NumberOutput, Output, TokenOutput
from analytics.ingest.writer import RecordingWriter
from analytics.ingest.writing.annotation_columns import kind_of

__all__ = [
    "Block",
    "Plan",
    "RecordOptions",
    "annotation_kinds",
    "class_texts",
    "make_plan",
    "open_writer",
    "per_position",
    "watched",
]

BLOCK_VALUES = 1 << 24
"""Numbers held at once: with the copies that cannot be avoided some 200 MB as float32."""

MOST_POSITIONS, FEWEST_POSITIONS = 1 << 15, 1 << 8
"""Positions run at once. More are not faster; fewer would spend the time on Python's steps."""

MAX_CLASSES = 100
"""Of a classifier: each becomes an annotation."""


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What the caller of `analytics.record` said, unchanged."""

    path: Path
    name: str | None = None
    states: Sequence[str] | Mapping[str, str] | None = None
    head: Callable[[Tensor], Tensor] | None = None
    call: Callable[[nn.Module, Any], Any] | None = None
    batch_first: bool | None = None
    time_axis: Mapping[str, int] = field(default_factory=dict)
    carry_state: bool = False
    targets: Any = "next"
    labels: Sequence[Any] | None = None
    classes: Sequence[str] | None = None
    annotations: Any = None
    annotation_labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    top_k: int = 5
    dtype: str | None = None
    device: str = "auto"
    max_batch_positions: int | None = None
    resume: bool = False
    progress: bool = True
    writer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What a reader sees."""
        return self.path.name if self.name is None else self.name


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


class Block:
    """States and output at the positions [start, stop), filled row by row, then written."""

    def __init__(self, plan: Plan, n_rows: int) -> None:
        self._plan, self.n_rows = plan, n_rows
        self.states = {
            state: np.empty((n_rows, prod(shape)), dtype=plan.dtype) for state, shape in plan.shapes.items()
        }
        self._pieces: list[tuple[NDArray, Columns]] = []

    def put(
        self, run: Run, rows: NDArray, *, lengths: NDArray, targets: NDArray[np.int32]
    ) -> None:  # fmt: skip
        """Keep a run's values: those of stream 0, up to its length, belong in the first rows, and so on."""
        for state, values in self.states.items():
            values[rows] = _one_after_the_other(run.states[state], lengths).numpy()
        if self._plan.output is not None:
            given = self._plan.read_output(run).detach().cpu()
            if given.ndim == 2:
                given = given.expand(run.n_steps, *given.shape)
            chosen = _one_after_the_other(given, lengths)
            self._pieces.append((rows, self._plan.output.columns(chosen, targets)))

    def columns(self) -> dict[str, Any]:
        """What `RecordingWriter.append` takes of the output: one array a column."""
        if self._plan.output is None:
            return {"annotations": {}}
        first = self._pieces[0][1]
        found: dict[str, Any] = {
            "annotations": {
                name: self._joined(values.dtype, lambda columns, name=name: columns.annotations[name])
                for name, values in first.annotations.items()
            }
        }
        if first.log_probability is not None:
            found["log_probability"] = self._joined(np.float32, lambda columns: columns.log_probability)
        if first.predictions is not None:
            found["predictions"] = tuple(
                self._joined(part.dtype, lambda columns, number=number: columns.predictions[number])
                for number, part in enumerate(first.predictions)
            )
        return found

    def _joined(self, dtype: Any, part: Callable[[Columns], NDArray]) -> NDArray:
        shape = (self.n_rows, *part(self._pieces[0][1]).shape[1:])
        values = np.empty(shape, dtype=dtype)
        for rows, columns in self._pieces:
            values[rows] = part(columns)
        return values


@contextmanager
def watched(model: nn.Module, options: RecordOptions):
    """The network in evaluation mode, on its device, with its layers watched; all as before afterwards."""
    model = getattr(model, "_orig_mod", model)  # what torch.compile wraps
    choice = choose_states(model, options.states)
    modes = {module: module.training for module in model.modules()}
    own_hidden = {f"{layer.name}.hidden" for layer in choice.layers}
    with ExitStack() as stack:
        stack.callback(_restore_modes, modes)
        stack.enter_context(torch.compiler.set_stance("force_eager"))
        stack.enter_context(as_device(model, options.device))
        stack.enter_context(quiet())
        model.eval()
        capture = stack.enter_context(
            Capture(model, layers=choice.layers, states=own_hidden | set(choice.sources.values()),
                    hooks=choice.hooks)
        )  # fmt: skip
        yield Network(
            model, choice, capture, call=options.call, batch_first=options.batch_first,
            time_axis=options.time_axis,
        ), choice  # fmt: skip


def make_plan(
    network: Network,
    choice: Choice,
    found: Run,
    options: RecordOptions,
    *,
    n_vocabulary: int,
    is_series: bool,
) -> Plan:
    """Decide everything from the first run."""
    units = {name: n_units for layer in choice.layers for name, n_units in layer.states.items()}
    shapes = {name: (units[source],) for name, source in choice.sources.items()} | network.shapes
    half = any(values.dtype == torch.float16 for values in found.states.values())
    read_output = _output_reader(network, found, options)
    example = None if read_output is None else read_output(found).detach().cpu()
    output = _output(example, options, n_vocabulary=n_vocabulary, is_series=is_series)
    layers = {layer.name: f"{type(layer.module).__name__} {layer.path}".strip() for layer in choice.layers}
    facts = {
        "class": type(network.model).__name__,
        "parameters": sum(parameter.numel() for parameter in network.model.parameters()),
        "layers": layers,
        "state at a sequence's start": "handed on from the sequence before" if options.carry_state else "new",
        "n_outputs": 0 if example is None or output is None else int(example.shape[-1]),
    }
    return Plan(
        network, shapes, options.dtype or ("float16" if half else "float32"), output,
        None if output is None else read_output, facts,
    )  # fmt: skip


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


def per_position(options: RecordOptions, starts: NDArray[np.int64], n_positions: int) -> dict[str, Any]:
    """The caller's annotations and labels, one value for each position."""
    values = annotation_values(options.annotations)
    for name, column in values.items():
        if len(column) != n_positions:
            raise ShapeError(
                f"Annotation '{name}' has one value for each of the {n_positions:,} positions. Got "
                f"{len(column):,}."
            )
    if options.labels is not None:
        values["label"] = _spread(options, starts, n_positions)
    return values


def annotation_kinds(values: Mapping[str, Any], options: RecordOptions) -> dict[str, Any]:
    """How each is stored: its labels in the caller's order, or what its values are."""
    given = dict(options.annotation_labels)
    if options.labels is not None:
        given["label"] = class_texts(options)
    return {name: list(given[name]) if name in given else kind_of(column) for name, column in values.items()}


def class_texts(options: RecordOptions) -> list[str]:
    """Texts of the classes: as given, or the labels in order."""
    if options.classes is not None:
        return [str(text) for text in options.classes]
    found = set(np.asarray(options.labels).tolist())
    if all(isinstance(label, int) and label >= 0 for label in found):
        return [str(number) for number in range(max(found) + 1)]
    return [str(label) for label in sorted(found, key=str)]


def _spread(options: RecordOptions, starts: NDArray[np.int64], n_positions: int) -> NDArray:
    labels = np.asarray(options.labels)
    texts = class_texts(options)
    if labels.dtype.kind in "iu":
        if len(labels) and not (labels.min() >= 0 and labels.max() < len(texts)):
            raise ParameterError(
                f"labels are numbers of the {len(texts)} classes, from 0. Got {labels.min()} to "
                f"{labels.max()}."
            )
        labels = np.array(texts, dtype=object)[labels]
    unknown = sorted(set(labels.tolist()) - set(texts), key=str)
    if unknown:
        raise ParameterError(f"The label {unknown[0]!r} is not among the classes {', '.join(texts)}.")
    if len(labels) == len(starts):
        return np.repeat(labels.astype(object), np.diff(starts, append=n_positions))
    if len(labels) == n_positions:
        return labels.astype(object)
    raise ShapeError(
        f"labels has one label for each of the {len(starts):,} sequences, or of the {n_positions:,} "
        "positions. "
        f"Got {len(labels):,}."
    )


def _output_reader(network: Network, found: Run, options: RecordOptions) -> Callable[[Run], Tensor] | None:
    """How logits are had from a run: the network's own output, through a head where one is needed."""
    hidden = network.layer_hidden()
    if options.head is not None:
        from_output = found.output is not None and found.has_steps and _fits(options.head, found.output)

        def through_head(run: Run) -> Tensor:
            return options.head(run.output if from_output else torch.cat(network.layer_hidden(), dim=2))

        if not from_output and not (hidden and _fits(options.head, torch.cat(hidden, dim=2))):
            raise ParameterError(
                "head= takes the network's output at each step, or the hidden states of its last layer. It "
                "accepted "
                "neither: give call= so that the network returns what the head reads."
            )
        return through_head
    if found.output is None:
        return None
    if found.has_steps:
        is_state = any(
            part.shape == found.output.shape and torch.equal(part, found.output) for part in hidden
        )
        return None if is_state else lambda run: run.output
    last = _last_linear(network.model, found, hidden)
    if last is None:
        return lambda run: run.output
    return lambda run: last(torch.cat(network.layer_hidden(), dim=2))


def _last_linear(model: nn.Module, found: Run, hidden: Sequence[Tensor]) -> nn.Linear | None:
    """The layer that made one output for a sequence from its last hidden state: it can read every step's."""
    if len(hidden) != 1:
        return None
    for module in model.modules():
        if isinstance(module, nn.Linear) and module.in_features == hidden[0].shape[2]:
            given = module(hidden[0][-1])
            if given.shape == found.output.shape and torch.allclose(
                given, found.output, rtol=1e-4, atol=1e-5
            ):
                return module
    return None


def _fits(head: Callable[[Tensor], Tensor], values: Tensor) -> bool:
    try:
        given = head(values)
    except Exception:  # the caller's own code
        return False
    return isinstance(given, Tensor) and given.ndim == 3 and given.shape[:2] == values.shape[:2]


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


def _one_after_the_other(values: Tensor, lengths: NDArray) -> Tensor:
    """From (n_steps, n_streams, n_units) to float32 (sum(lengths), n_units): without the padding."""
    by_stream = values.transpose(0, 1)
    if lengths.min() == len(values):
        return by_stream.reshape(-1, values.shape[2]).float()
    real = torch.arange(len(values)) < torch.from_numpy(lengths)[:, None]
    return by_stream[real].float()


def _restore_modes(modes: Mapping[nn.Module, bool]) -> None:
    for module, mode in modes.items():
        module.training = mode
