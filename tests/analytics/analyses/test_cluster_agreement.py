"""How words move between two clusterings, and how alike two states find the same words."""

from itertools import combinations, permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix

from analytics.analyses.cluster_agreement import cluster_agreement, similarity_agreement
from analytics.errors import ParameterError, ShapeError


@pytest.mark.parametrize("seed", range(10))
def test_partners_keep_as_many_words_as_any_matching_could(seed):
    draws = np.random.default_rng(seed)
    first, second = draws.integers(0, 4, size=30), draws.integers(0, 4, size=30)
    found = cluster_agreement(first, second, n_first=4, n_second=4)
    stayed = [
        sum(order[a] == b for a, b in zip(first, second, strict=True)) for order in permutations(range(4))
    ]
    assert (~found.moved).sum() == max(stayed)
    assert_allclose(found.rand, adjusted_rand_score(first, second), atol=1e-12)
    assert (found.moved == (found.partner[first] != second)).all()
    if len(set(first)) == len(set(second)) == 4:
        assert (found.counts == contingency_matrix(first, second)).all()


def test_a_cluster_without_a_partner_keeps_no_word():
    found = cluster_agreement([0, 0, 1, 2, 2], [0, 0, 0, 1, 1])
    assert found.partner.tolist() == [0, -1, 1]
    assert found.moved.tolist() == [False, False, True, False, False]


def test_names_of_clusters_do_not_matter():
    draws = np.random.default_rng(3)
    first = draws.integers(0, 5, size=60)
    found = cluster_agreement(first, draws.permutation(5)[first])
    assert found.rand == 1.0 and not found.moved.any()


def test_no_word_in_common_is_no_error():
    found = cluster_agreement([], [], n_first=2, n_second=3)
    assert found.counts.shape == (2, 3) and not found.counts.any()


def test_words_without_a_cluster_and_unlike_lengths_are_refused():
    with pytest.raises(ShapeError, match="at least 0"):
        cluster_agreement([0, -1], [0, 0])
    with pytest.raises(ShapeError, match="same things"):
        cluster_agreement([0, 1], [0])


@pytest.mark.parametrize("seed", range(5))
def test_likeness_is_what_corrcoef_says_of_all_pairs(seed):
    draws = np.random.default_rng(seed)
    first, second = draws.normal(size=(12, 7)), draws.normal(size=(12, 4))
    pairs = list(combinations(range(12), 2))
    alike = [[np.corrcoef(of[a], of[b])[0, 1] for a, b in pairs] for of in (first, second)]
    found = similarity_agreement(first, second)
    assert_allclose(found.correlation, np.corrcoef(*alike)[0, 1], rtol=1e-10)
    assert (found.n_words, found.n_pairs) == (12, 66)
    assert 0 < found.chance < 1


def test_turning_the_units_or_their_order_changes_nothing():
    draws = np.random.default_rng(0)
    first = draws.normal(size=(20, 6))
    assert_allclose(similarity_agreement(first, 2 * first[:, ::-1] + 5).correlation, 1.0, rtol=1e-10)
    assert similarity_agreement(first, draws.normal(size=(20, 6))).correlation < 0.5


def test_a_planted_likeness_stands_out_of_the_shuffles():
    draws = np.random.default_rng(1)
    groups = draws.integers(0, 3, size=40)
    first, second = (draws.normal(size=(3, 30))[groups] + draws.normal(size=(40, 30)) for _ in range(2))
    found = similarity_agreement(first, second)
    assert found.correlation > 3 * found.chance
    assert found == similarity_agreement(first, second)


def test_words_that_move_no_unit_are_left_out():
    draws = np.random.default_rng(2)
    first, second = draws.normal(size=(6, 5)), draws.normal(size=(6, 5))
    first[2] = 0.0
    second[4] = 1.0
    kept = [0, 1, 3, 5]
    found, alone = similarity_agreement(first, second), similarity_agreement(first[kept], second[kept])
    assert (found.n_words, found.correlation) == (4, alone.correlation)
    assert np.isnan(similarity_agreement(first[:2], second[:2]).correlation)


def test_unlike_words_and_no_shuffle_are_refused():
    with pytest.raises(ShapeError, match="same words"):
        similarity_agreement(np.eye(3), np.eye(4))
    with pytest.raises(ParameterError, match="n_shuffles"):
        similarity_agreement(np.eye(4), np.eye(4), n_shuffles=0)
