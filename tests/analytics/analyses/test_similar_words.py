from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analytics import open_recording
from analytics.analyses.cocluster import cocluster
from analytics.analyses.explanation import frequent_words
from analytics.analyses.response import expected_response
from analytics.analyses.similar_words import similar_words
from analytics.errors import ParameterError, UnknownNameError

SHAKESPEARE = Path(__file__).resolve().parents[3] / "data" / "recordings" / "shakespeare"
OLD_AND_MODERN = [
    ("hath", "has"), ("doth", "does"), ("hast", "have"), ("dost", "do"), ("art", "are"), ("shalt", "shall"),
    ("thy", "your"), ("ye", "you"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_equals_the_definition(seed):
    rng = np.random.default_rng(seed)
    states, words = rng.normal(size=(200, 5)), rng.integers(0, 20, 200)
    response = expected_response(states, words, n_words=21)
    found = similar_words(response, 3, n_words=6, min_count=9)
    compared = [word for word in range(20) if response.count[word] >= 9 or word == 3]
    centre = sum(response.mean[word] for word in compared) / len(compared)

    def cosine(word):
        one, other = response.mean[3] - centre, response.mean[word] - centre
        return one @ other / np.sqrt((one @ one) * (other @ other))

    wanted = sorted((word for word in compared if word != 3), key=cosine, reverse=True)[:6]
    assert found.words.tolist() == wanted and found.n_compared == len(compared)
    np.testing.assert_allclose(found.cosine, [cosine(word) for word in wanted])
    assert found.count.tolist() == response.count[wanted].tolist()


def test_refusals():
    response = expected_response(np.ones((2, 2)), [0, 1], n_words=3)
    assert len(similar_words(response, 0, min_count=9).words) == 0
    with pytest.raises(ParameterError, match="Word 2 never occurs"):
        similar_words(response, 2)
    with pytest.raises(UnknownNameError, match="no word 3"):
        similar_words(response, 3)


@pytest.fixture(scope="module")
def shakespeare():
    """The response of the upper cells, and the id of each text."""
    if not (SHAKESPEARE / "recording.json").exists():
        pytest.skip("the demo recording is not built")
    recording = open_recording(SHAKESPEARE)
    vocabulary = recording.vocabulary
    states = recording.states("layer1.cell")
    response = expected_response(states, recording.token_ids, n_words=len(vocabulary))
    return response, {text: word for word, text in enumerate(vocabulary)}


@pytest.mark.parametrize(("old", "modern"), [("hath", "has"), ("thy", "your"), ("ye", "you")])
def test_an_old_and_a_modern_word_are_each_others_nearest(shakespeare, old, modern):
    response, words = shakespeare
    for one, other in ((old, modern), (modern, old)):
        found = similar_words(response, words[one], n_words=1, min_count=20)
        assert found.words.tolist() == [words[other]]


def test_neighbours_of_thou_are_pronouns(shakespeare):
    response, words = shakespeare
    found = similar_words(response, words["thou"], n_words=6, min_count=20).words.tolist()
    assert {words[text] for text in ("ye", "you", "we", "i", "they")} <= set(found)


def test_old_and_modern_words_share_a_cluster(shakespeare):
    response, words = shakespeare
    chosen = frequent_words(response.count, n_words=1000, min_count=20)
    found = cocluster(response.of_words(chosen.words), n_clusters=10)
    label = dict(zip(found.words.tolist(), found.word_labels.tolist(), strict=True))
    together = [label[words[old]] == label[words[modern]] for old, modern in OLD_AND_MODERN]
    # By chance two words would share one of ten clusters about one time in eight.
    assert sum(together) >= 7
    assert found.stability >= 0.85
