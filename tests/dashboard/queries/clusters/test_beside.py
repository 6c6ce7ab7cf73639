"""A second recording or state beside the first: its clusters, its words by their text, how words move."""

from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import adjusted_rand_score

import analytics
from analytics.errors import AnalyticsError, ParameterError
from dashboard.links import ClustersView
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.question import ClustersQuestion

N_WORDS = 14


def corpus(rng, *, texts):
    """Every word ten times, in any order, then one that is only here."""
    tokens = rng.permutation(np.repeat(texts, 10)).tolist()
    return [*tokens, texts[0] + "!"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("recordings")
    rng = np.random.default_rng(0)
    texts = [f"w{number}" for number in range(N_WORDS)]
    for name, own, n_units in (("one", texts, 6), ("other", [*texts[4:], "x", "y"], 6), ("wide", texts, 9)):
        tokens = corpus(rng, texts=own)
        states = {"a": rng.normal(size=(len(tokens), n_units)), "b": rng.normal(size=(len(tokens), n_units))}
        analytics.write_recording(path / name, name=name, tokens=tokens, states=states)
    return path


@pytest.fixture(scope="module")
def queries(folder, tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    return Queries(folder, AnswerCache(cache, disk_megabytes=50, memory_megabytes=50))


def asked(**fields):
    given = {
        "recording": "one",
        "state": "a",
        "clusters": 3,
        "beside": "other",
        "beside_state": "b",
        **fields,
    }
    return ClustersQuestion(**given)


def ids(queries, key):
    return {text: word for word, text in enumerate(queries.recordings.open(key).vocabulary)}


def test_the_second_is_clustered_as_it_is_alone(queries):
    beside = queries.clusters_beside.overview(asked())
    alone = queries.clusters.overview(ClustersQuestion("other", "b", clusters=3))
    assert [word["cluster"] for word in beside["words"]] == [word["cluster"] for word in alone["words"]]
    assert beside["edges"] == alone["edges"]
    assert beside["secondFingerprint"] == queries.recordings.open("other").fingerprint


def test_words_of_the_second_have_the_ids_of_the_first(queries):
    first = ids(queries, "one")
    for word in queries.clusters_beside.overview(asked())["words"]:
        assert word["first"] == first.get(word["text"], -1)


def test_chosen_words_are_found_by_their_text(queries):
    first, second = ids(queries, "one"), ids(queries, "other")
    chosen = (first["w0"], first["w9"])
    answer = queries.clusters_beside.words(asked(chosen=chosen))
    assert [(word["text"], word["id"], word["first"]) for word in answer["words"]] == [
        ("w9", second["w9"], first["w9"])
    ]
    assert queries.clusters_beside.words(asked(chosen=(first["w0"],)))["words"] == []


def test_linked_takes_the_clustering_of_the_first_and_unlinked_its_own(queries):
    second = queries.clusters_beside.second
    linked = second(asked(seed=4, beside_clusters=2, beside_seed=7))
    assert (linked.clusters, linked.seed, linked.recording, linked.state) == (3, 4, "other", "b")
    own = second(asked(seed=4, beside_clusters=2, beside_seed=7, linked=False))
    assert (own.clusters, own.seed) == (2, 7)
    assert queries.clusters_beside.overview(asked(beside_clusters=2, linked=False))["nClusters"] == 2


def test_named_words_and_colours_go_by_their_text_too(queries):
    first, second = ids(queries, "one"), ids(queries, "other")
    found = queries.clusters_beside.second(asked(named=(first["w0!"], first["w5"]), color="no such thing"))
    assert (found.named, found.color) == ((second["w5"],), "")


def test_another_state_of_the_same_recording_has_the_same_words(queries):
    answer = queries.clusters_beside.overview(asked(beside="", beside_state="b"))
    assert all(word["first"] == word["id"] for word in answer["words"])


def test_agreement_is_that_of_the_words_clustered_in_both(queries):
    question = asked()
    answer = queries.clusters_beside.agreement(question)
    one = {word["text"]: word["cluster"] for word in queries.clusters.overview(question)["words"]}
    other = {word["text"]: word["cluster"] for word in queries.clusters_beside.overview(question)["words"]}
    common = [text for text in one if text in other and one[text] >= 0 and other[text] >= 0]
    assert sorted(word["text"] for word in answer["words"]) == sorted(common)
    labels = [[of[text] for text in common] for of in (one, other)]
    assert_allclose(answer["rand"], adjusted_rand_score(*labels), atol=1e-5)
    counts = np.zeros((3, 3), dtype=int)
    for row, column in zip(*labels, strict=True):
        counts[row, column] += 1
    assert answer["counts"] == counts.tolist()
    stays = sum(answer["partner"][row] == column for row, column in zip(*labels, strict=True))
    assert answer["nMoved"] == len(common) - stays
    for word in answer["words"]:
        assert (word["cluster"], word["secondCluster"]) == (one[word["text"]], other[word["text"]])
        assert (word["count"], word["secondCount"]) == (10, 10)


def expected_response(recording, state, text):
    """The mean change at a word, by a loop."""
    values = np.asarray(recording.states(state).read(0, recording.n_positions), dtype=float)
    tokens = recording.tokens.tolist()
    changes = [values[t] - (values[t - 1] if t else 0) for t in range(len(tokens)) if tokens[t] == text]
    return np.mean(changes, axis=0)


def test_likeness_correlates_what_both_states_find_alike(queries):
    answer = queries.clusters_beside.agreement(asked(beside="wide"))
    texts = [word["text"] for word in answer["words"]]
    likeness = []
    for key, state in (("one", "a"), ("wide", "b")):
        recording = queries.recordings.open(key)
        responses = np.stack([expected_response(recording, state, text) for text in texts])
        alike = np.corrcoef(responses)
        likeness.append([alike[pair] for pair in combinations(range(len(texts)), 2)])
    assert_allclose(answer["alike"]["correlation"], np.corrcoef(*likeness)[0, 1], rtol=1e-3)
    assert answer["alike"]["nPairs"] == len(likeness[0])


def test_a_unit_of_the_second_is_explained_by_its_own_words(queries):
    answer = queries.clusters_beside.unit(asked(beside="wide", beside_unit=8))
    assert answer["unit"] == 8 and answer["words"][0]["text"] in ids(queries, "wide")
    with pytest.raises(AnalyticsError, match="units 0 to 5"):
        queries.clusters_beside.unit(asked(beside_unit=8))


def test_nothing_beside_is_refused(queries):
    with pytest.raises(ParameterError, match="Nothing is shown beside"):
        queries.clusters_beside.overview(asked(beside="", beside_state=""))


# ---- the view ----


def checked(queries, **fields):
    view = ClustersView(recording="one", state="a", **fields).to_dict()
    changes, problems = queries.clusters_view.checked(view)
    return {**view, **changes}, problems


def test_a_second_recording_without_a_state_shows_the_one_of_that_name(queries):
    view, problems = checked(queries, beside="other")
    assert (view["beside"], view["beside_state"], problems) == ("other", "a", [])


def test_what_is_already_shown_is_not_shown_beside(queries):
    view, problems = checked(queries, beside="one", beside_state="a")
    assert (view["beside"], view["beside_state"], problems) == ("", "", [])
    view, problems = checked(queries, beside="one", beside_state="b")
    assert (view["beside"], view["beside_state"], problems) == ("", "b", [])


@pytest.mark.parametrize(
    ("fields", "left", "sentence"),
    [
        ({"beside": "othr"}, {"beside": "", "beside_state": ""}, "Nothing is shown beside one"),
        ({"beside": "other", "beside_state": "c"}, {"beside": "other", "beside_state": "b"}, "no state 'c'"),
        ({"beside": "wide", "beside_unit": 9}, {"beside_unit": -1}, "no unit 9"),
        ({"beside": "wide", "beside_unit": 8}, {"beside_unit": 8}, ""),
        ({"beside": "wide", "beside_pick": "w11"}, {"beside_pick": ""}, "no cluster 12"),
        (
            {"beside": "wide", "linked": False, "beside_clusters": 4, "beside_pick": "u5"},
            {"beside_pick": ""},
            "no cluster 6",
        ),
    ],
)
def test_what_the_second_does_not_have_is_released(queries, fields, left, sentence):
    view, problems = checked(queries, **fields)
    assert {name: view[name] for name in left} == left
    assert sentence in " ".join(problems) and bool(problems) == bool(sentence)
