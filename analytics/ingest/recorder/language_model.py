"""Runs a language model over a corpus and writes every state down.

The sequences of a batch run side by side, the shorter ones dropping out at their ends; what comes out
is put back into corpus order before it is written. The state is zero at each sequence's start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from analytics.corpora.corpus import Corpus
from analytics.corpora.vocabulary import encode
from analytics.errors import UnknownNameError, nearest
from analytics.ingest.spans import Span, batches_of_spans
from analytics.ingest.writer import RecordingWriter

if TYPE_CHECKING:
    import torch

    from analytics.models.language_model import LanguageModel

__all__ = ["RecordedBlock", "record_language_model", "recordable_states", "run_batch"]

MAX_BATCH_POSITIONS = 1 << 15
"""Positions run and held before they are written: with 8 states of 300 units 160 MB as float16."""

WINDOW_STEPS = 32
"""Steps between two looks at which sequences have ended. A sequence is padded by fewer than this."""


@dataclass(frozen=True, slots=True)
class RecordedBlock:
    """What was seen at some neighbouring positions, in corpus order."""

    states: dict[str, NDArray]
    """Each (n_block, n_units)."""
    log_probability: NDArray[np.float32]
    """(n_block,), NaN where there is no next token."""
    prediction_ids: NDArray[np.int32]
    prediction_probabilities: NDArray[np.float32]
    """Both (n_block, top_k), the likeliest first."""


def recordable_states(model: LanguageModel) -> dict[str, int]:
    """Number of units of every state that can be recorded, `layer0.hidden` and so on.

    Examples
    --------
    >>> from analytics.models.language_model import LanguageModel, ModelShape
    >>> recordable_states(LanguageModel(ModelShape(n_words=5, kind="rnn", n_units=4, n_embedding=4)))
    {'layer0.hidden': 4, 'layer1.hidden': 4}
    """
    from analytics.models.gates import layer_weights, state_kinds

    layers = layer_weights(model.layers)
    return {
        f"layer{number}.{kind}": layer.n_units
        for number, layer in enumerate(layers)
        for kind in state_kinds(layer.kind)
    }


def record_language_model(
    model: LanguageModel,
    corpus: Corpus,
    path: str | Path,
    /,
    *,
    vocabulary: Sequence[str],
    name: str,
    states: Sequence[str] | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
    top_k: int = 5,
    dtype: str = "float16",
    max_batch_positions: int = MAX_BATCH_POSITIONS,
    **facts: Any,
) -> None:
    """Record a corpus: states, next tokens, their log-probability and the likeliest predictions.

    Parameters
    ----------
    model : LanguageModel
    corpus : Corpus
        Tokens outside `vocabulary` become `<unk>`. Annotations of text become categorical, numbers numeric.
    path : path
        The recording's folder.
    vocabulary : sequence of str
        Text of each id of the model's.
    name : str
        What a reader sees.
    states : sequence of str, optional
        Which of `recordable_states` to keep. Default: all.
    labels : mapping, optional
        The labels of a categorical annotation in the order to show them.
    top_k : int, default=5
        Predictions kept at each position; at most the size of the vocabulary.
    dtype : {"float16", "float32"}, default="float16"
        In which the states are stored; they are computed in float32.
    **facts
        For `RecordingWriter`: `description`, facts about `model` and `corpus`, `weights`, `overwrite`, ...

    Raises
    ------
    UnknownNameError
        If there is no such state.
    RecordingWriteError
        If the recording cannot be written.
    """
    kept = _chosen_states(model, states)
    ids = encode(corpus.tokens, vocabulary)
    targets = _next_tokens(ids, corpus.sequence_starts)
    top_k = min(top_k, len(vocabulary))
    is_start = np.zeros(len(ids), dtype=bool)
    is_start[corpus.sequence_starts] = True
    writer = RecordingWriter(
        path,
        name=name,
        states=kept,
        vocabulary=vocabulary,
        annotations={
            key: _annotation_kind(key, values, labels or {}) for key, values in corpus.annotations.items()
        },
        top_k=top_k,
        dtype=dtype,
        **facts,
    )
    batches = batches_of_spans(
        corpus.sequence_starts, n_positions=len(ids), max_positions=max_batch_positions
    )
    carried = None
    with writer, tqdm(total=len(ids), desc=f"recording {name}", unit=" positions", unit_scale=True) as bar:
        for batch in batches:
            block, carried = run_batch(
                model,
                batch,
                ids=ids,
                targets=targets,
                states=list(kept),
                top_k=top_k,
                dtype=dtype,
                carried=carried if batch[0].continues else None,
                progress=bar.update,
            )
            here = slice(batch[0].start, batch[-1].stop)
            writer.append(
                token_ids=ids[here],
                states=block.states,
                sequence_starts=is_start[here],
                targets=targets[here],
                log_probability=block.log_probability,
                annotations={key: values[here] for key, values in corpus.annotations.items()},
                predictions=(block.prediction_ids, block.prediction_probabilities) if top_k else None,
            )


def run_batch(
    model: LanguageModel,
    batch: Sequence[Span],
    *,
    ids: NDArray[np.int32],
    targets: NDArray[np.int32],
    states: Sequence[str],
    top_k: int,
    dtype: str = "float16",
    carried: list | None = None,
    progress: Any = None,
) -> tuple[RecordedBlock, list]:
    """Run neighbouring spans side by side.

    Returns
    -------
    block : RecordedBlock
        In corpus order, from the first span's start to the last one's stop.
    carried : list
        Per layer the state after the last step, for a batch of one span that goes on.
    """
    import torch

    from analytics.models.gates import layer_weights

    layers = layer_weights(model.layers)
    block = _empty_block(layers, batch, states=states, top_k=top_k, dtype=dtype)
    longest_first = sorted(batch, key=len, reverse=True)
    for step in range(0, len(longest_first[0]), WINDOW_STEPS):
        active = [span for span in longest_first if len(span) > step]
        n_steps = min(WINDOW_STEPS, len(active[0]) - step)
        window = _window_ids(ids, active, step=step, n_steps=n_steps)
        if carried is not None:
            # The spans that ended are the last columns, because the longest comes first.
            carried = [tuple(part[: len(active)] for part in layer) for layer in carried]
        with torch.no_grad():
            with _one_thread():
                outputs, carried = _run_window(model, layers, torch.from_numpy(window), carried)
            _keep_window(block, model, outputs, active, step=step, first=batch[0].start, targets=targets)
        if progress is not None:
            progress(sum(min(n_steps, len(span) - step) for span in active))
    return block, carried


def _window_ids(
    ids: NDArray[np.int32], active: Sequence[Span], *, step: int, n_steps: int
) -> NDArray[np.int64]:
    """Token ids of some steps, a column for each span; a span that ends is padded with 0."""
    window = np.zeros((n_steps, len(active)), dtype=np.int64)
    for stream, span in enumerate(active):
        piece = ids[span.start + step : min(span.start + step + n_steps, span.stop)]
        window[: len(piece), stream] = piece
    return window


def _run_window(
    model: LanguageModel, layers: list, window: torch.Tensor, carried: list | None
) -> tuple[dict, list]:
    """All states of all layers for some steps, by name, and what is carried on."""
    from analytics.models.gates import run_layer

    inputs = model.embedding(window)
    outputs, after = {}, []
    for number, layer in enumerate(layers):
        states, layer_after = run_layer(layer, inputs, None if carried is None else carried[number])
        outputs |= {f"layer{number}.{kind}": values for kind, values in states.items()}
        after.append(layer_after)
        inputs = states["hidden"]
    return outputs | {"output": inputs}, after


@contextmanager
def _one_thread() -> Iterator[None]:
    """Thousands of small products: waiting for a second thread costs more than it helps, on a busy
    machine ten times as much.
    """
    import torch

    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


def _keep_window(
    block: RecordedBlock,
    model: LanguageModel,
    outputs: dict[str, torch.Tensor],
    active: Sequence[Span],
    *,
    step: int,
    first: int,
    targets: NDArray[np.int32],
) -> None:
    """Put one window's values to their places in the corpus."""
    n_steps = outputs["output"].shape[0]
    steps, streams = np.meshgrid(np.arange(n_steps), np.arange(len(active)), indexing="ij")
    starts = np.array([span.start for span in active])
    positions = starts[streams] + step + steps
    real = positions < np.array([span.stop for span in active])[streams]
    steps, streams, positions = steps[real], streams[real], positions[real]
    rows = positions - first
    for name, values in block.states.items():
        values[rows] = outputs[name].numpy()[steps, streams]
    _predict(block, model, outputs["output"][steps, streams], rows=rows, targets=targets[positions])


def _predict(
    block: RecordedBlock,
    model: LanguageModel,
    output: torch.Tensor,
    *,
    rows: NDArray,
    targets: NDArray[np.int32],
) -> None:
    """Log-probabilities of the next tokens and the likeliest predictions."""
    import torch

    log_probability = torch.log_softmax(model.logits(output), dim=1)
    known = np.maximum(targets, 0).astype(np.int64)
    of_target = log_probability.gather(1, torch.from_numpy(known)[:, None])[:, 0].numpy()
    block.log_probability[rows] = np.where(targets >= 0, of_target, np.nan)
    top_k = block.prediction_ids.shape[1]
    if top_k:
        best, ids = log_probability.topk(top_k, dim=1)
        block.prediction_ids[rows] = ids.numpy()
        block.prediction_probabilities[rows] = best.exp().numpy()


def _empty_block(
    layers: list, batch: Sequence[Span], *, states: Sequence[str], top_k: int, dtype: str
) -> RecordedBlock:
    n_block = batch[-1].stop - batch[0].start
    n_units = {name: layers[int(name.split(".")[0].removeprefix("layer"))].n_units for name in states}
    return RecordedBlock(
        states={name: np.empty((n_block, n_units[name]), dtype=dtype) for name in states},
        log_probability=np.empty(n_block, dtype=np.float32),
        prediction_ids=np.empty((n_block, top_k), dtype=np.int32),
        prediction_probabilities=np.empty((n_block, top_k), dtype=np.float32),
    )


def _chosen_states(model: LanguageModel, states: Sequence[str] | None) -> dict[str, int]:
    known = recordable_states(model)
    for state in states or ():
        if state not in known:
            raise UnknownNameError(f"The network has no state {state!r}.{nearest(state, known)}")
    return known if states is None else {state: known[state] for state in states}


def _next_tokens(ids: NDArray[np.int32], sequence_starts: NDArray[np.int64]) -> NDArray[np.int32]:
    """The token after each position, -1 at the end of a sequence."""
    targets = np.append(ids[1:], -1).astype(np.int32)
    targets[sequence_starts[1:] - 1] = -1
    return targets


def _annotation_kind(name: str, values: Any, labels: Mapping[str, Sequence[str]]) -> str | Sequence[str]:
    if name in labels:
        return labels[name]
    return "numeric" if isinstance(values, np.ndarray) and values.dtype.kind in "fiu" else "categorical"
