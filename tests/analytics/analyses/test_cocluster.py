"""Planted co-clusters must come back; a method that leaves out a step must not find them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from analytics.analyses import cocluster as module
from analytics.analyses import cocluster_methods as methods
from analytics.analyses.agreement import adjusted_rand_index
from analytics.analyses.cluster_edges import cluster_edges
from analytics.analyses.cocluster import cocluster
from analytics.analyses.cocluster_methods import METHODS, leading_vectors
from analytics.analyses.response import expected_response
from analytics.errors import ParameterError, ShapeError

EVERY_METHOD = sorted(METHODS)


def planted(n_words, n_units, *, n_clusters=10, seed=0, noise_words=0.0):
    """Responses with planted co-clusters.

    A word moves the units of its own cluster by 0.5 to 1.5, each unit in a direction of its own; every pair
    has noise of deviation 0.3 on top. Of `noise_words` there is nothing but noise; their cluster is -1.
    """
    rng = np.random.default_rng(seed)
    words, units = (rng.permutation(np.arange(size) % n_clusters) for size in (n_words, n_units))
    values = np.where(words[:, np.newaxis] == units, rng.uniform(0.5, 1.5, (n_words, n_units)), 0)
    values = values * rng.choice([-1, 1], n_units) + 0.3 * rng.standard_normal((n_words, n_units))
    noisy = rng.permutation(n_words)[: int(noise_words * n_words)]
    values[noisy] = 0.3 * rng.standard_normal((len(noisy), n_units))
    words[noisy] = -1
    return values, words, units


def agreement(values, words, units, **options):
    """Adjusted Rand index of words that have a cluster, and of units."""
    found = cocluster(values, **options)
    known = words >= 0
    return (
        adjusted_rand_score(words[known], found.word_labels[known]),
        adjusted_rand_score(units, found.unit_labels),
    )


@pytest.mark.parametrize(
    ("n_words", "n_units", "seed"),
    [(300, 600, 0), (300, 600, 1), (1000, 600, 0), (1000, 600, 1), (2000, 1500, 0)],
)
def test_planted_clusters_come_back(n_words, n_units, seed):
    assert min(agreement(*planted(n_words, n_units, seed=seed), n_clusters=10)) >= 0.95


@pytest.mark.parametrize(("n_words", "n_units"), [(300, 600), (1000, 600), (2000, 1500)])
def test_planted_clusters_come_back_among_noise_words(n_words, n_units):
    case = planted(n_words, n_units, seed=2, noise_words=0.2)
    assert min(agreement(*case, n_clusters=10)) >= 0.9


@pytest.mark.parametrize("n_clusters", [2, 3, 5, 20])
@pytest.mark.parametrize("seed", range(4))
def test_other_numbers_of_clusters_come_back(n_clusters, seed):
    case = planted(300, 240, n_clusters=n_clusters, seed=seed)
    assert min(agreement(*case, n_clusters=n_clusters, seed=seed)) >= 0.95


def _not_measured_from_the_mean(values, n_clusters):
    return values - values.min()


def _only_three_vectors(matrix, n_vectors):
    return leading_vectors(matrix, 3)


@pytest.mark.parametrize(
    ("part", "broken"),
    [("_distance_from_centre", _not_measured_from_the_mean), ("leading_vectors", _only_three_vectors)],
)
def test_a_broken_method_does_not_find_them(part, broken, monkeypatch):
    monkeypatch.setattr(methods, part, broken)
    assert min(agreement(*planted(300, 600, noise_words=0.2), n_clusters=10)) < 0.9


def test_signed_responses_as_they_are_hide_the_clusters():
    assert max(agreement(*planted(300, 600), n_clusters=10, method="spectral")) < 0.9


def test_words_clustered_for_themselves_come_back_too():
    case = planted(300, 240)
    assert agreement(*case, n_clusters=10, method="separate")[0] >= 0.95


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_answers_are_whole(method):
    values, _, _ = planted(60, 40, n_clusters=4)
    values[7] = 0
    values[:, 3] = 0
    found = cocluster(values, n_clusters=4, method=method, seed=5)
    assert found.is_paired == (method != "separate")
    assert (found.method, found.seed, found.n_clusters) == (method, 5, 4)
    assert found.word_labels.shape == (60,) and found.unit_labels.shape == (40,)
    assert found.words_aside.tolist() == [7] and found.units_aside.tolist() == [3]
    assert found.word_labels[7] == -1 and np.isnan(found.word_distance[7])
    assert -0.5 <= found.stability <= 1.0
    assert "1 word was set aside: no response that tells them from others." in found.notes


@pytest.mark.parametrize("seed", range(20))
def test_edges_equal_the_definition(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(15, 11))
    words, units = rng.integers(-1, 4, 15), rng.integers(-1, 4, 11)
    values[words == -1] = np.nan
    edges, positive, negative = cluster_edges(values, words, units, n_clusters=4)
    for i in range(4):
        for j in range(4):
            pairs = [values[w, c] for w in range(15) for c in range(11) if (words[w], units[c]) == (i, j)]
            if not pairs:
                assert np.isnan([edges[i, j], positive[i, j], negative[i, j]]).all()
                continue
            n = len(pairs)
            np.testing.assert_allclose(edges[i, j], sum(pairs) / n, atol=1e-14)
            np.testing.assert_allclose(positive[i, j], sum(p for p in pairs if p > 0) / n, atol=1e-14)
            np.testing.assert_allclose(negative[i, j], sum(p for p in pairs if p < 0) / n, atol=1e-14)


def test_distances_and_members_by_definition():
    values, _, _ = planted(40, 30, n_clusters=3)
    found = cocluster(values, n_clusters=3)
    np.testing.assert_array_equal(
        found.edges, cluster_edges(values, found.word_labels, found.unit_labels, n_clusters=3)[0]
    )
    for cluster in range(3):
        rows = np.flatnonzero(found.word_labels == cluster)
        centroid = sum(values[rows]) / len(rows)
        distance = {row: np.sqrt(((values[row] - centroid) ** 2).sum()) for row in rows}
        np.testing.assert_allclose(found.word_distance[rows], [distance[row] for row in rows])
        assert found.words_in(cluster).tolist() == sorted(rows, key=distance.get)
        assert found.units_in(cluster).tolist() == np.flatnonzero(found.unit_labels == cluster).tolist()
    strongest = np.abs(found.edges).max()
    np.testing.assert_array_equal(found.strong_edges(share=0.5), np.abs(found.edges) >= strongest / 2)


def test_clusters_are_numbered_by_size():
    rng = np.random.default_rng(0)
    words, units = np.repeat([0, 1, 2], [5, 30, 12]), np.repeat([0, 1, 2], [20, 7, 9])
    values = (words[:, np.newaxis] == units) + 0.05 * rng.normal(size=(47, 36))
    found = cocluster(values, n_clusters=3)
    assert np.bincount(found.word_labels).tolist() == [30, 12, 5]
    assert np.bincount(found.unit_labels).tolist() == [7, 9, 20]
    separate = cocluster(values, n_clusters=3, method="separate")
    assert np.bincount(separate.word_labels).tolist() == [30, 12, 5]
    # Each unit cluster stands beside the word cluster that it is tied to.
    assert np.bincount(separate.unit_labels).tolist() == [7, 9, 20]


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_the_same_seed_gives_the_same_answer(method):
    values = np.random.default_rng(0).normal(size=(60, 50))
    one, other = (cocluster(values, n_clusters=6, method=method, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.word_labels, other.word_labels)
    np.testing.assert_array_equal(one.unit_labels, other.unit_labels)
    assert (one.word_stability, one.unit_stability) == (other.word_stability, other.unit_stability)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_order_and_signs_do_not_matter(seed):
    values, words, units = planted(60, 50, n_clusters=4, seed=seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(60), rng.permutation(50)
    turned = values[np.ix_(rows, columns)] * rng.choice([-1, 1], 50)
    assert agreement(turned, words[rows], units[columns], n_clusters=4) == agreement(
        values, words, units, n_clusters=4
    )
    one, other = cocluster(values, n_clusters=4), cocluster(-values, n_clusters=4)
    np.testing.assert_array_equal(one.word_labels, other.word_labels)
    np.testing.assert_allclose(one.edges, -other.edges, atol=1e-14)
    np.testing.assert_allclose(one.positive, -other.negative, atol=1e-14)


def test_stability_is_the_mean_agreement_with_ten_other_seeds():
    values = np.random.default_rng(1).normal(size=(80, 60))
    found = cocluster(values, n_clusters=5, seed=7)
    others = [cocluster(values, n_clusters=5, seed=seed) for seed in range(8, 18)]
    wanted = np.mean([adjusted_rand_score(found.word_labels, other.word_labels) for other in others])
    assert found.word_stability == pytest.approx(wanted)
    wanted = np.mean([adjusted_rand_score(found.unit_labels, other.unit_labels) for other in others])
    assert found.unit_stability == pytest.approx(wanted)
    assert found.stability < 0.9
    planted_values, _, _ = planted(80, 60, n_clusters=4)
    assert cocluster(planted_values, n_clusters=4).stability == 1.0


@pytest.mark.parametrize("method", EVERY_METHOD)
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (6, 4)])
def test_one_cluster_holds_everything(method, shape):
    found = cocluster(1 + np.random.default_rng(0).random(shape), n_clusters=1, method=method)
    assert set(found.word_labels) == set(found.unit_labels) == {0}
    assert found.edges.shape == (1, 1) and found.stability == 1.0 and found.notes == ()


@pytest.mark.parametrize("method", EVERY_METHOD)
@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 2), (4, 40), (40, 4)])
@pytest.mark.parametrize("n_clusters", [2, 3, 4])
def test_small_tables(method, shape, n_clusters):
    values = np.random.default_rng(1).normal(size=shape)
    if n_clusters > min(shape):
        with pytest.raises(ParameterError, match=f"Got {n_clusters}"):
            cocluster(values, n_clusters=n_clusters, method=method)
    else:
        try:
            found = cocluster(values, n_clusters=n_clusters, method=method)
        except ParameterError as error:
            # The smallest value is 0 for the library's way, and with it a word or unit may be.
            assert "respond differently" in str(error)
        else:
            assert found.edges.shape == (n_clusters, n_clusters)


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_constant_and_silent_units_and_words_are_set_aside(method):
    values, _, _ = planted(60, 40, n_clusters=4)
    values[:, [3, 5]] = 0
    values[:, 8] = 0.1
    values[[2, 9]] = 0
    values[11] = np.nan
    found = cocluster(values, n_clusters=4, method=method)
    assert set(found.words_aside) == {2, 9, 11}
    assert set(found.units_aside) >= {3, 5}
    if method == "signed":
        assert found.units_aside.tolist() == [3, 5, 8]
    assert found.notes[0] == "3 words were set aside: no response that tells them from others."
    assert np.isfinite(found.edges).sum() > 0


@pytest.mark.parametrize("method", EVERY_METHOD)
def test_equal_words_are_no_crash(method):
    values = np.tile(np.random.default_rng(0).normal(size=(2, 6)), (5, 1))
    try:
        found = cocluster(values, n_clusters=3, method=method)
    except ParameterError as error:
        assert "respond differently" in str(error)
    else:
        assert len(set(found.word_labels)) <= 3
        # The library labels words that are alike differently rather than leave a cluster empty.
        fewer = any("of the 3 clusters asked for" in note for note in found.notes)
        assert fewer or method.startswith("spectral")
    with pytest.raises(ParameterError, match="0 words and 0 units here"):
        cocluster(np.zeros((4, 4)), n_clusters=2, method=method)


def test_words_of_a_response():
    rng = np.random.default_rng(0)
    states, ids = rng.normal(size=(500, 12)), rng.integers(0, 30, 500)
    response = expected_response(states, ids, n_words=31)
    found = cocluster(response.of_words([30, *range(4, 24)]), n_clusters=3)
    assert found.words.tolist() == [30, *range(4, 24)] and found.words_aside.tolist() == [30]
    assert sorted(np.concatenate([found.words_in(i) for i in range(3)])) == list(range(4, 24))


@pytest.mark.parametrize("shape", [(40, 30), (700, 500), (450, 800)])
def test_leading_vectors_equal_the_whole_decomposition(shape):
    matrix = np.abs(planted(*shape, n_clusters=6)[0])
    left, lengths, right = leading_vectors(matrix, 6)
    wanted_left, wanted, wanted_right = np.linalg.svd(matrix, full_matrices=False)
    np.testing.assert_allclose(lengths, wanted[:6], rtol=1e-10)
    np.testing.assert_allclose(np.abs((left * wanted_left[:, :6]).sum(0)), 1, rtol=1e-10)
    np.testing.assert_allclose(np.abs((right * wanted_right[:6].T).sum(0)), 1, rtol=1e-10)
    # What is left is noise, its singular values close to one another: the hardest case.
    np.testing.assert_allclose(leading_vectors(matrix, 12)[1], wanted[:12], rtol=1e-4)


@pytest.mark.parametrize("seed", range(20))
def test_the_adjusted_rand_index_is_the_librarys(seed):
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 4, 50), rng.integers(0, 3, 50)
    assert adjusted_rand_index(one, other) == pytest.approx(adjusted_rand_score(one, other), abs=1e-14)
    assert adjusted_rand_index(one, one) == 1.0
    assert adjusted_rand_index([0], [0]) == adjusted_rand_index([0, 0], [1, 1]) == 1.0


def test_refusals():
    values = np.eye(3)
    with pytest.raises(ParameterError, match=r"'sined' is unknown\. Did you mean 'signed'"):
        cocluster(values, n_clusters=2, method="sined")
    with pytest.raises(ParameterError, match="n_clusters must be at least 1"):
        cocluster(values, n_clusters=0)
    with pytest.raises(ParameterError, match=r"3 words and 3 units here\. Got 4"):
        cocluster(values, n_clusters=4)
    with pytest.raises(ParameterError, match="seed must be at least 0"):
        cocluster(values, n_clusters=2, seed=-1)
    for wrong in ([1.0, 2.0], np.empty((0, 3)), [["a"]], 3.0):
        with pytest.raises(ShapeError, match=r"\(n_words, n_units\)"):
            cocluster(wrong, n_clusters=1)
    with pytest.raises(ShapeError, match="must be finite"):
        cocluster([[np.inf]], n_clusters=1)
    assert module.N_OTHER_SEEDS == 10
