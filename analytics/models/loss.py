"""How surprised a language model is: the full softmax, and a cheap unbiased stand-in to train by."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from analytics.models.language_model import LanguageModel
from analytics.models.streams import StateOfStreams
from analytics.models.windows import IGNORED, windows

__all__ = ["full_loss", "mean_loss", "perplexity", "sampled_loss"]


def full_loss(model: LanguageModel, output: Tensor, targets: Tensor) -> Tensor:
    """Mean negative log-probability (natural) of the targets, over the whole vocabulary."""
    return functional.cross_entropy(
        model.logits(output).flatten(0, -2), targets.flatten(), ignore_index=IGNORED
    )


def sampled_loss(model: LanguageModel, output: Tensor, targets: Tensor, *, n_sampled: int) -> Tensor:
    """The same with the normaliser estimated from part of the vocabulary.

    The words that occur as targets are summed exactly, the others through `n_sampled` of them drawn
    uniformly without replacement and weighted by how many they stand for, so the estimate of the
    normaliser is unbiased. It costs a quarter of the full softmax; perplexities are never taken from it.
    """
    wanted = targets.flatten()
    known = wanted != IGNORED
    output, wanted = output.flatten(0, -2)[known], wanted[known]
    present = torch.unique(wanted)
    n_others = model.shape.n_words - len(present)
    if n_others <= n_sampled:
        return full_loss(model, output, wanted)
    absent = torch.ones(model.shape.n_words, dtype=torch.bool)
    absent[present] = False
    others = absent.nonzero().flatten()[torch.randperm(n_others)[:n_sampled]]
    words = torch.cat([present, others])
    logits = functional.linear(output, model.projection.weight[words], model.projection.bias[words])
    weights = torch.zeros(len(words))
    weights[len(present) :] = math.log(n_others / n_sampled)
    return functional.cross_entropy(logits + weights, torch.searchsorted(present, wanted))


@torch.no_grad()
def mean_loss(
    model: LanguageModel, sequences: Sequence[NDArray], *, n_streams: int = 32, n_steps: int = 35
) -> float:
    """Mean negative log-probability (nats) of every token but the first of each sequence.

    The state is zero at each sequence's start and carried to its end; the softmax is the full one.
    """
    training = model.training
    model.eval()
    total, n_targets = 0.0, 0
    streams = StateOfStreams(n_streams)
    for window in windows(sequences, n_streams=n_streams, n_steps=n_steps):
        output, state = model.states(torch.from_numpy(window.ids), streams.take(window))
        streams.keep(window, state)
        targets = torch.from_numpy(window.targets)
        n_here = int((targets != IGNORED).sum())
        if n_here:
            total += float(full_loss(model, output, targets)) * n_here
        n_targets += n_here
    model.train(training)
    return total / max(n_targets, 1)


def perplexity(model: LanguageModel, sequences: Sequence[NDArray], **sizes: int) -> float:
    """Exponential of `mean_loss`."""
    return math.exp(mean_loss(model, sequences, **sizes))
