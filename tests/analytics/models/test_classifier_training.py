import numpy as np
import pytest
import torch

from analytics.errors import AnalyticsError
from analytics.models.classifier import ClassifierShape
from analytics.models.classifier_training import class_accuracies, measure_classifier, train_classifier
from analytics.models.schedule import Schedule

SHAPE = ClassifierShape(n_words=8, n_classes=2, kind="gru", n_units=12, n_embedding=6)


def documents(n: int, *, seed: int):
    """Of class 1 are those in which the word 7 occurs."""
    generator = np.random.default_rng(seed)
    texts = [generator.integers(0, 7, size=generator.integers(1, 12)) for _ in range(n)]
    classes = generator.integers(0, 2, size=n).tolist()
    for text, number in zip(texts, classes, strict=True):
        if number:
            text[generator.integers(0, len(text))] = 7
    return texts, classes


TRAINING, VALIDATION = documents(300, seed=0), documents(80, seed=1)


def train(folder, **changes):
    options = {"epochs": 2, "seed": 3, "n_streams": 16, "learning_rate": 2e-2} | changes
    return train_classifier(
        SHAPE, training=TRAINING, validation=VALIDATION, schedule=Schedule(**options), folder=folder
    )


def weights(model) -> torch.Tensor:
    return torch.cat([value.flatten() for value in model.state_dict().values()])


def test_it_finds_the_word_that_decides(tmp_path):
    model, log = train(tmp_path, epochs=15)
    assert max(line["validation_accuracy"] for line in log) >= 0.97
    best = min(log, key=lambda line: line["validation_loss"])
    assert measure_classifier(model, VALIDATION)["loss"] == pytest.approx(best["validation_loss"], abs=1e-5)


def test_it_says_at_which_word_it_knew(tmp_path):
    model, _ = train(tmp_path, epochs=15)
    with torch.no_grad():
        shares = model(torch.tensor([1, 2, 7, 3, 4])[:, None]).softmax(2)[:, 0, 1]
    assert (shares[2:] > 0.8).all()
    assert (shares[:2] < 0.7).all()


def test_measures_are_those_of_each_document_alone(tmp_path):
    model, _ = train(tmp_path)
    right, total = 0, 0.0
    with torch.no_grad():
        for text, number in zip(*VALIDATION, strict=True):
            logits = model(torch.from_numpy(text)[:, None])[-1, 0]
            right += int(logits.argmax()) == number
            total -= float(torch.log_softmax(logits, 0)[number])
    measured = measure_classifier(model, VALIDATION)
    assert measured["accuracy"] == right / len(VALIDATION[1])
    assert measured["loss"] == pytest.approx(total / len(VALIDATION[1]), rel=1e-5)


def test_accuracies_are_those_of_each_class_alone(tmp_path):
    model, _ = train(tmp_path)
    parts = [
        (
            [text for text, label in zip(*VALIDATION, strict=True) if label == number],
            [number] * VALIDATION[1].count(number),
        )
        for number in (0, 1)
    ]
    assert all(len(texts) > 10 for texts, _ in parts)
    alone = [measure_classifier(model, part)["accuracy"] for part in parts]
    assert alone[0] != alone[1]
    assert class_accuracies(model, VALIDATION) == pytest.approx(alone)
    assert class_accuracies(model, parts[1]) == [None, pytest.approx(alone[1])]


def test_the_seed_decides_everything_and_a_stop_changes_nothing(tmp_path, monkeypatch):
    whole, log = train(tmp_path / "whole", epochs=3)
    from analytics.models import training

    train_epoch = training._train_epoch

    def interrupted(*args, epoch, **options):
        if epoch == 1:
            raise KeyboardInterrupt
        return train_epoch(*args, epoch=epoch, **options)

    monkeypatch.setattr(training, "_train_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "parts", epochs=3)
    monkeypatch.undo()
    resumed, again = train(tmp_path / "parts", epochs=3)
    assert torch.equal(weights(whole), weights(resumed))
    assert [line["validation_loss"] for line in log] == [line["validation_loss"] for line in again]


def test_every_document_is_read_once_an_epoch(tmp_path):
    from analytics.models.classifier import Classifier
    from analytics.models.classifier_training import _ClassifierLearner

    learner = _ClassifierLearner(Classifier(SHAPE), TRAINING, VALIDATION, n_streams=7)
    n_batches, batches = learner.epoch(np.random.default_rng(0))
    sizes = [batch.n_targets for batch in batches]
    assert len(sizes) == n_batches
    assert sum(sizes) == 300


def test_other_labels_in_the_same_folder_are_refused(tmp_path):
    train(tmp_path, epochs=1)
    other = TRAINING[0], [1 - number for number in TRAINING[1]]
    with pytest.raises(AnalyticsError, match="belongs to another training"):
        train_classifier(
            SHAPE,
            training=other,
            validation=VALIDATION,
            schedule=Schedule(epochs=2, seed=3, n_streams=16, learning_rate=2e-2),
            folder=tmp_path,
        )
