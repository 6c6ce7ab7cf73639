"""A view of the Sentences page that does not fit its recordings becomes one that does, and that is said."""

import numpy as np
import pytest

import analytics
from dashboard.links import SentencesView
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from tests.live_networks import language_recording
from tests.torch_threads import one_thread

__all__ = ["one_thread"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    states = {"layer0.update_gate": np.zeros((60, 3)), "layer1.hidden": np.zeros((60, 3))}
    options = {"states": {**states, "layer1.reset_gate": np.zeros((60, 3))}}
    analytics.write_recording(folder / "few", name="few", tokens=["a", "b"] * 30, **options)
    analytics.write_recording(
        folder / "many", name="many", tokens=[f"w{i}" for i in range(60)], sequence_starts=[0, 30], **options
    )
    language_recording(folder / "tiny")
    return folder


@pytest.fixture
def checked(folder, tmp_path):
    queries = Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=5, memory_megabytes=5))

    def check(**fields):
        view = SentencesView(**fields).to_dict()
        changes, problems = queries.sentences_view.checked(view)
        return {**view, **changes}, problems

    return check


FITS = {"recording": "many", "state": "layer1.hidden", "entries": ("c3-9",)}


def test_a_view_that_fits_stays_as_it_is(checked):
    view, problems = checked(**FITS, unit=2, pick="u3", named=(59,), chosen="a2", zoom_from=1, zoom_to=4)
    expected = SentencesView(
        **FITS, unit=2, pick="u3", named=(59,), chosen="a2", zoom_from=1, zoom_to=4
    ).to_dict()
    assert (view, problems) == (expected, [])


def test_a_first_visit_shows_a_sentence_of_a_recording_with_words_enough(checked):
    view, problems = checked()
    assert problems == []
    assert view["recording"] == "many" and len(view["entries"]) == 1
    assert view["entries"][0].startswith("c")


def test_a_first_visit_prefers_a_recording_that_reads_what_is_typed(tmp_path):
    # Where no recording has words enough, all are looked at, and the first has no network.
    states = {"s": np.zeros((60, 3))}
    analytics.write_recording(tmp_path / "first", name="first", tokens=["a", "b"] * 30, states=states)
    queries = Queries(tmp_path, AnswerCache(tmp_path / "cache", disk_megabytes=5, memory_megabytes=5))
    assert queries.sentences_view.opening() == "first"
    language_recording(tmp_path / "second")
    assert queries.sentences_view.opening() == "second"


def test_without_a_state_the_cell_or_the_hidden_one_is_shown_and_never_a_gate(checked):
    assert checked(recording="many")[0]["state"] == "layer1.hidden"
    assert checked(recording="tiny")[0]["state"] == "layer1.cell"


def test_unknown_recordings_and_states_are_told(checked):
    view, problems = checked(recording="mani", entries=("c3-9",), chosen="a2", unit=1, page=4)
    assert view["recording"] == "many" and view["chosen"] == "" and (view["unit"], view["page"]) == (-1, 0)
    assert view["entries"] != ["c3-9"] and "mani" in problems[0] and "Showing many" in problems[0]
    view, problems = checked(**{**FITS, "state": "layer1.hiden"})
    assert view["state"] == "layer1.hidden" and "Did you mean 'layer1.hidden'" in problems[0]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("c50-70", r"many has positions 0 to 59"),
        ("c9-9", r"a range ends behind its start"),
        ("ca-b", r"A sentence is written c120-148"),
        ("e29-31:x", r"lie in several sequences"),
        ("e50-70:x", r"many has positions 0 to 59"),
    ],
)
def test_entries_that_do_not_fit_are_left_out_and_told(checked, entry, sentence):
    view, problems = checked(**{**FITS, "entries": ("c3-9", entry, "tany text")}, chosen="b1", zoom_to=3)
    assert view["entries"] == ["c3-9", "tany text"]
    assert len(problems) == 1 and sentence in problems[0]
    assert view["chosen"] == "" and view["zoom_to"] == -1


def test_where_no_entry_fits_one_worth_seeing_is_shown(checked):
    view, problems = checked(**{**FITS, "entries": ("c50-70",)})
    assert len(problems) == 1 and view["entries"] and view["entries"] != ["c50-70"]


def test_typed_text_stays_where_no_network_reads_it(checked):
    view, problems = checked(**{**FITS, "entries": ("t<b>any</b>, text",)})
    assert view["entries"] == ["t<b>any</b>, text"] and problems == []


def test_units_clusters_and_words_that_are_not_there_are_released(checked):
    view, problems = checked(**FITS, unit=3, pick="u9", clusters=5, named=(59, 60))
    assert (view["unit"], view["pick"], view["named"]) == (-1, "", [59])
    assert ["word 60" in p or "unit 3" in p or "cluster 10" in p for p in problems] == [True] * 3


def test_the_second_network_has_its_own_state(checked):
    second = {"beside": "tiny", "entries": ("c3-9", "+c3-9")}
    view, problems = checked(**{**FITS, **second})
    assert (view["beside"], view["beside_state"], problems) == ("tiny", "layer1.hidden", [])
    view, problems = checked(**{**FITS, **second}, beside_state="layer0.cell")
    assert (view["beside_state"], problems) == ("layer0.cell", [])
    view, problems = checked(**{**FITS, **second}, beside_state="layer7.cell")
    assert view["beside_state"] == "layer1.cell" and "layer7.cell" in problems[0]


def test_ranges_are_checked_against_the_recording_that_is_read(checked):
    view, problems = checked(**{**FITS, "entries": ("c3-9", "+c40-50")}, beside="tiny")
    assert view["entries"] == ["c3-9"] and "tiny has positions" in problems[0]


def test_a_second_layer_needs_no_second_recording(checked):
    view, problems = checked(**{**FITS, "entries": ("c3-9", "+c3-9")}, beside_state="layer0.update_gate")
    assert (view["beside"], view["beside_state"], problems) == ("", "layer0.update_gate", [])
    assert view["entries"] == ["c3-9", "+c3-9"]
    view, problems = checked(**{**FITS, "entries": ("c3-9", "+c3-9")})
    assert (view["beside_state"], problems) == ("layer1.hidden", [])


def test_a_second_recording_that_is_not_there_takes_its_entries_with_it(checked):
    view, problems = checked(**{**FITS, "entries": ("c3-9", "+c3-9")}, beside="tini")
    assert (view["beside"], view["beside_state"], view["entries"]) == ("", "", ["c3-9"])
    assert "Nothing is shown beside many" in problems[0]


def test_without_recordings_there_is_nothing_to_show(tmp_path):
    queries = Queries(tmp_path, AnswerCache(tmp_path / "cache", disk_megabytes=5, memory_megabytes=5))
    assert queries.sentences_view.checked(SentencesView().to_dict()) == ({"recording": ""}, [])
