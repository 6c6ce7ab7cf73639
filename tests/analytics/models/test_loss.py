import numpy as np
import pytest
import torch

from analytics.models.language_model import LanguageModel, ModelShape
from analytics.models.loss import full_loss, perplexity, sampled_loss


def small_model(n_words: int = 40) -> LanguageModel:
    torch.manual_seed(0)
    model = LanguageModel(ModelShape(n_words=n_words, n_units=8, n_embedding=8, tied=True))
    torch.nn.init.normal_(model.embedding.weight)
    return model.eval()


def test_perplexity_is_that_of_each_sequence_run_alone():
    model = small_model()
    generator = np.random.default_rng(1)
    sequences = [generator.integers(0, 40, size=size) for size in (5, 80, 1, 23)]
    total, n_targets = 0.0, 0
    for sequence in sequences:
        with torch.no_grad():
            logits, _ = model(torch.from_numpy(sequence)[:, None])
        log_probability = torch.log_softmax(logits[:-1, 0], dim=1)
        total -= float(log_probability[range(len(sequence) - 1), sequence[1:]].sum())
        n_targets += len(sequence) - 1
    wanted = np.exp(total / n_targets)
    assert perplexity(model, sequences, n_streams=3, n_steps=7) == pytest.approx(wanted, rel=1e-5)


def test_a_network_that_knows_nothing_has_as_many_choices_as_words():
    model = small_model()
    torch.nn.init.zeros_(model.embedding.weight)
    assert perplexity(model, [np.arange(30)]) == pytest.approx(40, rel=1e-6)


def test_sampling_estimates_the_normaliser_without_bias():
    model = small_model()
    output = torch.randn(1, 1, 8, generator=torch.Generator().manual_seed(2))
    target = torch.tensor([[3]])
    torch.manual_seed(0)
    with torch.no_grad():
        exact = full_loss(model, output, target)
        score = model.logits(output)[0, 0, 3]
        draws = torch.stack([sampled_loss(model, output, target, n_sampled=10) for _ in range(4000)])
        normaliser = torch.exp(draws + score).mean()
    assert float(normaliser) == pytest.approx(float(torch.exp(exact + score)), rel=0.03)


def test_sampling_all_words_is_exact():
    model = small_model()
    output = torch.randn(5, 2, 8, generator=torch.Generator().manual_seed(2))
    targets = torch.randint(0, 40, (5, 2), generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        sampled = sampled_loss(model, output, targets, n_sampled=40)
        torch.testing.assert_close(sampled, full_loss(model, output, targets), rtol=1e-6, atol=0)
