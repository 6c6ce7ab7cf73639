import numpy as np
import pytest
import torch

from analytics.errors import ShapeError
from analytics.models.classifier import Classifier, ClassifierShape
from analytics.models.embedding_start import EmbeddingStart
from analytics.models.language_model import LanguageModel, ModelShape

VECTORS = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize(
    "model",
    [
        LanguageModel(ModelShape(n_words=9, n_units=5, n_embedding=4, tied=False)),
        Classifier(ClassifierShape(n_words=9, n_classes=2, n_units=5, n_embedding=4)),
    ],
    ids=["language model", "classifier"],
)
def test_a_network_takes_the_vectors(model, frozen):
    EmbeddingStart(VECTORS, frozen=frozen).put_into(model)
    assert torch.equal(model.embedding.weight, torch.from_numpy(VECTORS))
    assert model.embedding.weight.requires_grad is not frozen
    with torch.no_grad():
        model.embedding.weight.zero_()
    assert VECTORS.any(), "they were copied"


def test_every_number_and_whether_they_are_frozen_matter():
    other = VECTORS.copy()
    other[8, 3] += 1e-6
    starts = [EmbeddingStart(VECTORS), EmbeddingStart(VECTORS, frozen=True), EmbeddingStart(other)]
    assert len({start.identity for start in starts}) == 3
    assert EmbeddingStart(VECTORS.copy()).identity == starts[0].identity


def test_vectors_of_another_size_are_refused():
    model = LanguageModel(ModelShape(n_words=9, n_units=3, n_embedding=3, tied=False))
    with pytest.raises(ShapeError, match=r"shape \(9, 3\).* Got vectors of shape \(9, 4\)"):
        EmbeddingStart(VECTORS).put_into(model)
