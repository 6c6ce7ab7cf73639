import numpy as np
import pandas as pd
import pytest

pytest.importorskip("matplotlib", reason="data/studies/requirements.txt is not installed")

from data.studies.memory_figures import PANELS, decay_figure, property_figure, save_figure


@pytest.fixture
def tables():
    delay = np.arange(5)
    curves, properties = [], []
    for cell, state in PANELS:
        for embedding in ("joint", "frozen"):
            of = {"cell": cell, "state": state, "embedding": embedding, "delay": delay}
            values = ["largest", "largest_low", "largest_high", "sum", "share1", "share5"]
            curves.append(pd.DataFrame(of | dict.fromkeys(values, 1 / (1 + delay))))
            for name in ("singular - plural", "common - proper"):
                kinds = ["relative", "relative_low", "relative_high", "relative_chance", "cosine"]
                properties.append(
                    pd.DataFrame(of | {"property": name} | dict.fromkeys(kinds, 0.5 - delay / 10))
                )
    return pd.concat(curves), pd.concat(properties)


def test_a_panel_for_each_state_and_the_same_file_again(tables, tmp_path):
    curves, properties = tables
    for number, make in enumerate(
        (lambda: decay_figure(curves), lambda: property_figure(properties, curves))
    ):
        files = [tmp_path / f"{number}{copy}.svg" for copy in "ab"]
        for file in files:
            save_figure(make(), file)
        assert files[0].read_bytes() == files[1].read_bytes()
        text = files[0].read_text()
        assert all(f">{' '.join(panel)}" in text for panel in PANELS)
    axes = decay_figure(curves).axes[0]
    np.testing.assert_allclose(axes.get_lines()[0].get_ydata(), 1 / (1 + np.arange(5)))


def test_a_network_that_was_left_out_has_an_empty_panel(tables):
    curves, _ = tables
    figure = decay_figure(curves[curves["cell"] != "GRU"])
    assert [len(axes.get_lines()[0].get_ydata()) for axes in figure.axes[:4]] == [5, 5, 0, 5]
