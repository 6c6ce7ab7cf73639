"""A recurrent language model: embedding, RNN, GRU or LSTM layers, logits over the vocabulary."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from torch import Tensor, nn

from analytics.errors import ParameterError

__all__ = ["DROPPED", "INITIAL_RANGE", "LAYER_KINDS", "LanguageModel", "ModelShape"]

LAYER_KINDS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}

DROPPED = ("input and output", "output")
"""What dropout may act on: the embedding and the output of every layer, or only the outputs."""

INITIAL_RANGE = 0.05
"""Weights of the embedding start uniformly in [-0.05, 0.05]: logits near 0 whatever its size."""


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What must be known to build the network before its weights are loaded."""

    n_words: int
    kind: str = "lstm"
    """`rnn` (tanh), `gru` or `lstm`."""
    n_layers: int = 2
    n_units: int = 256
    n_embedding: int = 256
    tied: bool = True
    """The embedding is the matrix of the logits too (then `n_embedding` equals `n_units`)."""
    dropout: float = 0.0
    """Share dropped while training, of what `dropout_on` names."""
    dropout_on: str = "input and output"
    """`input and output`: of the embedding, between layers and before the logits. `output`: only between
    layers and before the logits, so that the first layer learns from whole embeddings."""

    def __post_init__(self) -> None:
        if self.kind not in LAYER_KINDS:
            raise ParameterError(f"kind must be one of {', '.join(LAYER_KINDS)}. Got {self.kind!r}.")
        if min(self.n_words, self.n_layers, self.n_units, self.n_embedding) < 1:
            raise ParameterError(f"All sizes of a network must be at least 1. Got {asdict(self)}.")
        if not 0 <= self.dropout < 1:
            raise ParameterError(f"dropout must be in [0, 1). Got {self.dropout}.")
        if self.dropout_on not in DROPPED:
            raise ParameterError(f"dropout_on must be one of {', '.join(DROPPED)}. Got {self.dropout_on!r}.")
        if self.tied and self.n_embedding != self.n_units:
            raise ParameterError(
                "Tied weights need n_embedding == n_units. "
                f"Got {self.n_embedding} and {self.n_units}: set tied=False or make them equal."
            )


class LanguageModel(nn.Module):
    """Predicts the next token at every position; the state is carried on from call to call.

    Examples
    --------
    >>> model = LanguageModel(ModelShape(n_words=5, n_units=8, n_embedding=8)).eval()
    >>> output, state = model.states(Tensor([[0, 1], [2, 3], [4, 0]]).long())
    >>> output.shape, model.logits(output).shape  # (n_steps, n_streams, ...)
    (torch.Size([3, 2, 8]), torch.Size([3, 2, 5]))
    """

    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.n_words, shape.n_embedding)
        self.layers = LAYER_KINDS[shape.kind](
            shape.n_embedding,
            shape.n_units,
            num_layers=shape.n_layers,
            dropout=shape.dropout if shape.n_layers > 1 else 0.0,
        )
        self.drop = nn.Dropout(shape.dropout)
        self.projection = nn.Linear(shape.n_units, shape.n_words)
        nn.init.uniform_(self.embedding.weight, -INITIAL_RANGE, INITIAL_RANGE)
        nn.init.zeros_(self.projection.bias)
        if shape.tied:
            self.projection.weight = self.embedding.weight

    def states(self, ids: Tensor, state: Tensor | tuple | None = None) -> tuple[Tensor, Tensor | tuple]:
        """Outputs of the last layer and the state after the last step.

        Parameters
        ----------
        ids : LongTensor of shape (n_steps, n_streams)
        state : what this method returned for the steps before, or None for zeros

        Returns
        -------
        output : Tensor of shape (n_steps, n_streams, n_units)
        state : for an LSTM the pair hidden, cell, else hidden, each (n_layers, n_streams, n_units)
        """
        embedded = self.embedding(ids)
        if self.shape.dropout_on != "output":
            embedded = self.drop(embedded)
        output, state = self.layers(embedded, state)
        return self.drop(output), state

    def logits(self, output: Tensor) -> Tensor:
        """Unnormalised log-probabilities of the next token, (..., n_words)."""
        return self.projection(output)

    def forward(self, ids: Tensor, state: Tensor | tuple | None = None) -> tuple[Tensor, Tensor | tuple]:
        """Logits and the state after the last step."""
        output, state = self.states(ids, state)
        return self.logits(output), state
