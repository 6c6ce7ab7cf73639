import pytest
import torch

from analytics.errors import ParameterError
from analytics.models.language_model import LanguageModel, ModelShape


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_two_halves_with_the_state_carried_equal_the_whole(kind):
    torch.manual_seed(1)
    model = LanguageModel(ModelShape(n_words=9, kind=kind, n_units=4, n_embedding=4, dropout=0.5)).eval()
    ids = torch.randint(0, 9, (10, 3))
    whole, _ = model(ids)
    first, state = model(ids[:4])
    second, _ = model(ids[4:], state)
    torch.testing.assert_close(torch.cat([first, second]), whole, atol=1e-6, rtol=0)


def test_tied_weights_are_one_matrix():
    model = LanguageModel(ModelShape(n_words=9, n_units=4, n_embedding=4, tied=True))
    assert model.projection.weight is model.embedding.weight


def test_tied_weights_need_equal_sizes():
    with pytest.raises(ParameterError, match=r"n_embedding == n_units\. Got 3 and 4"):
        ModelShape(n_words=9, n_units=4, n_embedding=3, tied=True)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ParameterError, match=r"one of rnn, gru, lstm\. Got 'transformer'"):
        ModelShape(n_words=9, kind="transformer")


def test_sizes_are_positive():
    with pytest.raises(ParameterError, match="at least 1"):
        ModelShape(n_words=0)
