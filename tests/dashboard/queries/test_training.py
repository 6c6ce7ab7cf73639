"""The training log of a manifest, written by whomever."""

from __future__ import annotations

import math

import pytest

from dashboard.queries.recordings import RecordingQueries
from dashboard.queries.training import TrainingQueries, training_curve
from tests.recordings import small_recording


def test_losses_are_taken_as_they_are_and_else_from_perplexities():
    log = [{"epoch": 3, "training_loss": 2.5, "training_perplexity": 99.0, "validation_perplexity": math.e}]
    curve = training_curve({"training": {"log": log}})
    assert curve.epochs == (3,) and curve.training_loss == (2.5,)
    assert curve.validation_loss == pytest.approx((1.0,))


@pytest.mark.parametrize(
    "model",
    [
        {},
        {"training": None},
        {"training": "ten epochs"},
        {"training": {"log": []}},
        {"training": {"log": "long"}},
        {"training": {"log": [1, 2]}},
        {"training": {"log": {"epoch": 1}}},
    ],
)
def test_no_log_no_curve(model):
    assert training_curve(model) is None


def test_values_that_are_no_numbers_are_gaps():
    log = [
        {"epoch": "first", "training_loss": "low", "validation_loss": float("nan")},
        {"validation_loss": True, "training_perplexity": -1},
        {"validation_loss": 1.5},
    ]
    curve = training_curve({"training": {"log": log, "kept_epoch": 99}})
    assert curve.epochs == (1, 2, 3) and curve.training_loss == (None, None, None)
    assert curve.validation_loss == (None, None, 1.5) and curve.kept_epoch == 3


def test_it_is_read_from_the_recording(tmp_path):
    small_recording(tmp_path / "bare")
    small_recording(tmp_path / "trained", model={"training": {"log": [{"epoch": 1, "validation_loss": 2.0}]}})
    queries = TrainingQueries(RecordingQueries(tmp_path))
    assert queries.curve("bare") is None and queries.curve("nowhere") is None
    assert queries.curve("trained").validation_loss == (2.0,)
