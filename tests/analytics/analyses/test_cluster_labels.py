from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.analyses.cluster_labels import label_clusters, word_tags
from analytics.analyses.cocluster import cocluster
from analytics.errors import ParameterError, ShapeError


def clusters_of(labels, n_clusters):
    """Co-clusters with these word labels; everything else is of no matter here."""
    made = cocluster(np.eye(len(labels)) + 1, n_clusters=1)
    return replace(made, word_labels=np.array(labels), n_clusters=n_clusters)


def test_by_hand():
    # Words 0 and 1 in cluster 0, 2 in cluster 1, 3 set aside.
    clusters = clusters_of([0, 0, 1, -1], 3)
    words = [0, 1, 1, 1, 2, 2, 3, 3, 3, 3]
    codes = [0, 0, 1, -1, 1, 1, 2, 2, 2, 0]
    found = label_clusters(clusters, words, codes=codes, labels=["a", "b", "c"])
    assert [label.n_words for label in found] == [2, 1, 0]
    assert [label.n_positions for label in found] == [4, 2, 0]
    assert [label.n_tagged for label in found] == [3, 2, 0]
    # Each tag is on 3 of the corpus's 9 tagged positions. Cluster 0: a on 2 of 3, b on 1 of 3, not more.
    assert found[0].tags == ("a",)
    np.testing.assert_allclose(found[0].tag_shares, [2 / 3])
    np.testing.assert_allclose(found[0].corpus_shares, [1 / 3])
    assert found[0].sentence == "a: 67%, against 33% of the corpus"
    assert found[1].tags == ("b",) and found[1].tag_shares.tolist() == [1.0]
    assert found[2].tags == () and found[2].sentence == "" and found[2].words == ()
    assert found[0].words == (1, 0)
    np.testing.assert_allclose(found[0].word_shares, [0.75, 0.25])
    np.testing.assert_allclose(found[0].corpus_word_shares, [0.3, 0.1])
    assert set(found[0].central_words) == {0, 1}


@pytest.mark.parametrize("seed", range(15))
def test_equals_the_definition(seed):
    rng = np.random.default_rng(seed)
    labels, n = rng.integers(-1, 3, 12), 300
    words, codes = rng.integers(0, 15, n), rng.integers(-1, 5, n)
    found = label_clusters(clusters_of(labels, 3), words, codes=codes, labels=list("abcde"), n_listed=9)
    tagged = codes >= 0
    for cluster in range(3):
        inside = np.isin(words, np.flatnonzero(labels == cluster)) & tagged
        score = {}
        assert found[cluster].n_tagged == inside.sum()
        for tag in range(5 if inside.any() else 0):
            p, q = (codes[inside] == tag).mean(), (codes[tagged] == tag).mean()
            if p > q:
                score["abcde"[tag]] = p * np.log(p / q)
        assert list(found[cluster].tags) == sorted(score, key=lambda tag: -score[tag])


def test_without_annotation():
    found = label_clusters(clusters_of([0, 1], 2), [0, 1, 1])
    assert [label.tags for label in found] == [(), ()] and found[1].words == (1,)


def test_word_tags_by_hand():
    tag, share = word_tags([0, 0, 1, 1, 1, 2], [1, 0, 2, 2, 0, -1], n_words=4, n_labels=3)
    assert tag.tolist() == [0, 2, -1, -1]
    np.testing.assert_allclose(share, [0.5, 2 / 3, np.nan, np.nan])
    assert word_tags([0], [-1], n_words=1, n_labels=0)[0].tolist() == [-1]


def test_refusals():
    clusters = clusters_of([0, 1], 2)
    with pytest.raises(ShapeError, match="codes must be one whole number"):
        label_clusters(clusters, [0, 1], codes=[0], labels=["a"])
    with pytest.raises(ParameterError, match="codes must be from -1"):
        label_clusters(clusters, [0, 1], codes=[0, 1], labels=["a"])
    with pytest.raises(ShapeError, match="words must be one whole number"):
        label_clusters(clusters, 3)
    with pytest.raises(ParameterError, match="n_listed"):
        label_clusters(clusters, [0, 1], n_listed=0)
    with pytest.raises(ParameterError, match="words must be from 0"):
        word_tags([3], [0], n_words=1, n_labels=1)
