"""Which recordings the Compare page opens with, and what becomes of a view that does not fit."""

from __future__ import annotations

import numpy as np
import pytest

import analytics
from dashboard.links import CompareView, read_compare
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache

TOKENS = list("abcabc")


def written(folder, key, *, kind="", tokens=TOKENS, states=("layer0.hidden",)):
    model = {"network": {"kind": kind}} if kind else None
    made = {state: np.random.default_rng(0).normal(size=(len(tokens), 2)) for state in states}
    analytics.write_recording(folder / key, name=key, tokens=tokens, states=made, model=model)


@pytest.fixture
def checked(tmp_path):
    folder = tmp_path / "recordings"
    written(folder, "alone", tokens=list("xyzxyz"))
    written(folder, "gru", kind="gru")
    written(folder, "gru-2", kind="gru")
    written(folder, "lstm", kind="lstm", states=("layer0.hidden", "layer0.cell"))
    written(folder, "rnn", kind="rnn")
    cache = AnswerCache(tmp_path / "cache", disk_megabytes=10, memory_megabytes=10)
    queries = Queries(folder, cache)

    def check(query=""):
        view, problems = read_compare(query)
        changes, doubts = queries.compare_view.checked(view.to_dict())
        return {**view.to_dict(), **changes}, problems + doubts

    return check


def test_a_first_visit_compares_one_of_each_kind_over_the_same_tokens(checked):
    view, problems = checked()
    assert view["recordings"] == ["gru", "lstm", "rnn"] and not problems


def test_where_the_menu_came_from_is_compared_first(checked):
    assert checked("recording=rnn")[0]["recordings"] == ["rnn", "gru", "lstm"]
    assert checked("recording=rnn&beside=alone")[0]["recordings"] == ["rnn", "alone"]
    view, _ = checked("recording=alone")
    assert view["recordings"] == ["alone"] and view["recording"] == view["beside"] == ""


def test_what_was_chosen_stays(checked):
    assert checked("r=alone")[0]["recordings"] == ["alone"]
    view, problems = checked("r=lstm,rnn&state=layer0.cell&states=,layer0.hidden&pair=1-0&a=layer0.hidden")
    assert not problems
    assert (view["states"], view["pair"], view["first_state"]) == (
        ["", "layer0.hidden"],
        "1-0",
        "layer0.hidden",
    )


def test_what_does_not_fit_is_told(checked):
    view, problems = checked("r=lstm,rnm&states=layer0.cell,x&b=layer0.hidden")
    assert problems == ["There is no recording 'rnm'. Did you mean 'rnn'?"]
    assert (view["recordings"], view["states"], view["second_state"]) == (["lstm"], [], "")
    view, problems = checked("r=lstm,rnn&pair=0-3&state=layer7.cell&scalar=height&a=layer9.cell")
    assert (view["pair"], view["state"], view["scalar"]) == ("0-1", "", "perplexity")
    assert len(problems) == 3
    view, problems = checked("r=lstm,rnn&states=layer0.hidden,layer0.cell&b=layer0.cell")
    assert view["states"] == ["layer0.hidden", ""] and view["second_state"] == "" and len(problems) == 2


def test_an_empty_folder_has_nothing_to_compare(tmp_path):
    cache = AnswerCache(tmp_path / "cache", disk_megabytes=10, memory_megabytes=10)
    queries = Queries(tmp_path / "none", cache)
    changes, problems = queries.compare_view.checked(CompareView().to_dict())
    assert changes["recordings"] == [] and not problems
    assert queries.compare_view.choices() == {"groups": [], "opening": []}
