"""Results draw themselves: what is in the figure is what is in the result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import analytics
from analytics.analyses.memory.state_gradients import state_gradients
from dashboard.figures.theme import DARK, LIGHT

ROOT = Path(__file__).resolve().parents[3]
WORDS = ["<unk>", "the", "queen", "the"]


@pytest.fixture(scope="module")
def states():
    return np.random.default_rng(0).normal(size=(60, 5))


@pytest.fixture(scope="module")
def response(states):
    return analytics.expected_response(states, np.arange(60) % 4, n_words=4)


def test_a_match_draws_a_row_for_each_range(states):
    matches = analytics.match_pattern(states, [0, 2], threshold=0.1, min_length=2)
    heat = matches.figure().data[0]
    assert len(heat.z) == len(matches) > 2
    for row, counts in zip(heat.z, matches.on_counts, strict=True):
        assert row[: len(counts)].tolist() == counts.tolist()
        assert np.isnan(row[len(counts) :]).all()


def test_no_match_draws_an_empty_figure(states):
    nothing = analytics.match_pattern(states, [0], threshold=99.0)
    assert nothing.figure().data[0].z.shape == (0, 0)


def test_a_response_draws_its_words_as_written(response):
    heat = response.figure(vocabulary=WORDS).data[0]
    assert sorted(name.split(" #")[0] for name in heat.y) == ["&lt;unk&gt;", "queen", "the", "the"]
    assert len(set(heat.y)) == 4, "two words of one text are two rows"
    assert sorted(heat.z.ravel()) == pytest.approx(sorted(response.mean.ravel()))
    assert -heat.zmin == heat.zmax == pytest.approx(np.abs(response.mean).max())


def test_clusters_draw_their_edges(response):
    clusters = analytics.cocluster(response, n_clusters=2)
    figure = clusters.figure(vocabulary=WORDS)
    assert np.array_equal(figure.data[0].z, clusters.edges, equal_nan=True)
    assert "seed 0" in figure.layout.xaxis.title.text
    assert len(clusters.figure().data[0].y) == 2


def test_measures_draw_means_per_unit_on_one_scale(states):
    measures = analytics.sequence_measures(states[:6], [0, 0, 1, 1, 1])
    figure = measures.figure(tokens=["a", "<b>", "c", " ", "e", "f"])
    positive, negative = figure.data[0].y, figure.data[1].y
    np.testing.assert_allclose(positive, np.maximum(states[:6, :2], 0).sum(axis=1) / 2)
    np.testing.assert_allclose(negative, np.minimum(states[:6, :2], 0).sum(axis=1) / 2)
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert figure.layout.xaxis2.ticktext[1] == "&lt;b&gt;"


def test_a_memory_draws_its_largest_singular_values():
    import torch

    torch.manual_seed(0)
    inputs = np.random.default_rng(0).normal(size=(40, 3))
    memory = state_gradients(torch.nn.RNN(3, 4), inputs, state="layer0.hidden", delays=range(5))
    line = (
        memory.figure().data[-1] if memory.figure().data[-1].mode != "markers" else memory.figure().data[-2]
    )
    assert list(line.y) == pytest.approx(memory.largest.tolist())


def test_a_comparison_draws_each_correlation_once(states):
    alike = analytics.compare_states(states[:, :2], states[:, 1:])
    heat = alike.figure().data[0]
    for row, unit in enumerate(heat.y):
        for column, other in enumerate(heat.x):
            assert heat.z[row, column] == alike.correlation[int(unit), int(other)]
    assert f"n {len(states)}" in alike.figure().layout.xaxis.title.text


def test_an_activity_draws_a_point_for_each_unit(states):
    activity = analytics.unit_activity(states)
    points = activity.figure().data[0]
    assert points.x.tolist() == activity.left.tolist()
    assert points.y.tolist() == activity.right.tolist()


def test_themes_differ(states):
    matches = analytics.match_pattern(states, [0], threshold=0.1)
    surfaces = [matches.figure(theme=name).layout.template.layout.paper_bgcolor for name in ("light", "dark")]
    assert surfaces == [LIGHT.surface, DARK.surface]


def test_without_plotly_a_sentence_says_what_is_missing():
    code = (
        "import sys, numpy as np, analytics\n"
        "sys.modules['plotly'] = None\n"
        "found = analytics.match_pattern(np.ones((3, 1)), [0], threshold=0.5)\n"
        "try:\n    found.figure()\nexcept analytics.errors.ParameterError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "A figure needs Plotly" in done.stdout


def test_computing_does_not_load_what_draws():
    code = (
        "import sys, numpy as np, analytics\nanalytics.match_pattern(np.ones((3, 1)), [0], threshold=0.5)\n"
    )
    code += "print([name for name in ('plotly', 'dash', 'dashboard') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
