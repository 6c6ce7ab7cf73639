import numpy as np
import pytest
import torch
from torch import nn

from analytics.models.schedule import Schedule
from analytics.models.training import BatchLoss, as_perplexity, train


class Slope:
    """Learns that y is 3 x; remembers what was drawn in each epoch."""

    identity = "slope"

    def __init__(self) -> None:
        self.model = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(self.model.weight)
        self.drawn: list[int] = []
        self.modes: list[bool] = []

    def epoch(self, generator):
        self.drawn.append(int(generator.integers(1 << 30)))
        return 20, (self._loss(n_targets) for n_targets in [1, 0] * 10)

    def measure(self):
        loss = (self.model.weight.detach() - 3).square().mean()
        return {"validation_loss": float(loss), "half": 1 / 3}

    def _loss(self, n_targets):
        self.modes.append(self.model.training)
        loss = (self.model.weight - 3).square().mean()
        return BatchLoss(loss, loss, n_targets)


def test_every_epoch_draws_anew_and_the_seed_decides(tmp_path):
    drawn = {}
    for name, seed in (("one", 0), ("same", 0), ("other", 1)):
        learner = Slope()
        train(learner, schedule=Schedule(epochs=3, seed=seed), folder=tmp_path / name)
        drawn[name] = learner.drawn
    assert len(set(drawn["one"])) == 3
    assert drawn["one"] == drawn["same"]
    assert not set(drawn["one"]) & set(drawn["other"])


def test_the_best_network_is_kept_ready_to_be_used(tmp_path):
    learner = Slope()
    log = train(learner, schedule=Schedule(epochs=30, learning_rate=0.5, seed=2), folder=tmp_path)
    losses = [line["validation_loss"] for line in log]
    assert learner.measure()["validation_loss"] == pytest.approx(min(losses), abs=1e-5)
    assert min(losses) < 0.1
    assert all(learner.modes)
    assert not learner.model.training
    assert {line["half"] for line in log} == {0.33333}


def test_batches_without_targets_change_nothing(tmp_path):
    learner = Slope()
    learner.epoch = lambda generator: (2, iter([learner._loss(1), learner._loss(0)]))
    train(learner, schedule=Schedule(epochs=1, learning_rate=0.1), folder=tmp_path)
    once = learner.model.weight.item()
    learner = Slope()
    learner.epoch = lambda generator: (2, iter([learner._loss(1)]))
    train(learner, schedule=Schedule(epochs=1, learning_rate=0.1), folder=tmp_path / "other")
    assert learner.model.weight.item() == once != 0


def test_a_checkpoint_is_whole_after_every_epoch(tmp_path):
    learner = Slope()
    train(learner, schedule=Schedule(epochs=2), folder=tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["best.pt", "last.pt", "log.jsonl"]
    assert torch.load(tmp_path / "last.pt", weights_only=True)["log"][-1]["epoch"] == 2


def test_the_exponential_of_a_huge_loss_is_still_a_number():
    assert np.isfinite(as_perplexity(1e9))
