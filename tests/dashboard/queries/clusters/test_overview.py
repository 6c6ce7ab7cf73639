"""Words, units, edges and labels of the Clusters page, over recordings written for the purpose."""

import numpy as np
import pytest

import analytics
from analytics.errors import AnalyticsError
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.question import ClustersQuestion
from tests.networks import lstm_recording

STATE = "layer0.cell"


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    return lstm_recording(folder / "plays")


@pytest.fixture
def queries(plays, tmp_path):
    return Queries(plays.path.parent, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))


@pytest.fixture
def written(tmp_path):
    """Writes a recording of given states and tokens and returns the queries over its folder."""

    def write(states, tokens, **options):
        folder = tmp_path / "recordings"
        analytics.write_recording(folder / "own", name="own", tokens=tokens, states={"s": states}, **options)
        return Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))

    return write


def asked(**fields):
    return ClustersQuestion(**{"recording": "plays", "state": STATE, "clusters": 4, "min_count": 1, **fields})


def own(**fields):
    return ClustersQuestion(**{"recording": "own", "state": "s", "min_count": 1, **fields})


def noise(n_positions=120, n_units=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n_positions, n_units)).astype(np.float32)


def changes_of(recording, state):
    """Changes at each position by a loop, the definition to the letter."""
    values = np.asarray(recording.states(state).read(0, recording.n_positions), dtype=float)
    starts = set(recording.sequence_starts.tolist())
    return np.stack([values[t] - (0 if t in starts else values[t - 1]) for t in range(recording.n_positions)])


def test_every_word_and_unit_is_there_once_with_its_count(queries, plays):
    answer = queries.clusters.overview(asked())
    tokens = plays.tokens.tolist()
    assert {word["text"]: word["count"] for word in answer["words"]} == {
        text: tokens.count(text) for text in set(tokens)
    }
    assert sorted(answer["unitOrder"]) == list(range(answer["nUnits"])) == list(range(24))
    clusters = [answer["unitClusters"][unit] for unit in answer["unitOrder"]]
    assert clusters == sorted(clusters)
    assert answer["nPositions"] == len(tokens)


def test_clusters_are_those_of_the_public_function(queries, plays):
    answer = queries.clusters.overview(asked(seed=2))
    response = analytics.expected_response(
        plays.states(STATE), plays.token_ids, n_words=len(plays.vocabulary)
    )
    found = analytics.cocluster(
        response.of_words([word["id"] for word in answer["words"]]), n_clusters=4, seed=2
    )
    assert [word["cluster"] for word in answer["words"]] == found.word_labels.tolist()
    assert answer["unitClusters"] == found.unit_labels.tolist()
    assert answer["seed"] == 2 and answer["stability"] == pytest.approx(found.stability, rel=1e-5)


def test_edges_are_means_over_pairs(queries, plays):
    answer, changes = queries.clusters.overview(asked()), changes_of(plays, STATE)
    assert len(answer["edges"]) == 16
    for edge in answer["edges"]:
        words = [word["id"] for word in answer["words"] if word["cluster"] == edge["word"]]
        units = [unit for unit, cluster in enumerate(answer["unitClusters"]) if cluster == edge["unit"]]
        pairs = np.array([changes[plays.token_ids == word][:, units].mean(axis=0) for word in words])
        assert edge["mean"] == pytest.approx(pairs.mean(), rel=1e-4, abs=1e-7)
        assert edge["positive"] == pytest.approx(np.maximum(pairs, 0).mean(), rel=1e-4, abs=1e-7)
        assert edge["negative"] == pytest.approx(np.minimum(pairs, 0).mean(), rel=1e-4, abs=1e-7)


def test_the_limit_is_the_largest_response_shown(queries, plays):
    answer, changes = queries.clusters.overview(asked(words=5)), changes_of(plays, STATE)
    shown = [np.abs(changes[plays.token_ids == word["id"]].mean(axis=0)).max() for word in answer["words"]]
    assert answer["limit"] == pytest.approx(max(shown), rel=1e-5)


def test_the_nearer_to_the_centre_the_larger(queries):
    words = queries.clusters.overview(asked())["words"]
    for cluster in range(4):
        mine = sorted((w for w in words if w["cluster"] == cluster), key=lambda w: w["distance"])
        assert mine[0]["size"] == 1
        sizes = [word["size"] for word in mine]
        assert sizes == sorted(sizes, reverse=True)
        for word in mine:
            assert word["size"] * word["distance"] == pytest.approx(mine[0]["distance"], rel=1e-3)


def test_words_have_their_most_frequent_tag(queries):
    answer = queries.clusters.overview(asked())
    labels = answer["tags"]["labels"]
    tag = {word["text"]: labels[word["tag"]] for word in answer["words"]}
    assert answer["tags"]["annotation"] == "part_of_speech"
    assert tag["queen"] == "NOUN" and tag["the"] == "DET" and tag["<unk>"] == "OTHER"
    assert {word["tagShare"] for word in answer["words"]} == {1.0}
    assert len(answer["tags"]["colors"]) == len(labels)


def test_each_cluster_has_a_label_and_its_numbers(queries):
    answer = queries.clusters.overview(asked())
    for number, cluster in enumerate(answer["clusters"]):
        words = [word for word in answer["words"] if word["cluster"] == number]
        assert cluster["nWords"] == len(words)
        assert cluster["nUnits"] == answer["unitClusters"].count(number)
        assert cluster["label"]
        assert f"{sum(word['count'] for word in words):,} positions" in cluster["labelDetail"]


def test_the_minimum_count_leaves_words_out_and_says_so(queries):
    answer = queries.clusters.overview(asked(min_count=100))
    assert all(word["count"] >= 100 for word in answer["words"])
    assert "that occur fewer than 100 times" in answer["notes"][0]


def test_named_words_are_in_the_picture_however_rare(queries, plays):
    rare = plays.vocabulary.tolist().index("king")
    without, named = asked(words=3), asked(words=3, named=(rare,))
    assert rare not in [word["id"] for word in queries.clusters.overview(without)["words"]]
    assert rare in [word["id"] for word in queries.clusters.overview(named)["words"]]


@pytest.mark.parametrize("method", ["signed", "spectral", "spectral-abs", "separate"])
def test_each_method_answers(queries, method):
    answer = queries.clusters.overview(asked(method=method))
    assert answer["method"] == method
    assert answer["paired"] == (method != "separate")


def test_an_answer_is_computed_once(queries, monkeypatch):
    first = queries.clusters.overview(asked())
    monkeypatch.setattr("dashboard.queries.clusters.overview.cocluster", None)
    assert queries.clusters.overview(asked()) == first
    with pytest.raises(TypeError):
        queries.clusters.overview(asked(seed=1))


def test_another_worker_takes_it_from_disk(queries, plays, tmp_path, monkeypatch):
    first = queries.clusters.overview(asked())
    other = Queries(
        plays.path.parent, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50)
    )
    monkeypatch.setattr("dashboard.queries.clusters.overview.cocluster", None)
    monkeypatch.setattr("dashboard.queries.responses.expected_response", None)
    assert other.clusters.overview(asked()) == first


# ---- what cannot be clustered as asked ------------------------------------------------------------------


def test_more_clusters_than_words_are_as_many_as_there_are_words(written):
    queries = written(noise(), ["a", "b", "c"] * 40)
    answer = queries.clusters.overview(own(clusters=10))
    assert answer["nClusters"] == 3 and answer["asked"] == 10
    assert any("10 clusters were asked for" in note for note in answer["notes"])


def test_more_clusters_than_units_are_as_many_as_there_are_units(written):
    queries = written(noise(n_units=2), [f"w{i % 12}" for i in range(120)])
    assert queries.clusters.overview(own(clusters=10))["nClusters"] == 2


def test_one_unit_is_one_cluster(written):
    queries = written(noise(n_units=1), [f"w{i % 12}" for i in range(120)])
    answer = queries.clusters.overview(own())
    assert answer["nClusters"] == 1 and answer["unitClusters"] == [0]


def test_a_vocabulary_of_one_is_one_cluster(written):
    queries = written(noise(), ["a"] * 120)
    answer = queries.clusters.overview(own())
    assert [word["cluster"] for word in answer["words"]] == [0]
    assert answer["nClusters"] == 1


def test_constant_units_are_set_aside_and_said(written):
    states = noise()
    states[:, 3] = 0
    answer = written(states, [f"w{i % 12}" for i in range(120)]).clusters.overview(own(clusters=3))
    assert answer["unitClusters"][3] == -1 and answer["unitOrder"][-1] == 3
    assert any(note.startswith("1 unit was set aside") for note in answer["notes"])


def test_units_set_aside_do_not_count_for_the_number_of_clusters(written):
    states = noise(n_units=3)
    states[:, 1] = 0
    answer = written(states, [f"w{i % 12}" for i in range(120)]).clusters.overview(own(clusters=10))
    assert answer["nClusters"] == 2 and len(answer["clusters"]) == 2


def test_states_without_any_change_are_a_sentence(written):
    queries = written(np.zeros((120, 6), np.float32), [f"w{i % 12}" for i in range(120)])
    with pytest.raises(AnalyticsError, match=r"No unit of s responds to any of the 12 words.*another state"):
        queries.clusters.overview(own())
    answer = queries.cluster_detail.words(own(chosen=(0,)))
    assert (answer["scale"], answer["meanScale"]) == (1, 1)
    assert queries.cluster_detail.unit(own(unit=0))["contexts"] == []


def test_a_minimum_count_above_all_is_a_sentence(written):
    queries = written(noise(), ["a", "a", "b"] * 40)
    with pytest.raises(AnalyticsError, match="at least 100 times; 'a' is the most frequent with 80"):
        queries.clusters.overview(own(min_count=100))


def test_without_annotations_words_have_no_tag_and_clusters_are_named_by_words(written):
    queries = written(noise(), [f"w{i % 12}" for i in range(120)])
    answer = queries.clusters.overview(own(clusters=3))
    assert answer["tags"] is None
    assert {word["tag"] for word in answer["words"]} == {-1}
    assert all("w" in cluster["label"] for cluster in answer["clusters"])
    assert any("no categorical annotation" in note for note in answer["notes"])


def test_an_unknown_annotation_is_a_sentence(queries):
    with pytest.raises(AnalyticsError, match="Did you mean 'part_of_speech'"):
        queries.clusters.overview(asked(color="part_of_speach"))


def test_a_numeric_annotation_colours_nothing(queries):
    with pytest.raises(AnalyticsError, match="'letters' holds numbers"):
        queries.clusters.overview(asked(color="letters"))


# ---- finding --------------------------------------------------------------------------------------------


def test_found_words_are_the_same_then_those_that_begin_so_then_the_frequent(written):
    tokens = ["ha", "has", "has", "hath", "hath", "hath", "that", "that", "that", "that", "Ha"]
    queries = written(noise(len(tokens)), tokens)
    found = queries.clusters.find(own(find=" HA ", min_count=3))
    assert [word["text"] for word in found["words"]] == ["ha", "Ha", "hath", "has", "that"]
    assert found["nFound"] == 5
    assert [("cluster" in word) for word in found["words"]] == [False, False, True, False, True]


def test_words_that_never_occur_are_found_too(written):
    queries = written(noise(3), [0, 1, 0], vocabulary=["yes", "no", "never"])
    assert queries.clusters.find(own(find="nev"))["words"] == [{"id": 2, "text": "never", "count": 0}]


def test_nothing_is_found_by_nothing(queries):
    assert queries.clusters.find(asked(find="  "))["words"] == []


def test_words_are_found_where_nothing_can_be_clustered(written):
    queries = written(noise(), ["a", "b"] * 60)
    found = queries.clusters.find(own(find="a", min_count=1000))
    assert found["words"] == [{"id": 0, "text": "a", "count": 60}]
