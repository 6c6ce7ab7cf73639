"""A user's own network in the form of this project's, to be shipped with its recording and run again.

Only what can be told for sure is: an embedding, RNN, GRU or LSTM layers of one direction, and a linear layer,
whose states and answers come out alike when the network is built again from these weights alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from analytics.errors import ParameterError
from analytics.ingest.recorder.layers import FoundLayer
from analytics.ingest.recorder.options import RecordOptions, class_texts
from analytics.ingest.recorder.outputs import ClassOutput, Output, TokenOutput
from analytics.ingest.recorder.plan import Plan
from analytics.ingest.recorder.run import Run
from analytics.models.classifier import ClassifierShape
from analytics.models.gates import cell_weights, layer_weights
from analytics.models.language_model import ModelShape
from analytics.models.scores import log_probabilities
from analytics.models.stepping import Stepper
from analytics.models.weights import build_network, network_title

__all__ = ["with_network"]

MOST_BYTES = 250_000_000
"""Of weights that are shipped; while they are compared they are held three times."""

LONG_STEPS = 200
"""Steps after which a network's rounding errors must not have grown to `ALLOWED`."""

ALLOWED = 5e-5
"""Largest difference of two runs that ought to be equal, and of a value's size the same share."""

ALLOWED_LOG, LOWEST = 1e-3, -30.0
"""Of logarithms of probabilities, and the lowest that is looked at."""

Weights = dict[str, Tensor]


def with_network(
    options: RecordOptions, plan: Plan, run: Run, /, *, ids: Tensor, lengths: Tensor | None = None
) -> RecordOptions:
    """Return the options with the network among what is written, where it can be shipped.

    Parameters
    ----------
    options : RecordOptions
    plan : Plan
    run : Run
        Of the network over `ids`.
    ids : LongTensor of shape (n_steps, n_streams)
    lengths : LongTensor of shape (n_streams,), optional
        Steps of each stream, where some are padded.

    Raises
    ------
    ParameterError
        If it was asked for with ``ship=True`` and cannot be done; the sentence says why.
    """
    if options.ship is False or options.writer.get("weights") is not None:
        return options
    try:
        facts, weights = _taken(plan, options)
        _check(plan, facts, weights, run=run, ids=ids, lengths=lengths)
    except ParameterError:
        if options.ship:
            raise
        return options
    model = facts | {"title": network_title(facts), "vocabulary": "vocabulary.parquet"}
    return replace(
        options,
        writer={
            **options.writer, "weights": save(weights),
            "model": model | dict(options.writer.get("model") or {}),
        },
    )  # fmt: skip


def _taken(plan: Plan, options: RecordOptions) -> tuple[dict[str, Any], Weights]:
    """Facts and weights in this project's form."""
    own = options.writer.get("model") or {}
    if {"network", "task"} & set(own):
        raise _unfit("model= tells task or network itself")
    layers = plan.network.choice.layers
    embedding, linear = _parts(plan, options)
    kind, n_units = _layer_shape(layers)
    n_embedding = embedding.embedding_dim
    shape: ModelShape | ClassifierShape
    sizes = {"n_words": embedding.num_embeddings, "kind": kind, "n_layers": len(layers), "n_units": n_units,
             "n_embedding": n_embedding}  # fmt: skip
    facts: dict[str, Any] = {}
    if isinstance(plan.output, TokenOutput):
        is_tied = linear.weight is embedding.weight and n_embedding == n_units
        shape = ModelShape(**sizes, tied=is_tied)
        facts |= {"task": "language model", "predicts": "the next token"}
    elif isinstance(plan.output, ClassOutput):
        classes = class_texts(options)
        is_tied = False
        shape = ClassifierShape(**sizes, n_classes=len(classes))
        facts |= {"task": "classifier", "classes": list(classes)}
    else:
        raise _unfit("its output is neither as wide as the vocabulary nor about given classes")
    weights = _layer_weights(layers, n_embedding) | {"embedding.weight": embedding.weight}
    matrix, bias = _answers(linear, n_answers=getattr(shape, "n_classes", shape.n_words))
    weights |= {"projection.bias": bias} | ({} if is_tied else {"projection.weight": matrix})
    if sum(4 * values.numel() for values in weights.values()) > MOST_BYTES:
        raise _unfit(f"its weights have more than {MOST_BYTES:,} bytes")
    plain = {name: values.detach().float().cpu().contiguous().clone() for name, values in weights.items()}
    return facts | {"network": asdict(shape)}, plain


def _parts(plan: Plan, options: RecordOptions) -> tuple[nn.Embedding, nn.Linear]:
    """The embedding and the linear layer, which with the recurrent layers are all there is to learn."""
    model = plan.network.model
    known = [*model.modules(), *(options.head.modules() if isinstance(options.head, nn.Module) else ())]
    found = []
    for kind, what in ((nn.Embedding, "embedding"), (nn.Linear, "linear layer")):
        of_kind = {id(module): module for module in known if isinstance(module, kind)}
        if len(of_kind) != 1:
            raise _unfit(f"it has {len(of_kind) or 'no'} {what}{'s' if len(of_kind) > 1 else ''} and not one")
        found += of_kind.values()
    if not plan.network.choice.layers:
        raise _unfit("it has no recurrent layer of torch")
    told = [*found, *(layer.module for layer in plan.network.choice.layers)]
    own = {id(weight) for module in told for weight in module.parameters()}
    if any(id(weight) not in own for module in known for weight in module.parameters(recurse=False)):
        raise _unfit("it has weights outside its embedding, recurrent layers and linear layer")
    return found[0], found[1]


def _layer_shape(layers: list[FoundLayer]) -> tuple[str, int]:
    kinds, sizes = {layer.kind for layer in layers}, {layer.n_units for layer in layers}
    for layer in layers:
        module = layer.module
        if getattr(module, "bidirectional", False):
            raise _unfit("it reads in both directions")
        if getattr(module, "proj_size", 0) or getattr(module, "nonlinearity", "tanh") != "tanh":
            raise _unfit(f"{layer.name} projects its states or is no tanh layer")
    if len(kinds) > 1 or len(sizes) > 1:
        raise _unfit("its recurrent layers differ in kind or size")
    return kinds.pop(), sizes.pop()


def _layer_weights(layers: list[FoundLayer], n_embedding: int) -> Weights:
    weights: Weights = {}
    for number, layer in enumerate(layers):
        is_cell = isinstance(layer.module, nn.RNNCellBase)
        of_layer = cell_weights(layer.module) if is_cell else layer_weights(layer.module, layer.number)
        if of_layer.of_input.shape[1] != (layer.n_units if number else n_embedding):
            raise _unfit(f"{layer.name} reads something else than the layer before it")
        weights |= {
            f"layers.weight_ih_l{number}": of_layer.of_input,
            f"layers.weight_hh_l{number}": of_layer.of_hidden,
            f"layers.bias_ih_l{number}": of_layer.input_bias,
            f"layers.bias_hh_l{number}": of_layer.hidden_bias,
        }
    return weights


def _answers(linear: nn.Linear, *, n_answers: int) -> tuple[Tensor, Tensor]:
    """Matrix and bias of the linear layer; one answer about two classes becomes two, the first always 0."""
    matrix = linear.weight
    bias = matrix.new_zeros(len(matrix)) if linear.bias is None else linear.bias
    if len(matrix) == 1 and n_answers == 2:
        return torch.cat([torch.zeros_like(matrix), matrix]), torch.cat([torch.zeros_like(bias), bias])
    return matrix, bias


def _check(
    plan: Plan, facts: Mapping[str, Any], weights: Weights, *, run: Run, ids: Tensor, lengths: Tensor | None
) -> None:  # fmt: skip
    """Build the network again and compare."""
    try:
        module = build_network(facts, weights)
        sources = plan.network.choice.sources
        steps = Stepper(module).run(ids, wanted=list(sources.values()))
    except (ValueError, RuntimeError, IndexError):
        raise _unfit("its weights do not fit each other") from None
    read = None if plan.read_output is None else plan.read_output(run).detach().cpu()
    if read is None or read.ndim != 3:
        raise _unfit("it gives one answer for a sequence, and not from its last hidden state")
    pairs = [(run.states[name], steps.states[source]) for name, source in sources.items()]
    said = _said(plan.output, read), _said(plan.output, steps.logits)
    real = torch.arange(len(ids))[:, None] < (
        torch.full(ids.shape[1:], len(ids)) if lengths is None else lengths
    )
    are_alike = all(one.shape == other.shape and _alike(one[real], other[real]) for one, other in pairs)
    if not are_alike or not torch.allclose(said[0][real], said[1][real], rtol=0, atol=ALLOWED_LOG):
        raise _unfit(
            "built again from its weights it gives other states or answers: it does more than they say"
        )
    exact = module.layers.double()(module.embedding(_long(ids, lengths)).double())[0]
    if not _alike(module.layers.float()(module.embedding(_long(ids, lengths)))[0], exact):
        raise _unfit("rounding errors grow in it, so that no two runs of it are alike")


def _long(ids: Tensor, lengths: Tensor | None) -> Tensor:
    """One sequence of many steps: the ids that were tried, again and again."""
    first = ids[: None if lengths is None else int(lengths[0]), 0]
    return first.repeat(-(-LONG_STEPS // len(first)))[:LONG_STEPS, None]


def _said(output: Output | None, rows: Tensor) -> Tensor:
    """Logarithms of probabilities, whether the network gives those, probabilities or logits."""
    flat = rows.reshape(-1, rows.shape[-1])
    found = output.log_shares(flat) if isinstance(output, ClassOutput) else log_probabilities(flat)
    return found.clamp_min(LOWEST).reshape(*rows.shape[:2], -1)


def _alike(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one.double(), other.double(), rtol=ALLOWED, atol=ALLOWED)


def _unfit(why: str) -> ParameterError:
    return ParameterError(
        "A network that is shipped is one embedding, RNN, GRU or LSTM layers of one direction and one size, "
        f"and a linear layer. This one cannot be: {why}. Record it without ship=True."
    )
