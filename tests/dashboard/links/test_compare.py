"""The address of the Compare page holds the whole view, and nonsense in it is told."""

from dataclasses import fields

import pytest

from dashboard.links import (
    PATHS,
    CompareView,
    compare_address,
    compare_defaults,
    compare_from_dict,
    read_compare,
)
from dashboard.links.compare import ADDRESS

EVERYTHING = CompareView(
    recordings=("plays, & more", "100%2C", "rnn"),
    state="layer1.cell",
    states=("layer1.cell", "", "layer1.cell"),
    threshold=-0.25,
    transform="abs_tanh",
    sort="-perplexity",
    pair="2-0",
    first_state="layer0.hidden",
    second_state="odd, name",
    scalar="half-life",
    seed=7,
    page=3,
    recording="plays",
    beside="rnn",
)


def test_every_field_is_different_here():
    default = CompareView()
    assert all(
        getattr(EVERYTHING, field.name) != getattr(default, field.name) for field in fields(CompareView)
    )


def test_the_whole_view_comes_back():
    address = compare_address(EVERYTHING)
    assert address.startswith(PATHS["compare"] + "?")
    assert read_compare(address.partition("?")[2]) == (EVERYTHING, [])
    assert compare_from_dict(EVERYTHING.to_dict()) == EVERYTHING


def test_the_default_has_no_parameters():
    assert compare_address(CompareView()) == "/compare"
    assert read_compare("") == (CompareView(), [])


def test_names_are_those_of_other_pages_where_they_mean_the_same():
    assert compare_defaults()["names"]["recordings"] == "r"
    assert ADDRESS.names["first_state"] == "a"
    assert len(set(ADDRESS.names.values())) == len(fields(CompareView))


@pytest.mark.parametrize(
    ("query", "field", "wanted"),
    [
        ("r=a,b,c,d,e,f,g", "recordings", "at most 6 recordings"),
        ("states=,,,,,,x", "states", "at most 6 states"),
        ("pair=0-9", "pair", "like 0-1"),
        ("pair=1-1", "pair", "like 0-1"),
        ("pair=x", "pair", "like 0-1"),
        ("threshold=inf", "threshold", "a number"),
        ("transform=sinh", "transform", "one of raw"),
        ("seed=-1", "seed", "from 0 to 9999"),
        ("page=abc", "page", "a whole number"),
        ("scalar=" + "x" * 300, "scalar", "at most 200 characters"),
    ],
)
def test_nonsense_is_told_and_the_default_shown(query, field, wanted):
    view, problems = read_compare(query)
    assert getattr(view, field) == getattr(CompareView(), field)
    assert len(problems) == 1 and wanted in problems[0]


def test_a_recording_is_named_once():
    assert read_compare("r=a,b,a")[0].recordings == ("a", "b")


def test_what_the_browser_sends_may_be_anything():
    view = compare_from_dict({"recordings": "a,b", "states": None, "pair": [0, 1], "what": 1, "seed": "x"})
    assert view.recordings == ("a", "b") and view.pair == "0-1" and view.seed == 0
