"""A torch network over a corpus: sequences side by side, in windows where the state can be handed on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from analytics.errors import ParameterError, ShapeError
from analytics.ingest.recorder.block import Block
from analytics.ingest.recorder.capture import Carried
from analytics.ingest.recorder.inputs import RecordInputs, next_tokens
from analytics.ingest.recorder.network import MANY, Network
from analytics.ingest.recorder.options import RecordOptions, annotation_kinds, per_position
from analytics.ingest.recorder.plan import Plan, make_plan, open_writer
from analytics.ingest.recorder.probe import PROBE_STEPS
from analytics.ingest.recorder.run import Run
from analytics.ingest.recorder.shipping import with_network
from analytics.ingest.recorder.spans import Span, batches_of_spans
from analytics.ingest.recorder.watching import watched
from analytics.ingest.recorder.writing import WrittenAside, progress_bar

__all__ = ["block_targets", "given_targets", "job_facts", "record_corpus"]

WINDOW_POSITIONS, FEWEST_WINDOW_STEPS = 1 << 13, 32
"""Positions run in one call, and the fewest steps between two looks at which sequences have ended."""


def record_corpus(model: nn.Module, source: RecordInputs, options: RecordOptions) -> None:
    """Record a network over a corpus that is there as a whole."""
    if isinstance(model, nn.RNNCellBase):
        model = _CellOverTime(model)
    with watched(model, options) as probe:
        try:
            found = probe.find(_sampler(model, source), longest=_longest(source, options))
        except ParameterError as error:
            raise ParameterError(f"{error}{_hint(model, source)}") from None
        source = _with_all_ids(model, source)
        plan = make_plan(
            probe.network, found, options, n_vocabulary=len(source.vocabulary), is_series=source.is_series
        )
        if options.carry_state and not probe.network.goes_on:
            raise ParameterError(
                "carry_state=True needs a network that can hand its state on: recurrent layers of one "
                "direction, one after the other. This one needs each sequence whole."
            )
        _record(plan, source, _with_network(plan, source, options))


def _with_network(plan: Plan, source: RecordInputs, options: RecordOptions) -> RecordOptions:
    """The options with the network among what is written, where it can be built again."""
    if source.values is not None:
        if options.ship:
            raise ParameterError("ship=True is for networks that read tokens. This one reads numbers.")
        return options
    ids = _sampler(plan.network.model, source)(PROBE_STEPS, MANY if plan.network.many_streams else 1)
    return with_network(options, plan, plan.network.run(ids), ids=ids)


def _record(plan: Plan, source: RecordInputs, options: RecordOptions) -> None:
    given = per_position(options, source.sequence_starts, source.n_positions)
    values = dict(source.annotations) | given
    made = {} if plan.output is None else plan.output.annotations
    _refuse_twice(given, {**source.annotations, **made})
    targets = given_targets(options, source)
    writer = open_writer(
        plan.shapes, options, vocabulary=source.vocabulary,
        annotations=annotation_kinds(values, options) | made,
        top_k=0 if plan.output is None else plan.output.top_k, dtype=plan.dtype, facts=plan.facts,
        job=job_facts(plan, source, options),
    )  # fmt: skip
    bar = progress_bar(options, total=source.n_positions)
    with writer, bar, WrittenAside(writer) as aside:
        done, carried = writer.n_positions, _from_note(writer.note)
        bar.update(done)
        for spans in _blocks(plan, source, options):
            here = slice(spans[0].start, spans[-1].stop)
            if here.stop <= done:
                continue
            block = Block(plan, here.stop - here.start)
            wanted = block_targets(targets, source, here)
            rows = _Rows(block, source, plan, wanted, first=here.start, progress=bar.update)
            carried = rows.run(spans, carried if spans[0].continues else None)
            columns = block.columns()
            columns["annotations"] |= {name: column[here] for name, column in values.items()}
            aside.append(
                _as_note(carried), token_ids=source.token_ids[here], states=block.states,
                sequence_starts=source.is_start(here.start, here.stop),
                targets=None if targets is None else wanted, **columns,
            )  # fmt: skip


class _Rows:
    """Runs the spans of one block and puts what comes out into its rows."""

    def __init__(
        self, block: Block, source: RecordInputs, plan: Plan, targets: NDArray[np.int32], *, first: int,
        progress: Callable[[int], Any],
    ) -> None:  # fmt: skip
        self._block, self._source, self._network = block, source, plan.network
        self._plan, self._targets, self._first, self._progress = plan, targets, first, progress

    def run(self, spans: Sequence[Span], carried: Carried | None) -> Carried | None:
        """Run all spans; return what is handed on after a span that was cut."""
        if not self._network.goes_on:
            self._run_whole(spans)
            return None
        if not self._network.many_streams:
            for span in spans:
                carried = self._run_windows([span], carried if span.continues else None)
            return carried
        return self._run_windows(sorted(spans, key=len, reverse=True), carried)

    def _run_windows(self, spans: Sequence[Span], carried: Carried | None) -> Carried:
        """The longest first; those that have ended are the last, and are dropped."""
        step = 0
        while step < len(spans[0]):
            active = [span for span in spans if len(span) > step]
            n_steps = _window_steps(active, step)
            if carried is not None:
                carried = _first_streams(carried, len(active))
            pieces = [(span.start + step, min(span.start + step + n_steps, span.stop)) for span in active]
            self._keep(self._network.run(self._padded(pieces, n_steps), carried), pieces)
            carried = self._network.carried()
            step += n_steps
        return carried

    def _run_whole(self, spans: Sequence[Span]) -> None:
        """Sequences of one length together: nothing is padded, so nothing can look at a pad."""
        by_length = sorted(spans, key=len)
        for length, group in groupby(by_length, key=len):
            together = list(group)
            most = max(1, WINDOW_POSITIONS // length) if self._network.many_streams else 1
            for start in range(0, len(together), most):
                pieces = [(span.start, span.stop) for span in together[start : start + most]]
                self._keep(self._network.run(self._padded(pieces, length)), pieces)

    def _padded(self, pieces: Sequence[tuple[int, int]], n_steps: int) -> Tensor:
        """Inputs of shape (n_steps, n_streams, ...); after the end of a stream zeros, which are not kept."""
        first = self._source.read(*pieces[0])
        if len(pieces) == 1:
            return _as_inputs(first[:, None], self._network)
        window = np.zeros((n_steps, len(pieces), *first.shape[1:]), dtype=first.dtype)
        for stream, (start, stop) in enumerate(pieces):
            window[: stop - start, stream] = self._source.read(start, stop)
        return _as_inputs(window, self._network)

    def _keep(self, run: Run, pieces: Sequence[tuple[int, int]]) -> None:
        lengths = np.array([stop - start for start, stop in pieces])
        rows = np.concatenate([np.arange(start, stop) for start, stop in pieces]) - self._first
        self._block.put(run, rows, lengths=lengths, targets=self._targets[rows])
        self._progress(int(lengths.sum()))


class _CellOverTime(nn.Module):
    """A single cell as a network: one step after the other."""

    def __init__(self, cell: nn.RNNCellBase) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, inputs: Tensor) -> Tensor:
        """Hidden states (n_streams, n_steps, n_units) of inputs (n_streams, n_steps, n_inputs)."""
        state, hidden = None, []
        for step in range(inputs.shape[1]):
            state = self.cell(inputs[:, step], state)
            hidden.append(state[0] if isinstance(state, tuple) else state)
        return torch.stack(hidden, dim=1)


def given_targets(options: RecordOptions, source: RecordInputs) -> str | NDArray[np.int32] | None:
    """What is to be predicted: "next", ids for each position, or nothing."""
    if options.targets is None or (isinstance(options.targets, str) and source.is_series):
        return None
    if isinstance(options.targets, str):
        if options.targets != "next":
            raise ParameterError(f"targets is 'next', an array of ids, or None. Got {options.targets!r}.")
        return None if options.classes is not None or options.labels is not None else "next"
    targets = np.asarray(options.targets)
    if targets.shape != (source.n_positions,) or targets.dtype.kind not in "iu":
        raise ShapeError(
            f"targets has one id for each of the {source.n_positions:,} positions, -1 where there is none. "
            f"Got shape {targets.shape} of {targets.dtype}."
        )
    return targets.astype(np.int32)


def block_targets(
    targets: str | NDArray[np.int32] | None, source: RecordInputs, here: slice
) -> NDArray[np.int32]:
    """Ids to be predicted at the positions of a block, -1 where there is none."""
    if targets is None:
        return np.full(here.stop - here.start, -1, dtype=np.int32)
    if isinstance(targets, str):
        return next_tokens(source.token_ids, source.sequence_starts, here.start, here.stop)
    return targets[here]


def job_facts(plan: Plan, source: RecordInputs, options: RecordOptions) -> dict[str, Any]:
    """What must be the same for a recording to go on: network, corpus, states."""
    return {
        "network": _hash_of_network(plan.network.model),
        "corpus": _hash_of(source.token_ids, source.sequence_starts, source.values),
        "states": {name: list(shape) for name, shape in plan.shapes.items()},
        "block": _block_positions(plan, options),
        "state handed on": options.carry_state,
    }


def _longest(source: RecordInputs, options: RecordOptions) -> int:
    """Steps that are run one after the other without a new beginning."""
    if options.carry_state:
        return source.n_positions
    return int(np.diff(source.sequence_starts, append=source.n_positions).max())


def _blocks(plan: Plan, source: RecordInputs, options: RecordOptions) -> Iterator[list[Span]]:
    starts, n_positions = source.sequence_starts, source.n_positions
    limit = _block_positions(plan, options)
    if options.carry_state:
        starts = starts[:1]
    if plan.needs_whole_sequences:
        longest = int(np.diff(starts, append=n_positions).max())
        limit = max(limit, longest)
    return batches_of_spans(starts, n_positions=n_positions, max_positions=limit)


def _block_positions(plan: Plan, options: RecordOptions) -> int:
    given = options.max_batch_positions
    if given is not None and given < 1:
        raise ParameterError(f"max_batch_positions is at least 1. Got {given}.")
    return plan.max_positions if given is None else int(given)


def _window_steps(active: Sequence[Span], step: int) -> int:
    """Steps of the next window: up to the end of the shortest, unless that is very near."""
    shortest, longest = len(active[-1]) - step, len(active[0]) - step
    most = max(FEWEST_WINDOW_STEPS, WINDOW_POSITIONS // len(active))
    return min(max(shortest, FEWEST_WINDOW_STEPS), most, longest)


def _sampler(model: nn.Module, source: RecordInputs) -> Callable[[int, int], Tensor]:
    """Inputs for trying the network: the corpus's own first positions, again and again where it is short."""

    def sample(n_steps: int, n_streams: int) -> Tensor:
        n_needed = n_steps * n_streams
        given = source.read(0, min(n_needed, source.n_positions))
        given = np.resize(given, (n_needed, *given.shape[1:]))
        return _cast(torch.from_numpy(given.reshape(n_streams, n_steps, *given.shape[1:])), model).transpose(
            0, 1
        )

    return sample


def _as_inputs(window: NDArray, network: Network) -> Tensor:
    return _cast(torch.from_numpy(np.ascontiguousarray(window)), network.model)


def _cast(inputs: Tensor, model: nn.Module) -> Tensor:
    """Numbers in the network's own precision; ids stay ids."""
    if not inputs.is_floating_point():
        return inputs
    parameter = next((weight for weight in model.parameters() if weight.is_floating_point()), None)
    return inputs if parameter is None else inputs.to(parameter.dtype)


def _first_streams(carried: Carried, n_streams: int) -> Carried:
    return {path: tuple(part[..., :n_streams, :] for part in parts) for path, parts in carried.items()}


def _as_note(carried: Carried | None) -> bytes:
    if not carried:
        return b""
    return save_tensors(
        {
            f"{path}/{number}": part.contiguous()
            for path, parts in carried.items()
            for number, part in enumerate(parts)
        }
    )


def _from_note(note: bytes | None) -> Carried | None:
    if not note:
        return None
    carried: dict[str, list[Tensor]] = {}
    for key, part in sorted(load_tensors(note).items()):
        carried.setdefault(key.rpartition("/")[0], []).append(part)
    return {path: tuple(parts) for path, parts in carried.items()}


def _refuse_twice(given: Any, made: Any) -> None:
    twice = sorted(set(given) & set(made))
    if twice:
        raise ParameterError(f"The annotation {twice[0]!r} is made while recording. Give yours another name.")


def _with_all_ids(model: nn.Module, source: RecordInputs) -> RecordInputs:
    """Without texts, numbers stand for all ids that the network knows, also those not in the corpus."""
    if source.has_texts or source.values is not None:
        return source
    n_known = max(
        (part.num_embeddings for part in model.modules() if isinstance(part, nn.Embedding)), default=0
    )
    missing = range(len(source.vocabulary), n_known)
    return replace(source, vocabulary=[*source.vocabulary, *map(str, missing)])


def _hint(model: nn.Module, source: RecordInputs) -> str:
    """What to try when a network does not run on its inputs."""
    embeddings = [part.num_embeddings for part in model.modules() if isinstance(part, nn.Embedding)]
    if source.values is None and len(embeddings) == 1 and source.token_ids.max() >= embeddings[0]:
        return f" Its embedding has {embeddings[0]:,} rows, and the ids go up to {source.token_ids.max():,}."
    if source.values is None and isinstance(model, nn.RNNBase | _CellOverTime):
        return (
            " A layer alone reads vectors, not ids: pass inputs=, one row for each token, or a network with "
            "an embedding."
        )
    return ""


def _hash_of_network(model: nn.Module) -> str:
    digest = hashlib.sha256()
    for name, weight in model.state_dict().items():
        if isinstance(weight, Tensor):
            digest.update(name.encode())
            digest.update(weight.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _hash_of(*parts: NDArray | None) -> str:
    digest = hashlib.sha256()
    for part in parts:
        if part is not None:
            for start in range(0, len(part), 1 << 20):
                digest.update(np.ascontiguousarray(part[start : start + (1 << 20)]).data)
    return digest.hexdigest()
