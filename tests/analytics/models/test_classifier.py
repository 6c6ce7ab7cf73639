import pytest
import torch

from analytics.errors import ParameterError
from analytics.models.classifier import Classifier, ClassifierShape

KINDS = ["rnn", "gru", "lstm"]


def network(**options) -> Classifier:
    torch.manual_seed(0)
    options = {"kind": "lstm", "n_units": 6, "n_embedding": 5} | options
    model = Classifier(ClassifierShape(n_words=9, n_classes=3, dropout=0.3, **options)).eval()
    torch.nn.init.normal_(model.embedding.weight)
    return model


@torch.no_grad()
def outputs(model: Classifier, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs of the forward and the backward direction, (n_steps, n_units) each, of one sequence."""
    found = model.layers(model.embedding(ids)[:, None])[0][:, 0]
    return found[:, :6], found[:, 6:]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_layers", [1, 2])
@torch.no_grad()
def test_last_answers_by_the_output_of_each_step(kind, n_layers):
    model, ids = network(kind=kind, n_layers=n_layers), torch.tensor([1, 2, 3, 4])
    forward, _ = outputs(model, ids)
    torch.testing.assert_close(model(ids[:, None])[:, 0], model.projection(forward))


@torch.no_grad()
def test_mean_answers_by_the_mean_of_what_was_read():
    model, ids = network(pooling="mean"), torch.tensor([1, 2, 3, 4])
    forward, _ = outputs(model, ids)
    wanted = torch.stack([forward[: step + 1].mean(0) for step in range(4)])
    torch.testing.assert_close(model(ids[:, None])[:, 0], model.projection(wanted))


@pytest.mark.parametrize("pooling", ["last", "mean"])
@torch.no_grad()
def test_the_backward_direction_has_read_everything_at_every_step(pooling):
    model, ids = network(pooling=pooling, bidirectional=True), torch.tensor([1, 2, 3, 4])
    forward, backward = outputs(model, ids)
    if pooling == "mean":
        forward = torch.stack([forward[: step + 1].mean(0) for step in range(4)])
    found = backward.mean(0) if pooling == "mean" else backward[0]
    wanted = model.projection(torch.cat([forward, found.expand(4, -1)], dim=1))
    torch.testing.assert_close(model(ids[:, None])[:, 0], wanted)


@pytest.mark.parametrize("pooling", ["last", "mean"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_padding_changes_nothing(kind, bidirectional, pooling):
    model = network(kind=kind, bidirectional=bidirectional, pooling=pooling)
    sequences = [torch.tensor(ids) for ids in ([1, 2, 3, 4, 5], [6], [7, 8, 1])]
    padded = torch.nn.utils.rnn.pad_sequence(sequences)
    lengths = torch.tensor([len(ids) for ids in sequences])
    together = model(padded, lengths)
    answers = model.answer(padded, lengths)
    for stream, ids in enumerate(sequences):
        alone = model(ids[:, None])[:, 0]
        torch.testing.assert_close(together[: len(ids), stream], alone, atol=1e-6, rtol=1e-5)
        torch.testing.assert_close(answers[stream], alone[-1], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "lsmt"}, "rnn, gru, lstm. Got 'lsmt'"),
        ({"pooling": "max"}, "last, mean. Got 'max'"),
        ({"n_units": 0}, "at least 1"),
        ({"n_classes": 1}, "classes at least 2"),
        ({"dropout": 1.0}, r"in \[0, 1\). Got 1.0"),
    ],
)
def test_what_makes_no_network_is_refused(options, sentence):
    with pytest.raises(ParameterError, match=sentence):
        ClassifierShape(**({"n_words": 5, "n_classes": 2} | options))
