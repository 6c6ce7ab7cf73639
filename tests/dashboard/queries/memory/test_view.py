"""A view of the Memory page that does not fit its recording becomes one that does, and that is said."""

import numpy as np
import pytest

import analytics
from analytics.derived.recording_memory import recording_memory
from dashboard.links import MemoryView
from dashboard.queries.cache import AnswerCache
from dashboard.queries.memory.results import MemoryResults
from dashboard.queries.memory.view import MemoryViewQueries
from dashboard.queries.recordings import RecordingQueries
from tests.memory_recordings import N_POSITIONS, WORDS, memory_recording


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    states = {"layer1.hidden": np.zeros((60, 3)), "residual": np.zeros((60, 2))}
    analytics.write_recording(folder / "few", name="few", tokens=["a", "b"] * 30, states=states)
    memory_recording(folder / "queens", n_layers=2)
    return folder


def view_queries(folder, tmp_path):
    cache = AnswerCache(tmp_path / "cache", disk_megabytes=1, memory_megabytes=8)
    return MemoryViewQueries(RecordingQueries(folder), MemoryResults(cache))


@pytest.fixture
def checked(folder, tmp_path):
    queries = view_queries(folder, tmp_path)

    def check(**fields):
        view = MemoryView(**fields).to_dict()
        changes, problems = queries.checked(view)
        return {**view, **changes}, problems

    return check


def test_a_first_visit_shows_a_recording_that_ships_its_network(checked):
    view, problems = checked()
    assert (view["recording"], view["state"], problems) == ("queens", "layer1.cell", [])


def test_a_view_that_fits_stays_as_it_is(checked):
    given = {
        "recording": "queens", "state": "layer0.hidden", "by": "tag", "classes": ("NN", "X"),
        "words": (0, 10), "delay": 29, "position": N_POSITIONS - 1, "unit": 5,
        "beside": ("queens:layer1.cell", "few:residual"), "properties": ("tag=NN|tag=NNS",),
    }  # fmt: skip
    view, problems = checked(**given)
    assert problems == []
    assert view == MemoryView(**given).to_dict()


@pytest.mark.parametrize(
    ("field", "value", "becomes", "sentence"),
    [
        ("state", "layer1.cel", "layer1.cell", "Did you mean 'layer1.cell'? Showing layer1.cell."),
        ("state", "layer0.input_gate", "layer1.cell", "layer0.input_gate is not handed on from position to"),
        ("by", "tags", "", "no categorical annotation 'tags'. Did you mean 'tag'?"),
        ("by", "letters", "", "no categorical annotation 'letters'"),
        ("classes", ("NN", "VBX"), ["NN"], "'tag' has no label 'VBX'. Did you mean 'VB'?"),
        ("words", (3, len(WORDS)), [3], "There is no word 11: queens has words 0 to 10."),
        ("delay", 30, 0, "There is no delay 30: delays 0 to 29 are shown."),
        ("position", N_POSITIONS, -1, "queens has positions 0 to 239, so none is followed."),
        ("unit", 6, -1, "There is no unit 6: layer0.cell has units 0 to 5."),
        ("beside", ("queens:layer0.hidden", "queens:layer7.cell"), ["queens:layer0.hidden"], "no curve"),
        (
            "beside",
            ("nowhere:layer0.cell",),
            [],
            "There is no curve 'nowhere:layer0.cell': wanted a recording",
        ),
    ],
)
def test_what_does_not_fit_is_said(checked, field, value, becomes, sentence):
    view, problems = checked(**{"recording": "queens", "state": "layer0.cell", field: value})
    assert view[field] == becomes
    assert len(problems) == 1 and sentence in problems[0]


def test_a_second_recording_without_a_state_has_that_of_the_first_or_its_own(checked):
    view, problems = checked(recording="queens", state="layer0.cell", beside=("few:", "queens:"))
    assert (view["beside"], problems) == (["few:layer1.hidden"], [])
    view, problems = checked(recording="few", state="layer1.hidden", beside=("queens:",))
    assert (view["beside"], problems) == (["queens:layer1.hidden"], [])


def test_another_recording_takes_nothing_along(checked):
    view, problems = checked(
        recording="nowhere", by="tag", words=(3,), position=4, unit=2, properties=("w:1|w:2",)
    )
    assert view["recording"] == "queens" and len(problems) == 1 and "Showing queens." in problems[0]
    blank = (view["by"], view["words"], view["position"], view["unit"], view["properties"])
    assert blank == ("", [], -1, -1, [])


def test_a_recording_without_a_network_may_be_looked_at(checked):
    view, problems = checked(recording="few")
    assert (view["recording"], view["state"], problems) == ("few", "layer1.hidden", [])


def test_labels_of_a_recording_without_annotations_are_none(checked):
    view, problems = checked(recording="few", classes=("NN",))
    assert view["classes"] == [] and "few has no label 'NN'" in problems[0]


def test_a_first_visit_shows_what_is_stored(folder, tmp_path):
    memory_recording(tmp_path / "first", n_layers=2)
    second = memory_recording(tmp_path / "second", n_layers=2)
    recording_memory(second, state="layer0.hidden", delays=2)
    queries = view_queries(tmp_path, tmp_path)
    changes, problems = queries.checked(MemoryView().to_dict())
    assert (changes["recording"], changes["state"], problems) == ("second", "layer0.hidden", [])
    recording_memory(second, state="layer1.cell", delays=2)
    assert queries.checked(MemoryView().to_dict())[0]["state"] == "layer1.cell", "the usual one"
    asked = MemoryView(recording="second", state="layer1.hidden").to_dict()
    assert "state" not in queries.checked(asked)[0], "what was asked for stays"


def test_without_recordings_nothing_is_shown(tmp_path):
    changes, problems = view_queries(tmp_path, tmp_path).checked(MemoryView().to_dict())
    assert (changes["recording"], problems) == ("", [])
