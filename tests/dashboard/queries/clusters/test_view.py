"""A view of the Clusters page that does not fit its recording becomes one that does, and that is said."""

import numpy as np
import pytest

import analytics
from dashboard.links import ClustersView
from dashboard.queries.clusters.view import ClustersViewQueries
from dashboard.queries.recordings import RecordingQueries


@pytest.fixture
def folder(tmp_path):
    states = {"layer1.hidden": np.zeros((60, 3)), "layer1.cell": np.zeros((60, 3))}
    analytics.write_recording(tmp_path / "few", name="few", tokens=["a", "b"] * 30, states=states)
    analytics.write_recording(
        tmp_path / "many",
        name="many",
        tokens=[f"w{i}" for i in range(60)],
        states=states,
        annotations={"tag": ["x", "y"] * 30, "depth": np.arange(60.0)},
    )
    return tmp_path


@pytest.fixture
def checked(folder):
    queries = ClustersViewQueries(RecordingQueries(folder))

    def check(**fields):
        view = ClustersView(**fields).to_dict()
        changes, problems = queries.checked(view)
        return {**view, **changes}, problems

    return check


def test_a_first_visit_shows_a_recording_with_many_words(checked):
    view, problems = checked()
    assert (view["recording"], view["state"], problems) == ("many", "layer1.cell", [])


def test_a_view_that_fits_stays_as_it_is(checked):
    given = {
        "recording": "many", "state": "layer1.hidden", "color": "tag", "chosen": (1, 59), "unit": 2,
        "pick": "u9", "named": (5,), "find": "w",
    }  # fmt: skip
    view, problems = checked(**given)
    assert problems == []
    assert view == ClustersView(**given).to_dict()


@pytest.mark.parametrize(
    ("field", "value", "becomes", "sentence"),
    [
        ("state", "layer1.cel", "layer1.cell", "Did you mean 'layer1.cell'? Showing layer1.cell."),
        ("color", "tags", "", "no categorical annotation 'tags'. Did you mean 'tag'?"),
        ("color", "depth", "", "no categorical annotation 'depth'"),
        ("chosen", (3, 60), [3], "There is no word 60: many has words 0 to 59."),
        ("named", (99,), [], "There is no word 99"),
        ("unit", 3, -1, "There is no unit 3: layer1.cell has units 0 to 2."),
        ("pick", "w10", "", "There is no cluster 11: 10 clusters are shown."),
    ],
)
def test_what_does_not_fit_is_said(checked, field, value, becomes, sentence):
    given = {"recording": "many", "state": "layer1.cell", field: value}
    view, problems = checked(**given)
    assert view[field] == becomes
    assert len(problems) == 1 and sentence in problems[0]


def test_another_recording_shows_nothing_that_was_chosen_in_the_one_asked_for(checked):
    view, problems = checked(recording="mani", chosen=(1,), unit=2, color="tag", pick="w1", find="x")
    assert view["recording"] == "many" and "Showing many." in problems[0] and len(problems) == 1
    assert (view["chosen"], view["unit"], view["color"], view["pick"], view["find"]) == ([], -1, "", "", "")


def test_without_recordings_there_is_nothing_to_show(tmp_path):
    queries = ClustersViewQueries(RecordingQueries(tmp_path / "none"))
    assert queries.checked(ClustersView().to_dict()) == ({"recording": ""}, [])
