"""The responses to chosen words and the explanation of one unit, against the definitions written as loops."""

import base64
import json

import numpy as np
import pytest

import analytics
from analytics.errors import AnalyticsError
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.question import ClustersQuestion
from tests.networks import lstm_recording

STATE = "layer0.cell"
LEVELS = (0.09, 0.25, 0.5, 0.75, 0.91)


@pytest.fixture(scope="module")
def plays(tmp_path_factory):
    return lstm_recording(tmp_path_factory.mktemp("recordings") / "plays")


@pytest.fixture(scope="module")
def changes(plays):
    values = np.asarray(plays.states(STATE).read(0, plays.n_positions), dtype=float)
    starts = set(plays.sequence_starts.tolist())
    return np.stack([values[t] - (0 if t in starts else values[t - 1]) for t in range(plays.n_positions)])


@pytest.fixture
def queries(plays, tmp_path):
    return Queries(plays.path.parent, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))


def asked(**fields):
    return ClustersQuestion(**{"recording": "plays", "state": STATE, "min_count": 1, **fields})


def decoded(text, dtype, scale):
    whole = np.frombuffer(base64.b64decode(text), dtype=dtype)
    return whole * (scale / np.iinfo(dtype).max)


def word_id(recording, text):
    return recording.vocabulary.tolist().index(text)


def test_responses_to_words_are_means_and_quantiles_of_changes(queries, plays, changes):
    chosen = tuple(word_id(plays, text) for text in ("queen", "the", "<unk>"))
    answer = queries.cluster_detail.words(asked(chosen=chosen))
    assert [word["id"] for word in answer["words"]] == list(chosen)
    step, fine_step = answer["scale"] / 127, answer["meanScale"] / 32767
    for word in answer["words"]:
        here = changes[plays.token_ids == word["id"]]
        assert word["count"] == len(here)
        fine = decoded(word["meanFine"], "<i2", answer["meanScale"])
        np.testing.assert_allclose(fine, here.mean(axis=0), rtol=0, atol=0.501 * fine_step)
        levels = [decoded(level, np.int8, answer["scale"]) for level in word["quantiles"]]
        np.testing.assert_allclose(levels, np.quantile(here, LEVELS, axis=0), rtol=0, atol=0.501 * step)


def test_the_scale_is_the_largest_value_sent(queries, plays, changes):
    chosen = (word_id(plays, "sea"), word_id(plays, "a"))
    answer = queries.cluster_detail.words(asked(chosen=chosen))
    largest = max(
        np.abs(np.quantile(changes[plays.token_ids == word], LEVELS, axis=0)).max() for word in chosen
    )
    assert answer["scale"] == pytest.approx(largest, rel=1e-6)


def test_the_strongest_units_of_the_first_word_keep_their_sign(queries, plays, changes):
    first = word_id(plays, "prince")
    answer = queries.cluster_detail.words(asked(chosen=(first, 0)))
    mean = changes[plays.token_ids == first].mean(axis=0)
    strongest = np.argsort(-np.abs(mean), kind="stable")[:20]
    assert [row["unit"] for row in answer["top"]] == strongest.tolist()
    np.testing.assert_allclose([row["value"] for row in answer["top"]], mean[strongest], rtol=1e-5)
    assert min(row["value"] for row in answer["top"]) < 0 < max(row["value"] for row in answer["top"])


def test_a_click_on_a_word_at_1500_units_is_below_20_kilobytes(tmp_path):
    states = np.random.default_rng(0).normal(size=(400, 1500)).astype(np.float16)
    folder = tmp_path / "recordings"
    analytics.write_recording(folder / "wide", name="wide", tokens=["a", "b"] * 200, states={"s": states})
    queries = Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))
    answer = queries.cluster_detail.words(ClustersQuestion("wide", "s", chosen=(0,)))
    assert len(decoded(answer["words"][0]["meanFine"], "<i2", 1)) == 1500
    assert len(json.dumps(answer)) < 20_000


def test_the_words_of_a_unit_are_those_with_the_largest_responses(queries, plays, changes):
    answer = queries.cluster_detail.unit(asked(unit=7, top=6))
    mean = {word: changes[plays.token_ids == word, 7].mean() for word in np.unique(plays.token_ids).tolist()}
    strongest = sorted(mean, key=lambda word: -abs(mean[word]))[:6]
    assert [word["id"] for word in answer["words"]] == strongest
    assert answer["nWords"] == len(mean)
    for word in answer["words"]:
        here = changes[plays.token_ids == word["id"], 7]
        assert word["count"] == len(here)
        assert word["mean"] == pytest.approx(here.mean(), rel=1e-5)
        np.testing.assert_allclose(word["quantiles"], np.quantile(here, LEVELS), rtol=1e-5, atol=1e-9)
        np.testing.assert_allclose(word["extremes"], [here.min(), here.max()], rtol=1e-5)


def test_rare_words_do_not_explain_a_unit(queries):
    answer = queries.cluster_detail.unit(asked(unit=7, min_count=100))
    assert answer["words"] and all(word["count"] >= 100 for word in answer["words"])


def test_the_histogram_counts_every_change(queries, plays, changes):
    histogram = queries.cluster_detail.unit(asked(unit=3))["histogram"]
    assert sum(histogram["counts"]) == histogram["n"] == plays.n_positions
    assert histogram["edges"][0] == pytest.approx(changes[:, 3].min(), rel=1e-5)
    assert histogram["edges"][-1] == pytest.approx(changes[:, 3].max(), rel=1e-5)


def test_contexts_are_the_largest_changes_with_the_words_around_them(queries, plays, changes):
    contexts = queries.cluster_detail.unit(asked(unit=3))["contexts"]
    assert len(contexts) == 10
    assert abs(contexts[0]["value"]) == pytest.approx(np.abs(changes[:, 3]).max(), rel=1e-5)
    strength = [abs(context["value"]) for context in contexts]
    assert strength == sorted(strength, reverse=True)
    for context in contexts:
        at = context["position"]
        assert context["value"] == pytest.approx(changes[at, 3], rel=1e-5)
        assert context["tokens"] == [plays.tokens[at]]
        words = context["before"] + context["tokens"] + context["after"]
        first = at - len(context["before"])
        assert words == plays.tokens[first : first + len(words)].tolist()
        start = plays.sequence_starts[context["sequence"]]
        assert start <= first


@pytest.mark.parametrize("unit", [-1, 24, 10**9])
def test_a_unit_that_is_not_there_is_a_sentence(queries, unit):
    with pytest.raises(AnalyticsError, match="has units 0 to 23"):
        queries.cluster_detail.unit(asked(unit=unit))


def test_no_word_is_a_sentence(queries):
    with pytest.raises(AnalyticsError, match="Choose a word"):
        queries.cluster_detail.words(asked())


def test_a_word_beyond_the_vocabulary_is_a_sentence(queries):
    with pytest.raises(AnalyticsError, match="There is no word 9999: plays has words 0 to"):
        queries.cluster_detail.words(asked(chosen=(9999,)))


def test_a_word_that_never_occurs_is_a_sentence(tmp_path):
    folder = tmp_path / "recordings"
    analytics.write_recording(
        folder / "own", name="own", tokens=[0, 1, 0], vocabulary=["yes", "no", "<b>"], states={"s": np.eye(3)}
    )
    queries = Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))
    with pytest.raises(AnalyticsError, match="'<b>' never occurs in own, so nothing responds to it"):
        queries.cluster_detail.words(ClustersQuestion("own", "s", chosen=(0, 2)))


def test_a_unit_that_never_changes_has_no_context(tmp_path):
    folder = tmp_path / "recordings"
    analytics.write_recording(
        folder / "own", name="own", tokens=["a", "b"] * 9, states={"s": np.zeros((18, 2))}
    )
    queries = Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))
    answer = queries.cluster_detail.unit(ClustersQuestion("own", "s", unit=1))
    assert answer["contexts"] == [] and sum(answer["histogram"]["counts"]) == 18
    silent = queries.cluster_detail.words(ClustersQuestion("own", "s", chosen=(0,)))
    assert not decoded(silent["words"][0]["meanFine"], "<i2", silent["meanScale"]).any()
