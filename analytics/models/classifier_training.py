"""Training a classifier: documents of similar lengths side by side, a loss for each document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from analytics.models.classifier import Classifier, ClassifierShape
from analytics.models.embedding_start import EmbeddingStart
from analytics.models.schedule import Schedule
from analytics.models.training import BatchLoss, Keep, digest, train

__all__ = ["Labelled", "class_accuracies", "measure_classifier", "train_classifier"]

Labelled = tuple[Sequence[NDArray], Sequence[int]]
"""Token ids of each document, and its class."""

POOL_BATCHES = 32
"""So many batches of documents are sorted by length together: little padding, and still a random order."""

MEASURED_AT_ONCE = 64


def train_classifier(
    shape: ClassifierShape,
    *,
    training: Labelled,
    validation: Labelled,
    schedule: Schedule,
    folder: Path,
    embedding: EmbeddingStart | None = None,
    keep: Keep | None = None,
) -> tuple[Classifier, list[dict[str, Any]]]:
    """Train, or go on where `folder` stopped, and return the best network and the log.

    Parameters
    ----------
    shape : ClassifierShape
    training, validation : pair of list of arrays of token ids, and list of int
        The documents and their classes.
    schedule : Schedule
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
    learner = _ClassifierLearner(Classifier(shape), training, validation, n_streams=schedule.n_streams)
    if embedding is not None:
        embedding.put_into(learner.model)
        learner.identity += f" {embedding.identity}"
    log = train(learner, schedule=schedule, folder=folder, keep=keep)
    return learner.model, log


@torch.no_grad()
def measure_classifier(model: Classifier, documents: Labelled) -> dict[str, float]:
    """Return `loss` (nats for each document) and `accuracy` (share of right answers).

    The answer is that after the last token.
    """
    total, right, n_documents = 0.0, 0, max(len(documents[0]), 1)
    for logits, wanted in _answers(model, documents):
        total += float(functional.cross_entropy(logits, wanted, reduction="sum"))
        right += int((logits.argmax(1) == wanted).sum())
    return {"loss": total / n_documents, "accuracy": right / n_documents}


@torch.no_grad()
def class_accuracies(model: Classifier, documents: Labelled) -> list[float | None]:
    """Return the share of right answers among the documents of each class; None where a class has none."""
    n_classes = model.shape.n_classes
    right, there = torch.zeros(n_classes), torch.zeros(n_classes)
    for logits, wanted in _answers(model, documents):
        there += torch.bincount(wanted, minlength=n_classes)
        right += torch.bincount(wanted[logits.argmax(1) == wanted], minlength=n_classes)
    return [float(hit / of) if of else None for hit, of in zip(right, there, strict=True)]


def _answers(model: Classifier, documents: Labelled) -> Iterator[tuple[Tensor, Tensor]]:
    """Logits after the last token, and the classes, of documents of similar lengths together."""
    training = model.training
    model.eval()
    texts, classes = documents
    by_length = np.argsort([len(text) for text in texts], kind="stable")
    for start in range(0, len(texts), MEASURED_AT_ONCE):
        ids, lengths, wanted = _batch(texts, classes, by_length[start : start + MEASURED_AT_ONCE])
        yield model.answer(ids, lengths), wanted
    model.train(training)


class _ClassifierLearner:
    """A classifier that reads every document once an epoch."""

    def __init__(
        self, model: Classifier, training: Labelled, validation: Labelled, *, n_streams: int
    ) -> None:
        self.model, self._training, self._validation, self._n_streams = model, training, validation, n_streams
        texts = [*training[0], *validation[0], training[1], validation[1]]
        self.identity = f"{model.shape} text {digest(texts)}"

    def epoch(self, generator: np.random.Generator) -> tuple[int, Iterator[BatchLoss]]:
        """Return batches of all documents, in an order that is drawn."""
        texts, classes = self._training
        order = generator.permutation(len(texts))
        lengths = np.array([len(text) for text in texts])[order]
        pool = POOL_BATCHES * self._n_streams
        order = order[np.lexsort((lengths, np.arange(len(order)) // pool))]
        cuts = np.array_split(order, np.arange(self._n_streams, len(order), self._n_streams))
        drawn = generator.permutation(len(cuts)).tolist()
        return len(cuts), (self._loss(*_batch(texts, classes, cuts[number])) for number in drawn)

    def measure(self) -> dict[str, float]:
        """Return loss and accuracy of the validation documents."""
        measured = measure_classifier(self.model, self._validation)
        return {"validation_loss": measured["loss"], "validation_accuracy": measured["accuracy"]}

    def _loss(self, ids: Tensor, lengths: Tensor, wanted: Tensor) -> BatchLoss:
        loss = functional.cross_entropy(self.model.answer(ids, lengths), wanted)
        return BatchLoss(loss, loss, len(wanted))


def _batch(
    texts: Sequence[NDArray], classes: Sequence[int], chosen: NDArray
) -> tuple[Tensor, Tensor, Tensor]:
    """Padded ids (n_steps, n_streams), the lengths and the classes of some documents."""
    lengths = torch.tensor([len(texts[number]) for number in chosen])
    ids = torch.zeros(int(lengths.max()), len(chosen), dtype=torch.int64)
    for stream, number in enumerate(chosen):
        ids[: lengths[stream], stream] = torch.from_numpy(np.asarray(texts[number], dtype=np.int64))
    return ids, lengths, torch.tensor([classes[number] for number in chosen])
