"""The embedding that a training starts from, when it is not drawn at random."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from analytics.errors import ShapeError
from analytics.models.classifier import Classifier
from analytics.models.language_model import LanguageModel

__all__ = ["EmbeddingStart"]


@dataclass(frozen=True, slots=True)
class EmbeddingStart:
    """Vectors of the words, and whether they stay as they are.

    Examples
    --------
    >>> from analytics.models.language_model import ModelShape
    >>> model = LanguageModel(ModelShape(n_words=3, n_units=2, n_embedding=2, tied=False))
    >>> EmbeddingStart(np.eye(3, 2, dtype=np.float32), frozen=True).put_into(model)
    >>> model.embedding.weight.tolist(), model.embedding.weight.requires_grad
    ([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], False)
    """

    vectors: NDArray[np.float32]
    """Shape (n_words, n_embedding)."""
    frozen: bool = False

    def put_into(self, model: LanguageModel | Classifier) -> None:
        """Give a network the vectors.

        Raises
        ------
        ShapeError
            If it has another number of words or another size of embedding.
        """
        weight = model.embedding.weight
        if tuple(weight.shape) != self.vectors.shape:
            raise ShapeError(
                f"The network's embedding has shape {tuple(weight.shape)}, its words and its size. "
                f"Got vectors of shape {self.vectors.shape}."
            )
        with torch.no_grad():
            weight.copy_(torch.from_numpy(np.ascontiguousarray(self.vectors, dtype=np.float32)))
        weight.requires_grad_(not self.frozen)

    @property
    def identity(self) -> str:
        """Some letters that change with every number and with whether they are frozen."""
        numbers = np.ascontiguousarray(self.vectors, dtype="<f4").tobytes()
        kind = "frozen" if self.frozen else "first"
        return f"{kind} embedding {hashlib.sha256(numbers).hexdigest()[:16]}"
