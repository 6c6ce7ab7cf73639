"""The training curve: both axes read the same losses, the kept epoch is marked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dashboard.figures.training import perplexity_ticks, training_figure
from dashboard.queries.training import training_curve

LOG = [
    {"epoch": 1, "training_perplexity": 624.6, "validation_perplexity": 314.4},
    {"epoch": 2, "training_perplexity": 207.1, "validation_perplexity": 230.8},
    {"epoch": 3, "training_perplexity": 155.8, "validation_perplexity": 240.0},
]


def figure(log=LOG, theme="light", **training):
    return training_figure(training_curve({"training": {"log": log, **training}}), theme=theme)


def test_losses_are_logarithms_of_the_perplexities():
    training, validation, _ = figure().data
    np.testing.assert_allclose(training.y, np.log([624.6, 207.1, 155.8]))
    np.testing.assert_allclose(validation.customdata, [314.4, 230.8, 240.0])
    assert list(training.x) == [1, 2, 3]


def test_the_right_axis_is_the_left_one_in_other_words():
    layout = figure().layout
    assert layout.yaxis.range == layout.yaxis2.range
    for place, text in zip(layout.yaxis2.tickvals, layout.yaxis2.ticktext, strict=True):
        assert place == pytest.approx(math.log(float(text.replace(",", ""))))
    assert layout.yaxis.title.text == "loss in nats" and layout.yaxis2.title.text == "perplexity"


def test_the_kept_epoch_is_marked():
    drawn = figure()
    assert drawn.layout.shapes[0].x0 == 2 and drawn.layout.annotations[0].text == "kept: epoch 2"
    assert figure(kept_epoch=3).layout.shapes[0].x0 == 3


def test_nothing_is_marked_when_it_is_not_known():
    drawn = figure([{"epoch": 1, "training_loss": 2.0}])
    assert not drawn.layout.shapes
    assert [trace.visible for trace in drawn.data][:2] == [True, False]


def test_one_epoch_and_losses_of_zero_have_an_axis():
    drawn = figure([{"epoch": 1, "training_loss": 0.0, "validation_loss": 0.0}])
    low, high = drawn.layout.yaxis.range
    assert low < 0 < high and len(drawn.layout.yaxis2.tickvals) >= 3


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 0.1), (2.0, 9.0), (-0.1, 700.0), (4.6, 4.61), (1.0, 1e6), (-4e4, 5e5)]
)
def test_there_are_a_few_ticks_whatever_the_losses(low, high):
    places, texts = perplexity_ticks(low, high)
    assert 3 <= len(places) <= 40 and len(set(places)) == len(places) == len(texts)


def test_a_loss_that_explodes_can_be_drawn():
    drawn = figure([{"epoch": 1, "training_loss": 5e5, "validation_loss": 2.0}])
    assert math.isfinite(drawn.data[0].customdata[0])


def test_both_themes():
    assert figure(theme="dark").data[1].line.color != figure().data[1].line.color
