import numpy as np
import pandas as pd
import pytest

from analytics import state_gradients
from data.studies.memory_measures import class_rows, class_table, curve_rows, decay_table, property_table
from data.studies.word_classes import ANNOTATION, CLASSES

OF = {"embedding": "joint", "cell": "RNN", "state": "hidden"}


@pytest.fixture(scope="module")
def found():
    """Gradients of an RNN that halves what it holds at each step, with six classes and their controls."""
    import torch

    network = torch.nn.RNN(5, 5, nonlinearity="relu", bias=False)
    with torch.no_grad():
        network.weight_ih_l0.copy_(torch.eye(5))
        network.weight_hh_l0.copy_(torch.eye(5) / 2)
    labels = [list(CLASSES)[position % 6] for position in range(60)]
    groups = {ANNOTATION: labels, f"{ANNOTATION} (control)": labels[::-1]}
    return state_gradients(network, np.ones((60, 5)), state="layer0.hidden", delays=range(30), groups=groups)


def test_a_memory_that_halves_at_each_step(found):
    curves = curve_rows(found).assign(**OF)
    assert curves["n"].tolist() == list(range(60, 30, -1))
    np.testing.assert_allclose(curves["sum"], 5 * curves["largest"])
    row = decay_table(curves).iloc[0]
    assert (row["embedding"], row["cell"], row["state"]) == ("joint", "RNN", "hidden")
    assert row["half-life of largest"] == pytest.approx(1)
    assert [row[f"left at {delay}"] for delay in (1, 5)] == pytest.approx([1 / 2, 1 / 32])
    assert row["share, delay 29"] == pytest.approx(1 / 5)


def test_classes_stand_in_the_order_of_the_paper_with_their_controls(found):
    rows = class_rows(found).assign(**OF)
    assert len(rows) == 6 * 30
    table = class_table(rows, delay=1)
    assert table["class"].tolist() == list(CLASSES)
    assert table["n"].tolist() == [10, 10, 10, 10, 10, 9], "the last word has no successor"
    assert set(table["RNN hidden, joint"]) == {"0.5 (0.17) / 0.5"}


def test_properties_stand_a_row_each():
    delays = np.arange(30)
    part = pd.DataFrame({"delay": delays, "property": "p", "relative": 1 / (1 + delays), **OF})
    for name in ("relative_low", "relative_high", "relative_chance"):
        part[name] = 0.25
    table = property_table(part)
    assert table.loc[0, "delay 1"] == "0.50 (0.25-0.25) / 0.25"
    assert len(table) == 1
