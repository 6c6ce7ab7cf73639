"""A recurrent classifier of sequences that says at every step what it would answer there."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from analytics.errors import ParameterError
from analytics.models.language_model import INITIAL_RANGE, LAYER_KINDS

__all__ = ["POOLINGS", "Classifier", "ClassifierShape"]

POOLINGS = ("last", "mean")


@dataclass(frozen=True, slots=True)
class ClassifierShape:
    """What must be known to build the network before its weights are loaded."""

    n_words: int
    n_classes: int
    kind: str = "lstm"
    """`rnn` (tanh), `gru` or `lstm`."""
    n_layers: int = 1
    n_units: int = 128
    """Of each direction."""
    n_embedding: int = 128
    bidirectional: bool = False
    pooling: str = "last"
    """The answer is drawn from the `last` outputs, or from the `mean` of all outputs so far."""
    dropout: float = 0.0
    """Share dropped of the embedding, between layers and before the logits, while training."""

    def __post_init__(self) -> None:
        if self.kind not in LAYER_KINDS:
            raise ParameterError(f"kind must be one of {', '.join(LAYER_KINDS)}. Got {self.kind!r}.")
        if self.pooling not in POOLINGS:
            raise ParameterError(f"pooling must be one of {', '.join(POOLINGS)}. Got {self.pooling!r}.")
        if min(self.n_words, self.n_layers, self.n_units, self.n_embedding) < 1 or self.n_classes < 2:
            raise ParameterError(
                f"All sizes of a network must be at least 1, its classes at least 2. Got {asdict(self)}."
            )
        if not 0 <= self.dropout < 1:
            raise ParameterError(f"dropout must be in [0, 1). Got {self.dropout}.")


class Classifier(nn.Module):
    """Gives logits of the classes at every step; those of a sequence's last step are its answer.

    With `last`, the logits at a step come from the output there; with `mean`, from the mean of the outputs up
    to there. The backward direction of a bidirectional network has read the whole sequence before a reader
    comes to its first token, so what it found (its output at the first token, or its mean) counts at every
    step: the logits then say what reading *forward* up to there adds.

    Examples
    --------
    >>> model = Classifier(ClassifierShape(n_words=5, n_classes=3, n_units=8, n_embedding=8)).eval()
    >>> ids = torch.tensor([[0, 1], [2, 3], [4, 0]])
    >>> model(ids).shape  # (n_steps, n_streams, n_classes)
    torch.Size([3, 2, 3])
    >>> torch.equal(model.answer(ids, torch.tensor([3, 2])), model(ids)[[2, 1], [0, 1]])
    True
    """

    def __init__(self, shape: ClassifierShape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.n_words, shape.n_embedding)
        self.layers = LAYER_KINDS[shape.kind](
            shape.n_embedding,
            shape.n_units,
            num_layers=shape.n_layers,
            dropout=shape.dropout if shape.n_layers > 1 else 0.0,
            bidirectional=shape.bidirectional,
        )
        self.drop = nn.Dropout(shape.dropout)
        self.projection = nn.Linear(shape.n_units * (2 if shape.bidirectional else 1), shape.n_classes)
        nn.init.uniform_(self.embedding.weight, -INITIAL_RANGE, INITIAL_RANGE)
        nn.init.zeros_(self.projection.bias)

    def forward(self, ids: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Logits at every step.

        Parameters
        ----------
        ids : LongTensor of shape (n_steps, n_streams)
        lengths : LongTensor of shape (n_streams,), optional
            Steps of each sequence, where some are padded at their ends. Default: all steps.

        Returns
        -------
        Tensor of shape (n_steps, n_streams, n_classes)
            Without meaning at padded steps.
        """
        embedded = self.drop(self.embedding(ids))
        if lengths is None or not self.shape.bidirectional:
            outputs, _ = self.layers(embedded)
        else:
            # The backward direction must begin at each sequence's own end.
            packed = pack_padded_sequence(embedded, lengths.cpu(), enforce_sorted=False)
            outputs, _ = pad_packed_sequence(self.layers(packed)[0], total_length=len(ids))
        return self.projection(self.drop(self.pooled(outputs, lengths)))

    def answer(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Logits after the whole of each sequence, (n_streams, n_classes)."""
        return self(ids, lengths)[lengths - 1, torch.arange(ids.shape[1])]

    def pooled(self, outputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """What the logits are drawn from, of the shape of the outputs (n_steps, n_streams, n_outputs)."""
        forward, backward = outputs[..., : self.shape.n_units], outputs[..., self.shape.n_units :]
        n_steps = len(outputs)
        if self.shape.pooling == "mean":
            read = torch.arange(1, n_steps + 1, device=outputs.device, dtype=outputs.dtype)
            forward = forward.cumsum(0) / read[:, None, None]
        if not self.shape.bidirectional:
            return forward
        found = backward[0]
        if self.shape.pooling == "mean":
            found = backward.sum(0) / (n_steps if lengths is None else lengths.to(outputs.dtype)[:, None])
        return torch.cat([forward, found.expand(n_steps, *found.shape)], dim=2)
