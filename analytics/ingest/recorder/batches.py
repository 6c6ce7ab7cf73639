"""Batches as a DataLoader gives them: run as they come, padding dropped, written in the loader's order."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from analytics.errors import ParameterError, ShapeError
from analytics.ingest.recorder.block import Block
from analytics.ingest.recorder.inputs import NUMBER_TEXTS, number_ids
from analytics.ingest.recorder.network import Arguments, Network
from analytics.ingest.recorder.options import RecordOptions, class_texts
from analytics.ingest.recorder.plan import Plan, make_plan, open_writer
from analytics.ingest.recorder.shipping import with_network
from analytics.ingest.recorder.watching import watched
from analytics.ingest.recorder.writing import progress_bar
from analytics.ingest.writing.opening import check_vocabulary

__all__ = ["Batch", "read_batch", "record_batches"]


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, taken apart. Arrays have the streams first."""

    given: Any
    """What the network is called with."""
    values: NDArray
    """(n_streams, n_steps) ids, or (n_streams, n_steps, n_channels) numbers."""
    lengths: NDArray[np.int64]
    """(n_streams,), steps that are not padding."""
    labels: NDArray | None
    batch_first: bool

    def for_network(self, network: Network) -> Any:
        """What the network is called with: a caller's function gets all, a network its inputs and lengths."""
        parts = _parts(self.given)
        if network.has_call or isinstance(parts[0], PackedSequence) or len(parts) == 1:
            return self.given if network.has_call else parts[0]
        accepted = list(inspect.signature(network.model.forward).parameters)
        takes_lengths = len(accepted) > 1 and "len" in accepted[1]
        return Arguments([parts[0], torch.from_numpy(self.lengths)]) if takes_lengths else parts[0]

    @property
    def rows(self) -> tuple[NDArray, NDArray]:
        """Step and stream of every real position, one sequence after the other."""
        steps = np.concatenate([np.arange(length) for length in self.lengths])
        return steps, np.repeat(np.arange(len(self.lengths)), self.lengths)


def record_batches(
    model: nn.Module, batches: Iterable[Any], options: RecordOptions, *, vocabulary: Sequence[str] | None,
    pad_id: int | None,
) -> None:  # fmt: skip
    """Record a network over batches. Each stream of a batch is a sequence."""
    _refuse_unused(options)
    waiting = iter(batches)
    first = next(waiting, None)
    if first is None:
        raise ParameterError("The batches hold at least one batch. Got none.")
    with watched(model, options) as probe:
        start = probe.find_batch_order(lambda order: read_batch(first, pad_id=pad_id, batch_first=order))
        is_series = start.values.ndim == 3
        texts = NUMBER_TEXTS if is_series else _texts(vocabulary, start)
        found = _run(probe.network, start)
        plan = make_plan(probe.network, found, options, n_vocabulary=len(texts), is_series=is_series)
        rest = (read_batch(batch, pad_id=pad_id, batch_first=start.batch_first) for batch in waiting)
        if not is_series:
            lengths = torch.from_numpy(start.lengths)
            ids = torch.from_numpy(start.values.astype(np.int64)).T
            options = with_network(options, plan, found, ids=ids, lengths=lengths)
        _write(plan, chain([start], rest), options, texts=texts, is_series=is_series)


def read_batch(batch: Any, *, batch_first: bool, pad_id: int | None = None) -> Batch:
    """Take a batch apart.

    Parameters
    ----------
    batch : Tensor, PackedSequence, tuple or mapping
        Ids of shape (n_streams, n_steps), turned where not `batch_first`, or numbers with a third axis; then
        lengths or labels. A whole number for each stream is its length when the largest equals the number of
        steps and none is below 1, else its label.
    batch_first : bool
    pad_id : int, optional
        The id that fills short sequences at their end.

    Examples
    --------
    >>> batch = read_batch((torch.tensor([[3, 4, 5], [6, 0, 0]]), torch.tensor([3, 1])), batch_first=True)
    >>> batch.lengths.tolist(), batch.labels
    ([3, 1], None)
    """
    parts = _parts(batch)
    given = parts[0]
    if isinstance(given, PackedSequence):
        values, lengths = pad_packed_sequence(given, batch_first=True)
        return Batch(given, values.numpy(), lengths.numpy(), _labels(parts[1:], len(lengths)), batch_first)
    if not isinstance(given, Tensor) or given.ndim not in (2, 3):
        raise ShapeError(
            "A batch is a tensor of ids (n_sequences, n_steps) or numbers (n_sequences, n_steps, "
            "n_channels), a packed sequence, or a tuple or mapping that begins with one. Got "
            f"{_described(given)}."
        )
    values = (given if batch_first else given.transpose(0, 1)).cpu().numpy()
    n_streams, n_steps = values.shape[:2]
    lengths, others = _lengths(parts[1:], n_streams=n_streams, n_steps=n_steps)
    if lengths is None and pad_id is not None and values.ndim == 2:
        real = values != pad_id
        lengths = n_steps - real[:, ::-1].argmax(axis=1)
        lengths[~real.any(axis=1)] = 0
    lengths = np.full(n_streams, n_steps) if lengths is None else lengths
    if (lengths < 1).any():
        raise ShapeError(f"Every sequence of a batch has a step. Sequence {int(lengths.argmin())} has none.")
    return Batch(batch, values, lengths.astype(np.int64), _labels(others, n_streams), batch_first)


def _write(
    plan: Plan, batches: Iterator[Batch], options: RecordOptions, *, texts: Sequence[str], is_series: bool
) -> None:  # fmt: skip
    first = next(batches)
    made = {} if plan.output is None else plan.output.annotations
    kinds = dict(made)
    if first.labels is not None and options.classes is not None:
        kinds["label"] = class_texts(options)
    if is_series:
        kinds |= {f"channel {number}": "numeric" for number in range(first.values.shape[2])}
    has_targets = plan.output is not None and plan.output.has_log_probability
    writer = open_writer(
        plan.shapes, options, vocabulary=texts, annotations=kinds,
        top_k=0 if plan.output is None else plan.output.top_k, dtype=plan.dtype, facts=plan.facts,
        job={"batches": True, "states": {name: list(shape) for name, shape in plan.shapes.items()}},
    )  # fmt: skip
    bar = progress_bar(options)
    with writer, bar:
        done, seen = writer.n_positions, 0
        for batch in chain([first], batches):
            n_rows = int(batch.lengths.sum())
            seen += n_rows
            bar.update(n_rows)
            if seen <= done:
                continue
            steps, streams = batch.rows
            values = batch.values[streams, steps]
            ids = number_ids(values[:, 0]) if is_series else values
            _check_ids(ids, len(texts))
            is_start = steps == 0
            targets = _next(ids, is_start) if has_targets else np.full(n_rows, -1, dtype=np.int32)
            block = Block(plan, n_rows)
            block.put(_run(plan.network, batch), np.arange(n_rows), lengths=batch.lengths, targets=targets)
            columns = block.columns()
            if "label" in kinds:
                columns["annotations"]["label"] = _label_texts(batch, kinds["label"])[streams]
            if is_series:
                columns["annotations"] |= {f"channel {n}": values[:, n] for n in range(values.shape[1])}
            writer.append(
                token_ids=ids, states=block.states, sequence_starts=is_start,
                targets=targets if has_targets else None, **columns,
            )  # fmt: skip
            writer.mark()


def _run(network: Network, batch: Batch) -> Any:
    n_streams, n_steps = batch.values.shape[:2]
    given = batch.for_network(network)
    return network.run_as_given(given, n_steps=n_steps, n_streams=n_streams, batch_first=batch.batch_first)


def _parts(batch: Any) -> list[Any]:
    if isinstance(batch, Mapping):
        first = next((batch[key] for key in ("input_ids", "inputs", "ids", "x") if key in batch), None)
        if first is None:
            first = next(iter(batch.values()), None)
        mask = batch.get("attention_mask")
        lengths = batch.get("lengths", None if mask is None else torch.as_tensor(mask).sum(dim=-1))
        labels = next((batch[key] for key in ("labels", "label", "y") if key in batch), None)
        return [first, *(part for part in (lengths, labels) if part is not None)]
    if isinstance(batch, tuple | list) and not isinstance(batch, PackedSequence):
        return list(batch) or [None]
    return [batch]


def _lengths(others: Sequence[Any], *, n_streams: int, n_steps: int) -> tuple[NDArray | None, list[Any]]:
    for number, part in enumerate(others):
        array = np.asarray(part.cpu() if isinstance(part, Tensor) else part)
        if (
            array.shape == (n_streams,)
            and array.dtype.kind in "iu"
            and array.min() >= 1
            and array.max() == n_steps
        ):
            return array, [*others[:number], *others[number + 1 :]]
    return None, list(others)


def _labels(others: Sequence[Any], n_streams: int) -> NDArray | None:
    for part in others:
        array = np.asarray(part.cpu() if isinstance(part, Tensor) else part)
        if array.shape == (n_streams,) and array.dtype.kind in "iuUSO":
            return array
    return None


def _label_texts(batch: Batch, texts: Sequence[str]) -> NDArray:
    if batch.labels is None:
        raise ParameterError("Labels come with every batch or with none. The first batch had them.")
    if batch.labels.dtype.kind in "iu":
        if not (batch.labels.min() >= 0 and batch.labels.max() < len(texts)):
            raise ParameterError(
                f"Labels are numbers of the {len(texts)} classes, from 0. Got {batch.labels.min()} to "
                f"{batch.labels.max()}."
            )
        return np.array(texts, dtype=object)[batch.labels]
    return batch.labels.astype(object)


def _texts(vocabulary: Sequence[str] | None, batch: Batch) -> list[str]:
    if vocabulary is not None:
        return check_vocabulary(vocabulary)
    raise ParameterError(
        "Batches of ids need vocabulary=, the text of each id: how many there are cannot be known before "
        f"the last batch. The first one has ids up to {batch.values.max()}."
    )


def _check_ids(ids: NDArray, n_vocabulary: int) -> None:
    if ids.min() < 0 or ids.max() >= n_vocabulary:
        wrong = ids[(ids < 0) | (ids >= n_vocabulary)][0]
        raise ParameterError(f"Token ids lie within the vocabulary of {n_vocabulary:,} tokens. Got {wrong}.")


def _next(ids: NDArray, is_start: NDArray[np.bool_]) -> NDArray[np.int32]:
    targets = np.append(ids[1:], -1).astype(np.int32)
    targets[np.append(is_start[1:], True)] = -1
    return targets


def _refuse_unused(options: RecordOptions) -> None:
    for name in ("annotations", "labels"):
        if getattr(options, name) is not None:
            raise ParameterError(
                f"{name}= belongs to tokens that are there as a whole. With batches, annotate the recording "
                "afterwards (analytics.annotate), and give labels in the batches."
            )
    if options.carry_state:
        raise ParameterError("carry_state=True belongs to tokens that are there as a whole. Got batches.")


def _described(value: Any) -> str:
    shape = f" of shape {tuple(value.shape)}" if hasattr(value, "shape") else ""
    return f"{type(value).__name__}{shape}"
