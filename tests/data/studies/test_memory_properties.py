from pathlib import Path

import numpy as np
import pytest

from analytics.analyses.memory.subspace import relative_memory, subspace_cosine
from data.studies.memory_properties import (
    N_DIRECTIONS,
    N_SPLITS,
    Property,
    difference,
    direction_memory,
    noun_property,
    property_rows,
    random_differences,
    separability_rows,
)

TINY = """# newdoc
1	Cats	_	NOUN	NNS	_	_	_	_	_
2	cat	_	NOUN	NN	_	_	_	_	_
3	Paris	_	PROPN	NNP	_	_	_	_	_
4	cats	_	VERB	VBZ	_	_	_	_	_
5	cats	_	NOUN	NNS	_	_	_	_	_
6	the	_	DET	DT	_	_	_	_	_

"""


def test_words_are_on_the_side_of_their_most_frequent_tag(tmp_path):
    (tmp_path / "en_ewt-ud-train.conllu").write_text(TINY)
    words = ["<unk>", "cats", "the", "paris", "cat"]
    number = noun_property("singular - plural", words, tmp_path, min_count=1)
    assert (number.first.tolist(), number.second.tolist()) == ([4], [1])
    kind = noun_property("common - proper", words, tmp_path, min_count=1)
    assert (kind.first.tolist(), kind.second.tolist()) == ([1, 4], [3])
    often = noun_property("common - proper", words, tmp_path, min_count=3)
    assert (often.first.tolist(), often.second.tolist()) == ([1], [])


def test_the_difference_is_of_means_by_hand():
    embedding = np.array([[0.0, 0], [1, 2], [3, 4], [10, 0]])
    chosen = Property("p", np.array([1, 2]), np.array([3]))
    assert difference(embedding, chosen).tolist() == [-8, 3]


def test_random_splits_keep_sizes_and_frequencies():
    """With the rank as the one number of each word, the mean rank of a side can only move within its bins."""
    words = np.arange(1, 101)
    embedding = np.arange(101, dtype=float)[:, None]
    chosen = Property("p", words[::2][:40], np.setdiff1d(words, words[::2][:40]))
    found = random_differences(embedding, chosen, seed=0)
    assert found.shape == (N_SPLITS, 1)
    assert np.abs(found - difference(embedding, chosen)).max() < 10
    assert len(np.unique(found)) > N_SPLITS / 4
    np.testing.assert_array_equal(found, random_differences(embedding, chosen, seed=0))
    frequent = Property("p", np.arange(1, 11), np.arange(11, 101))
    assert np.ptp(random_differences(embedding, frequent, seed=0)) == 0, "its bin holds no other word"


def test_relative_memory_and_cosine_are_those_of_the_analysis():
    generator = np.random.default_rng(0)
    gradients, directions = generator.normal(size=(9, 7)), generator.normal(size=(3, 7))
    relative, cosine = direction_memory(gradients, directions)
    for row, direction in enumerate(directions):
        assert relative[row] == pytest.approx(relative_memory(gradients, direction), abs=1e-12)
        assert cosine[row] == pytest.approx(subspace_cosine(gradients, direction, N_DIRECTIONS), abs=1e-12)


def test_a_planted_property_is_outside_the_band_of_chance():
    generator = np.random.default_rng(0)
    embedding = generator.normal(size=(401, 8))
    chosen = Property("p", np.arange(1, 401, 2), np.arange(2, 401, 2))
    embedding[chosen.first, 0] += 4
    kept = np.zeros((2, 5, 8))
    kept[0, 0, 0] = 1.0  # at delay 0 nothing else is kept,
    kept[1, 0, 1] = 1.0  # at delay 1 nothing of it
    rows = property_rows(kept, embedding, chosen, seed=0)
    assert rows["relative"].tolist()[0] > rows["relative_chance_high"][0]
    assert rows["relative"].tolist()[1] < 0.1
    assert (rows["relative_chance_low"] <= rows["relative_chance_high"]).all()
    assert rows["relative_low"][0] <= rows["relative"][0] <= rows["relative_high"][0]
    assert rows["relative_high"][0] - rows["relative_low"][0] < 0.1, "many words that all differ alike"


def test_classes_that_are_apart_are_told_apart():
    embedding = np.random.default_rng(0).normal(size=(80, 3))
    embedding[:30, 1] += 9
    row = separability_rows(embedding, [Property("p", np.arange(30), np.arange(30, 80))]).iloc[0]
    assert (row["words"], row["always the larger"]) == ("30 + 50", 0.625)
    assert min(row["L1"], row["L2"]) > 0.95


def test_there_is_no_property_of_another_name():
    with pytest.raises(KeyError):
        noun_property("long - short", ["<unk>"], Path("nowhere"))
