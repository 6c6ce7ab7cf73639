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


def test_what_is_dropped_is_named():
    with pytest.raises(ParameterError, match=r"one of input and output, output\. Got 'embedding'"):
        ModelShape(n_words=9, dropout_on="embedding")


@pytest.mark.parametrize(("dropout_on", "is_whole"), [("output", True), ("input and output", False)])
def test_dropout_of_outputs_leaves_the_embedding_and_the_state_whole(dropout_on, is_whole):
    torch.manual_seed(1)
    shape = ModelShape(n_words=9, n_layers=1, n_units=8, n_embedding=8, dropout=0.5, dropout_on=dropout_on)
    model = LanguageModel(shape)
    ids = torch.randint(0, 9, (10, 3))
    output, state = model.train().states(ids)
    whole, whole_state = model.eval().states(ids)
    assert torch.equal(state[1], whole_state[1]) == is_whole
    assert 0.3 < (output == 0).float().mean() < 0.7, "the output is dropped either way"
    assert torch.equal(output[output != 0], 2 * whole[output != 0]) == is_whole
