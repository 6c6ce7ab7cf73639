"""What stands beside the training curve."""

from __future__ import annotations

import json
import math

import plotly.utils
import pytest

from dashboard.components.training import no_curve, training_caption
from dashboard.queries.training import training_curve


def caption(log, **training) -> str:
    return training_caption(training_curve({"training": {"log": log, **training}}))


def test_it_says_which_epoch_was_kept_and_why():
    text = caption(
        [{"epoch": 1, "validation_loss": 3.0, "seconds": 100}, {"epoch": 2, "validation_loss": math.log(100)}]
    )
    assert "each of 2 epochs" in text
    assert "Kept: epoch 1, the one with the lowest validation loss (3 nats, perplexity 20.09)." in text
    assert "Trained for 2 min." in text


def test_what_the_training_says_counts():
    text = caption([{"epoch": 1, "validation_loss": 3.0}, {"epoch": 2, "validation_loss": 4.0}], kept_epoch=2)
    assert "Kept: epoch 2, as its training says" in text


def test_accuracy_of_a_classifier_is_told():
    text = caption([{"epoch": 1, "validation_loss": 0.5, "validation_accuracy": 0.875}])
    assert "87.5 % of the validation labels right" in text and "the one epoch" in text


def test_a_log_without_validation_does_not_tell():
    assert "does not tell which epoch was kept" in caption([{"epoch": 1, "training_loss": 3.0}])


@pytest.mark.parametrize(("seconds", "told"), [(12, "12 s"), (3253, "54 min"), (9000, "2.5 h")])
def test_durations(seconds, told):
    assert f"Trained for {told}." in caption([{"epoch": 1, "validation_loss": 1.0, "seconds": seconds}])


def test_why_there_is_no_curve():
    text = json.dumps(no_curve(), cls=plotly.utils.PlotlyJSONEncoder)
    assert "No training log" in text and "python -m analytics train" in text
