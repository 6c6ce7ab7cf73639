"""The address of the Clusters page holds the whole view, and nonsense in it is told."""

from dataclasses import fields

import pytest

from dashboard.links import PATHS, ClustersView, clusters_address, clusters_from_dict, read_clusters
from dashboard.links.clusters import ADDRESS

EVERYTHING = ClustersView(
    recording="plays & more",
    state="layer1.cell",
    clusters=7,
    words=150,
    min_count=2,
    method="spectral-abs",
    seed=3,
    color="part of speech",
    share=0.35,
    chips="width",
    pick="u3",
    chosen=(4, 0, 9),
    unit=12,
    top=30,
    find="<b>&, 100%",
    table=True,
    named=(500, 7),
    beside="reviews, all",
    beside_state="layer0.hidden",
    linked=False,
    beside_clusters=4,
    beside_seed=9,
    beside_pick="w1",
    beside_unit=3,
)


def test_every_field_differs_from_the_default_here():
    default = ClustersView()
    for field in fields(ClustersView):
        assert getattr(EVERYTHING, field.name) != getattr(default, field.name), field.name


def test_the_address_holds_the_whole_view():
    assert read_clusters(clusters_address(EVERYTHING).partition("?")[2]) == (EVERYTHING, [])


def test_the_browser_holds_the_whole_view():
    assert clusters_from_dict(EVERYTHING.to_dict()) == EVERYTHING


def test_the_default_view_has_a_short_address():
    assert clusters_address(ClustersView()) == PATHS["clusters"] == ADDRESS.path


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("clusters=1", "clusters", "wanted a whole number from 2 to 20. Showing 10."),
        ("clusters=21", "clusters", "from 2 to 20"),
        ("words=0", "words", "from 1 to 5000"),
        ("words=1e3", "words", "from 1 to 5000"),
        ("least=-1", "min_count", "at least 1"),
        ("method=magic", "method", "one of signed, spectral, spectral-abs, separate. Showing signed."),
        ("seed=-1", "seed", "from 0 to"),
        ("seed=99999999999", "seed", "from 0 to"),
        ("share=1.5", "share", "a number from 0 to 1. Showing 0.2."),
        ("share=nan", "share", "a number from 0 to 1"),
        ("chips=round", "chips", "one of height, width"),
        ("pick=x3", "pick", "w or u and the number of a cluster, like w3. Showing nothing."),
        ("pick=w20", "pick", "like w3"),
        ("pick=w-1", "pick", "like w3"),
        ("word=1,2,3,4", "chosen", "at most 3 word ids"),
        ("word=-1", "chosen", "word ids separated by commas"),
        ("unit=-2", "unit", "a whole number"),
        ("top=0", "top", "from 1 to 100"),
        ("table=yes", "table", "0 or 1"),
        ("named=a", "named", "word ids"),
    ],
)
def test_nonsense_becomes_the_default_and_a_sentence(query, field, sentence):
    view, problems = read_clusters("?" + query)
    assert getattr(view, field) == getattr(ClustersView(), field)
    assert len(problems) == 1
    assert sentence in problems[0]


def test_very_long_addresses_are_not_read():
    assert read_clusters("find=" + "x" * 9000) == (
        ClustersView(),
        ["The address is too long to be one of ours. Showing the default view."],
    )
