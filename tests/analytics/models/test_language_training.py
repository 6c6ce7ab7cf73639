import json

import numpy as np
import pytest
import torch

from analytics.errors import AnalyticsError
from analytics.models.language_model import ModelShape
from analytics.models.language_training import train_language_model
from analytics.models.loss import mean_loss
from analytics.models.schedule import LanguageSchedule

SHAPE = ModelShape(n_words=12, n_units=16, n_embedding=16, tied=False, dropout=0.2)
ALTERNATING = [np.tile([1, 2, 3], 20) for _ in range(6)]


def train(folder, **changes):
    options = {"epochs": 3, "seed": 4, "n_streams": 3, "n_steps": 8, "learning_rate": 2e-2, "n_sampled": 6}
    return train_language_model(
        SHAPE,
        training=ALTERNATING,
        validation=ALTERNATING[:2],
        schedule=LanguageSchedule(**(options | changes)),
        folder=folder,
    )


def weights(model) -> torch.Tensor:
    return torch.cat([value.flatten() for value in model.state_dict().values()])


def test_it_learns_what_is_certain(tmp_path):
    _, log = train(tmp_path, epochs=25)
    assert log[-1]["validation_perplexity"] < 1.1


def test_the_seed_decides_everything(tmp_path):
    one, first = train(tmp_path / "one")
    two, second = train(tmp_path / "two")
    other, _ = train(tmp_path / "other", seed=5)
    assert torch.equal(weights(one), weights(two))
    assert not torch.equal(weights(one), weights(other))
    assert [line["validation_perplexity"] for line in first] == [
        line["validation_perplexity"] for line in second
    ]


def test_interrupted_and_resumed_equals_uninterrupted(tmp_path, monkeypatch):
    whole, _ = train(tmp_path / "whole")
    from analytics.models import training

    train_epoch = training._train_epoch

    def interrupted(*args, epoch, **options):
        if epoch == 2:
            raise KeyboardInterrupt
        return train_epoch(*args, epoch=epoch, **options)

    monkeypatch.setattr(training, "_train_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "parts")
    monkeypatch.undo()
    resumed, log = train(tmp_path / "parts")
    assert torch.equal(weights(whole), weights(resumed))
    assert [line["epoch"] for line in log] == [1, 2, 3]


def test_a_finished_training_is_not_repeated(tmp_path):
    first, log = train(tmp_path)
    second, again = train(tmp_path)
    assert log == again
    assert torch.equal(weights(first), weights(second))


def test_it_stops_when_validation_no_longer_improves(tmp_path):
    generator = np.random.default_rng(0)
    training = [generator.integers(0, 12, size=60) for _ in range(4)]
    validation = [generator.integers(0, 12, size=60) for _ in range(2)]
    schedule = LanguageSchedule(epochs=60, seed=4, n_streams=4, n_steps=20, learning_rate=5e-2, patience=2)
    _, log = train_language_model(
        SHAPE, training=training, validation=validation, schedule=schedule, folder=tmp_path
    )
    best = int(np.argmin([line["validation_perplexity"] for line in log]))
    assert len(log) == best + 1 + 2


def test_the_state_penalty_makes_cells_smaller(tmp_path):
    free, _ = train(tmp_path / "free", epochs=8)
    held, _ = train(tmp_path / "held", epochs=8, state_penalty=1.0)
    with torch.no_grad():
        cells = [model.states(torch.from_numpy(ALTERNATING[0])[:, None])[1][1] for model in (free, held)]
    assert cells[1].square().mean() < 0.5 * cells[0].square().mean()


def test_the_log_is_lines_of_json(tmp_path):
    _, log = train(tmp_path)
    assert [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()] == log


def test_another_schedule_in_the_same_folder_is_refused(tmp_path):
    train(tmp_path, epochs=1)
    with pytest.raises(AnalyticsError, match="belongs to another training"):
        train(tmp_path, learning_rate=1e-3)


def test_another_text_in_the_same_folder_is_refused(tmp_path):
    train(tmp_path, epochs=1)
    with pytest.raises(AnalyticsError, match="belongs to another training"):
        train_language_model(
            SHAPE,
            training=[*ALTERNATING, ALTERNATING[0]],
            validation=ALTERNATING[:2],
            schedule=LanguageSchedule(
                epochs=3, seed=4, n_streams=3, n_steps=8, learning_rate=2e-2, n_sampled=6
            ),
            folder=tmp_path,
        )


def test_losses_are_nats_for_each_target(tmp_path):
    model, log = train(tmp_path, epochs=2)
    best = min(log, key=lambda line: line["validation_loss"])
    assert best["validation_loss"] == pytest.approx(mean_loss(model, ALTERNATING[:2]), abs=1e-5)
    for line in log:
        assert line["validation_perplexity"] == pytest.approx(np.exp(line["validation_loss"]), abs=2e-3)
        assert line["training_perplexity"] == pytest.approx(np.exp(line["training_loss"]), abs=2e-3)


def test_a_loss_that_is_no_number_ends_the_training(tmp_path):
    with pytest.raises(
        AnalyticsError, match=r"loss became (nan|inf) in epoch \d+\. Train with a lower learning_rate"
    ):
        train(tmp_path, learning_rate=1e38, gradient_norm=1e38, n_sampled=None)


def test_sequences_of_one_token_teach_nothing(tmp_path):
    with pytest.raises(AnalyticsError, match="nothing to learn from"):
        train_language_model(
            SHAPE,
            training=[np.array([1])],
            validation=ALTERNATING[:1],
            schedule=LanguageSchedule(epochs=1),
            folder=tmp_path,
        )


def test_a_checkpoint_that_runs_a_program_is_refused(tmp_path):
    train(tmp_path, epochs=1)
    ran = tmp_path / "ran"

    class Harmful:
        def __reduce__(self):
            return (open, (str(ran), "w"))

    torch.save({"identity": Harmful()}, tmp_path / "last.pt")
    with pytest.raises(AnalyticsError, match=r"last\.pt cannot be read .* Remove its folder to start anew"):
        train(tmp_path)
    assert not ran.exists()


def test_a_checkpoint_that_was_cut_short_is_refused(tmp_path):
    train(tmp_path, epochs=1)
    whole = (tmp_path / "last.pt").read_bytes()
    (tmp_path / "last.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AnalyticsError, match=r"last\.pt cannot be read"):
        train(tmp_path)
