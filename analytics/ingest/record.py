"""Runs a network over a corpus and writes every state down: the two lines of a user's script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from numpy.typing import ArrayLike

from analytics.errors import ParameterError
from analytics.ingest.recorder.inputs import as_record_inputs, is_batches
from analytics.store.recording import Recording, open_recording

if TYPE_CHECKING:
    import torch

__all__ = ["record"]


def record(
    model: torch.nn.Module | Callable[[Any, Any], Any],
    tokens: Sequence[Any] | ArrayLike | Iterable[Any],
    path: str | Path,
    /,
    *,
    name: str | None = None,
    vocabulary: Sequence[str] | None = None,
    sequence_starts: ArrayLike | None = None,
    inputs: ArrayLike | None = None,
    states: Sequence[str] | Mapping[str, str] | None = None,
    head: Callable[[torch.Tensor], torch.Tensor] | None = None,
    call: Callable[[torch.nn.Module, Any], Any] | None = None,
    batch_first: bool | None = None,
    time_axis: Mapping[str, int] | None = None,
    initial_state: Any = None,
    carry_state: bool = False,
    targets: str | ArrayLike | None = "next",
    labels: Sequence[Any] | None = None,
    classes: Sequence[str] | None = None,
    annotations: Mapping[str, Any] | pd.DataFrame | None = None,
    annotation_labels: Mapping[str, Sequence[str]] | None = None,
    channels: Sequence[str] | None = None,
    time_step: float = 1.0,
    pad_id: int | None = None,
    top_k: int = 5,
    dtype: str | None = None,
    device: str = "auto",
    max_batch_positions: int | None = None,
    resume: bool = False,
    ship: bool | None = None,
    progress: bool = True,
    **options: Any,
) -> Recording:
    """Run a network over a corpus and record its states, gates and predictions at every position.

    The recurrent layers of a torch network are found by themselves: `nn.RNN`, `nn.LSTM`, `nn.GRU` and their
    cells, with several layers, both directions, projections; batch first or not, packed or padded. Hidden
    states are the network's own; cells and gates follow from them and the weights at every step. How the
    network takes its inputs is found by running it on a few positions. Afterwards its mode, gradients,
    device and the random state are as before.

    Parameters
    ----------
    model : nn.Module or callable
        Or a function of one step, ``step(state, input) -> state``, for any other software; then
        `initial_state` is needed.
    tokens : sequence, array or iterable
        - texts, with `vocabulary`, or ids: shape (n_positions,), or (n_sequences, n_steps), or a list of
          sequences;
        - a numeric series of floats, shape (n_positions, n_channels), or a list of such;
        - batches as a DataLoader gives them: a tensor of ids, a pair with lengths or labels, a packed
          sequence or a mapping with ``input_ids``.
    path : path
        The recording's folder, which must not exist unless ``overwrite=True``.
    name : str, optional
        What a reader sees. Default: the folder's name.
    vocabulary : sequence of str, optional
        Text of each id. Default: of ids their numbers.
    sequence_starts : array-like of int, shape (n_sequences,), optional
        First position of each sequence. Default: one sequence, however long.
    inputs : array-like of shape (n_positions, n_inputs), optional
        What the network reads instead of ids, when `tokens` are only what is shown.
    states : sequence or mapping, optional
        Names to keep, such as ``["layer0.cell"]``; or by name a module whose output is recorded:
        ``{"layer3.residual": "blocks.3"}``. Default: every state of every recurrent layer.
    head : callable, optional
        From the network's output at each step, or its last hidden states, to logits.
    call : callable, optional
        ``call(model, inputs)`` runs the network on a batch. Default: ``model(inputs)``.
    batch_first : bool, optional
        Inputs have the shape (n_sequences, n_steps, ...). Default: found out.
    time_axis : mapping of str to int, optional
        By hooked state, the axis of steps in its module's output. Default: the one that grows with the steps.
    initial_state : array, tensor, tuple, mapping or callable, optional
        Of a step function, at the start of each sequence; a callable without arguments is asked once for
        each, in order.
    carry_state : bool, default=False
        Hand the state on from one sequence to the next instead of beginning each anew.
    targets : "next", array-like of int of shape (n_positions,), or None, default="next"
        What is to be predicted at each position: the sequence's next token, or given ids, -1 where nothing.
    labels : sequence, optional
        The right class of each sequence, or of each position.
    classes : sequence of str, optional
        Texts of the classes a classifier tells apart, in the order of its output.
    annotations : mapping of str to values, or DataFrame, optional
        One value for each position.
    annotation_labels : mapping of str to sequence of str, optional
        Labels of a categorical annotation in the order to show them.
    channels : sequence of str, optional
        Names of a series' channels.
    time_step : float, default=1.0
        Time between two positions of a series.
    pad_id : int, optional
        The id that fills short sequences of a batch at their end.
    top_k : int, default=5
        Predictions kept at each position; fewer where the vocabulary is smaller.
    dtype : {"float16", "float32"}, optional
        In which the states are stored. Default: float32; float16 for a network in half precision.
    device : str, default="auto"
        Where the network runs: as it is, or on a GPU where there is one.
    max_batch_positions : int, optional
        Positions run and held at once. Default: what keeps a block near 200 MB.
    resume : bool, default=False
        Go on where a call with the same arguments was interrupted or killed.
    ship : bool, optional
        Write the network's weights into the recording, so that it can be run on other text
        (`analytics.open_network`). True: raise where that cannot be. Default: where it can, up to 250 MB: a
        language model or classifier of one embedding, RNN, GRU or LSTM layers of one direction and one size,
        and a linear layer.
    progress : bool, default=True
        Show positions a second and the time left on stderr.
    **options
        As in `RecordingWriter`: description, model and corpus (facts), weights, sequence_name, opening_view,
        row_cache, overwrite; of a checkpoint, step and training.

    Returns
    -------
    Recording
        Opened. Beside the states: for a network whose output is as wide as the vocabulary `targets`,
        `log_probability`, `predictions` and the annotation `entropy` (nats); for a classifier the annotations
        `label`, `predicted class`, `P(<class>)` and `entropy`; for a series its channels, `time` and the
        network's `output`.

    Raises
    ------
    ParameterError, ShapeError, UnknownNameError
        If the parts do not fit each other or the network cannot be recorded so; the sentence says why.
    RecordingWriteError
        If it cannot be written; nothing that opens is left then.

    Examples
    --------
    >>> import tempfile, torch
    >>> model = torch.nn.Sequential(torch.nn.Embedding(4, 8), torch.nn.LSTM(8, 6))
    >>> path = Path(tempfile.mkdtemp()) / "mine"
    >>> recording = record(model, [0, 1, 2, 3, 0, 1], path, sequence_starts=[0, 4], progress=False)
    >>> recording.state_names
    ... # doctest: +NORMALIZE_WHITESPACE
    ('layer0.hidden', 'layer0.cell', 'layer0.input_gate', 'layer0.forget_gate', 'layer0.candidate_gate',
     'layer0.output_gate')
    >>> recording.states("layer0.cell").shape
    (6, 6)
    """
    import torch

    from analytics.ingest.recorder.batches import record_batches
    from analytics.ingest.recorder.corpus import record_corpus
    from analytics.ingest.recorder.options import RecordOptions
    from analytics.ingest.recorder.steps import record_steps

    if not callable(model):
        raise ParameterError(
            f"model is a torch module or a function of one step. Got {type(model).__name__}."
        )
    wanted = RecordOptions(
        path=Path(path), name=name, states=states, head=head, call=call, batch_first=batch_first,
        time_axis=dict(time_axis or {}), carry_state=carry_state, targets=targets, labels=labels,
        classes=classes, annotations=annotations, annotation_labels=dict(annotation_labels or {}),
        top_k=top_k, dtype=dtype, device=device, max_batch_positions=max_batch_positions, resume=resume,
        ship=ship, progress=progress, writer=options,
    )  # fmt: skip
    is_module = isinstance(model, torch.nn.Module)
    if is_module and initial_state is not None:
        raise ParameterError(
            "initial_state= is for a function of one step. A network begins as its forward says; another "
            "first state goes through call=."
        )
    if is_batches(tokens):
        if not is_module:
            raise ParameterError(
                "A step function reads one position after the other: pass tokens, not batches."
            )
        unheeded = {
            "sequence_starts": sequence_starts, "inputs": inputs, "channels": channels,
            "time_step": None if time_step == 1.0 else time_step,
            "targets": None if isinstance(targets, str) else targets,
        }  # fmt: skip
        for option, value in unheeded.items():
            if value is not None:
                raise ParameterError(
                    f"{option}= belongs to tokens that are there as a whole. Batches say by themselves where "
                    "sequences are and what the network reads."
                )
        record_batches(model, tokens, wanted, vocabulary=vocabulary, pad_id=pad_id)
        return open_recording(path)
    if pad_id is not None:
        raise ParameterError("pad_id= belongs to batches. Tokens that are there as a whole need no padding.")
    source = as_record_inputs(
        tokens, vocabulary=vocabulary, sequence_starts=sequence_starts, inputs=inputs, channels=channels,
        time_step=time_step,
    )  # fmt: skip
    if is_module:
        record_corpus(model, source, wanted)
    else:
        record_steps(model, source, wanted, initial_state=initial_state)
    return open_recording(path)
