"""Training a language model: windows of a few steps side by side, the state carried on between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from analytics.models.embedding_start import EmbeddingStart
from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.loss import full_loss, mean_loss, sampled_loss
from analytics.models.schedule import LanguageSchedule
from analytics.models.streams import StateOfStreams
from analytics.models.training import BatchLoss, Keep, digest, train
from analytics.models.windows import Window, n_windows, windows

__all__ = ["train_language_model"]


def train_language_model(
    shape: ModelShape,
    *,
    training: Sequence[NDArray],
    validation: Sequence[NDArray],
    schedule: LanguageSchedule,
    folder: Path,
    embedding: EmbeddingStart | None = None,
    keep: Keep | None = None,
) -> tuple[LanguageModel, list[dict[str, Any]]]:
    """Train, or go on where `folder` stopped, and return the best network and the log.

    Parameters
    ----------
    shape : ModelShape
    training, validation : list of arrays of token ids, one for each sequence
    schedule : LanguageSchedule
        Going on with another number of epochs is allowed; any other change is refused.
    folder : Path
        Where checkpoints and log are written, after every epoch.
    embedding : EmbeddingStart, optional
        What the embedding starts from, and whether it stays. Default: it is drawn.
    keep : callable, optional
        Called with the network and the log after each epoch.

    Raises
    ------
    AnalyticsError
        If `folder` holds the training of another network, text or schedule.
    """
    torch.manual_seed(schedule.seed)
    learner = _LanguageLearner(LanguageModel(shape), training, validation, schedule=schedule)
    if embedding is not None:
        embedding.put_into(learner.model)
        learner.identity += f" {embedding.identity}"
    log = train(learner, schedule=schedule, folder=folder, keep=keep)
    return learner.model, log


class _LanguageLearner:
    """A language model that reads every sequence once an epoch."""

    def __init__(
        self,
        model: LanguageModel,
        training: Sequence[NDArray],
        validation: Sequence[NDArray],
        *,
        schedule: LanguageSchedule,
    ) -> None:
        self.model, self._training, self._validation = model, training, validation
        self._schedule = schedule
        self.identity = f"{model.shape} text {digest([*training, *validation])}"

    def epoch(self, generator: np.random.Generator) -> tuple[int, Iterator[BatchLoss]]:
        """Return windows over all sequences, in an order that is drawn."""
        order = generator.permutation(len(self._training)).tolist()
        cut = {"n_streams": self._schedule.n_streams, "n_steps": self._schedule.n_steps, "order": order}
        streams = StateOfStreams(self._schedule.n_streams)
        batches = (self._batch(window, streams) for window in windows(self._training, **cut))
        return n_windows(self._training, **cut), batches

    def measure(self) -> dict[str, float]:
        """Return the loss of the validation text."""
        return {"validation_loss": mean_loss(self.model, self._validation)}

    def _batch(self, window: Window, streams: StateOfStreams) -> BatchLoss:
        output, state = self.model.states(torch.from_numpy(window.ids), streams.take(window))
        streams.keep(window, state)
        targets = torch.from_numpy(window.targets)
        n_targets = int((targets >= 0).sum())
        if n_targets == 0:
            zero = output.new_zeros(())
            return BatchLoss(zero, zero, 0)
        loss = self._loss(output, targets)
        return BatchLoss(loss + self._schedule.state_penalty * _mean_square(state), loss, n_targets)

    def _loss(self, output: Tensor, targets: Tensor) -> Tensor:
        if self._schedule.n_sampled is None:
            return full_loss(self.model, output, targets)
        return sampled_loss(self.model, output, targets, n_sampled=self._schedule.n_sampled)


def _mean_square(state: Tensor | tuple[Tensor, ...]) -> Tensor:
    """Of an LSTM's cells or another layer's hidden states."""
    return (state[1] if isinstance(state, tuple) else state).square().mean()
